"""A log line is one JSON object, and tells no secret."""

import json
import logging
import sys
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from gateways.log_lines import JsonLines

SECRET = "Zm9yZ290dGVuLXNlY3JldA=="


def _line(
    message: str, *arguments: object, explain: bool = True, error: bool = False, **extra: object
) -> dict[str, Any]:
    record = logging.LogRecord(
        "danzhu.orders", logging.INFO, __file__, 1, message, arguments, sys.exc_info() if error else None
    )
    vars(record).update(extra)
    text = JsonLines([SECRET, ""], explain).format(record)
    assert "\n" not in text
    read: dict[str, Any] = json.loads(text)
    return read


def test_a_line_has_its_event_its_time_and_what_was_given_beside_it() -> None:
    line = _line("order %s placed", "D123", order="D123", count=2)
    assert line["event"] == "order D123 placed"
    assert line["level"] == "info"
    assert line["logger"] == "danzhu.orders"
    assert line["order"] == "D123"
    assert line["count"] == 2
    assert str(line["time"]).endswith("+00:00")


def test_a_line_break_in_a_value_makes_no_second_line() -> None:
    assert _line('first\n{"event": "forged"}')["event"] == 'first\n{"event": "forged"}'


@pytest.mark.parametrize(
    "said",
    [
        f"connecting with {SECRET}",
        "Authorization: Bearer eyJhbGciOiJFZERTQSJ9",
        "GET /c/7K3M-9QX2-VB8T-CN4Q?t=2KRPC2DBNZSGKIBAMFWGYIDHN5XWI",
        "access_token=74_abcdefghijklmnopqrstuvwx",
        '{"session_key": "HyVFkGl5F5OQWJZZaNzBBg=="}',
        "openid=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "password: correct-horse-battery",
    ],
)  # fmt: skip
def test_secrets_become_asterisks(said: str) -> None:
    event = str(_line(said)["event"])
    assert "***" in event
    assert said.rsplit(maxsplit=1)[-1][-12:] not in event


def test_a_secret_beside_the_event_becomes_asterisks_too() -> None:
    assert _line("refused", given=SECRET)["given"] == "***"


def test_a_secret_of_several_lines_becomes_asterisks() -> None:
    key = "-----BEGIN KEY-----\nAAAA\n-----END KEY-----"
    record = logging.makeLogRecord({"msg": f"read {key}"})
    assert json.loads(JsonLines([key], explain=True).format(record))["event"] == "read ***"


def test_codes_and_ids_stay_readable() -> None:
    said = "refused: code=idempotency_key_required order=D20260901000000000001 request_id=0123456789abcdef"
    assert _line(said)["event"] == said


def test_an_error_tells_where_it_happened_and_why() -> None:
    try:
        try:
            raise KeyError("张小三")
        except KeyError as cause:
            raise ValueError("no such household\nof the name 张小三") from cause
    except ValueError:
        outer, inner = _line("failed", error=True)["errors"]
        bare = json.dumps(_line("failed", error=True, explain=False), ensure_ascii=False)
    assert outer["class"] == "builtins.ValueError"
    assert outer["says"] == "no such household"
    assert "test_log_lines.py" in outer["at"][-1]
    assert inner["class"] == "builtins.KeyError"
    assert "张小三" not in bare


def test_a_refused_statement_is_logged_without_its_values() -> None:
    engine = sa.create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("CREATE TABLE people (name TEXT UNIQUE)"))
            for _ in range(2):
                connection.execute(sa.text("INSERT INTO people VALUES (:name)"), {"name": "张小三"})
    except IntegrityError:
        line = _line("constraint refused a write", error=True)
    engine.dispose()
    text = json.dumps(line, ensure_ascii=False)
    assert "UNIQUE constraint failed: people.name" in text
    assert "张小三" not in text
