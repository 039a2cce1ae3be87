"""Documents say what the code says."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bin.documents import LAYERS, REFUSALS, audit_page, errors_page, permissions_page, statuses_by_code
from config import PRODUCTION_REQUIRED
from domain.audit_actions import ACTIONS
from domain.cell_errors import REASONS
from domain.messages import MESSAGES
from domain.sheet_problems import SHEET_REASONS

ROOT = Path(__file__).parents[2]
#: Where settings are read from the environment.
READERS = (
    "config.py",
    "flows/wiring.py",
    "gunicorn.conf.py",
    "bin/launch.py",
    "bin/suite.py",
    "bench/__main__.py",
)
#: Read by the shell, before there is any Python.
BY_SHELL = {"DANZHU_PYTHON"}
#: Read where the browser of the tests is found, and by its tests.
BY_BROWSER_TESTS = {"CHROMIUM", "SCREENSHOTS"}
_SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PORT|DEMO|SPONSOR")


def _settings() -> set[str]:
    """The name of every setting that is read anywhere."""
    found = BY_SHELL | BY_BROWSER_TESTS
    for name in READERS:
        tree = ast.parse((ROOT / name).read_text("utf-8"))
        dictionaries = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        found |= {str(node.value) for node in dictionaries if _SETTING.fullmatch(str(node.value))}
    # wiring builds these two from the channel's name.
    channels = found & {"OFFICIAL_ACCOUNT"} and {"MINIPROGRAM", "OFFICIAL_ACCOUNT"}
    found |= {f"WECHAT_{channel}_{part}" for channel in channels for part in ("APPID", "SECRET")}
    return found - channels


def _documented() -> dict[str, str]:
    """Each setting of docs/configuration.md with the mark of production."""
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    return {
        found[1]: found[2].strip()
        for found in re.finditer(r"^\| `([A-Z0-9_]+)`([^|]*)\|", page, re.MULTILINE)
    }


def test_every_setting_is_documented_and_no_other() -> None:
    assert set(_documented()) == _settings()


def test_every_setting_stands_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    assert set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", example, re.MULTILINE)) == _settings()


def test_the_example_keeps_the_defaults() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    defaults = dict(re.findall(r"^\| `([A-Z0-9_]+)`[^|]*\| `([^`|]*)` \|", page, re.MULTILINE))
    set_there = dict(re.findall(r"^([A-Z][A-Z0-9_]*)=(.*)$", example, re.MULTILINE))
    assert set_there == {name: defaults[name] for name in set_there}


def test_what_production_needs_is_marked() -> None:
    marked = {name for name, mark in _documented().items() if mark == "**P**"}
    assert marked == set(PRODUCTION_REQUIRED)


def test_the_list_of_error_codes_is_the_catalogue() -> None:
    assert (ROOT / "docs" / "errors.md").read_text("utf-8") == errors_page()


def test_the_page_of_permissions_is_the_table() -> None:
    assert (ROOT / "docs" / "permissions.md").read_text("utf-8") == permissions_page()


def test_every_code_that_is_raised_has_its_sentences() -> None:
    assert set(statuses_by_code()) - set(MESSAGES) == set()


def test_every_code_in_the_catalogue_is_raised_somewhere() -> None:
    assert set(MESSAGES) - set(statuses_by_code()) == set()


def _calls(holding: str) -> Iterator[ast.Call]:
    """Every call in those files of the layers that have `holding` in their text."""
    for folder in LAYERS:
        for file in (ROOT / folder).rglob("*.py"):
            if holding in (text := file.read_text("utf-8")):
                yield from (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))


@cache
def _acts() -> frozenset[str]:
    """Every act that is named where an entry is written: a text given as `action`, or a choice of two."""
    given = [word.value for call in _calls("action") for word in call.keywords if word.arg == "action"]
    return frozenset(
        text.value
        for value in given
        for text in ast.walk(value)
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    )


def _texts_of_the_code() -> set[str]:
    """Every text constant of those files of the layers that name an act, the table of acts left out."""
    named = re.compile("|".join(f'"{re.escape(act)}"' for act in ACTIONS))
    return {
        node.value
        for folder in LAYERS
        for file in (ROOT / folder).rglob("*.py")
        if file.name != "audit_actions.py" and named.search(text := file.read_text("utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_act_that_is_written_down_stands_in_the_table() -> None:
    assert len(_acts()) > 10
    assert _acts() - set(ACTIONS) == set()


def test_every_act_in_the_table_is_written_down_somewhere() -> None:
    assert set(ACTIONS) - _texts_of_the_code() == set()


def test_the_page_of_the_audit_is_the_table_of_acts() -> None:
    assert (ROOT / "docs" / "audit.md").read_text("utf-8") == audit_page()


def test_every_reason_a_cell_is_refused_for_has_its_sentences() -> None:
    raised = {
        str(inner.value)
        for call in _calls("CellError")
        if getattr(call.func, "id", "") == "CellError" and call.args
        for inner in ast.walk(call.args[0])
        if isinstance(inner, ast.Constant)
    }
    assert len(raised) > 10
    assert raised - set(REASONS) - set(SHEET_REASONS) == set()


def test_sentences_are_chinese_first_and_english_second() -> None:
    for chinese, english in (*MESSAGES.values(), *REASONS.values(), *SHEET_REASONS.values()):
        assert re.search("[\u4e00-\u9fff]", chinese)
        # What stands on a Chinese sheet may be quoted.
        assert len(re.findall("[一-鿿]", english)) < len(english) / 4
        assert set(re.findall(r"{(\w+)}", chinese)) >= set(re.findall(r"{(\w+)}", english))


def test_the_committed_api_document_is_the_served_one(app: Flask, client: FlaskClient) -> None:
    committed = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    assert committed == client.get("/api/v1/openapi.json").get_json(), "run: python -m bin.documents"


def test_every_call_in_the_api_document_has_a_summary_and_answers(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    bare = [
        f"{method} {path}"
        for path, calls in document["paths"].items()
        for method, call in calls.items()
        if method != "parameters" and not (call.get("summary") and "default" in call["responses"])
    ]
    assert bare == []


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_every_kind_of_refusal_is_a_client_or_server_error(name: str) -> None:
    assert 400 <= REFUSALS[name] < 600
