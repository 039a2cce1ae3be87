"""Household sheets: checked as a whole, registered as a whole, and telling nobody about anybody else."""

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from domain.errors import Conflict
from domain.sheet_problems import SheetKind
from flows.imports import accept_import, let_go
from models import AuditEntry, Household, HouseholdAccount, Import, ImportProblem
from models.base import db, transaction
from models.imports import ImportState
from models.types import vault
from services.imports import problems
from tests.support.clock import START
from tests.support.importing import FAR_VILLAGE, bring, check, count, make_ground, registry, staged, told
from tests.support.keeping import Kept
from tests.support.sheets import (
    HOUSEHOLD_HEADER,
    account,
    as_csv,
    as_xlsx,
    household_row,
    identity,
    number,
)
from tests.support.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, make_household, make_programme

HOUSEHOLDS = SheetKind.HOUSEHOLDS


@pytest.fixture(autouse=True)
def ground(kept: Kept, session: Session) -> None:
    kept(make_ground)


def test_a_good_sheet_registers_every_household_with_its_account(session: Session) -> None:
    imported = bring(HOUSEHOLDS, [household_row(1), household_row(2, 同意公开姓名="否")])
    assert (imported.state, imported.rows, imported.added, imported.unchanged) == (
        ImportState.ACCEPTED,
        2,
        2,
        0,
    )
    first, second = session.scalars(sa.select(Household).order_by(Household.number))
    assert (first.head_name, first.identity, first.phone) == ("陈国光", identity(1), "19900000001")
    assert (first.category, first.people, first.income_per_person_yuan) == ("脱贫户", 4, 3354)
    assert (first.sale_consent_on, first.name_public, first.display_name) == (date(2026, 3, 15), True, "陈*")
    assert (second.name_public, second.display_name) == (False, None)
    assert (first.contract_from, first.contract_to) == (date(2026, 3, 15), date(2031, 3, 15))
    assert (first.created_at, first.import_id) == (START, imported.id)
    assert len(first.public_id) == 12
    assert first.public_id != second.public_id
    paid_to = session.scalars(
        sa.select(HouseholdAccount).where(HouseholdAccount.household_id == first.id)
    ).one()
    assert (paid_to.bank, paid_to.account) == ("中国邮政储蓄银行望谟县支行", account(1))
    assert (paid_to.started_at, paid_to.ended_at, paid_to.editor_id) == (START, None, None)
    assert staged(session) == (0, 0)


def test_households_are_found_again_by_their_hashes(session: Session) -> None:
    bring(HOUSEHOLDS, [household_row(1)])
    found = session.scalars(sa.select(Household)).one()
    assert found.identity_hash == vault().fingerprint(identity(1), "identity")
    assert found.head_name_hash == vault().fingerprint("陈国光", "name")
    paid_to = session.scalars(sa.select(HouseholdAccount)).one()
    assert paid_to.account_hash == vault().fingerprint(account(1), "account")


def test_acceptance_is_written_into_the_audit(session: Session) -> None:
    imported = bring(HOUSEHOLDS, [household_row(1)])
    entry = session.scalars(sa.select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.subject) == (
        "command",
        "import_accepted",
        f"import:{imported.id}",
    )
    assert entry.facts == {
        "kind": "households",
        "sha256": imported.sha256,
        "rows": 1,
        "added": 1,
        "unchanged": 0,
    }


def test_a_household_without_consent_or_account_is_registered_without_them(session: Session) -> None:
    bring(HOUSEHOLDS, [household_row(1, 知情同意日期="", 同意公开姓名="否", 开户行="", 银行账号="")])
    found = session.scalars(sa.select(Household)).one()
    assert (found.sale_consent_on, found.contract_from, found.contract_to) == (None, None, None)
    assert count(session, HouseholdAccount) == (0,)


def test_a_contract_of_a_leap_day_ends_on_28_february(session: Session) -> None:
    bring(HOUSEHOLDS, [household_row(1, 知情同意日期="2024-02-29")])
    assert session.scalars(sa.select(Household.contract_to)).one() == date(2029, 2, 28)


