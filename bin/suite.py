"""Runs pytest on both engines and prints last what was left out; run by bin/test inside .venv."""

import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from xml.etree import ElementTree

from bin import chromium
from bin.postgresql import ServerError, server

ROOT = Path(__file__).resolve().parent.parent
#: Cores beyond this do not make the suite faster; each wants databases of its own.
MOST_PROCESSES = 4
#: Arguments that want the tests in this very process, or that say themselves how many are wanted.
ONE_PROCESS = (
    "-n",
    "--numprocesses",
    "--pdb",
    "--trace",
    "-s",
    "--collect-only",
    "--co",
    "--fixtures",
    "--markers",
)


def main(arguments: Sequence[str]) -> int:
    """Run the suite; pytest's exit code, or 1 where --all was asked for and no PostgreSQL or browser was to be had."""
    # Leave by way of the `finally` blocks when asked to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    why_no_browser = chromium.bring() if chromium.wanted(arguments) else ""
    with ExitStack() as stack:
        url, why_not = _postgresql(stack)
        report = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "report.xml"
        code = _pytest(arguments, url, report)
        left_out = _left_out(report)
    if why_not:
        left_out.append(f"every test on PostgreSQL: {why_not}. TEST_DATABASE_URL names a server of your own.")
    if why_no_browser:
        left_out.append(f"EVERY TEST IN A BROWSER: {why_no_browser}")
    print("\nLeft out:" if left_out else "\nNothing was left out.")
    for line in left_out:
        print(f"  - {line}")
    if (why_not or why_no_browser) and "--all" in arguments:
        return code or 1
    return code


def _postgresql(stack: ExitStack) -> tuple[str, str]:
    """The URL of the server to test on until the stack is left, and why there is none where there is none."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if given:
        return given, ""
    try:
        return stack.enter_context(server()), ""
    except (ServerError, OSError) as error:
        return "", str(error)


def _pytest(arguments: Sequence[str], url: str, report: Path) -> int:
    command = [sys.executable, "-m", "pytest", f"--junit-xml={report}"]
    processes = min(os.cpu_count() or 1, MOST_PROCESSES)
    if processes > 1 and not any(argument.startswith(ONE_PROCESS) for argument in arguments):
        command += ["-n", str(processes), "--dist", "worksteal"]
    # Every process must find the same tests in the same order, whatever set they were made from.
    environ = {"PYTHONHASHSEED": "0", **os.environ, "TEST_DATABASE_URL": url}
    # Rewriting the assertions of every test file takes each process half a minute; what was rewritten is kept.
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with subprocess.Popen([*command, *arguments], cwd=ROOT, env=environ) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                # pytest got the same Ctrl-C and is finishing; so is its summary.
                continue


def _left_out(report: Path) -> list[str]:
    """One line a reason for which tests were skipped, with their number."""
    if not report.exists():
        return []
    skipped = ElementTree.parse(report).iter("skipped")
    reasons = Counter(found.get("message", "") for found in skipped if found.get("type") == "pytest.skip")
    return [f"{count} test{'s' if count > 1 else ''}: {reason}" for reason, count in reasons.most_common()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
