"""`kill -9` of web server or worker at any point of a purchase loses no paid order.

Buyers go on buying, as phones do that ask again with the same key, while the process that serves them dies again and
again. Afterwards everything that WeChat was paid is settled or owed back, and nothing is held for nobody.
"""

import os
import random
import signal
import socket
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
import sqlalchemy as sa
from flask import Flask

from domain.orders import OrderState
from flows.running import Running
from jobs import tasks
from models import IdempotencyKey, Order, database, transaction
from services import sponsor
from tests.faults.staging import START_SECONDS, Stage, children
from tests.support.buying import API, HOLDER, faults_found, make_shop, sold_twice
from tests.support.clock import START, SteppingClock

BUYERS = 3
ANSWER_SECONDS = 15.0


@dataclass
class Buying:
    """A buyer who goes on buying until told to stop, and asks again whenever nobody answers."""

    url: str
    name: str
    stop: Event
    placed: list[str] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)
    unanswered: int = 0

    def run(self) -> None:
        """Buy, order after order; a purchase that has begun is ended."""
        with httpx.Client(base_url=self.url, timeout=ANSWER_SECONDS) as client:
            answer = self._asked(client, f"{API}/session", {"code": f"demo:{self.name}"})
            client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
            while not self.stop.is_set():
                self._buy(client, f"{self.name}-{len(self.placed)}")

    def _buy(self, client: httpx.Client, key: str) -> None:
        body = {"count": 2, "purpose": "personal", "holder_name": HOLDER}
        order = self._asked(client, f"{API}/orders", body, key)
        assert order.status_code == 201, order.text
        number = order.json()["number"]
        assert number not in self.placed
        self.placed.append(number)
        sheet = self._asked(client, f"{API}/orders/{number}/payment", None)
        assert sheet.status_code == 201, sheet.text
        paid = self._asked(client, "/sandbox/cashier", {"package": sheet.json()["package"]})
        # Asked again after an answer that was lost, the cashier says that it is paid already.
        assert paid.status_code == 200 or paid.json()["code"] == "ORDER_PAID", paid.text
        self.paid.append(number)

    def _asked(
        self, client: httpx.Client, path: str, body: dict[str, object] | None, key: str | None = None
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                answer = client.post(path, json=body, headers=headers)
                if answer.status_code != 503:
                    return answer
            except httpx.TransportError:
                self.unanswered += 1
            assert time.monotonic() < deadline, f"nobody answers {path}"
            time.sleep(0.02)


def settle_afterwards(app: Flask, clock: SteppingClock) -> None:
    """What a worker does in the next hours, in this process."""
    with app.app_context():
        for _ in range(8):
            clock.advance(minutes=30)
            tasks.deliver_sandbox_notices()
            while tasks.sync_payments():
                pass
            tasks.lapse_orders()


def buy_among_the_dying(
    stage: Stage, clock: SteppingClock, seconds: float, victims: list[str]
) -> list[Buying]:
    """Let people buy while these processes are killed again and again, then let time pass."""
    rng = random.Random(f"{victims}{seconds}")
    stop = Event()
    buyers = [Buying(stage.url, f"phone-{n}", stop) for n in range(BUYERS)]
    with ExitStack() as running:
        web, worker = running.enter_context(stage.web()), running.enter_context(stage.worker())
        stage.wait_until_ready(web, worker)
        processes = {"web": web, "worker": worker}
        threads = [Thread(target=buyer.run) for buyer in buyers]
        for thread in threads:
            thread.start()
        ends = time.monotonic() + seconds
        killed = dict.fromkeys(victims, 0)
        while time.monotonic() < ends or not all(killed.values()) or not any(buyer.paid for buyer in buyers):
            assert time.monotonic() < ends + START_SECONDS, "nobody managed to pay"
            # One that is killed while it starts serves nobody, however long this goes on.
            stage.wait_until_ready(web, worker)
            time.sleep(rng.uniform(0.02, 0.6))
            victim = rng.choice(victims)
            for pid in children(processes[victim].pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    killed[victim] += 1
        stop.set()
        for thread in threads:
            thread.join(START_SECONDS)
            assert not thread.is_alive()
    clock.advance(seconds=time.time() - stage.began)
    settle_afterwards(stage.app, clock)
    return buyers


def check(stage: Stage, buyers: list[Buying]) -> None:
    """Everything paid is settled, everything adds up, and every key made one order."""
    assert faults_found(stage.app) == []
    assert sold_twice(stage.app) == []
    assert stage.parts.sandbox is not None
    storage = stage.parts.sandbox.world.storage
    with stage.app.app_context():
        session = database()
        states = {order.number: order.state for order in session.scalars(sa.select(Order))}
        keys = session.scalar(sa.select(sa.func.count()).select_from(IdempotencyKey))
    assert keys == len(states)
    # Whatever was paid once, even if it has gone back since because it came too late.
    at_wechat = {
        row["out_trade_no"]
        for row in storage.rows("SELECT out_trade_no FROM orders WHERE paid_at IS NOT NULL")
    }
    paid = at_wechat & states.keys()
    for buyer in buyers:
        assert set(buyer.placed) <= states.keys()
        assert set(buyer.paid) <= paid
    assert paid
    owed_back = {OrderState.REFUNDING, OrderState.REFUNDED}
    assert {states[number] for number in paid} <= {OrderState.PAID} | owed_back
    assert {state for number, state in states.items() if number not in paid} <= {OrderState.CLOSED}


@pytest.fixture
def stage(app: Flask, parts: Running, tmp_path: Path) -> Stage:
    """A sponsor who has paid in, and a port nobody listens on."""
    with app.app_context(), transaction() as session:
        sponsor.pay_in(session, 10_000_000, "for the fees", START)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    return Stage(app, parts, port, tmp_path)


@pytest.mark.long
def test_killing_web_server_and_worker_again_and_again_loses_no_paid_order(
    stage: Stage, clock: SteppingClock
) -> None:
    make_shop(stage.app, (50,) * 12)
    buyers = buy_among_the_dying(stage, clock, 3.0, ["web", "worker"])
    check(stage, buyers)
    assert sum(buyer.unanswered for buyer in buyers) > 0


@pytest.mark.long
@pytest.mark.parametrize("victim", ["web", "worker"])
def test_killing_a_process_for_long_loses_no_paid_order(
    stage: Stage, clock: SteppingClock, victim: str
) -> None:
    make_shop(stage.app, (200,) * 12)
    buyers = buy_among_the_dying(stage, clock, 20.0, [victim])
    check(stage, buyers)