def test_what_is_staged_is_sealed_already(session: Session) -> None:
    check(HOUSEHOLDS, [household_row(1, 户主姓名="覃花平")])
    raw = session.execute(sa.text("SELECT * FROM staged_households")).mappings().one()
    assert raw["number"] == number(1)
    for column in ("head_name", "identity", "phone", "category", "account"):
        assert isinstance(bytes(raw[column]), bytes)
    content = b"".join(
        bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in raw.values()
    )
    for secret in ("覃花平", identity(1), "19900000001", "脱贫户", account(1)):
        assert secret.encode() not in content


def test_the_same_sheet_again_changes_nothing(session: Session) -> None:
    sheet = as_csv([household_row(n) for n in range(1, 6)])
    bring(HOUSEHOLDS, sheet)
    before = {h.number: h.public_id for h in session.scalars(sa.select(Household))}
    again = bring(HOUSEHOLDS, sheet)
    assert (again.state, again.added, again.unchanged) == (ImportState.ACCEPTED, 0, 5)
    assert {h.number: h.public_id for h in session.scalars(sa.select(Household))} == before
    assert count(session, HouseholdAccount) == (5,)


def test_the_same_rows_written_otherwise_change_nothing(session: Session) -> None:
    bring(HOUSEHOLDS, [household_row(1), household_row(2)])
    otherwise = household_row(
        1,
        家庭人口=4,
        上年人均纯收入元="3,354元",
        知情同意日期="2026年3月15日",
        同意公开姓名="√",
        户主姓名="陈 国光",
    )
    again = bring(HOUSEHOLDS, as_xlsx([household_row(3), otherwise], HOUSEHOLD_HEADER))
    assert (again.added, again.unchanged) == (1, 1)
    assert registry(session) == (3, 0)


def test_a_changed_row_of_a_registered_household_is_refused(session: Session) -> None:
    bring(HOUSEHOLDS, [household_row(1)])
    changed = check(HOUSEHOLDS, [household_row(1, 联系电话="13800000000"), household_row(2)])
    assert changed.state is ImportState.REFUSED
    assert told(session, changed) == [(2, "户编号", "household_changed")]
    assert registry(session) == (1, 0)


def test_every_problem_of_a_sheet_is_told_at_once_and_nothing_is_written(session: Session) -> None:
    rows = [
        household_row(1),
        household_row(2, 身份证号=identity(1), 家庭人口="很多"),
        household_row(3, 银行账号=account(1)),
        household_row(1, 身份证号=identity(4), 银行账号=account(4)),
        household_row(5, 户编号="5223261079990005", 村代码="522326107999"),
        household_row(6, 身份证号="522399195208254604", 户主姓名=""),
    ]
    refused = check(HOUSEHOLDS, rows)
    assert refused.state is ImportState.REFUSED
    assert told(session, refused) == [
        (3, "家庭人口", "not_a_number"),
        (3, "身份证号", "identity_repeated"),
        (4, "银行账号", "account_repeated"),
        (5, "户编号", "number_repeated"),
        (6, "村代码", "village_unknown"),
        (7, "户主姓名", "blank"),
        (7, "身份证号", "identity_number_check_digit"),
    ]
    assert (refused.rows, refused.problem_count, refused.added) == (6, 7, 0)
    assert registry(session) == (0, 0)
    assert staged(session) == (0, 0)


def test_problems_never_carry_a_person(session: Session) -> None:
    rows = [household_row(1), household_row(1, 联系电话="19912"), household_row(3, 身份证号=identity(1))]
    shifted = dict(zip(HOUSEHOLD_HEADER, ["", *household_row(9).values()], strict=False))
    refused = check(HOUSEHOLDS, [*rows, shifted])
    values = [one.value for one in problems(session, refused.id)]
    stored = " ".join(f"{p.value} {p.column} {p.details}" for p in session.scalars(sa.select(ImportProblem)))
    assert any("*" in value for value in values)
    for secret in ("陈国光", identity(1), identity(9), account(1), account(9), "19900000009"):
        assert secret not in stored


def test_reasons_come_in_both_languages(session: Session) -> None:
    refused = check(HOUSEHOLDS, [household_row(1), household_row(1)])
    assert {one.reason for one in problems(session, refused.id)} >= {"户编号与第 2 行重复。"}
    english = {one.reason for one in problems(session, refused.id, "en")}
    assert "The household number stands in row 2 already." in english


