"""Payee accounts: entered by one officer, decided by a second, and what the database itself does not let through."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.errors import Conflict, Invalid, NotFound
from domain.payouts import AccountOrigin, AccountState, PayoutChannel
from domain.permissions import OfficerContext
from domain.roles import Role
from models import AuditEntry, Household, HouseholdAccount
from models.base import transaction
from services import accounts
from services.accounts import Wanted
from tests.support.accounts import BANK, account_number, make_account, make_changed_account
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.people import make_context
from tests.support.world import OTHER_VILLAGE, make_household

CARD = "6217990000000000311"


def make_named(session: Session) -> Household:
    with transaction():
        household = make_household(session, head_name="韦小三")
        make_account(session, household)
    return household


@pytest.fixture
def household(kept: Kept, session: Session) -> Household:
    return kept(make_named, session)


@pytest.fixture
def editor(session: Session) -> OfficerContext:
    with transaction():
        return make_context(session, Role.REGISTRAR)


@pytest.fixture
def second(session: Session) -> OfficerContext:
    with transaction():
        return make_context(session, Role.REGISTRAR)


def propose(
    session: Session,
    officer: OfficerContext,
    household: Household,
    account: str = CARD,
    holder_name: str | None = None,
) -> HouseholdAccount:
    wanted = Wanted(BANK, account, "换了存折", holder_name)
    with transaction():
        return accounts.propose(session, officer, household.public_id, wanted, now=START)


def refused_by_the_database(session: Session, statement: str) -> bool:
    """Whether the database refuses a statement that passes by the application."""
    try:
        with transaction():
            session.execute(sa.text(statement))
    except IntegrityError:
        return True
    return False


def test_a_change_is_in_force_when_a_second_person_has_confirmed_it(
    session: Session, household: Household, editor: OfficerContext, second: OfficerContext
) -> None:
    before = accounts.present(session, household.id)
    proposed = propose(session, editor, household)
    assert accounts.present(session, household.id) is before
    with transaction():
        accounts.confirm(session, second, household.public_id, proposed.id, now=START)
    now = accounts.present(session, household.id)
    assert now is not None
    assert before is not None
    assert (now.account, now.editor_id, now.confirmer_id) == (CARD, editor.id, second.id)
    assert (before.ended_at, before.state) == (START, AccountState.CONFIRMED)


def test_nobody_confirms_what_they_entered(
    session: Session, household: Household, editor: OfficerContext
) -> None:
    proposed = propose(session, editor, household)
    with pytest.raises(Conflict) as refused, transaction():
        accounts.confirm(session, editor, household.public_id, proposed.id, now=START)
    assert refused.value.code == "account_needs_second"


def test_a_refused_change_leaves_what_was_in_force(
    session: Session, household: Household, editor: OfficerContext, second: OfficerContext
) -> None:
    proposed = propose(session, editor, household)
    with transaction():
        accounts.refuse(session, second, household.public_id, proposed.id, now=START)
    present = accounts.present(session, household.id)
    assert present is not None
    assert present.account != CARD
    assert (proposed.state, proposed.confirmer_id) == (AccountState.REFUSED, second.id)


def test_a_change_is_decided_once(
    session: Session, household: Household, editor: OfficerContext, second: OfficerContext
) -> None:
    proposed = propose(session, editor, household)
    with transaction():
        accounts.refuse(session, editor, household.public_id, proposed.id, now=START)
    for decide in (accounts.confirm, accounts.refuse):
        with pytest.raises(Conflict) as refused, transaction():
            decide(session, second, household.public_id, proposed.id, now=START)
        assert refused.value.code == "account_decided"
    present = accounts.present(session, household.id)
    assert present is not None
    assert present.id != proposed.id


def test_one_change_waits_at_a_time(session: Session, household: Household, editor: OfficerContext) -> None:
    propose(session, editor, household)
    with pytest.raises(Conflict) as refused:
        propose(session, editor, household, account_number())
    assert refused.value.code == "account_undecided"


def test_what_is_in_force_is_no_change(
    session: Session, household: Household, editor: OfficerContext
) -> None:
    present = accounts.present(session, household.id)
    assert present is not None
    with pytest.raises(Conflict) as refused:
        propose(session, editor, household, present.account)
    assert refused.value.code == "account_unchanged"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"account": "6217990000000000312"}, "account_number_check_digit"),
        ({"account": "12 34"}, "account_number_length"),
        ({"holder_name": "3"}, "invalid_fields"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    session: Session, household: Household, editor: OfficerContext, wanted: dict[str, str], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        propose(session, editor, household, **wanted)
    assert refused.value.code == code


def test_a_foreign_household_has_no_accounts(session: Session, household: Household) -> None:
    with transaction():
        stranger = make_context(session, Role.REGISTRAR, region=OTHER_VILLAGE)
    with pytest.raises(NotFound):
        propose(session, stranger, household)
    with pytest.raises(NotFound):
        accounts.versions(session, stranger, household.public_id)


def test_the_audit_tells_of_a_change_without_the_account(
    session: Session, household: Household, editor: OfficerContext, second: OfficerContext
) -> None:
    proposed = propose(session, editor, household)
    with transaction():
        accounts.confirm(session, second, household.public_id, proposed.id, now=START)
    entries = session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action.startswith("account_")).order_by(AuditEntry.id)
    ).all()
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("account_proposed", editor.actor),
        ("account_confirmed", second.actor),
    ]
    assert all(CARD not in str(entry.facts) and "韦小三" not in str(entry.facts) for entry in entries)
    assert entries[1].facts["after"]["account"] == "6217***********0311"


def test_a_binding_is_a_version_of_its_own_channel(
    session: Session, household: Household, editor: OfficerContext, second: OfficerContext
) -> None:
    wanted = Wanted(
        "微信", "openid-of-wei", "绑定微信", channel=PayoutChannel.WECHAT, origin=AccountOrigin.BINDING
    )
    with transaction():
        bound = accounts.propose(session, editor, household.public_id, wanted, now=START)
        accounts.confirm(session, second, household.public_id, bound.id, now=START)
    assert accounts.present(session, household.id, PayoutChannel.WECHAT) is bound
    bank = accounts.present(session, household.id)
    assert bank is not None
    assert bank.channel is PayoutChannel.BANK


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE household_accounts SET confirmer_id = editor_id, state = 'confirmed',"
        " started_at = proposed_at WHERE state = 'proposed'",
        "UPDATE household_accounts SET state = 'confirmed', started_at = proposed_at WHERE state = 'proposed'",
        "UPDATE household_accounts SET origin = 'registration' WHERE state = 'proposed'",
        "UPDATE household_accounts SET editor_id = {second} WHERE state = 'proposed'",
        "UPDATE household_accounts SET editor_id = {second} WHERE origin = 'registration'",
        "UPDATE household_accounts SET account_hash = holder_name_hash",
        "UPDATE household_accounts SET state = 'proposed', started_at = NULL WHERE state = 'confirmed'",
        "INSERT INTO household_accounts (household_id, channel, bank, holder_name, holder_name_hash, account,"
        " account_hash, origin, state, editor_id, confirmer_id, proposed_at, started_at)"
        " SELECT household_id, channel, bank, holder_name, holder_name_hash, account, account_hash, 'edit',"
        " 'confirmed', {editor}, {second}, proposed_at, proposed_at FROM household_accounts WHERE state = 'proposed'",
    ],
)
def test_the_database_keeps_two_people_for_an_account(
    session: Session, household: Household, editor: OfficerContext, second: OfficerContext, statement: str
) -> None:
    propose(session, editor, household)
    assert refused_by_the_database(session, statement.format(editor=editor.id, second=second.id))


def test_who_decided_cannot_be_written_over(session: Session, household: Household) -> None:
    with transaction():
        version = make_changed_account(session, household)
        other = make_context(session, Role.REGISTRAR)
    assert refused_by_the_database(
        session, f"UPDATE household_accounts SET confirmer_id = {other.id} WHERE id = {version.id}"
    )
    assert refused_by_the_database(
        session, f"UPDATE household_accounts SET confirmer_id = NULL WHERE id = {version.id}"
    )
