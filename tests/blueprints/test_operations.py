"""What whoever runs the system relies on: health, readiness, ids, measures, headers."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from app import create_app
from config import Settings
from models.base import db
from tests.support.buying import Buyer, make_shop
from tests.support.production import production_environ


@pytest.fixture
def production(tmp_path: Path, instance: Path) -> Iterator[Flask]:
    """An application with production settings, on an empty database file, behind two proxies."""
    kept = Settings.load({}, instance)
    environ = production_environ(
        DATABASE_URL=f"sqlite:///{tmp_path / 'production.sqlite3'}",
        WEB_CONCURRENCY="1",
        RATE_LIMIT_STORE="memory://",
        TRUSTED_PROXIES="2",
        METRICS_TOKEN="a-token-for-the-scraper",
        # Sealed columns have one vault a process: the other tests' keys.
        DATA_KEYS=kept.data_keys,
        INDEX_KEY=kept.index_key,
    )
    app = create_app(Settings.load(environ, tmp_path))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_process_answers(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_a_migrated_database_is_ready(client: FlaskClient) -> None:
    assert client.get("/readyz").get_json() == {"status": "ok"}


def test_a_database_that_lacks_a_migration_is_not_ready(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        with db.engine.begin() as connection:
            head = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
        answer = client.get("/readyz")
        with db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :head"), {"head": head})
    assert answer.status_code == 503
    assert answer.get_json()["code"] == "database_not_migrated"
    assert answer.headers["Retry-After"]


def test_an_empty_database_is_not_ready(production: Flask) -> None:
    assert production.test_client().get("/readyz").status_code == 503


def test_health_and_measures_ask_no_database(app: Flask, client: FlaskClient) -> None:
    asked: list[str] = []
    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "checkout", lambda *_: asked.append("checkout"))
    for path in ("/healthz", "/metrics", "/static/nothing.css"):
        client.get(path)
    assert asked == []
    client.get("/readyz")
    assert asked == ["checkout"]


def test_a_request_id_is_taken_in_and_given_back(client: FlaskClient) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": "from-the-gateway.42"})
    assert answer.headers["X-Request-ID"] == "from-the-gateway.42"


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "two words here", "<script>alert(1)</script>", "汉字汉字汉字汉字"]
)
def test_a_request_id_that_could_hurt_a_log_is_replaced(client: FlaskClient, given: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": given.encode().decode("latin-1")})
    assert answer.headers["X-Request-ID"].isalnum()
    assert len(answer.headers["X-Request-ID"]) == 16


def test_a_failure_tells_its_request_id(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing", headers={"X-Request-ID": "request-0001"})
    assert answer.get_json()["request_id"] == "request-0001"


def _count(client: FlaskClient, line: str) -> float:
    text = client.get("/metrics").get_data(as_text=True)
    return sum(float(found.rsplit(" ", 1)[1]) for found in text.splitlines() if found.startswith(line))


def test_requests_are_counted_by_rule_and_never_by_path(client: FlaskClient) -> None:
    line = (
        'danzhu_request_seconds_count{method="GET",route="/api/v1/certificates/<string:serial>",status="422"}'
    )
    before = _count(client, line)
    client.get("/api/v1/certificates/AAAA-AAAA-AAAA-AAAB?t=SECRETTOKEN")
    assert _count(client, line) == before + 1
    text = client.get("/metrics").get_data(as_text=True)
    assert "AAAA-AAAA" not in text
    assert "SECRETTOKEN" not in text


def test_orders_and_payments_are_counted_once(app: Flask, client: FlaskClient) -> None:
    placed, paid = "danzhu_orders_placed_total ", 'danzhu_payments_settled_total{outcome="paid"} '
    before = _count(client, placed), _count(client, paid)
    make_shop(app)
    buyer = Buyer(app)
    asked = buyer.ask("the same key", count=1)
    assert buyer.ask("the same key", count=1).get_json() == asked.get_json()
    number = asked.get_json()["number"]
    buyer.pay(number)
    buyer.post(f"/orders/{number}/sync")
    assert (_count(client, placed), _count(client, paid)) == (before[0] + 1, before[1] + 1)


def test_made_up_methods_and_paths_make_no_new_series(client: FlaskClient) -> None:
    client.open("/nowhere", method="FROBNICATE")
    client.get("/nowhere/else")
    text = client.get("/metrics").get_data(as_text=True)
    assert "FROBNICATE" not in text
    assert "nowhere" not in text
    assert 'method="other",route="unmatched"' in text


def test_measures_need_the_token_where_one_is_set(production: Flask) -> None:
    client = production.test_client()
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert (
        client.get("/metrics", headers={"Authorization": "Bearer 汉".encode().decode("latin-1")}).status_code
        == 401
    )
    right = client.get("/metrics", headers={"Authorization": "Bearer a-token-for-the-scraper"})
    assert right.status_code == 200
    assert right.mimetype == "text/plain"


@pytest.mark.parametrize(
    "path", ["/healthz", "/api/v1/nothing", "/api/v1/me", "/static/nothing.css", "/c/nothing"]
)
def test_every_answer_carries_strict_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Permissions-Policy"].startswith("camera=(self)")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_answers_are_not_kept_unless_a_view_says_so(client: FlaskClient) -> None:
    assert client.get("/healthz").headers["Cache-Control"] == "no-store"
    assert client.get("/api/v1/nothing").headers["Cache-Control"] == "no-store"
    assert client.get("/.well-known/danzhu-keys.json").headers["Cache-Control"] == "public, max-age=300"


def test_only_production_insists_on_https(client: FlaskClient, production: Flask) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    assert "max-age=31536000" in production.test_client().get("/healthz").headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("forwarded", "believed"),
    [
        ("203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("1.2.3.4", "127.0.0.1"),
    ],
)
def test_as_many_proxies_are_believed_as_were_named(production: Flask, forwarded: str, believed: str) -> None:
    seen: list[str | None] = []
    production.before_request_funcs.setdefault(None, []).append(lambda: seen.append(_address()))
    production.test_client().get("/healthz", headers={"X-Forwarded-For": forwarded})
    assert seen == [believed]


def test_no_proxy_is_believed_unless_named(client: FlaskClient, app: Flask) -> None:
    seen: list[str | None] = []
    listeners = app.before_request_funcs.setdefault(None, [])
    listeners.append(lambda: seen.append(_address()))
    client.get("/healthz", headers={"X-Forwarded-For": "203.0.113.7"})
    listeners.pop()
    assert seen == ["127.0.0.1"]


def _address() -> str | None:
    return request.remote_addr


def test_a_request_is_one_line_without_anybody_in_it(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "danzhu.requests"):
        client.get(
            "/api/v1/certificates/AAAA-AAAA-AAAA-AAAB?t=SECRETTOKEN",
            headers={"X-Request-ID": "request-0002", "Authorization": "Bearer somebody"},
        )
    lines = [record for record in caplog.records if record.name == "danzhu.requests"]
    assert len(lines) == 1
    said = vars(lines[0])
    assert said["request_id"] == "request-0002"
    assert said["method"] == "GET"
    assert said["route"] == "/api/v1/certificates/<string:serial>"
    assert said["status"] == 422
    assert said["actor"] == "anybody"
    assert said["bytes"] > 0
    assert said["ms"] >= 0
    whole = json.dumps(said, default=str)
    for hidden in ("AAAA-AAAA", "SECRETTOKEN", "somebody", "127.0.0.1"):
        assert hidden not in whole


def test_a_failed_statement_is_told_without_its_values(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection, pytest.raises(DBAPIError) as failed:
        connection.execute(sa.text("SELECT * FROM nowhere WHERE name = :name"), {"name": "张小三"})
    assert "nowhere" in str(failed.value)
    assert "张小三" not in str(failed.value)


def test_being_asked_for_health_leaves_no_line(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "danzhu.requests"):
        client.get("/healthz")
        client.get("/metrics")
    assert [record for record in caplog.records if record.name == "danzhu.requests"] == []
