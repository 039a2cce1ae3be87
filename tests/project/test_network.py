"""Tests reach this machine only."""

import socket

import httpx
import pytest

from tests.support.network import NetworkClosedError


@pytest.mark.parametrize("host", ["api.mch.weixin.qq.com", "example.org", "198.51.100.7", "2001:db8::7"])
def test_another_machine_cannot_be_reached(host: str) -> None:
    with pytest.raises(NetworkClosedError):
        socket.create_connection((host, 443), timeout=1)


def test_a_client_library_cannot_reach_one_either() -> None:
    with pytest.raises(NetworkClosedError):
        httpx.get("https://api.weixin.qq.com/sns/jscode2session", timeout=1)


def test_an_open_socket_cannot_be_pointed_elsewhere() -> None:
    with socket.socket() as made, pytest.raises(NetworkClosedError):
        made.connect(("198.51.100.7", 443))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_can(host: str) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection((host, server.getsockname()[1]), timeout=5) as made,
    ):
        assert made.getpeername()[0] == "127.0.0.1"
