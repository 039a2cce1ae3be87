"""Debian's Chromium for the tests that open pages: found, or brought by apt where that may be used."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from bin.environment import apt_install, say

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests" / "browser"
#: Debian's packages and their programs, the best first: without a window a page costs some two fifths less.
PACKAGES = ("chromium-headless-shell", "chromium")


def find() -> str | None:
    """The program to open pages with: the one CHROMIUM names, or the system's; None where there is none."""
    named = os.environ.get("CHROMIUM")
    found = map(shutil.which, [named] if named else PACKAGES)
    return next(filter(None, found), None)


def wanted(arguments: Sequence[str]) -> bool:
    """Whether a run of pytest with these arguments may come to the tests in a browser."""
    paths = [
        path
        for argument in arguments
        if not argument.startswith("-") and (path := (ROOT / argument.partition("::")[0]).resolve()).exists()
    ]
    return not paths or any(path.is_relative_to(TESTS) or TESTS.is_relative_to(path) for path in paths)


def bring() -> str:
    """See to it that there is a browser; why there is none and what to do about it, empty where there is one."""
    if find():
        return ""
    if named := os.environ.get("CHROMIUM"):
        return f"CHROMIUM names {named}, which is not a program."
    if not shutil.which("apt-get"):
        return "there is no Chromium. Install one and name it: CHROMIUM=<program> bin/test"
    if os.geteuid() != 0:
        return f"there is no Chromium. Run: sudo apt-get install {PACKAGES[0]}"
    say("Installing Debian's chromium, which the tests in tests/browser open pages with ...")
    if apt_install(*PACKAGES) and find():
        return ""
    return "Debian's chromium could not be installed. CHROMIUM names another one."