def test_a_person_registered_in_the_same_county_is_named_as_the_reason(session: Session) -> None:
    bring(HOUSEHOLDS, [household_row(1)])
    moved = household_row(
        2, 户编号=number(2, OTHER_VILLAGE), 村代码=OTHER_VILLAGE, 身份证号=identity(1), 银行账号=account(1)
    )
    refused = check(HOUSEHOLDS, [moved])
    assert told(session, refused) == [
        (2, "身份证号", "identity_registered"),
        (2, "银行账号", "account_registered"),
    ]


@pytest.mark.parametrize(
    "shared",
    [{"身份证号": identity(1)}, {"银行账号": account(1)}, {"身份证号": identity(1), "银行账号": account(1)}],
)
def test_a_sheet_never_tells_who_is_registered_in_another_county(
    session: Session, shared: dict[str, str]
) -> None:
    bring(HOUSEHOLDS, [household_row(1)])
    elsewhere = household_row(2, 户编号=number(2, FAR_VILLAGE), 村代码=FAR_VILLAGE, **shared)
    refused = check(HOUSEHOLDS, [elsewhere])
    assert told(session, refused) == [(2, "户编号", "needs_check_above")]
    (problem,) = problems(session, refused.id)
    assert problem.value == number(2, FAR_VILLAGE)
    assert "身份证" not in problem.reason
    assert "账号" not in problem.reason


def test_an_account_that_is_no_longer_used_may_be_registered_again(session: Session) -> None:
    bring(HOUSEHOLDS, [household_row(1)])
    with transaction():
        session.execute(sa.update(HouseholdAccount).values(ended_at=START))
    assert bring(HOUSEHOLDS, [household_row(2, 银行账号=account(1))]).added == 1


def test_a_sheet_stays_within_its_senders_scope(session: Session) -> None:
    rows = [household_row(1), household_row(2, 户编号=number(2, FAR_VILLAGE), 村代码=FAR_VILLAGE)]
    refused = check(HOUSEHOLDS, rows, scope=COUNTY)
    assert told(session, refused) == [(3, "村代码", "outside_scope")]
    assert check(HOUSEHOLDS, rows[:1], scope=TOWNSHIP).state is ImportState.CHECKED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_is_read_in_any_encoding(session: Session, encoding: str) -> None:
    bring(HOUSEHOLDS, as_csv([household_row(1)], encoding=encoding))
    assert session.scalars(sa.select(Household.head_name)).one() == "陈国光"


def test_titles_above_the_header_and_blank_rows_are_skipped(session: Session) -> None:
    sheet = "望谟县农户登记表\n\n".encode() + as_csv([household_row(1)], encoding="utf-8") + b"\n,,,\n"
    imported = bring(HOUSEHOLDS, sheet)
    assert (imported.rows, imported.added) == (1, 1)


def test_numbers_that_excel_has_spoilt_are_refused_with_the_reason(session: Session) -> None:
    spoilt = household_row(1, 户编号=5223261072130001, 身份证号="5.22E+17", 银行账号="1E+15")
    refused = check(HOUSEHOLDS, as_xlsx([spoilt]))
    assert told(session, refused) == [
        (2, "户编号", "digits_lost"),
        (2, "身份证号", "scientific_notation"),
        (2, "银行账号", "scientific_notation"),
    ]


def test_a_wrong_header_refuses_the_sheet_and_its_rows_are_still_judged(session: Session) -> None:
    header = ["证件" if name == "身份证号" else name for name in HOUSEHOLD_HEADER]
    table = as_csv([household_row(1, 家庭人口="x")]).decode("utf-8-sig").split("\n", 1)[1]
    refused = check(HOUSEHOLDS, (",".join(header) + "\n" + table).encode())
    assert told(session, refused) == [
        (1, "身份证号", "header_missing"),
        (1, "证件", "header_unknown"),
        (2, "家庭人口", "not_a_number"),
    ]
    assert (refused.problem_count, refused.warning_count) == (2, 1)


def test_a_remark_column_is_a_warning_that_lets_the_sheet_in(session: Session) -> None:
    imported = bring(HOUSEHOLDS, [household_row(1, 备注="无")])
    assert (imported.added, imported.problem_count, imported.warning_count) == (1, 0, 1)
    assert told(session, imported) == [(1, "备注", "header_unknown")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xd0\xcf\x11\xe0 old", "file_old_excel"),
        (as_csv([], HOUSEHOLD_HEADER), "sheet_without_rows"),
        (as_csv([household_row(1)]).split(b"\n", 1)[1], "header_row_missing"),
        (b"\n\n\n", "sheet_without_rows"),
    ],
)
def test_a_file_without_a_sheet_is_refused_and_written_down(
    session: Session, content: bytes, code: str
) -> None:
    refused = check(HOUSEHOLDS, content)
    assert refused.state is ImportState.REFUSED
    assert [problem.code for problem in problems(session, refused.id)] == [code]


