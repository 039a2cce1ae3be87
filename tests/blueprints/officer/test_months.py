"""Months of the book over HTTP, and `flask ledger close`."""

import csv
import io
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from domain.roles import Role
from models import AuditEntry, database, transaction
from tests.support.buying import Buyer, make_shop
from tests.support.clock import SteppingClock
from tests.support.keeping import Kept
from tests.support.world import COUNTY, TOWNSHIP, make_officer, make_region

API = "/api/v1/officer/months"
Client = Callable[..., FlaskClient]


def make_sold(app: Flask, clock: SteppingClock) -> Flask:
    """Two trees sold in August; it is September."""
    clock.advance(days=-20)
    make_shop(app)
    Buyer(app).buy(count=2)
    clock.reset()
    return app


@pytest.fixture
def sold(kept: Kept, app: Flask, clock: SteppingClock) -> Flask:
    return kept(make_sold, app, clock)


def test_a_closed_month_is_read_with_its_hash(sold: Flask, signed_in: Client) -> None:
    auditor = signed_in(Role.AUDITOR, "52")
    assert auditor.get(f"{API}/2026-08").get_json()["closed_at"] is None
    done = sold.test_cli_runner().invoke(args=["ledger", "close", "2026-08"])
    assert done.exit_code == 0, done.output
    assert f"{COUNTY}   start 0.00  earned 6.00  refunded 0.00  paid 0.00  end 6.00\n" in done.output
    answer = auditor.get(f"{API}/2026-08").get_json()
    assert f"2026-08 closed, sha256 {answer['sha256']}\n" in done.output
    (county,) = answer["counties"]
    assert (county["name"], county["earned_fen"], county["end_fen"], answer["sum_fen"]) == (
        "望谟县",
        600,
        600,
        0,
    )
    ends = {account["account"]: account["end_fen"] for account in answer["accounts"]}
    assert ends == {"bank": 0, "refunds:due": 0, "sponsor": 0, "wechat": -600}
    again = sold.test_cli_runner().invoke(args=["ledger", "close", "2026-08"])
    assert (again.exit_code, "has been closed" in again.output) == (1, True)
    assert sold.test_cli_runner().invoke(args=["ledger", "verify"]).exit_code == 0


def test_the_file_says_the_same_in_yuan(sold: Flask, signed_in: Client) -> None:
    answer = signed_in(Role.RELEASER).get(f"{API}/2026-08.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert rows[0][:4] == ["县代码", "县", "期初应付（元）", "本月收入（元）"]
    assert [row[:4] for row in rows[1:3]] == [
        [COUNTY, "望谟县", "0.00", "6.00"],
        ["", "合计", "0.00", "6.00"],
    ]
    assert ["微信支付账户存款", "0.00", "6.00", "0.00", "6.00"] in rows


def test_a_county_sees_itself_and_a_township_none(sold: Flask, signed_in: Client) -> None:
    assert len(signed_in(Role.AUDITOR, COUNTY).get(f"{API}/2026-08").get_json()["counties"]) == 1
    with sold.app_context(), transaction() as session:
        make_region(session, "522301", name="兴义市", level="county")
    assert signed_in(Role.AUDITOR, "522301").get(f"{API}/2026-08").get_json()["counties"] == []
    assert signed_in(Role.MAKER, TOWNSHIP).get(f"{API}/2026-08").get_json()["counties"] == []


def test_what_is_no_month_or_has_not_begun_is_refused(sold: Flask, signed_in: Client) -> None:
    client = signed_in(Role.AUDITOR)
    assert client.get(f"{API}/2026-13").get_json()["code"] == "month_malformed"
    assert client.get(f"{API}/2026-10").get_json()["code"] == "month_unknown"


def test_closed_months_are_listed_and_tell_who_closed_them(sold: Flask, signed_in: Client) -> None:
    auditor = signed_in(Role.AUDITOR, "52")
    assert auditor.get(API).get_json() == {"items": [], "next_cursor": None}
    with sold.app_context(), transaction() as session:
        head = make_officer(session, Role.APPROVER)
        username, actor = head.username, f"officer:{head.id}"
    unknown = sold.test_cli_runner().invoke(args=["ledger", "close", "2026-07", "--by", "nobody.here"])
    assert unknown.exit_code == 1
    for month, by in (("2026-07", ["--by", username]), ("2026-08", [])):
        done = sold.test_cli_runner().invoke(args=["ledger", "close", month, *by])
        assert done.exit_code == 0, done.output
    first = auditor.get(f"{API}?limit=1").get_json()
    rest = auditor.get(f"{API}?limit=1&cursor={first['next_cursor']}").get_json()
    listed = first["items"] + rest["items"]
    assert [one["month"] for one in listed] == ["2026-08", "2026-07"]
    assert listed[0]["sha256"] == auditor.get(f"{API}/2026-08").get_json()["sha256"]
    with sold.app_context():
        acts = sa.select(AuditEntry.actor).where(AuditEntry.action == "month_closed").order_by(AuditEntry.id)
        assert database().scalars(acts).all() == [actor, "command"]
