"""A whole programme for a machine to play with: its people, its WeChat, its worker, and how it comes to rest."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

from flask import Flask
from werkzeug.test import TestResponse

from gateways.wechat.simulator import Simulator
from jobs import tasks, wechat_tasks
from models import transaction
from services import sponsor
from tests.machine import proof
from tests.machine.deaths import Died, Fate, survived
from tests.support.between import begin_afresh, between
from tests.support.buying import Buyer, Shop, make_shop
from tests.support.clock import START, SteppingClock
from tests.support.reconciling import morning_after
from tests.support.refunding import sandbox_of

PLENTY_FEN = 10_000_000
PEOPLE = ("lin", "wang", "zhao")
JOBS: tuple[Callable[[], int], ...] = (
    tasks.lapse_orders,
    tasks.sync_payments,
    tasks.submit_refunds,
    tasks.follow_refunds,
    tasks.lapse_gifts,
    tasks.fetch_bills,
    tasks.reconcile_days,
    tasks.watch_sponsor,
    wechat_tasks.plan_errands,
    wechat_tasks.run_errands,
    tasks.deliver_sandbox_notices,
)
#: Long enough for every wait there is to be over several times, with a morning for the bills.
LEAPS_MINUTES = (0, 2, 6, 20, 60, 360, 720, 720, 720)


@dataclass
class Bought:
    """An order somebody placed, and what they have in hand of it."""

    buyer: Buyer
    number: str
    amount_fen: int
    package: str | None = None
    refunds: int = 0


@dataclass
class Repeat:
    """What somebody asked for and got no answer to; they ask again with the same key."""

    buyer: Buyer
    path: str
    body: dict[str, Any]
    key: str


@dataclass
class Tally:
    """What all runs of the machine together have done."""

    steps: int = 0
    runs: int = 0
    deaths: int = 0
    paid: int = 0
    refunded: int = 0
    with_a_person: int = 0
    kinds: set[str] = field(default_factory=set)


class Programme:
    """Everything a step needs; a new one for every run."""

    afresh: ClassVar[Callable[[], Flask]]
    clock: ClassVar[SteppingClock]
    tally: ClassVar[Tally]

    def begin(self) -> None:
        """Begin with an empty database, an empty WeChat, a few trees and people who would like some."""
        self.app = type(self).afresh()
        self.sandbox: Simulator = sandbox_of(self.app)
        begin_afresh(self.sandbox, opening_fen={})
        self.sandbox.set_balance("BASIC", PLENTY_FEN)
        with self.app.app_context(), transaction() as session:
            # Whatever is brought to WeChat comes from here, so that the book can tell of every fen there.
            sponsor.pay_in(session, 1_000 * PLENTY_FEN, "PAY-IN", START)
        self.shop: Shop = make_shop(self.app, (3, 2))
        self.fate, self.skew, self.serial = Fate(), 0, 0
        #: How many commits of the programme have been proven.
        self.proven = -1
        self.bought: list[Bought] = []
        self.repeats: list[Repeat] = []
        self.ends = ExitStack()
        deliver = self.sandbox.world.deliver
        self.ends.callback(self.sandbox.deliver_through, deliver)
        self.ends.callback(begin_afresh, self.sandbox)
        self.sandbox.deliver_through(survived(deliver))
        self.people = [Buyer(self.app, name) for name in PEOPLE]
        self.ends.enter_context(between(self.app, before=self.fate.calls, after=self.fate.answered))
        self.ends.enter_context(self.fate.over_transactions())
        self.tally.runs += 1

    def settle(self) -> None:
        """Let nothing go wrong any more and time pass, until nothing is left under way."""
        self.tally.deaths += self.fate.deaths
        self.fate.spare()
        self.sandbox.repair()
        self.sandbox.set_balance("BASIC", PLENTY_FEN)
        self.drift_to(0)
        for minutes in LEAPS_MINUTES:
            self.clock.advance(minutes=minutes)
            for job in JOBS:
                assert self.run_job(job)
            assert proof.overdue(self.app, self.clock()) == []
        morning_after(self.clock, proof.today(self.clock()))
        for job in JOBS * 2:
            assert self.run_job(job)
        proof.check_rows(self.app)
        proof.check_now(self.app, self.sandbox, self.clock())
        proof.check_at_rest(self.app, self.sandbox)

    def drift_to(self, seconds: int) -> None:
        """Set WeChat's clock so far from ours."""
        self.sandbox.advance(seconds=seconds - self.skew)
        self.skew = seconds

    def count(self) -> None:
        """Add this run to the tally."""
        received, _, paid_back, due = proof.money(self.app)
        self.tally.paid += bool(received)
        self.tally.refunded += bool(paid_back)
        self.tally.with_a_person += bool(due)
        self.tally.kinds |= {kind for kind, _ in proof.open_incidents(self.app)}

    # How it is done.

    def person(self, pick: int) -> Buyer:
        """One of the people."""
        return self.people[pick % len(self.people)]

    def pick(self, pick: int) -> Bought | None:
        """One of the orders, counted from the newest; None before there is one."""
        return self.bought[-1 - pick % len(self.bought)] if self.bought else None

    def run_job(self, job: Callable[[], int]) -> bool:
        """Run a job as the worker does; False where the process died over it."""
        try:
            with self.app.app_context():
                job()
        except Died:
            return False
        return True

    def ask(self, wanted: Repeat) -> None:
        """Ask for something with a key, and keep it for another time where no answer comes."""
        answer = self.post(wanted.buyer, wanted.path, (201, 404, 409, 503), wanted.body, wanted.key)
        if answer is None:
            self.repeats.append(wanted)
        elif answer.status_code == 201 and wanted.path == "/orders":
            told = answer.get_json()
            known = {one.number for one in self.bought}
            if told["number"] not in known:
                self.bought.append(Bought(wanted.buyer, told["number"], told["amount_fen"]))

    def post(
        self, buyer: Buyer, path: str, statuses: tuple[int, ...], body: Any = None, key: str | None = None
    ) -> TestResponse | None:
        """POST, or None where the process died over it."""
        return self.answer(lambda: buyer.post(path, body, key), statuses)

    def get(self, buyer: Buyer, path: str) -> TestResponse | None:
        """GET, or None where the process died over it."""
        return self.answer(lambda: buyer.get(path), (200,))

    def answer(self, call: Callable[[], TestResponse], statuses: tuple[int, ...]) -> TestResponse | None:
        """The answer, or None where the process died over it."""
        try:
            answer = call()
        except Died:
            return None
        assert answer.status_code in statuses, answer.get_data(as_text=True)
        return answer

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Looking kills nobody."""
        place, self.fate.place = self.fate.place, None
        try:
            yield
        finally:
            self.fate.place = place
