"""What a request may bring: refused bodies get one of the 4xx in the one shape, and change nothing."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from blueprints.bodies import read_json
from models import User, database

MEGABYTE = 1 << 20


def _send(client: FlaskClient, body: bytes, content_type: str = "application/json") -> Any:
    return client.post("/api/v1/session", data=body, content_type=content_type)


def _nobody_signed_in(app: Flask) -> bool:
    with app.app_context():
        return database().scalar(sa.select(sa.func.count()).select_from(User)) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"code": "demo:lin",}',
        b"\xff\xfe",
        b'{"code": NaN}',
        b'{"code": Infinity}',
        b'{"code": 1e999}',
        b'{"code": "demo:lin", "code": "demo:wang"}',
        b'{"code": "demo:\\ud800"}',
        b'{"code": "demo:\\u0000"}',
        b'{"\\udfff": 1}',
        b"[" * 100_000,
        b'{"code":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001,
        b'{"code": ' + b"9" * 5000 + b"}",
    ],
    ids=[
        "cut off", "comma too many", "not UTF-8", "NaN", "Infinity", "too great for a double", "name twice",
        "half a pair", "U+0000", "half a pair as name", "deep and cut off", "deep", "too many digits",
    ],
)  # fmt: skip
def test_what_is_not_plain_json_is_refused(app: Flask, client: FlaskClient, body: bytes) -> None:
    answer = _send(client, body)
    assert answer.status_code == 400
    assert answer.get_json()["code"] == "invalid_json"
    assert answer.get_json()["request_id"] == answer.headers["X-Request-ID"]
    assert _nobody_signed_in(app)


@pytest.mark.parametrize("body", [b"[]", b"null", b'"demo:lin"', b"1", b"true"])
def test_a_body_that_is_no_object_is_refused(app: Flask, client: FlaskClient, body: bytes) -> None:
    answer = _send(client, body)
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "invalid_fields"
    assert _nobody_signed_in(app)


@pytest.mark.parametrize("value", ["5", "[]", "{}", "true", "1.5", "null", "1" + "0" * 400, '""'])
def test_a_value_of_the_wrong_type_is_refused_by_name(client: FlaskClient, value: str) -> None:
    answer = _send(client, f'{{"code": {value}}}'.encode())
    assert answer.status_code == 422
    assert "code" in answer.get_json()["fields"]


def test_an_unknown_field_is_refused_by_name(client: FlaskClient) -> None:
    answer = client.post("/api/v1/session", json={"code": "demo:lin", "admin": True})
    assert answer.status_code == 422
    assert list(answer.get_json()["fields"]) == ["admin"]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data; boundary=x"]
)
def test_a_body_of_another_type_is_refused(client: FlaskClient, content_type: str) -> None:
    answer = _send(client, b'{"code": "demo:lin"}', content_type)
    assert answer.status_code == 415
    assert answer.get_json()["code"] == "unsupported_media_type"


def test_a_body_too_large_is_refused_by_its_announced_length(app: Flask, client: FlaskClient) -> None:
    answer = _send(client, b'{"code": "demo:lin", "x": "' + b"x" * (50 * MEGABYTE) + b'"}')
    assert answer.status_code == 413
    assert answer.get_json()["code"] == "body_too_large"
    assert _nobody_signed_in(app)


class Chunks(io.RawIOBase):
    """A body of unknown length that counts how much of it was read."""

    def __init__(self, length: int) -> None:
        self.left, self.length = length, length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self.left)
        buffer[:count] = b"x" * count
        self.left -= count
        return count

    @property
    def taken(self) -> int:
        return self.length - self.left


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/v1/session"), ("DELETE", "/api/v1/session"), ("POST", "/hooks/wechat-pay/transactions")],
)
def test_a_body_in_chunks_is_refused_before_it_is_taken_in(
    client: FlaskClient, method: str, path: str
) -> None:
    body = Chunks(50 * MEGABYTE)
    answer = client.open(
        path,
        method=method,
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/json"},
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
    assert answer.get_json()["code"] == "body_too_large"
    assert body.taken <= 2 * MEGABYTE


def test_a_body_in_chunks_of_the_right_size_is_read(client: FlaskClient) -> None:
    answer = client.post(
        "/api/v1/session",
        input_stream=io.BytesIO(b'{"code": "demo:lin"}'),
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/json"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v1/certificates/%00", 404), ("/api/v1/certificates/7K3M?t=%00", 400)]
)
def test_u0000_in_an_address_finds_nothing(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_text_that_only_looks_like_an_escape_is_kept() -> None:
    assert read_json(rb'{"a": "\\u0000 \\ud800 \ud83c\udf32"}') == {"a": "\\u0000 \\ud800 🌲"}
