"""Drafts of payouts: what is collected, and which households are left out, each for its reason."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import business_day
from domain.consents import CURRENT, ConsentKind, Given
from domain.errors import Conflict, NotFound
from domain.payouts import PayoutLineState, SoftLock
from domain.roles import Role
from flows.running import Running
from models import (
    Credit,
    Household,
    HouseholdAccount,
    PayoutBatch,
    PayoutLineCredit,
    PayoutOmission,
)
from models.base import transaction
from models.credits import CreditState
from services import accounts, consents, payout_decisions, payout_drafts
from tests.support.accounts import make_account, make_changed_account
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.payout_world import World, findings, propose_change
from tests.support.payouts import (
    RIPE,
    TERMS,
    lines_of,
    make_draft,
    make_office,
    make_submitted,
    wanted,
)
from tests.support.sales import make_sale
from tests.support.world import OTHER_VILLAGE, VILLAGE, make_context, make_units


@pytest.fixture
def world(kept: Kept, session: Session, parts: Running) -> World:
    return kept(World, session, parts)


def left_out(session: Session, batch: PayoutBatch) -> dict[int, SoftLock]:
    rows = session.execute(
        sa.select(PayoutOmission.household_id, PayoutOmission.reason).where(
            PayoutOmission.batch_id == batch.id
        )
    )
    return {row.household_id: row.reason for row in rows}


def test_a_line_names_its_credits_and_its_payee_as_drafted(
    session: Session, world: World, parts: Running
) -> None:
    with transaction():
        make_sale(session, parts, make_units(session, world.first, 1, year=2027), START - timedelta(hours=1))
        batch = make_draft(session, world.office)
    line = lines_of(session, batch)[0]
    named = session.execute(
        sa.select(Credit.amount_fen, Credit.household_id)
        .join(PayoutLineCredit, PayoutLineCredit.credit_id == Credit.id)
        .where(PayoutLineCredit.line_id == line.id)
        .order_by(Credit.earned_at)
    ).all()
    assert [tuple(row) for row in named] == [(300, world.first.id), (600, world.first.id)]
    account = accounts.present(session, world.first.id)
    assert account is not None
    assert (line.amount_fen, line.payee_name, line.account) == (900, world.first.head_name, account.account)
    assert (line.account_id, line.state) == (account.id, PayoutLineState.PREPARED)


def test_what_a_buyer_may_still_ask_back_is_not_paid(session: Session, world: World) -> None:
    with pytest.raises(Conflict) as refused, transaction():
        make_draft(session, world.office, START + timedelta(days=6))
    assert refused.value.code == "nothing_to_pay"


def test_earnings_after_the_last_day_wait(session: Session, world: World, parts: Running) -> None:
    with transaction():
        make_sale(session, parts, make_units(session, world.first, 1, year=2027), START + timedelta(days=1))
        batch = make_draft(session, world.office, RIPE + timedelta(days=2), up_to=business_day(START))
    assert [line.amount_fen for line in lines_of(session, batch)] == [600, 900]


def test_less_than_the_threshold_waits_for_the_years_end(session: Session, world: World) -> None:
    with transaction():
        batch = make_draft(session, world.office, threshold_fen=900)
        sweep = make_draft(session, world.office, threshold_fen=900, year_end=True)
    assert [line.amount_fen for line in lines_of(session, batch)] == [900]
    assert [line.amount_fen for line in lines_of(session, sweep)] == [600, 900]


def test_a_batch_pays_the_households_of_its_division(session: Session, world: World) -> None:
    with transaction():
        batch = make_draft(session, world.office, region_code=VILLAGE)
    assert [line.household_id for line in lines_of(session, batch)] == [world.first.id]


def test_a_foreign_division_is_not_there(session: Session, world: World) -> None:
    with transaction():
        stranger = make_office(session, OTHER_VILLAGE)
        batch = make_draft(session, world.office, region_code=VILLAGE)
    with pytest.raises(NotFound):
        payout_drafts.draft(session, stranger.maker, wanted(region_code=VILLAGE), TERMS, now=RIPE)
    with pytest.raises(NotFound):
        payout_decisions.submit(session, stranger.maker, batch.id, TERMS, now=RIPE)


def _rename(session: Session, world: World) -> None:
    session.execute(
        sa.update(Household).where(Household.id == world.first.id).values(head_name_hash=b"x" * 32)
    )


def _change(session: Session, world: World) -> None:
    make_changed_account(session, world.first, at=RIPE - timedelta(days=29))


def _forget(session: Session, world: World) -> None:
    session.execute(sa.delete(HouseholdAccount).where(HouseholdAccount.household_id == world.first.id))


def _involve(session: Session, world: World) -> None:
    _forget(session, world)
    make_account(session, world.first, editor_id=world.office.maker.id)


def _take_back(session: Session, world: World) -> None:
    public_id, day = world.first.public_id, business_day(START)
    registrar = make_context(session, Role.REGISTRAR)
    given = Given(ConsentKind.PAYEE_DATA, CURRENT, day, "村干部乙")
    consents.give(session, registrar, public_id, given, START)
    consents.withdraw(session, registrar, public_id, ConsentKind.PAYEE_DATA, day, now=START)


LOCKS = {
    SoftLock.CONSENT_WITHDRAWN: _take_back,
    SoftLock.NO_ACCOUNT: _forget,
    SoftLock.UNCONFIRMED_ACCOUNT: propose_change,
    SoftLock.ACCOUNT_CHANGED: _change,
    SoftLock.NAME_DIFFERS: _rename,
    SoftLock.MAKER_INVOLVED: _involve,
}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_household_under_a_lock_is_left_out_with_its_reason(
    session: Session, world: World, lock: SoftLock
) -> None:
    with transaction():
        LOCKS[lock](session, world)
        batch = make_draft(session, world.office)
    assert left_out(session, batch) == {world.first.id: lock}
    assert [line.household_id for line in lines_of(session, batch)] == [world.second.id]


def test_consent_to_the_use_of_the_account_that_was_given_again_is_enough(
    session: Session, world: World
) -> None:
    with transaction():
        _take_back(session, world)
        again = Given(ConsentKind.PAYEE_DATA, CURRENT, business_day(START), "村干部乙")
        consents.give(session, make_context(session, Role.REGISTRAR), world.first.public_id, again, START)
        batch = make_draft(session, world.office)
    assert left_out(session, batch) == {}


def test_both_households_of_a_shared_account_are_left_out(session: Session, world: World) -> None:
    other = accounts.present(session, world.second.id)
    assert other is not None
    with transaction():
        _forget(session, world)
        make_account(session, world.first, other.account)
    with pytest.raises(Conflict) as refused, transaction():
        make_draft(session, world.office)
    assert refused.value.fields == {"left_out": {"account_shared": {"households": 2, "amount_fen": 1500}}}


def test_an_account_changed_thirty_days_ago_is_paid(session: Session, world: World) -> None:
    with transaction():
        make_changed_account(session, world.first, at=RIPE - timedelta(days=30))
        batch = make_draft(session, world.office)
    assert left_out(session, batch) == {}


def test_a_household_with_money_on_its_way_waits(session: Session, world: World, parts: Running) -> None:
    with transaction():
        make_submitted(session, world.office, region_code=VILLAGE)
        make_sale(session, parts, make_units(session, world.first, 1, year=2027), START)
        batch = make_draft(session, world.office)
    assert left_out(session, batch) == {world.first.id: SoftLock.ATTEMPT_PENDING}


def test_two_drafts_of_the_same_money_are_submitted_once(session: Session, world: World) -> None:
    with transaction():
        one, two = make_draft(session, world.office), make_draft(session, world.office)
        payout_decisions.submit(session, world.office.maker, one.id, TERMS, now=RIPE)
    with pytest.raises(Conflict) as refused, transaction():
        payout_decisions.submit(session, world.office.maker, two.id, TERMS, now=RIPE)
    assert refused.value.code == "payout_empty"
    assert findings(session) == set()


def test_a_draft_whose_money_was_given_back_is_stale(session: Session, world: World) -> None:
    with transaction():
        batch = make_draft(session, world.office)
        session.execute(
            sa.update(Credit).where(Credit.household_id == world.first.id).values(state=CreditState.CANCELLED)
        )
    with pytest.raises(Conflict) as refused, transaction():
        payout_decisions.submit(session, world.office.maker, batch.id, TERMS, now=RIPE)
    assert refused.value.code == "payout_stale"
