"""Plays the case.

A span of orders is timed; then their payments are taken to have been asked for and made, which are other requests and
are not measured; then the notices about exactly these orders are timed. pgbench follows at once, so that both meet the
same moods of the machine.
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import floor, load
from bench.checks import Told, run_checks
from bench.databases import fresh_database, settle_down
from bench.machine import CpuMeter, wait_for_quiet
from bench.purchase.counting import traffic
from bench.purchase.figures import Result, Round, Span, span_of, span_of_pgbench
from bench.purchase.orders import Buyers, ask_and_pay, notice
from bench.stage import Stage
from bench.web import last_words, serving
from models import database

FLOOR = "danzhu_bench_floor"
#: Numbers of clients the server is warmed up with, so that every thread has its connection and its statements.
WARM_UP = (32, 8)
WARM_UP_SECONDS = 2.0
HELLO_SECONDS = 2.0


class RefusedError(Exception):
    """Requests were refused, so nothing was measured; the message shows some of them and the server's log."""


def run(stage: Stage, say: Callable[[str], None]) -> Result:
    """Measure and check; raises RefusedError, counting.CountError, load.LoadError, web.WebError, floor.FloorError."""
    program = floor.find_pgbench()
    counted, told = traffic(stage)
    result = Result(traffic=counted)
    log = stage.folder / "web.log"
    with fresh_database(stage.server, FLOOR) as url, serving("app:create_app()", stage.environ, log) as web:
        floor.prepare(url)
        settle_down(url)
        play = _Play(stage, web.address, log, CpuMeter({"web": web.pid, "database": stage.server.pid}), told)
        fixed = _Fixed(program, url, CpuMeter({"database": stage.server.pid}))
        short = min(WARM_UP_SECONDS, stage.plan.seconds)
        for clients in WARM_UP:
            play.both(clients, short)
            fixed.run(clients, short)
        for number in range(1, stage.plan.rounds + 1):
            for clients in stage.plan.clients:
                wait_for_quiet(stage.plan.wait)
                orders, notices = play.both(clients, stage.plan.seconds)
                found = Round(number, clients, orders, notices, fixed.run(clients, stage.plan.seconds))
                result.rounds.append(found)
                say(_line(found))
    result.hello = _hello(stage)
    with stage.app.app_context():
        result.checks = run_checks(database(), play.told)
    return result


class _Play:
    """Orders and notices at one running server."""

    def __init__(self, stage: Stage, address: load.Address, log: Path, meter: CpuMeter, told: Told) -> None:
        self.told = told
        self._stage = stage
        self._address = address
        self._log = log
        self._meter = meter
        self._buyers = Buyers(stage.tokens)

    def both(self, clients: int, seconds: float) -> tuple[Span, Span]:
        """Place orders for so many seconds, then bring the notices about all of them."""
        bodies, orders = self._timed(clients, load.until(seconds, self._buyers.order), 201)
        numbers = [str(json.loads(body)["number"]) for body in bodies]
        paid = ask_and_pay(self._stage, numbers)
        signed = [notice(self._stage.merchant, one) for one in paid]
        settled, notices = self._timed(clients, load.from_list(signed), 204)
        self.told = Told(self.told.orders + len(numbers), self.told.paid + len(settled))
        return orders, notices

    def _timed(self, clients: int, supply: load.Supply, expected: int) -> tuple[list[bytes], Span]:
        volley, spent = self._meter.of(lambda: load.fire(self._address, clients, supply, expected))
        if volley.refused:
            shown = "\n".join(volley.refusals)
            raise RefusedError(
                f"{volley.refused} requests were not answered {expected}:\n{shown}\n{last_words(self._log)}"
            )
        return volley.bodies, span_of(volley, spent)


class _Fixed:
    """The fixed script in the same server."""

    def __init__(self, program: Path, url: str, meter: CpuMeter) -> None:
        self._program = program
        self._url = url
        self._meter = meter

    def run(self, clients: int, seconds: float) -> Span:
        whole = max(1, round(seconds))
        rate, spent = self._meter.of(
            lambda: floor.purchases_per_second(self._program, self._url, clients, whole)
        )
        return span_of_pgbench(rate, whole, spent)


def _hello(stage: Stage) -> dict[int, Span]:
    wanted = load.request("POST", "/hello", {"Content-Type": "application/json"}, b'{"count": 1}')
    short = min(HELLO_SECONDS, stage.plan.seconds)
    found = {}
    with serving("bench.hello:app", stage.environ, stage.folder / "hello.log") as web:
        meter = CpuMeter({"web": web.pid, "database": stage.server.pid})

        def volley(clients: int) -> load.Volley:
            return load.fire(web.address, clients, load.until(short, lambda: wanted), 200)

        volley(max(stage.plan.clients))
        for clients in stage.plan.clients:
            found[clients] = span_of(*meter.of(partial(volley, clients)))
    return found


def _line(found: Round) -> str:
    others = "" if found.others is None else f", others had up to {found.others:.0%} of the machine"
    return (
        f"round {found.number}, {found.clients:>2} clients: {found.per_second:6.0f} purchases/s,"
        f" pgbench {found.pgbench.per_second:6.0f}/s{others}"
    )
