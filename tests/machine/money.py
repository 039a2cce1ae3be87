"""Moves of a random programme: people who buy and pay, a WeChat that misbehaves, jumps of time, deaths."""

from collections.abc import Callable
from contextlib import suppress

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gateways.wechat.simulator import Refuse
from jobs import tasks
from tests.machine import proof
from tests.machine.deaths import Place
from tests.machine.programme import JOBS, PLENTY_FEN, Programme, Repeat
from tests.support.buying import HOLDER

ENDPOINTS = ("prepay", "query_order", "close_order", "create_refund", "query_refund")
FAULTS = (
    "drop", "drop_after", "500", "500_after", "429", "429_after", "202", "202_after", "502_after", "empty_404",
    "slow", "malformed", "wrong_signature", "stale", "unknown_serial",
)  # fmt: skip
NOTICES = (
    "lost", "late", "twice", "probe", "certificate", "wrong_signature", "stale", "unknown_serial",
    "other_merchant", "other_appid", "xml",
)  # fmt: skip
PICKS = st.integers(0, 5)


class MoneyMachine(Programme, RuleBasedStateMachine):
    """Moves at random; `proof` says what must hold after each of them, and at the end."""

    @initialize(gift=st.booleans(), paid=st.integers(0, 3))
    def open_shop(self, gift: bool, paid: int) -> None:
        """Begin with an empty database, an empty WeChat, a few trees, two orders, and some of them paid."""
        self.begin()
        for person in (0, 1):
            self.order(person=person, count=2, named=bool(person), place=person, gift=gift and bool(person))
            if paid > person:
                self.buy(pick=0)

    # People.

    @rule(
        person=PICKS,
        count=st.integers(1, 3),
        named=st.booleans(),
        place=st.integers(0, 1),
        gift=st.booleans(),
    )
    def order(self, person: int, count: int, named: bool, place: int, gift: bool) -> None:
        """Somebody asks for trees, by code or by number."""
        codes = self.shop.codes[self.shop.households[place]][:count]
        self.serial += 1
        body = {
            "purpose": "gift" if gift else "personal",
            "holder_name": HOLDER,
            **({"trees": codes} if named else {"count": count}),
        }
        self.ask(Repeat(self.person(person), "/orders", body, f"key-{self.serial}"))

    @rule()
    def ask_again(self) -> None:
        """Whoever got no answer asks again."""
        waiting, self.repeats = self.repeats, []
        for repeat in waiting:
            self.ask(repeat)

    @rule(pick=PICKS)
    def prepare(self, pick: int) -> None:
        """Ask for the payment sheet."""
        if bought := self.pick(pick):
            answer = self.post(bought.buyer, f"/orders/{bought.number}/payment", (201, 409, 503))
            if answer is not None and answer.status_code == 201:
                bought.package = answer.get_json()["package"]

    @rule(pick=PICKS, amount=st.sampled_from((0, 0, 0, 1, 301, 5000)))
    def pay(self, pick: int, amount: int) -> None:
        """Pay at WeChat, mostly what is asked for."""
        bought = self.pick(pick)
        if bought is not None and bought.package is not None:
            with suppress(Refuse):
                self.sandbox.pay(bought.package, total_fen=amount or None)

    @rule(pick=PICKS)
    def buy(self, pick: int) -> None:
        """Ask for the payment sheet and pay."""
        self.prepare(pick)
        self.pay(pick, 0)

    @rule(pick=PICKS)
    def pay_at_once(self, pick: int) -> None:
        """Have an order paid before its first prepay is answered."""
        if bought := self.pick(pick):
            self.sandbox.pay_at_once(bought.number)

    @rule(pick=PICKS)
    def pay_although_closed(self, pick: int) -> None:
        """WeChat takes money for what it had said was closed."""
        bought = self.pick(pick)
        if bought is None or bought.package is None:
            return
        later = self.sandbox.world.now() + 600
        self.sandbox.world.storage.write(
            "UPDATE orders SET state = 'NOTPAY', expires_at = ? WHERE out_trade_no = ? AND paid_at IS NULL",
            later, bought.number,
        )  # fmt: skip
        self.pay(pick, 0)

    @rule(pick=PICKS)
    def synchronise(self, pick: int) -> None:
        """Look whether it is paid."""
        if bought := self.pick(pick):
            self.post(bought.buyer, f"/orders/{bought.number}/sync", (200, 503))

    @rule(pick=PICKS)
    def cancel(self, pick: int) -> None:
        """Change one's mind before paying."""
        if bought := self.pick(pick):
            self.post(bought.buyer, f"/orders/{bought.number}/cancel", (200, 409, 503))

    @rule(pick=PICKS)
    def ask_back(self, pick: int) -> None:
        """Change one's mind after paying."""
        if bought := self.pick(pick):
            bought.refunds += 1
            key = f"refund-{bought.number}-{bought.refunds}"
            self.ask(Repeat(bought.buyer, f"/orders/{bought.number}/refunds", {"reason": "买错了"}, key))

    @rule(pick=PICKS, person=PICKS)
    def claim_gift(self, pick: int, person: int) -> None:
        """Somebody has found a gift's code."""
        bought = self.pick(pick)
        if bought is None:
            return
        shown = self.get(bought.buyer, f"/orders/{bought.number}")
        if shown is not None and shown.get_json()["gift_code"]:
            body = {"holder_name": HOLDER, "holder_public": False}
            path = f"/gifts/{shown.get_json()['gift_code']}/claim"
            self.post(self.person(person), path, (201, 404, 409), body)

    # WeChat.

    @rule(endpoint=st.sampled_from(ENDPOINTS), fault=st.sampled_from(FAULTS), times=st.integers(1, 4))
    def fail(self, endpoint: str, fault: str, times: int) -> None:
        """Have the next calls go wrong."""
        self.sandbox.fail(fault, endpoint, times=times)

    @rule(variant=st.sampled_from(NOTICES))
    def misdeliver(self, variant: str) -> None:
        """Have the next notice go wrong."""
        self.sandbox.misdeliver(variant, value=120 if variant == "late" else 0)

    @rule(pick=st.integers(0, 20))
    def redeliver(self, pick: int) -> None:
        """Bring some notice again, old or not yet due."""
        known = self.sandbox.notices()
        if known:
            self.sandbox.redeliver(known[pick % len(known)])

    @rule(fen=st.sampled_from((0, 100, PLENTY_FEN)))
    def set_balance(self, fen: int) -> None:
        """Have the merchant's account run out, or be topped up."""
        self.sandbox.set_balance("BASIC", fen)

    @rule(pick=PICKS, status=st.sampled_from(("SUCCESS", "ABNORMAL", "CLOSED")))
    def plan_refund(self, pick: int, status: str) -> None:
        """How refunds of an order will end."""
        if bought := self.pick(pick):
            self.sandbox.plan_refund(bought.number, status)

    @rule(seconds=st.sampled_from((0, 600)))
    def slow_refunds(self, seconds: int) -> None:
        """How long WeChat takes for a refund."""
        self.sandbox.configure("refund_seconds", seconds)

    # Time, the worker, and death.

    @rule(seconds=st.sampled_from((5, 31, 61, 61, 310, 901, 3600, 21_600, 86_400)))
    def pass_time(self, seconds: int) -> None:
        """Time goes by here and there."""
        self.clock.advance(seconds=seconds)

    @rule(seconds=st.sampled_from((-90, 0, 90)))
    def drift(self, seconds: int) -> None:
        """WeChat's clock is not ours."""
        self.drift_to(seconds)

    @rule(job=st.sampled_from(JOBS))
    def work(self, job: Callable[[], int]) -> None:
        """A worker takes one job."""
        self.run_job(job)

    @rule()
    def work_through(self) -> None:
        """A worker takes every job; what is due is then put off or done."""
        ended = [self.run_job(job) for job in JOBS]
        if all(ended):
            assert proof.overdue(self.app, self.clock()) == []

    @rule(place=st.sampled_from(Place), passings=st.integers(0, 6))
    def doom(self, place: Place, passings: int) -> None:
        """A process will die."""
        self.fate.plan(place, passings)

    @rule(job=st.sampled_from(JOBS[1:4]), place=st.sampled_from(Place), passings=st.integers(0, 5))
    def die_at_work(self, job: Callable[[], int], place: Place, passings: int) -> None:
        """A worker dies over a job, if it comes that far."""
        self.fate.plan(place, passings)
        self.run_job(job)
        self.fate.spare()

    @rule(pick=PICKS, place=st.sampled_from(Place), passings=st.integers(0, 5))
    def die_over_a_purchase(self, pick: int, place: Place, passings: int) -> None:
        """Our side dies while somebody asks to pay, or while WeChat tells that they have."""
        self.fate.plan(place, passings)
        self.buy(pick)
        self.fate.spare()

    @rule(pick=PICKS, place=st.sampled_from(Place), passings=st.integers(0, 5))
    def die_over_a_refund(self, pick: int, place: Place, passings: int) -> None:
        """Our side dies while money is asked back and sent; time then goes on."""
        self.fate.plan(place, passings)
        self.ask_back(pick)
        self.run_job(tasks.submit_refunds)
        self.fate.spare()
        self.pass_time(61)

    # What must hold.

    @invariant()
    def holds_now(self) -> None:
        """After every step."""
        with self.watched():
            # What lies in the rows is as good as it was until something is written.
            if self.fate.commits != self.proven:
                proof.check_rows(self.app)
                self.proven = self.fate.commits
            proof.check_now(self.app, self.sandbox, self.clock())
        self.tally.steps += 1

    def teardown(self) -> None:
        """Once nothing goes wrong any more and time has passed, nothing is left under way."""
        if not hasattr(self, "ends"):
            return
        with self.ends:
            self.settle()
            self.count()
