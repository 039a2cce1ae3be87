"""One access token for all processes: fetched by one of them, renewed by one of them."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa
from flask import Flask

from flows.access_tokens import DatabaseTokenStore
from flows.running import EXTENSION, Running
from gateways.wechat import StoredToken, WeChat, connect
from gateways.wechat.errors import ApiUnavailable
from models import database
from models.base import db
from tests.support.clock import START, SteppingClock

CALLERS = 6
SOON = timedelta(minutes=1)


class Counted(httpx.BaseTransport):
    """The simulator's transport, counting the tokens asked for; answers wait for `gate` if there is one."""

    def __init__(self, parts: Running) -> None:
        assert parts.sandbox is not None
        self._inner = parts.sandbox.transport()
        self.tokens = 0
        self.down = False
        self.gate: threading.Event | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/cgi-bin/stable_token":
            self.tokens += 1
            if self.gate is not None:
                assert self.gate.wait(20)
            if self.down:
                raise httpx.ConnectError("down", request=request)
        return self._inner.handle_request(request)


@pytest.fixture
def counted(parts: Running) -> Counted:
    assert parts.sandbox is not None
    parts.sandbox.forget_tokens()
    return Counted(parts)


@pytest.fixture
def process(parts: Running, counted: Counted, clock: SteppingClock) -> Callable[[], WeChat]:
    """Gives clients as other processes would have them: nothing in common but the database."""
    return lambda: connect(parts.wechat.settings, counted, clock, DatabaseTokenStore())


def _draw(app: Flask, wechat: WeChat) -> bytes:
    with app.app_context():
        return wechat.mini_program().code_image("c1")


def test_a_token_is_fetched_by_one_process_and_used_by_all(
    app: Flask, process: Callable[[], WeChat], counted: Counted
) -> None:
    assert all(_draw(app, process()) for _ in range(3))
    assert counted.tokens == 1


def test_processes_that_start_together_fetch_one_token(
    app: Flask, process: Callable[[], WeChat], counted: Counted
) -> None:
    counted.gate = threading.Event()
    with ThreadPoolExecutor(CALLERS) as pool:
        drawn = [pool.submit(_draw, app, process()) for _ in range(CALLERS)]
        threading.Timer(0.3, counted.gate.set).start()
        assert all(one.result() for one in drawn)
    assert counted.tokens == 1


def test_processes_that_meet_near_the_end_renew_once(
    app: Flask, process: Callable[[], WeChat], counted: Counted, clock: SteppingClock
) -> None:
    _draw(app, process())
    clock.advance(seconds=7200 - 200)
    with ThreadPoolExecutor(CALLERS) as pool:
        assert all(pool.map(lambda _: _draw(app, process()), range(CALLERS)))
    assert counted.tokens == 2


def test_a_fetch_that_failed_gives_its_claim_up(
    app: Flask, process: Callable[[], WeChat], counted: Counted
) -> None:
    counted.down = True
    with pytest.raises(ApiUnavailable):
        _draw(app, process())
    counted.down = False
    assert _draw(app, process())
    # Sent twice while the connection failed, and once when it was back.
    assert counted.tokens == 3


def test_a_claim_is_one_callers_until_it_ends(app: Flask) -> None:
    store = DatabaseTokenStore()
    with app.app_context():
        assert store.claim("a", START, START + SOON)
        assert not store.claim("a", START, START + SOON)
        assert store.claim("b", START, START + SOON)
        assert store.claim("a", START + SOON, START + 2 * SOON)
        store.save("a", StoredToken("t", START + SOON))
        assert store.claim("a", START, START + SOON)
        assert store.read("a") == StoredToken("t", START + SOON)
        assert store.read("b") is None


def test_a_token_is_not_readable_in_the_database(app: Flask) -> None:
    with app.app_context():
        DatabaseTokenStore().save("a", StoredToken("very-secret-token", START))
        kept = database().execute(sa.text("SELECT token FROM access_tokens")).scalar_one()
    assert b"very-secret-token" not in bytes(kept)


def test_using_a_token_leaves_the_callers_rows_alone(
    app: Flask, process: Callable[[], WeChat], counted: Counted
) -> None:
    with app.app_context():
        session = database()
        session.execute(sa.text("SELECT 1"))
        before = session.connection()
        process().mini_program().code_image("c1")
        assert session.connection() is before
        session.rollback()
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # both engines' pools have it


def test_an_operator_can_force_a_new_token(app: Flask, parts: Running) -> None:
    assert parts.sandbox is not None
    name = f"{parts.wechat.settings.apps['miniprogram'].appid}:access_token"
    with app.app_context():
        parts.wechat.mini_program().code_image("c1")
        before = DatabaseTokenStore().read(name)
    parts.sandbox.advance(minutes=10)
    told = app.test_cli_runner().invoke(args=["wechat", "new-token", "miniprogram"])
    assert told.exit_code == 0, told.output
    with app.app_context():
        after = DatabaseTokenStore().read(name)
    assert before is not None
    assert after is not None
    assert after.value != before.value
    parts.sandbox.configure("clock_offset", 0)


def test_a_refused_new_token_is_told(app: Flask, parts: Running) -> None:
    bare = replace(parts, wechat=replace(parts.wechat, settings=replace(parts.wechat.settings, apps={})))
    app.extensions[EXTENSION] = bare
    try:
        told = app.test_cli_runner().invoke(args=["wechat", "new-token", "miniprogram"])
    finally:
        app.extensions[EXTENSION] = parts
    assert told.exit_code == 1
    assert "channel_not_set_up" in told.output
