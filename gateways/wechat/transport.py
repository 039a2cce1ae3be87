"""The one place that sends, times, retries and logs a call to WeChat."""

import logging
import time
from collections.abc import Callable, Sequence

import httpx

USER_AGENT = "danzhu/1.0 (Python httpx)"
MOST_TRIES = 2
#: Answers after which the very same request may be sent once more; no other 4xx ever is.
RETRIED_STATUSES = frozenset({202, 429, 500, 502, 503})

log = logging.getLogger(__name__)

# httpx writes whole addresses at INFO; those of api.weixin.qq.com carry the app secret and the access token.
logging.getLogger("httpx").addFilter(lambda record: record.levelno >= logging.WARNING)


class NoAnswer(Exception):
    """No host answered in time; `sent` says whether the request may have reached one."""

    def __init__(self, sent: bool) -> None:
        super().__init__("no answer" if sent else "no connection")
        self.sent = sent


class Transport:
    """A pool of connections with both time limits in seconds; safe to share between threads, not across a
    fork.
    """

    def __init__(
        self, connect_timeout: float, read_timeout: float, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._client = httpx.Client(
            timeout=httpx.Timeout(read_timeout, connect=connect_timeout),
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            transport=transport,
            follow_redirects=False,
        )

    def prepare(self, method: str, url: httpx.URL, headers: dict[str, str], body: bytes) -> httpx.Request:
        """The request exactly as it will be sent, so that what is signed is what goes out."""
        return self._client.build_request(method, url, headers=headers, content=body or None)

    def send(self, hosts: Sequence[str], build: Callable[[str], httpx.Request], name: str) -> httpx.Response:
        """Send what `build` makes for the first host and, after an unclear answer, what it makes for the
        second.

        At most two tries. `name` stands for the call in the log, which carries no secret, token, body or
        person. Raises NoAnswer when the last try brought no answer.
        """
        tries = list(hosts)[:MOST_TRIES]
        sent = False
        for number, host in enumerate(tries, start=1):
            last = number == len(tries)
            try:
                response = self.send_once(build(host), name, number)
            except NoAnswer as failure:
                sent = sent or failure.sent
                if last:
                    raise NoAnswer(sent) from failure
                continue
            if last or response.status_code not in RETRIED_STATUSES:
                return response
        raise NoAnswer(sent)

    def send_once(self, request: httpx.Request, name: str, number: int = 1) -> httpx.Response:
        """Send one prepared request once; NoAnswer when nothing came back in time."""
        started = time.monotonic()
        try:
            response = self._client.send(request)
        except httpx.TransportError as failure:
            kind = type(failure).__name__
            log.warning("wechat call=%s try=%d failed=%s ms=%d", name, number, kind, _milliseconds(started))
            raise NoAnswer(
                sent=not isinstance(failure, httpx.ConnectError | httpx.ConnectTimeout)
            ) from failure
        log.info(
            "wechat call=%s try=%d status=%d request_id=%s ms=%d",
            name,
            number,
            response.status_code,
            response.headers.get("Request-ID", ""),
            _milliseconds(started),
        )
        return response

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()


def _milliseconds(started: float) -> int:
    return int((time.monotonic() - started) * 1000)
