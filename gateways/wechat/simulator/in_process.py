"""The way to a simulator in this process, with the failures a network would have."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import httpx
from flask import Flask

from gateways.wechat.simulator.faults import IN_PROCESS, Dropped


class InProcessTransport(httpx.BaseTransport):
    """Calls the application directly; a connection that is dropped, or an answer that is slow, is a timeout."""

    def __init__(self, app: Flask) -> None:
        self._inner = httpx.WSGITransport(app=_Marked(app))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The application's answer."""
        try:
            return self._inner.handle_request(request)
        except Dropped as dropped:
            raise httpx.ReadTimeout(str(dropped), request=request) from dropped


class _Marked:
    """An application that is told that its caller keeps no time limit."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[IN_PROCESS] = True
        return self._app(environ, start_response)
