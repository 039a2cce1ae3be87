"""Sheets of consents: what households agreed to on paper, taken in village by village."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.consents import ConsentKind
from domain.errors import Conflict
from domain.roles import Role
from domain.sheet_problems import SheetKind
from flows.imports import accept_import
from models import Consent, Household, Import
from models.base import transaction
from models.imports import ImportState
from services import consents
from tests.support.clock import START
from tests.support.importing import FAR_VILLAGE, bring, check, make_ground, staged_of_people, told
from tests.support.keeping import Kept
from tests.support.sheets import Row, consent_row, household_row, number
from tests.support.world import COUNTY, make_context

KIND = SheetKind.CONSENTS
#: A household that has agreed to nothing.
SILENT = {"知情同意日期": "", "同意公开姓名": "否"}


def make_households(session: Session) -> None:
    make_ground()
    far = household_row(9, 户编号=number(9, FAR_VILLAGE), 村代码=FAR_VILLAGE)
    bring(SheetKind.HOUSEHOLDS, [household_row(1), household_row(2, **SILENT), far])


@pytest.fixture(autouse=True)
def households(kept: Kept, session: Session) -> None:
    kept(make_households, session)


def household(session: Session, n: int) -> Household:
    return session.scalars(
        sa.select(Household).where(Household.number == number(n)).execution_options(populate_existing=True)
    ).one()


def standing(session: Session, n: int) -> set[ConsentKind]:
    of = household(session, n).id
    return {kind for kind in ConsentKind if consents.standing(session, of, kind)}


def withdraw(session: Session, n: int, kind: ConsentKind, day: date) -> None:
    with transaction():
        officer = make_context(session, Role.REGISTRAR)
        consents.withdraw(session, officer, household(session, n).public_id, kind, day, now=START)


def problems_of(session: Session, *rows: Row, **more: str) -> list[tuple[int, str, str]]:
    return told(session, check(KIND, rows, **more))


def test_a_consent_is_taken_in_with_its_words_day_and_witness(session: Session) -> None:
    imported = bring(KIND, [consent_row(1), consent_row(2, 同意事项="信用平台")])
    assert (imported.state, imported.added, imported.unchanged) == (ImportState.ACCEPTED, 2, 0)
    given = session.scalars(sa.select(Consent).where(Consent.kind == ConsentKind.PAYEE_DATA)).one()
    assert (given.text_version, given.given_on, given.witness, given.import_id) == (
        "2026-1",
        date(2026, 8, 20),
        "村干部乙",
        imported.id,
    )
    assert staged_of_people(session) == (0, 0)


def test_consent_to_sale_opens_the_contract_and_a_public_name_is_masked(session: Session) -> None:
    rows = [consent_row(2, 同意事项="公开姓名"), consent_row(2, 同意事项="碳汇出售")]
    bring(KIND, rows)
    agreed = household(session, 2)
    assert agreed.sale_consent_on == date(2026, 8, 20)
    assert (agreed.contract_from, agreed.contract_to) == (date(2026, 8, 20), date(2031, 8, 20))
    assert (agreed.name_public, agreed.display_name) == (True, "陈*")


def test_a_contract_that_runs_is_left_as_it_is(session: Session) -> None:
    before = household(session, 1).contract_to
    withdraw(session, 1, ConsentKind.SALE, date(2026, 8, 1))
    bring(KIND, [consent_row(1, 同意事项="碳汇出售")])
    again = household(session, 1)
    assert (again.sale_consent_on, again.contract_to) == (date(2026, 8, 20), before)


def test_the_same_sheet_again_changes_nothing(session: Session) -> None:
    for _ in range(2):
        imported = bring(KIND, [consent_row(1), consent_row(2)])
    assert (imported.added, imported.unchanged) == (0, 2)
    assert standing(session, 2) == {ConsentKind.PAYEE_DATA}


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"同意事项": "广告"}, "同意事项", "not_a_choice"),
        ({"文本版本": "2019-1"}, "文本版本", "consent_text_unknown"),
        ({"文本版本": "survey"}, "文本版本", "consent_text_unknown"),
        ({"同意日期": "2026-09-02"}, "同意日期", "date_out_of_range"),
        ({"见证人": ""}, "见证人", "blank"),
        ({"见证人": "乙"}, "见证人", "not_a_name"),
        ({"户编号": number(7)}, "户编号", "household_unknown"),
        ({"户编号": number(2), "同意事项": "公开姓名"}, "同意事项", "sale_consent_missing"),
    ],
)
def test_what_cannot_be_a_consent_is_told_with_its_row_and_reason(
    session: Session, changes: Row, column: str, code: str
) -> None:
    assert problems_of(session, consent_row(1, **changes)) == [(2, column, code)]


def test_a_consent_stands_once_in_a_sheet(session: Session) -> None:
    found = problems_of(session, consent_row(1), consent_row(1, 同意事项="payee_data"))
    assert found == [(3, "同意事项", "consent_repeated")]


@pytest.mark.parametrize("changes", [{"同意日期": "2026-08-21"}, {"见证人": "村干部丙"}])
def test_a_consent_that_stands_with_other_facts_is_a_problem(session: Session, changes: Row) -> None:
    bring(KIND, [consent_row(1)])
    assert problems_of(session, consent_row(1, **changes)) == [(2, "同意事项", "consent_changed")]


def test_what_was_taken_back_since_does_not_come_again_by_an_old_sheet(session: Session) -> None:
    bring(KIND, [consent_row(1)])
    withdraw(session, 1, ConsentKind.PAYEE_DATA, date(2026, 8, 25))
    assert problems_of(session, consent_row(1)) == [(2, "同意日期", "consent_withdrawn_later")]
    bring(KIND, [consent_row(1, 同意日期="2026-08-26")])
    assert ConsentKind.PAYEE_DATA in standing(session, 1)


def test_a_household_beyond_the_officers_region_is_as_unknown_as_any(session: Session) -> None:
    row = consent_row(9, 户编号=number(9, FAR_VILLAGE))
    assert problems_of(session, row, scope=COUNTY) == [(2, "户编号", "household_unknown")]


def test_a_withdrawal_between_check_and_acceptance_stands(session: Session) -> None:
    bring(KIND, [consent_row(1)])
    waiting = check(KIND, [consent_row(1), consent_row(2)])
    withdraw(session, 1, ConsentKind.PAYEE_DATA, date(2026, 8, 25))
    with pytest.raises(Conflict, match="import_overtaken"):
        accept_import(waiting.id, now=START, actor="command")
    assert standing(session, 2) == set()
    assert session.get_one(Import, waiting.id, populate_existing=True).state is ImportState.CHECKED


def test_the_witness_is_kept_sealed_while_the_sheet_waits(session: Session) -> None:
    check(KIND, [consent_row(1)])
    [kept] = session.scalars(sa.text("SELECT witness FROM staged_consents")).all()
    assert "村干部乙".encode() not in bytes(kept)
