"""bin/test brings a browser where it may, and says what to do where it may not."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bin import chromium, suite


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Makes this a machine with only these programs, each of which runs the shell lines it is given."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)

    def given(user: int = 0, **programs: str) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: user)
        for name, lines in programs.items():
            program = tmp_path / name.replace("_", "-")
            program.write_text(f"#!/bin/sh\n{lines}\n")
            program.chmod(0o755)

    return given


def test_a_browser_that_is_there_is_used_as_it_is(bare: Callable[..., None], tmp_path: Path) -> None:
    bare(chromium="exit 0")
    assert chromium.bring() == ""
    assert chromium.find() == str(tmp_path / "chromium")


def test_the_one_without_a_window_is_taken_before_the_other(
    bare: Callable[..., None], tmp_path: Path
) -> None:
    bare(chromium="exit 0", chromium_headless_shell="exit 0")
    assert chromium.find() == str(tmp_path / "chromium-headless-shell")


def test_another_browser_may_be_named(
    bare: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare(chromium="exit 0", other="exit 0")
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "other"))
    assert chromium.find() == str(tmp_path / "other")
    monkeypatch.setenv("CHROMIUM", "nowhere")
    assert chromium.bring() == "CHROMIUM names nowhere, which is not a program."


@pytest.mark.parametrize("package", chromium.PACKAGES)
def test_root_gets_it_installed_with_one_line_about_it(
    package: str, bare: Callable[..., None], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = f": > {tmp_path}/{package}; /bin/chmod 755 {tmp_path}/{package}"
    bare(
        apt_get=f"""echo Reading package lists...
            [ "$1" = update ] && exit
            for name; do :; done
            [ "$name" = {package} ] || exit 100
            {made}"""
    )
    assert chromium.bring() == ""
    assert chromium.find() == str(tmp_path / package)
    assert capfd.readouterr().out.splitlines() == [
        "Installing Debian's chromium, which the tests in tests/browser open pages with ..."
    ]


@pytest.mark.parametrize(
    ("user", "programs", "said"),
    [
        (0, {}, "CHROMIUM=<program> bin/test"),
        (1000, {"apt_get": "exit 0"}, "sudo apt-get install chromium"),
        (0, {"apt_get": "exit 100"}, "could not be installed"),
        (0, {"apt_get": "exit 0"}, "could not be installed"),
    ],
    ids=["no apt", "not root", "apt fails", "apt brings something else"],
)
def test_where_none_can_be_had_it_says_what_to_do(
    bare: Callable[..., None], user: int, programs: dict[str, str], said: str
) -> None:
    bare(user, **programs)
    assert said in chromium.bring()


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], True),
        (["-k", "serial", "-n", "2", "--all"], True),
        (["tests"], True),
        (["tests/browser"], True),
        (["tests/domain", "tests/browser/test_open_pages.py::test_a_paid_certificate", "-x"], True),
        (["tests/domain"], False),
        (["tests/domain/test_serials.py::test_x", "-k", "browser"], False),
    ],
)
def test_a_browser_is_wanted_where_its_tests_may_run(arguments: list[str], wanted: bool) -> None:
    assert chromium.wanted(arguments) == wanted


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--all"], 1)])
def test_a_run_without_a_browser_says_so_last_and_is_not_everything(
    bare: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
) -> None:
    bare()
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.setattr(suite, "_pytest", lambda *_: 0)
    monkeypatch.setattr("bin.suite.signal.signal", lambda *_: None)
    assert suite.main(arguments) == code
    assert capsys.readouterr().out.splitlines()[-1].startswith("  - EVERY TEST IN A BROWSER: there is no")
