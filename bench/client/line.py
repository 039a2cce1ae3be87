"""A weak line and a slow phone, and what goes over the line: Chromium's own throttling and its own count of bytes."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

#: Sends a command of the DevTools protocol to a page or to its service worker.
Send = Callable[[str, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Line:
    """What the phone has: bits a second each way, milliseconds before each answer, and how many times slower it is."""

    bits: int = 400_000
    latency_ms: int = 400
    slower: int = 4


@dataclass(slots=True)
class Traffic:
    """What came over the line by address: bytes of each answer as sent, headers included."""

    sent: dict[str, int] = field(default_factory=dict)
    _named: dict[str, str] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        """How many answers came over the line."""
        return len(self.sent)

    @property
    def bytes(self) -> int:
        """All of them together."""
        return sum(self.sent.values())

    def note(self, event: str, told: dict[str, Any]) -> None:
        """Take in an event of the domain Network; what came from a cache or the service worker is no traffic."""
        if event == "Network.requestWillBeSent":
            self._named[told["requestId"]] = told["request"]["url"]
        elif event == "Network.responseReceived":
            answer = told["response"]
            if answer.get("fromDiskCache") or answer.get("fromServiceWorker"):
                self._named.pop(told["requestId"], None)
        elif event == "Network.requestServedFromCache":
            self._named.pop(told["requestId"], None)
        elif event == "Network.loadingFinished" and told["requestId"] in self._named:
            url = self._named.pop(told["requestId"])
            self.sent[url] = self.sent.get(url, 0) + int(told["encodedDataLength"])


_EVENTS = (
    "Network.requestWillBeSent",
    "Network.responseReceived",
    "Network.requestServedFromCache",
    "Network.loadingFinished",
)


def narrow(page: Page, line: Line, traffic: Traffic) -> None:
    """Put a page on the line, and count what it is sent."""
    session = page.context.new_cdp_session(page)
    for event in _EVENTS:
        session.on(event, lambda told, event=event: traffic.note(event, told))
    _put_on(session.send, line)
    session.send("Emulation.setCPUThrottlingRate", {"rate": line.slower})


@contextmanager
def narrowed_worker(browser: Browser, url: str, line: Line, traffic: Traffic) -> Iterator[None]:
    """Put the running service worker of a site on the line too, and count what it is sent, until the block ends.

    Its requests are not those of a page, and a page's line does not hold for them.
    """
    session = browser.new_browser_cdp_session()
    targets = session.send("Target.getTargets")["targetInfos"]
    workers = [one for one in targets if one["type"] == "service_worker" and one["url"].startswith(url)]
    for worker in workers:
        given = session.send("Target.attachToTarget", {"targetId": worker["targetId"], "flatten": False})
        _put_on(_through(session, given["sessionId"]), line)
    session.on("Target.receivedMessageFromTarget", lambda told: _received(told["message"], traffic))
    try:
        yield
    finally:
        session.detach()


def _put_on(send: Send, line: Line) -> None:
    send("Network.enable", {})
    each_way = line.bits // 8
    send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": line.latency_ms,
            "downloadThroughput": each_way,
            "uploadThroughput": each_way,
        },
    )


def _through(session: CDPSession, target: str) -> Send:
    def send(method: str, parameters: dict[str, Any]) -> object:
        message = json.dumps({"id": 1, "method": method, "params": parameters})
        return session.send("Target.sendMessageToTarget", {"sessionId": target, "message": message})

    return send


def _received(message: str, traffic: Traffic) -> None:
    told = json.loads(message)
    if told.get("method") in _EVENTS:
        traffic.note(told["method"], told["params"])
