"""Every figure can be followed down to the postings it is made of."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from blueprints.pages_of import write_cursor
from domain import ledger
from domain.ledger import Event
from domain.roles import Role
from flows.running import Running
from models.base import transaction
from services import ledger as book
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.sales import make_payout, make_sale
from tests.support.world import COUNTY, OTHER_VILLAGE, VILLAGE, make_household, make_units

Client = Callable[..., FlaskClient]
REPORT = "/api/v1/officer/income"
HOUSEHOLDS = "/api/v1/officer/households"


class World:
    """Two households of two villages: sales in September and October, a payout that arrived, one that bounced."""

    def __init__(self, app: Flask, parts: Running) -> None:
        later = START + timedelta(days=40)
        with app.app_context(), transaction() as session:
            one, other = make_household(session), make_household(session, OTHER_VILLAGE)
            units = [*make_units(session, one, 5), *make_units(session, other, 3)]
            self.order = make_sale(session, parts, [*units[:2], *units[5:7]]).number
            make_payout(session, one.id, 1, confirmed=True)
            make_sale(session, parts, units[2:3], at=later)
            make_payout(session, other.id, 2, confirmed=False, at=later)
            back = ledger.Posting(Event.PAYOUT_BOUNCED, ledger.payout(2), ledger.household(other.id), 600)
            book.post(session, [back], now=later, reference=f"P00000002L{other.id:05d}")
            moved = ledger.Posting(
                Event.HOUSEHOLD_MOVED, ledger.household(other.id), ledger.household(one.id), 100
            )
            book.post(session, [moved], now=later)
            self.one, self.other = one.public_id, other.public_id


@pytest.fixture
def world(kept: Kept, app: Flask, parts: Running) -> World:
    return kept(World, app, parts)


def read(client: FlaskClient, url: str) -> dict[str, Any]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json or {}


def test_a_countys_figures_are_followed_down_to_their_postings(signed_in: Client, world: World) -> None:
    """By nothing but the addresses the answers name."""
    client = signed_in(Role.AUDITOR, "52")
    report = read(client, f"{REPORT}?group_by=county&to=2026-10-31")
    [line] = report["items"]
    households: list[dict[str, Any]] = []
    for township in read(client, line["below"]["report"])["items"]:
        for village in read(client, township["below"]["report"])["items"]:
            assert village["code"] in (VILLAGE, OTHER_VILLAGE)
            households += read(client, village["below"]["report"])["items"]
    assert sorted(row["public_id"] for row in households) == sorted([world.one, world.other])
    postings = [posting for row in households for posting in read(client, row["below"]["postings"])["items"]]
    for name in ("earned_fen", "paid_fen", "sink_g"):
        assert sum(posting[name] for posting in postings) == report["totals"][name], name
    assert sum(posting["trees"] for posting in postings) == report["totals"]["trees_sold"]
    in_transit = sum(posting["released_fen"] - posting["paid_fen"] for posting in postings)
    assert in_transit == report["totals"]["in_transit_fen"]
    for row in households:
        statement = read(client, row["below"]["statement"])
        assert statement["ledger_balance_fen"] == row["balance_fen"]


def test_a_month_is_followed_down_too(signed_in: Client, world: World) -> None:
    client = signed_in()
    # Today is a day of September: a month that has not begun has no line.
    months = read(client, f"{REPORT}?group_by=month&from=2026-09-01&to=2026-10-31")["items"]
    assert [(line["code"], line["earned_fen"]) for line in months] == [("2026-09", 1200)]
    september = read(client, months[0]["below"]["report"])
    assert (september["group_by"], september["from"], september["to"]) == (
        "township",
        "2026-09-01",
        "2026-09-30",
    )
    assert september["totals"]["earned_fen"] == 1200
    [row] = read(client, f"{REPORT}?group_by=household&region={VILLAGE}&from=2026-09-01&to=2026-09-30")[
        "items"
    ]
    postings = read(client, row["below"]["postings"])["items"]
    assert [
        (line["event"], line["earned_fen"], line["released_fen"], line["paid_fen"]) for line in postings
    ] == [
        ("order_paid", 600, 0, 0),
        ("batch_released", 0, 600, 0),
        ("payout_confirmed", 0, 0, 600),
    ]
    assert postings[0]["order"] == world.order
    assert postings[0]["trees"] == 2


def test_postings_are_read_page_by_page_and_name_no_other_household(signed_in: Client, world: World) -> None:
    client, found, cursor = signed_in(), list[dict[str, Any]](), ""
    for _ in range(3):
        shown = read(client, f"{HOUSEHOLDS}/{world.one}/postings?limit=2{cursor}")
        found += shown["items"]
        cursor = f"&cursor={shown['next_cursor']}"
    assert shown["next_cursor"] is None
    assert [line["id"] for line in found] == sorted({line["id"] for line in found})
    moved = found[-1]
    assert (moved["event"], moved["source"], moved["earned_fen"]) == ("household_moved", "household", 100)
    assert moved["destination"] == f"household:{world.one}"


def test_postings_of_a_foreign_household_do_not_exist(signed_in: Client, world: World) -> None:
    assert signed_in(region=OTHER_VILLAGE).get(f"{HOUSEHOLDS}/{world.one}/postings").status_code == 404
    assert signed_in(Role.SURVEYOR).get(f"{HOUSEHOLDS}/{world.one}/postings").status_code == 403


@pytest.mark.parametrize(
    "query",
    ["from=2026-09-02&to=2026-09-01", "cursor=x", f"cursor={write_cursor(['a'])}", "limit=101", "foo=1"],
)
def test_a_malformed_question_is_refused(signed_in: Client, world: World, query: str) -> None:
    assert signed_in().get(f"{HOUSEHOLDS}/{world.one}/postings?{query}").status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        "group_by=month&from=2026-09-02",
        "group_by=month&to=2026-09-29",
        "group_by=year&from=2026-02-01",
        "group_by=year&to=2026-11-30",
    ],
)
def test_a_month_or_a_year_is_not_cut(signed_in: Client, world: World, query: str) -> None:
    answer = signed_in(region=COUNTY).get(f"{REPORT}?{query}")
    assert answer.status_code == 422
    assert set((answer.json or {})["fields"]) <= {"from", "to", "query"}