def test_a_sheet_cut_off_in_the_middle_registers_nothing(session: Session) -> None:
    sheet = as_csv([household_row(n) for n in range(1, 4)]) + b'"'
    refused = check(HOUSEHOLDS, sheet)
    assert [problem.code for problem in problems(session, refused.id)] == ["file_quotes_broken"]
    assert staged(session) == (0, 0)


def test_a_sheet_is_accepted_once(session: Session) -> None:
    imported = bring(HOUSEHOLDS, [household_row(1)])
    with pytest.raises(Conflict, match="import_state"):
        accept_import(imported.id, now=START, actor="command")
    refused = check(HOUSEHOLDS, b"")
    with pytest.raises(Conflict, match="import_state"):
        accept_import(refused.id, now=START, actor="command")


def test_a_sheet_that_was_let_go_cannot_be_accepted(session: Session) -> None:
    imported = check(HOUSEHOLDS, [household_row(1)])
    let_go(imported.id)
    assert staged(session) == (0, 0)
    with pytest.raises(Conflict, match="import_state"):
        accept_import(imported.id, now=START, actor="command")
    assert registry(session) == (0, 0)


@pytest.mark.parametrize(
    "overtaking",
    [
        household_row(1, 家庭人口="5"),
        household_row(2, 身份证号=identity(1)),
        household_row(2, 银行账号=account(1)),
    ],
    ids=["number", "identity", "account"],
)
def test_a_registry_that_has_changed_since_the_check_refuses_the_whole_sheet(
    session: Session, overtaking: dict[str, str]
) -> None:
    slow = check(HOUSEHOLDS, [household_row(1), household_row(3)])
    bring(HOUSEHOLDS, [overtaking])
    with pytest.raises(Conflict, match="import_overtaken"):
        accept_import(slow.id, now=START, actor="command")
    assert registry(session) == (1, 0)
    assert session.get_one(Import, slow.id).state is ImportState.CHECKED


def test_the_same_household_registered_meanwhile_is_left_as_it_is(session: Session) -> None:
    slow = check(HOUSEHOLDS, [household_row(1), household_row(2)])
    bring(HOUSEHOLDS, [household_row(1)])
    accepted = accept_import(slow.id, now=START, actor="command")
    assert (accepted.added, accepted.unchanged) == (1, 1)
    assert registry(session) == (2, 0)


def test_contracts_run_as_long_as_the_programme_says(session: Session) -> None:
    with transaction():
        make_programme(session, contract_years=6)
    bring(HOUSEHOLDS, [household_row(1)])
    assert session.scalars(sa.select(Household.contract_to)).one() == date(2032, 3, 15)


def test_households_made_otherwise_count_as_registered(session: Session) -> None:
    with transaction():
        make_household(session, number=number(1))
    refused = check(HOUSEHOLDS, [household_row(1)])
    assert told(session, refused) == [(2, "户编号", "household_changed")]


CELL = st.one_of(
    st.text(max_size=20), st.sampled_from(["", "陈国光", "1E+15", number(1), identity(1), "是", "2026-03-15"])
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.lists(CELL, min_size=13, max_size=14), min_size=1, max_size=4))
def test_no_cells_make_the_import_fail_otherwise(app: Flask, cells: list[list[str]]) -> None:
    with app.app_context():
        good = [*household_row(1).values()]
        rows = [dict(zip((*HOUSEHOLD_HEADER, "备注"), row, strict=False)) for row in (good, *cells)]
        imported = check(HOUSEHOLDS, as_csv(rows, (*HOUSEHOLD_HEADER, "备注")))
        assert imported.state in (ImportState.CHECKED, ImportState.REFUSED)
        found = list(problems(db.session(), imported.id))
        assert all(problem.reason for problem in found)
        assert (imported.state is ImportState.REFUSED) == any(problem.blocks for problem in found)
        let_go(imported.id)
