"""Ways to bring a callback to whoever is to be told."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx
from werkzeug.test import Client

from gateways.wechat.simulator.world import Deliver

#: WeChat waits this long for an answer (seconds).
ANSWER_SECONDS = 5.0


def deliver_by_http(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Post a callback over the network; 0 when no answer came in time."""
    try:
        return httpx.post(url, headers=dict(headers), content=body, timeout=ANSWER_SECONDS).status_code
    except httpx.TransportError:
        return 0


def deliver_to_wsgi(application: object) -> Deliver:
    """A deliverer that calls a WSGI application in this process, so that a lone worker need not wait for
    itself.
    """
    client = Client(application)  # type: ignore[arg-type]  # any WSGI callable; werkzeug's own alias is stricter

    def deliver(url: str, headers: Mapping[str, str], body: bytes) -> int:
        parts = urlsplit(url)
        base_url = f"{parts.scheme}://{parts.netloc}"
        answer = client.post(parts.path, base_url=base_url, headers=dict(headers), data=body)
        try:
            return answer.status_code
        finally:
            answer.close()

    return deliver
