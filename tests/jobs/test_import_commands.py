"""`flask import`, as whoever keeps the register types it."""

import csv
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from domain.payouts import AccountState
from domain.roles import Role
from models import AuditEntry, Consent, HouseholdAccount, Import
from models.base import database, transaction
from models.imports import ImportState
from tests.support.importing import FAR_VILLAGE, count, make_ground, registry, staged
from tests.support.sheets import Row, account_row, as_csv, consent_row, household_row, number, tree_row
from tests.support.world import make_officer


@pytest.fixture(autouse=True)
def ground(app: Flask) -> None:
    with app.app_context():
        make_ground()


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "survey.csv"


def flask(app: Flask, *words: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["import", *map(str, words)])


def write(path: Path, *rows: Row) -> Path:
    path.write_bytes(as_csv(rows))
    return path


def registered(app: Flask) -> tuple[int, ...]:
    with app.app_context():
        found = registry(database())
        assert staged(database()) == (0, 0)
        return found


def test_households_then_trees_are_registered_and_a_second_time_changes_nothing(
    app: Flask, sheet: Path
) -> None:
    done = flask(app, "households", write(sheet, household_row(1), household_row(2)))
    assert (done.exit_code, done.stderr) == (0, "")
    assert "Accepted: 2 rows added, 0 unchanged." in done.output
    done = flask(app, "trees", write(sheet, tree_row(1), tree_row(2)))
    assert "Accepted: 2 rows added, 0 unchanged." in done.output
    assert registered(app) == (2, 2)
    again = flask(app, "trees", sheet)
    assert again.exit_code == 0
    assert "Accepted: 0 rows added, 2 unchanged." in again.output
    assert registered(app) == (2, 2)


def test_a_dry_run_reports_and_registers_nothing(app: Flask, sheet: Path) -> None:
    done = flask(app, "households", write(sheet, household_row(1)), "--dry-run")
    assert done.exit_code == 0
    assert "nothing was written" in done.output
    assert registered(app) == (0, 0)
    with app.app_context():
        assert database().scalars(sa.select(Import.state)).one() is ImportState.DISCARDED


def test_a_refused_sheet_prints_its_problems_and_ends_with_an_error(app: Flask, sheet: Path) -> None:
    done = flask(app, "households", write(sheet, household_row(1), household_row(1, 家庭人口="0")))
    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert lines[0] == "survey.csv: 2 行 rows, 问题 problems 4, 提示 warnings 0"
    assert lines[1].split() == ["行", "row", "列", "column", "值", "value", "原因", "reason"]
    assert any("家庭人口" in line and "Must be from 1 to 30." in line for line in lines)
    assert registered(app) == (0, 0)


def test_problems_are_written_to_a_file_that_excel_reads_safely(
    app: Flask, sheet: Path, tmp_path: Path
) -> None:
    wanted = tmp_path / "problems.csv"
    rows = [household_row(1), household_row(2, 林权证号="=HYPERLINK(1)", 家庭人口="+1+1", 备注="x")]
    done = flask(app, "households", write(sheet, *rows), "--problems", wanted)
    assert done.exit_code == 1
    assert wanted.read_bytes().startswith(b"\xef\xbb\xbf")
    with wanted.open(encoding="utf-8-sig", newline="") as file:
        header, *told = csv.reader(file)
    assert header == ["行", "列", "值", "代码", "原因", "reason", "级别"]
    assert [(row[0], row[1], row[2], row[3], row[6]) for row in told] == [
        ("3", "家庭人口", "'+1+1", "not_a_number", "问题"),
        ("3", "林权证号", "'=HYPERLINK(1)", "formula_error", "问题"),
    ]


def test_more_problems_than_fit_on_a_screen_are_counted(app: Flask, sheet: Path) -> None:
    done = flask(app, "households", write(sheet, *(household_row(n, 家庭人口="0") for n in range(1, 61))))
    assert "10 more: write them with --problems FILE.csv." in done.output


def test_an_actor_works_within_his_region_and_under_his_name(app: Flask, sheet: Path) -> None:
    with app.app_context(), transaction() as session:
        officer = make_officer(session, Role.REGISTRAR, username="wei").id
    far = household_row(2, 户编号=number(2, FAR_VILLAGE), 村代码=FAR_VILLAGE)
    refused = flask(app, "households", write(sheet, household_row(1), far), "--actor", "wei")
    assert refused.exit_code == 1
    assert "outside the area" in refused.output
    done = flask(app, "households", write(sheet, household_row(1)), "--actor", "wei")
    assert done.exit_code == 0
    with app.app_context():
        entry = database().scalars(sa.select(AuditEntry)).one()
        accepted = database().scalars(sa.select(Import).order_by(Import.id.desc())).first()
    assert accepted is not None
    assert (entry.actor, accepted.officer_id) == (f"officer:{officer}", officer)


def test_what_cannot_be_done_is_said_before_anything_is_read(app: Flask, sheet: Path, tmp_path: Path) -> None:
    write(sheet, household_row(1))
    for words in (
        ("households", tmp_path / "missing.csv"),
        ("households", sheet, "--actor", "nobody"),
        ("households", sheet, "--problems", tmp_path / "no" / "folder.csv"),
    ):
        done = flask(app, *words)
        assert done.exit_code == 2
    assert registered(app) == (0, 0)


def test_without_a_programme_nothing_can_be_imported(app: Flask, sheet: Path) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.text("DELETE FROM programmes"))
    done = flask(app, "households", write(sheet, household_row(1)))
    assert done.exit_code == 1
    assert "项目尚未开始" in done.output


def test_accounts_are_proposed_in_an_officers_name_only(app: Flask, sheet: Path) -> None:
    flask(app, "households", write(sheet, household_row(1)))
    with app.app_context(), transaction() as session:
        username = make_officer(session, Role.REGISTRAR).username
    nobody = flask(app, "accounts", write(sheet, account_row(1)))
    assert (nobody.exit_code, "--actor" in nobody.stderr) == (2, True)
    for added, unchanged in ((1, 0), (0, 1)):
        done = flask(app, "accounts", sheet, "--actor", username)
        assert f"Accepted: {added} rows added, {unchanged} unchanged." in done.output
    with app.app_context():
        states = database().scalars(sa.select(HouseholdAccount.state).order_by(HouseholdAccount.id)).all()
    assert states == [AccountState.CONFIRMED, AccountState.PROPOSED]


def test_consents_are_brought_and_a_dry_run_writes_none(app: Flask, sheet: Path) -> None:
    flask(app, "households", write(sheet, household_row(1)))
    write(sheet, consent_row(1))
    assert "nothing was written" in flask(app, "consents", sheet, "--dry-run").output
    with app.app_context():
        before = count(database(), Consent)
    assert "Accepted: 1 rows added, 0 unchanged." in flask(app, "consents", sheet).output
    with app.app_context():
        assert count(database(), Consent) == (before[0] + 1,)
