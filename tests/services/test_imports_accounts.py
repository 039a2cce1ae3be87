"""Sheets of payee accounts: every row a proposal of whoever brought it, for a second officer to decide on."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict
from domain.payouts import AccountState
from domain.permissions import OfficerContext
from domain.roles import Role
from domain.sheet_problems import SheetKind
from flows.imports import accept_import
from models import Household, HouseholdAccount, Import
from models.base import transaction
from models.imports import ImportState
from services import accounts, imports
from tests.support.clock import START
from tests.support.importing import FAR_VILLAGE, check, make_ground, staged_of_people, told
from tests.support.keeping import Kept
from tests.support.sheets import Row, account, account_row, household_row, identity, number
from tests.support.world import COUNTY, make_context

KIND = SheetKind.ACCOUNTS


def make_households(session: Session) -> None:
    make_ground()
    far = household_row(9, 户编号=number(9, FAR_VILLAGE), 村代码=FAR_VILLAGE)
    bring_households(household_row(1), household_row(2, 开户行="", 银行账号=""), far)


@pytest.fixture(autouse=True)
def households(kept: Kept, session: Session) -> None:
    kept(make_households, session)


@pytest.fixture
def importer(session: Session) -> OfficerContext:
    with transaction():
        return make_context(session, Role.REGISTRAR)


def bring_households(*rows: Row) -> None:
    imported = check(SheetKind.HOUSEHOLDS, rows)
    accept_import(imported.id, now=START, actor="command")


def checked(importer: OfficerContext, *rows: Row, scope: str | None = None) -> Import:
    return check(KIND, rows, officer_id=importer.id, scope=scope)


def bring(importer: OfficerContext, *rows: Row) -> Import:
    return accept_import(checked(importer, *rows).id, now=START, actor=importer.actor)


def problems_of(
    session: Session, importer: OfficerContext, *rows: Row, scope: str | None = None
) -> list[tuple[int, str, str]]:
    return told(session, checked(importer, *rows, scope=scope))


def versions(session: Session, n: int) -> list[tuple[str, AccountState]]:
    found = session.scalars(
        sa.select(HouseholdAccount)
        .join(Household, Household.id == HouseholdAccount.household_id)
        .where(Household.number == number(n))
        .order_by(HouseholdAccount.id)
        .execution_options(populate_existing=True)
    )
    return [(one.account, one.state) for one in found]


def test_every_row_becomes_a_proposal_of_whoever_brought_the_sheet(
    session: Session, importer: OfficerContext
) -> None:
    imported = bring(importer, account_row(1), account_row(2))
    assert (imported.state, imported.added, imported.unchanged) == (ImportState.ACCEPTED, 2, 0)
    assert versions(session, 1) == [
        (account(1), AccountState.CONFIRMED),
        (account(1_001), AccountState.PROPOSED),
    ]
    [proposed] = session.scalars(
        sa.select(HouseholdAccount).where(HouseholdAccount.account_hash.is_not(None)).offset(2).limit(1)
    )
    assert (proposed.editor_id, proposed.confirmer_id, proposed.import_id) == (
        importer.id,
        None,
        imported.id,
    )
    assert staged_of_people(session) == (0, 0)


def test_whoever_brought_the_sheet_puts_none_of_it_into_force(
    session: Session, importer: OfficerContext
) -> None:
    bring(importer, account_row(2))
    household = session.scalars(sa.select(Household).where(Household.number == number(2))).one()
    [proposed] = accounts.versions(session, importer, household.public_id)
    with pytest.raises(Conflict, match="account_needs_second"), transaction():
        accounts.confirm(session, importer, household.public_id, proposed.id, now=START)


def test_what_is_in_force_or_proposed_already_changes_nothing(
    session: Session, importer: OfficerContext
) -> None:
    in_force = account_row(1, 银行账号=account(1), 开户行="中国邮政储蓄银行望谟县支行")
    for rows in ((in_force, account_row(2)), (in_force, account_row(2))):
        imported = bring(importer, *rows)
    assert (imported.added, imported.unchanged) == (0, 2)
    assert [len(versions(session, n)) for n in (1, 2)] == [1, 1]


def test_a_household_is_named_by_its_heads_identity_number_too(
    session: Session, importer: OfficerContext
) -> None:
    bring(importer, account_row(2, 户编号="", 身份证号=identity(2)))
    assert versions(session, 2) == [(account(1_002), AccountState.PROPOSED)]


def test_a_row_of_somebody_else_or_of_nobody_is_a_problem(session: Session, importer: OfficerContext) -> None:
    found = problems_of(
        session,
        importer,
        account_row(1, 身份证号=identity(2)),
        account_row(7),
        account_row(8, 户编号="", 身份证号=identity(8)),
        account_row(2, 户编号=""),
    )
    assert sorted(found) == [
        (2, "身份证号", "identity_of_another"),
        (3, "户编号", "household_unknown"),
        (4, "身份证号", "household_unknown"),
        (5, "户编号", "household_not_named"),
    ]


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"银行账号": "6217990000000000312"}, "银行账号", "account_number_check_digit"),
        ({"银行账号": ""}, "银行账号", "blank"),
        ({"开户行": ""}, "开户行", "blank"),
        ({"账户户名": "3"}, "账户户名", "not_a_name"),
        ({"户编号": "12"}, "户编号", "wrong_length"),
    ],
)
def test_a_cell_that_cannot_be_is_told_with_its_row_and_reason(
    session: Session, importer: OfficerContext, changes: Row, column: str, code: str
) -> None:
    assert (2, column, code) in problems_of(session, importer, account_row(1, **changes))


def test_a_household_and_an_account_stand_once_in_a_sheet(session: Session, importer: OfficerContext) -> None:
    found = problems_of(
        session,
        importer,
        account_row(1),
        account_row(1, 银行账号=account(1_050)),
        account_row(2, 银行账号=account(1_001)),
    )
    assert sorted(found) == [(3, "户编号", "household_repeated"), (4, "银行账号", "account_repeated")]


def test_an_account_of_another_household_is_a_problem_told_only_within_the_county(
    session: Session, importer: OfficerContext
) -> None:
    near = problems_of(session, importer, account_row(2, 银行账号=account(1)))
    far = problems_of(session, importer, account_row(2, 银行账号=account(9)))
    assert near == [(2, "银行账号", "account_registered")]
    assert far == [(2, "户编号", "needs_check_above")]


def test_another_change_that_waits_is_decided_first(session: Session, importer: OfficerContext) -> None:
    bring(importer, account_row(1))
    found = problems_of(session, importer, account_row(1, 银行账号=account(1_060)))
    assert found == [(2, "银行账号", "account_undecided")]


def test_a_household_beyond_the_officers_region_is_as_unknown_as_any(
    session: Session, importer: OfficerContext
) -> None:
    by_number = account_row(9, 户编号=number(9, FAR_VILLAGE))
    by_identity = account_row(8, 户编号="", 身份证号=identity(9))
    found = problems_of(session, importer, by_number, by_identity, scope=COUNTY)
    assert found == [(2, "户编号", "household_unknown"), (3, "身份证号", "household_unknown")]


def test_one_bad_row_keeps_the_whole_sheet_of_the_command_out(
    session: Session, importer: OfficerContext
) -> None:
    imported = checked(importer, account_row(1), account_row(2, 账户户名=""))
    assert (imported.state, versions(session, 2)) == (ImportState.REFUSED, [])
    assert staged_of_people(session) == (0, 0)


def test_a_sheet_that_was_overtaken_proposes_nothing(session: Session, importer: OfficerContext) -> None:
    waiting = checked(importer, account_row(1), account_row(2))
    bring(importer, account_row(2, 银行账号=account(1_070)))
    with pytest.raises(Conflict, match="import_overtaken"):
        accept_import(waiting.id, now=START, actor=importer.actor)
    assert len(versions(session, 1)) == 1


def test_nothing_of_an_account_is_kept_or_told_in_plain(session: Session, importer: OfficerContext) -> None:
    imported = checked(importer, account_row(1), account_row(2, 银行账号="6217990000000000312"))
    shown = [one.value for one in imports.problems(session, imported.id)]
    assert shown == ["6217***********0312"]
    good = checked(importer, account_row(1))
    [kept] = session.execute(sa.text("SELECT account, holder_name FROM staged_accounts")).all()
    assert good.state is ImportState.CHECKED
    assert account(1_001).encode() not in bytes(kept.account)
    assert "陈国光".encode() not in bytes(kept.holder_name)
