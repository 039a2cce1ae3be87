"""`python -m bench`: see bin/bench --help."""

import argparse
import json
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from bench import machine
from bench.client.figures import table as client_table
from bench.client.play import BrowserError
from bench.client.play import run as client
from bench.databases import Server, running_server
from bench.floor import FloorError
from bench.income.figures import table as income_table
from bench.income.play import run as income
from bench.load import LoadError
from bench.payouts.figures import table as payouts_table
from bench.payouts.play import run as payouts
from bench.purchase.counting import CountError
from bench.purchase.play import RefusedError
from bench.purchase.play import run as purchase
from bench.purchase.table import table
from bench.stage import Plan, StageError, prepared
from bench.stock import Size
from bench.web import WebError
from bin.postgresql import ServerError
from domain import clock
from domain.campaign import Campaign, published_campaign

CASES = ("purchase", "income", "payouts", "client")
#: What is played when nothing is named: the hot path.
USUAL = ("purchase",)
RESULTS = Path(__file__).resolve().parent / "results"
#: Purchases a second that stock is laid in for beyond what was asked, so that a fast run does not sell out.
MOST_PER_SECOND = 2500
#: A notice is believed for five minutes after it was signed, and those of a span are signed before it begins.
LONGEST_SPAN = 60
#: Trees of the campaign whose totals the buyer's home shows.
SHOWN_TREES = 10_000
#: What keeps a run from measuring anything.
FAILURES = (
    ServerError,
    StageError,
    FloorError,
    WebError,
    LoadError,
    CountError,
    RefusedError,
    BrowserError,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The cases that were asked for, and what they are played on."""

    cases: tuple[str, ...]
    plan: Plan
    campaigns: tuple[Campaign, ...]
    payments: int


class Result(Protocol):
    """What a case found."""

    @property
    def sound(self) -> bool:
        """Whether every check held."""

    def as_dict(self) -> dict[str, object]:
        """Everything, for the file of results."""


def main(arguments: list[str]) -> int:
    """Run the cases; 0 when every check held, 1 when one did not, 2 when nothing could be measured."""
    # Leave by way of the `finally` blocks when asked to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # The application also runs in this process, to count statements; its request log would drown the results.
    logging.disable(logging.INFO)
    asked = _asked(arguments)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="danzhu-bench-") as folder,
            running_server(os.environ.get("BENCH_DATABASE_URL", "")) as server,
        ):
            facts: dict[str, object] = {
                "at": clock.rfc3339(clock.now()),
                "plan": asdict(asked.plan),
                "machine": machine.describe(Path(folder)),
                "postgresql": server.settings,
            }
            sound, parts = True, dict[str, object]()
            for name, result, said in _played(asked, server, Path(folder)):
                say("\n" + said)
                sound, parts[name] = sound and result.sound, result.as_dict()
    except FAILURES as error:
        print(f"Nothing was measured: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    say(f"\nWritten to {_write({**facts, **parts}).relative_to(machine.ROOT)}")
    if not sound:
        print("A check is broken: see above.", file=sys.stderr)
    return 0 if sound else 1


def _played(asked: Asked, server: Server, folder: Path) -> Iterator[tuple[str, Result, str]]:
    """Each case that was asked for as it ends: its name, what it found, and the table of that."""
    plan = asked.plan
    if "purchase" in asked.cases:
        say(f"Preparing {plan.size.households} households with {plan.size.units} tree-years on sale ...")
        with prepared(plan, server, folder) as stage:
            bought = purchase(stage, say)
        yield "purchase", bought, table(bought)
    if "income" in asked.cases:
        reports = income(server, folder, asked.campaigns, say)
        yield "income", reports, income_table(reports)
    if "payouts" in asked.cases:
        paid = payouts(server, folder, asked.payments, say)
        yield "payouts", paid, payouts_table(paid)
    if "client" in asked.cases:
        visits = client(server, folder, published_campaign().scaled(SHOWN_TREES), plan.rounds, say)
        yield "client", visits, client_table(visits)


def _asked(arguments: list[str]) -> Asked:
    """What the command line asks for; ends the program with a word where it is wrong."""
    whole = published_campaign().households
    parser = argparse.ArgumentParser(prog="bin/bench")
    parser.add_argument(
        "cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; purchase when none is named"
    )
    parser.add_argument("--clients", default="1,8,32", help="numbers of clients, by commas (%(default)s)")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a span (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds the medians are of (%(default)s)")
    parser.add_argument(
        "--wait", type=float, default=0.0, help="for a quiet machine, before a round (%(default)s)"
    )
    parser.add_argument("--households", type=int, default=400, help="(%(default)s)")
    parser.add_argument("--units", type=int, default=103_333, help="free tree-years at the end (%(default)s)")
    parser.add_argument(
        "--trees", default="10000,1000000,all", help="sizes of the campaign, by commas (%(default)s)"
    )
    parser.add_argument("--payments", type=int, default=whole, help="payments of the batch (%(default)s)")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.cases) - set(CASES))
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}")
    clients = tuple(int(part) if part.isdigit() else 0 for part in given.clients.split(","))
    if min(*clients, given.rounds, given.households, given.units - given.households + 1) < 1:
        parser.error("clients, rounds and households are at least 1, and each household has a tree")
    if not 2 <= given.payments <= whole:
        parser.error(f"a batch has 2 to {whole} payments")
    if not 1 <= given.seconds <= LONGEST_SPAN:
        parser.error(f"a span has 1 to {LONGEST_SPAN} seconds")
    spare = round(MOST_PER_SECOND * given.seconds * given.rounds * len(clients))
    size = Size(given.households, given.units + spare)
    plan = Plan(clients, given.seconds, given.rounds, given.wait, size)
    try:
        campaigns = tuple(_campaign(part) for part in given.trees.split(","))
    except ValueError as wrong:
        parser.error(f"--trees: {wrong}")
    return Asked(tuple(given.cases) or USUAL, plan, campaigns, given.payments)


def _campaign(trees: str) -> Campaign:
    whole = published_campaign()
    return whole if trees == "all" else whole.scaled(int(trees))


def _write(found: dict[str, object]) -> Path:
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{clock.now().astimezone():%Y-%m-%d-%H%M%S}.json"
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def say(line: str) -> None:
    """Tell the person at the terminal how far it is."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
