"""The clients' catalogue: every word is there in both languages, is used, and is said the same way everywhere."""

import json
import re
from pathlib import Path

import pytest

from domain.audit_actions import ACTIONS
from domain.certificate_words import money_words, verdict_words
from domain.certificates import Verdict, typeset_zh
from tests.support.certificates import make_face

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "static/words").glob("*.js"))
ENTRY = re.compile(r'^  ("(?:[^"\\]|\\.)*"): (\[.*\]),$')
#: `t("key"`, and keys that wait in a table for their t().
ASKED = re.compile(r'\bt\(\s*"([^"]+)"')
ASKED_FOR_ONE_OF = re.compile(r"\bt\(\s*`([^`]+)`")


def _words(catalogue: Path) -> dict[str, tuple[str, str]]:
    lines = catalogue.read_text("utf-8").splitlines()
    begin = lines.index("export const WORDS = {")
    found = {}
    for line in lines[begin + 1 : lines.index("};")]:
        entry = ENTRY.match(line)
        assert entry, f'{catalogue.name}: not `  "key": ["中文", "English"],`: {line}'
        key, (chinese, english) = json.loads(entry[1]), json.loads(entry[2])
        assert key not in found, f"{catalogue.name}: {key} stands twice"
        found[key] = (chinese, english)
    return found


def _scripts() -> list[Path]:
    return [
        file
        for file in (ROOT / "static").rglob("*.js")
        if "vendor" not in file.parts and file.parent.name != "words"
    ]


def _all_words() -> dict[str, tuple[str, str]]:
    return {key: words for catalogue in CATALOGUES for key, words in _words(catalogue).items()}


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda file: file.stem)
def test_every_word_is_there_in_both_languages_and_in_order(catalogue: Path) -> None:
    words = _words(catalogue)
    assert list(words) == sorted(words)
    for key, (chinese, english) in words.items():
        # A unit that English does without may be empty there.
        assert chinese, key
        assert english or key.startswith("unit."), key
        if english:
            assert set(re.findall(r"\{\w+\}", chinese)) == set(re.findall(r"\{\w+\}", english)), key


def test_english_says_of_one_what_it_says_of_one() -> None:
    """ "{count} trees" would say "1 trees"; "{count} {count|tree|trees}" does not."""
    plural = re.compile(r"\{(?:count|days|years|left)\} (?:[a-z]+ )?[a-z]+s\b")
    assert {key: english for key, (_, english) in _all_words().items() if plural.search(english)} == {}


def test_every_word_that_a_screen_asks_for_is_in_the_catalogue() -> None:
    words = _all_words()
    missing = {
        f"{file.relative_to(ROOT)}: {key}"
        for file in _scripts()
        for key in ASKED.findall(file.read_text("utf-8"))
        if key not in words
    }
    assert missing == set()


IMPORTED = re.compile(r'^import [^;]*? from "(\.[^"]+)";', re.M | re.S)


def _with_imports(script: Path, seen: set[Path]) -> set[Path]:
    """A script with all that it imports at once."""
    if script not in seen:
        seen.add(script)
        for name in IMPORTED.findall(script.read_text("utf-8")):
            _with_imports((script.parent / name).resolve(), seen)
    return seen


def test_every_screen_of_the_console_brings_the_words_it_asks_for() -> None:
    missing = set()
    frame = _with_imports(ROOT / "static/console/main.js", set())
    for screen in (ROOT / "static/console/screens").glob("*.js"):
        scripts = _with_imports(screen, set(frame))
        words = {
            key
            for file in scripts
            if file.parent.name == "words" and file.stem != "words"
            for key in _words(file)
        }
        missing |= {
            f"{screen.stem}: {key}"
            for file in scripts
            if file.parent.name not in ("words", "preact-htm")
            for key in ASKED.findall(file.read_text("utf-8"))
            if key not in words
        }
    assert missing == set()


def test_every_family_of_words_that_a_screen_asks_for_has_members() -> None:
    words = _all_words()
    for file in _scripts():
        for family in ASKED_FOR_ONE_OF.findall(file.read_text("utf-8")):
            form = re.compile(".+".join(re.escape(part) for part in re.split(r"\$\{[^}]*\}", family)))
            assert any(form.fullmatch(key) for key in words), f"{file.relative_to(ROOT)}: {family}"


def test_every_word_is_used() -> None:
    scripts = "\n".join(file.read_text("utf-8") for file in _scripts())
    families = [
        re.compile(".+".join(re.escape(part) for part in re.split(r"\$\{[^}]*\}", family)))
        for family in ASKED_FOR_ONE_OF.findall(scripts)
    ]
    unused = {
        key
        for key in _all_words()
        if f'"{key}"' not in scripts and not any(family.fullmatch(key) for family in families)
    }
    assert unused == set()


@pytest.mark.parametrize("verdict", Verdict)
def test_the_scanner_says_of_a_verdict_what_the_certificates_page_says(verdict: Verdict) -> None:
    words = _words(ROOT / "static/words/scan.js")
    zh, en = verdict_words(verdict, "zh"), verdict_words(verdict, "en")
    assert words[f"verdict.{verdict.value}"] == (typeset_zh(zh.word), en.word)
    assert words[f"verdict.{verdict.value}.meaning"] == (typeset_zh(zh.meaning), en.meaning)


def test_the_scanner_knows_no_verdict_of_its_own() -> None:
    said = {key.split(".")[1] for key in _words(ROOT / "static/words/scan.js") if key.startswith("verdict.")}
    assert said == {verdict.value for verdict in Verdict}


@pytest.mark.parametrize(
    ("step", "owed", "paid"),
    [("nothing", 0, 0), ("owed", 900, 0), ("partly", 900, 300), ("arrived", 900, 900)],
)
def test_the_scanner_says_of_the_money_what_the_certificates_page_says(
    step: str, owed: int, paid: int
) -> None:
    zh, en = _words(ROOT / "static/words/scan.js")[f"money.{step}"]
    sums = {"owed": f"{owed // 100}.{owed % 100:02d}", "paid": f"{paid // 100}.{paid % 100:02d}"}
    assert zh.format(**sums) == typeset_zh(money_words(make_face(), owed, paid, "zh"))
    assert en.format(**sums) == money_words(make_face(), owed, paid, "en")


def test_the_console_says_of_an_audit_entry_what_the_audits_table_says() -> None:
    words = _words(ROOT / "static/words/console-audit.js")
    assert words == {f"action.{action}": (zh, en) for action, (_, zh, en) in sorted(ACTIONS.items())}


def test_pages_that_are_sent_whole_say_what_the_catalogue_says() -> None:
    english_of = dict(_all_words().values())
    page = (ROOT / "blueprints/pages/templates/client.html").read_text("utf-8")
    said = {zh: en for en, zh in re.findall(r'"([^"]*)" if english else "([^"]*)"', page)}
    both = said.keys() & english_of.keys()
    assert len(both) > 5
    assert {zh: said[zh] for zh in both} == {zh: english_of[zh] for zh in both}
