"""Closes the network: in tests nothing is reached but this machine."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest


class NetworkClosedError(AssertionError):
    """A test tried to reach another machine."""


def close_network(patch: pytest.MonkeyPatch) -> None:
    """Let sockets connect, and names resolve, to loopback addresses and sockets on disk only."""
    patch.setattr(socket.socket, "connect", _guarded(socket.socket.connect))
    patch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex))
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        _refuse_others(host)
        return resolve(host, *arguments, **options)

    patch.setattr(socket, "getaddrinfo", getaddrinfo)


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple):
            _refuse_others(address[0])
        return connect(self, address)

    return guarded


def _refuse_others(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return
    try:
        here = ipaddress.ip_address(name).is_loopback
    except ValueError:
        here = False
    if not here:
        raise NetworkClosedError(f"tests reach this machine only, not {name}")
