"""What the README promises: its commands do what is printed, in both languages, and its links lead somewhere."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest
import zxingcpp
from PIL import Image

from domain.words import FORBIDDEN

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
ADDRESS = "http://127.0.0.1:8000"
#: Printed between the answers of two steps.
BETWEEN = "\x1e"
START_SECONDS = 180
LEFT_BEHIND = (
    ".git", ".env", ".venv", "instance", "tests", "bench", "__pycache__", ".*_cache", ".hypothesis",
)  # fmt: skip

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


class Step(NamedTuple):
    """Commands of the session, and the answer that is printed below them."""

    commands: str
    shown: str


def _session(name: str) -> list[Step]:
    text = (ROOT / name).read_text("utf-8")
    part = text[text.index("<!-- session") : text.index("<!-- end of session -->")]
    steps: list[Step] = []
    for language, content in _FENCE.findall(part):
        if language == "sh":
            steps.append(Step(content, ""))
        else:
            steps[-1] = steps[-1]._replace(shown=content)
    return steps


def _pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "data/README.md"])


def _anchor(heading: str) -> str:
    """How a heading is linked to: small letters, hyphens for spaces, no other signs."""
    plain = re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def test_both_readmes_carry_the_same_session() -> None:
    english, chinese = (_session(name) for name in READMES)
    assert len(english) > 8
    assert english == chinese


@pytest.mark.parametrize("page", _pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in _LINK.findall(_FENCE.sub("", page.read_text("utf-8"))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        headings = _HEADING.findall(target.read_text("utf-8")) if anchor and target.is_file() else []
        if not target.exists() or (anchor and anchor not in map(_anchor, headings)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("name", READMES)
def test_the_readmes_show_every_screenshot_and_each_is_light(name: str) -> None:
    pictures = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/screenshots").iterdir()}
    assert pictures == {
        link for link in _LINK.findall((ROOT / name).read_text("utf-8")) if "screenshots" in link
    }
    assert [picture for picture in pictures if (ROOT / picture).stat().st_size > 60_000] == []


@pytest.mark.parametrize("name", READMES)
def test_the_readmes_name_whatever_is_carried_of_others(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    carried = {path.name for path in (ROOT / "static/vendor").iterdir() if path.is_dir()}
    assert {folder for folder in carried if f"| static/vendor/{folder} |" not in text} == set()


def test_every_page_of_the_documentation_stands_in_its_index() -> None:
    index = (ROOT / "docs/README.md").read_text("utf-8")
    linked = {(ROOT / "docs" / link).resolve() for link in _LINK.findall(index)}
    assert {page for page in _pages() if page.is_relative_to(ROOT / "docs")} - linked == {
        ROOT / "docs/README.md"
    }


@pytest.mark.parametrize("name", [*READMES, "CHANGELOG.md"])
def test_pages_for_everybody_use_no_words_that_certificates_may_not(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert [word for word in FORBIDDEN if word in text] == []


@dataclass(frozen=True)
class Running:
    """A freshly started copy of the project: where it lies and where it listens."""

    folder: Path
    port: int
    launcher: subprocess.Popen[bytes]


@contextmanager
def _started(folder: Path) -> Iterator[Running]:
    """A copy of the project with no data and no settings, started as bin/run starts it once .venv is there."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    (folder / ".venv").symlink_to(sys.prefix)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "run.log"
    with log.open("wb") as lines:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "bin.launch"],
            cwd=folder, env=_environ(PORT=str(port)), stdout=lines, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        give_up = time.monotonic() + START_SECONDS
        while f"is running on http://127.0.0.1:{port}" not in log.read_text("utf-8"):
            ended = launcher.poll() is not None or time.monotonic() > give_up
            assert not ended, log.read_text("utf-8")[-2000:]
            time.sleep(0.2)
        yield Running(folder, port, launcher)
    finally:
        launcher.send_signal(signal.SIGINT)
        launcher.wait()


def _environ(**more: str) -> dict[str, str]:
    """What a newcomer's shell has; no setting of whoever runs the tests."""
    path = os.pathsep.join((f"{sys.prefix}/bin", os.environ["PATH"]))
    return {"PATH": path, "HOME": os.environ.get("HOME", ""), "LANG": "C.UTF-8", **more}


def _play(running: Running, steps: list[Step]) -> list[str]:
    """The answers of each step, all run in one shell."""
    script = f"\nprintf '{BETWEEN}'\n".join(step.commands for step in steps)
    assert ADDRESS in script
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace(ADDRESS, f"http://127.0.0.1:{running.port}")],
        cwd=running.folder, env=_environ(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    answers = done.stdout.split(BETWEEN)
    assert done.returncode == 0, f"after {answers[-1][-1000:]}: {done.stderr[-2000:]}"
    return answers


def _value(name: str, answer: str) -> str:
    found = re.search(rf'"{name}": ?"([^"]+)"', answer)
    assert found, f"no {name} in {answer}"
    return found[1]


@pytest.mark.long
def test_the_session_of_the_readme_works_as_printed(tmp_path: Path) -> None:
    if not (shutil.which("curl") and shutil.which("bash")):
        pytest.skip("needs curl and bash, as the README does")
    steps = _session("README.md")
    with _started(tmp_path / "danzhu") as running:
        answers = _play(running, steps)
        for step, answer in zip(steps, answers, strict=True):
            promised = set(re.findall(r'"(\w+)":', step.shown))
            assert promised - set(re.findall(r'"(\w+)":', answer)) == set(), step.commands
        by_words = dict(zip((step.commands for step in steps), answers, strict=True))

        def answer_of(words: str) -> str:
            return next(answer for commands, answer in by_words.items() if words in commands)

        serial = _value("certificate", answer_of("/sandbox/cashier"))
        verdicts = answer_of("?t=${TOKEN}A")
        assert verdicts.startswith("valid\n")
        assert f'"serial": "{serial}"' in verdicts
        assert verdicts.endswith('{\n    "verdict": "forged"\n}\n')
        assert f'"certificate": "{serial}"' in answer_of("/income")
        assert '"agrees_with_ledger": true' in answer_of("/income")
        assert answer_of("ledger verify").endswith("the book holds\n")
        assert "Accepted: 86490 rows added, 6360 unchanged." in answer_of("import trees")
        assert "41580 tree-years" in answer_of("verification approve")

        assert (running.folder / "instance/certificate.pdf").read_bytes().startswith(b"%PDF-")
        with Image.open(running.folder / "instance/qr.png") as picture:
            (code,) = zxingcpp.read_barcodes(picture)
        assert code.text.startswith(f"http://127.0.0.1:{running.port}/c/{serial}?t=")
    assert running.launcher.returncode == 0, "Ctrl-C stops everything"
