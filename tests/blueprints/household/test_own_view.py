"""What a household sees over HTTP: its own income and trees, no other's, and nothing of certificates and buyers."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from flows.running import Running
from models import Certificate, Household, Order, database, transaction
from tests.support.binding import make_bound_token
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.sales import make_payout, make_sale
from tests.support.world import make_household, make_order, make_units

INCOME, TREES = "/api/v1/household/income", "/api/v1/household/trees"


class Home:
    """A household of five trees: two sold in September, one in October and one held; the neighbour sold one."""

    def __init__(self, app: Flask, parts: Running) -> None:
        with app.app_context(), transaction() as session:
            owner, neighbour = make_household(session, head_name="韦小三"), make_household(session)
            units = make_units(session, owner, 5)
            make_sale(session, parts, units[:2])
            make_payout(session, owner.id, 1, confirmed=True)
            make_sale(session, parts, units[2:3], START + timedelta(days=30, hours=1))
            make_order(session, units[3:4])
            theirs = make_units(session, neighbour, 3)
            make_sale(session, parts, theirs[:1])
            self.owner, self.neighbour = owner.id, neighbour.id
            self.client = self._phone(app, make_bound_token(session, owner))
            self.other = self._phone(app, make_bound_token(session, neighbour))

    @staticmethod
    def _phone(app: Flask, token: str) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client


@pytest.fixture
def home(kept: Kept, app: Flask, parts: Running) -> Home:
    return kept(Home, app, parts)


def test_income_is_told_by_month_and_year_and_adds_up(home: Home) -> None:
    told = home.client.get(INCOME).get_json()
    figures = ("trees_sold", "earned_fen", "paid_fen", "in_transit_fen", "balance_fen")
    assert [told[name] for name in figures] == [3, 900, 600, 0, 300]
    assert (told["name"], told["place"], told["trees"]) == ("韦*三", "望谟县石屯镇打狼村", 5)
    [year] = told["years"]
    assert (year["year"], [year[name] for name in figures]) == (2026, [3, 900, 600, 0, 300])
    assert [(month["month"], month["earned_fen"], month["balance_fen"]) for month in year["months"]] == [
        ("2026-10", 300, 300),
        ("2026-09", 600, 0),
    ]
    assert told["sentences"][0] == "您家的树卖了 3 棵次，一共挣了 9.00 元。"


def test_income_speaks_the_language_asked_for(home: Home) -> None:
    told = home.client.get(INCOME, headers={"Accept-Language": "en"}).get_json()
    assert told["sentences"][-1] == "3.00 yuan are not paid yet. They are yours."


def test_trees_say_in_which_years_they_were_sold(home: Home) -> None:
    items = home.client.get(TREES).get_json()["items"]
    assert [tree["years"] for tree in items] == [
        *[[{"year": 2026, "status": "sold", "earned_fen": 300}]] * 3,
        [{"year": 2026, "status": "held", "earned_fen": 0}],
        [{"year": 2026, "status": "for_sale", "earned_fen": 0}],
    ]
    assert set(items[0]) == {"tag", "species", "planted_year", "state", "years"}


def test_the_list_of_trees_pages_by_tag(home: Home) -> None:
    tags, cursor = [], ""
    while True:
        found = home.client.get(f"{TREES}?limit=2{cursor}").get_json()
        tags += [tree["tag"] for tree in found["items"]]
        if found["next_cursor"] is None:
            break
        cursor = f"&cursor={found['next_cursor']}"
    assert len(tags) == 5
    assert tags == sorted(set(tags))


def test_no_certificate_buyer_or_neighbour_is_shown(app: Flask, home: Home) -> None:
    with app.app_context():
        session = database()
        secret = [
            *session.scalars(sa.select(Certificate.serial)),
            *session.scalars(sa.select(Order.number)),
            "测试持证人",
        ]
        numbers = list(session.scalars(sa.select(Household.number).where(Household.id == home.neighbour)))
    shown = "".join(home.client.get(path).get_data(as_text=True) for path in (INCOME, TREES))
    assert [word for word in secret + numbers if word in shown] == []
    theirs = home.other.get(TREES).get_json()["items"]
    assert len(theirs) == 3
    assert all(tree["tag"].startswith(numbers[0]) for tree in theirs)


def test_a_cursor_of_anothers_list_leads_to_ones_own_trees(home: Home) -> None:
    cursor = home.other.get(f"{TREES}?limit=1").get_json()["next_cursor"]
    own = {tree["tag"] for tree in home.client.get(TREES).get_json()["items"]}
    assert {tree["tag"] for tree in home.client.get(f"{TREES}?cursor={cursor}").get_json()["items"]} <= own


@pytest.mark.parametrize(
    "asked", ["?cursor=nonsense", "?household=1", "?limit=0", "?cursor=WyJcdTAwMDAiLDFd"]
)
def test_what_cannot_be_asked_is_refused(home: Home, asked: str) -> None:
    assert home.client.get(TREES + asked).status_code == 422
