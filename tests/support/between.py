"""Somebody who stands between us and the simulated WeChat: listens, acts in the gap, or has the process die there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
from flask import Flask

from flows.running import EXTENSION, Running
from gateways.wechat import WeChatSettings, connect
from gateways.wechat.simulator import Simulator

Seen = Callable[[httpx.Request], None]


def _nothing(_request: httpx.Request) -> None:
    return None


class Between(httpx.BaseTransport):
    """The way to the simulator; `before` sees a call that goes out, `after` one that has been answered."""

    def __init__(self, inner: httpx.BaseTransport, before: Seen = _nothing, after: Seen = _nothing) -> None:
        self._inner = inner
        self.before = before
        self.after = after

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The simulator's answer."""
        self.before(request)
        answer = self._inner.handle_request(request)
        self.after(request)
        return answer


@contextmanager
def between(
    app: Flask,
    before: Seen = _nothing,
    after: Seen = _nothing,
    change: Callable[[WeChatSettings], WeChatSettings] = lambda settings: settings,
) -> Iterator[Running]:
    """Have the whole application reach WeChat by a client of its own, with fresh keys, and somebody in between."""
    parts: Running = app.extensions[EXTENSION]
    assert parts.sandbox is not None
    client = connect(
        change(parts.wechat.settings),
        Between(parts.sandbox.transport(), before, after),
        parts.clock,
        parts.wechat.tokens,
    )
    app.extensions[EXTENSION] = changed = replace(parts, wechat=client)
    try:
        yield changed
    finally:
        app.extensions[EXTENSION] = parts
        client.close()


def begin_afresh(sandbox: Simulator, **settings: Any) -> None:
    """Have the simulated WeChat, which all tests of a run share, forget everything but its keys; `settings` hold."""
    storage = sandbox.world.storage
    for table in (
        "complaints", "shipments", "prepays", "refunds", "orders", "funds", "transfers", "authorizations",
        "deliveries", "notices", "plans", "outcomes", "faults", "settings", "certificates",
    ):  # fmt: skip
        storage.write(f"DELETE FROM {table}")
    for name, value in settings.items():
        sandbox.configure(name, value)
