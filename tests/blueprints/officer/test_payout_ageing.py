"""What has waited for long over HTTP: how much, whose it is, and batches without news; within a region, masked."""

import csv
import io
import os
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.roles import Role
from flows.running import Running
from models.base import transaction
from models.sessions import Audience
from services.sessions import open_session
from tests.support.accounts import make_account
from tests.support.clock import START, SteppingClock
from tests.support.keeping import Kept
from tests.support.payouts import make_office, make_released
from tests.support.sales import make_sale
from tests.support.world import (
    COUNTY,
    OTHER_VILLAGE,
    VILLAGE,
    make_household,
    make_officer,
    make_programme,
    make_units,
)

URL = "/api/v1/officer/payouts/ageing"
PAYABLE = START + timedelta(days=7)


def make_numbers(app: Flask, parts: Running, clock: SteppingClock) -> list[str]:
    """The first has earned 6 yuan at START, the second, elsewhere, 9 yuan forty days later; it is day 75."""
    with app.app_context(), transaction() as session:
        make_programme(session)
        found = [make_household(session, VILLAGE), make_household(session, OTHER_VILLAGE)]
        for household, trees, days in zip(found, (2, 3), (0, 40), strict=True):
            make_account(session, household)
            make_sale(session, parts, make_units(session, household, trees), START + timedelta(days=days))
        told = [household.number for household in found]
    clock.instant = PAYABLE + timedelta(days=75)
    return told


@pytest.fixture
def numbers(kept: Kept, app: Flask, parts: Running, clock: SteppingClock) -> list[str]:
    return kept(make_numbers, app, parts, clock)


def test_an_office_sees_how_old_what_it_owes_has_become(
    app: Flask, clock: SteppingClock, numbers: list[str]
) -> None:
    client = _officer(app, clock)
    answer = client.get(URL).get_json()
    assert [(one["from_days"], one["households"], one["amount_fen"]) for one in answer["buckets"]] == [
        (0, 2, 1500),
        (30, 2, 1500),
        (60, 1, 600),
        (90, 0, 0),
    ]
    assert [(one["household_number"], one["days"], one["amount_fen"]) for one in answer["items"]] == [
        (numbers[0], 75, 600),
        (numbers[1], 35, 900),
    ]
    assert (answer["region"], answer["without_news"]) == (COUNTY, [])
    first = client.get(f"{URL}?limit=1").get_json()
    rest = client.get(f"{URL}?limit=1&cursor={first['next_cursor']}").get_json()
    assert first["items"] + rest["items"] == answer["items"]
    assert rest["next_cursor"] is None
    only = client.get(f"{URL}?min_days=60&region={VILLAGE}").get_json()
    assert [one["household_number"] for one in only["items"]] == [numbers[0]]
    assert client.get(f"{URL}?region={OTHER_VILLAGE}&min_days=60").get_json()["items"] == []
    assert client.get(f"{URL}?cursor=WyJ4IiwxXQ").status_code == 422


def test_the_table_for_excel_names_every_household_masked(
    app: Flask, clock: SteppingClock, numbers: list[str]
) -> None:
    answer = _officer(app, clock).get(f"{URL}.csv?min_days=60")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="ageing-{COUNTY}-2026-11-22.csv"'
    header, *rows = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert header == ["户编号", "户主", "所在地", "可发放日期", "天数", "金额（分）", "金额（元）"]
    assert [(row[0].strip(), *row[3:]) for row in rows] == [(numbers[0], "2026-09-08", "75", "600", "6.00")]
    assert "*" in rows[0][1]


def test_a_batch_without_news_is_listed_after_thirty_days(
    app: Flask, clock: SteppingClock, numbers: list[str]
) -> None:
    with app.app_context(), transaction() as session:
        batch_id = make_released(session, make_office(session), clock.instant, region_code=VILLAGE).id
    clock.advance(days=8 + 30)
    [silent] = _officer(app, clock).get(URL).get_json()["without_news"]
    assert (silent["id"], silent["days"], silent["households"], silent["amount_fen"]) == (
        batch_id,
        30,
        1,
        600,
    )
    assert _officer(app, clock, OTHER_VILLAGE).get(URL).get_json()["without_news"] == []


def _officer(app: Flask, clock: SteppingClock, region: str = COUNTY) -> FlaskClient:
    """A maker who has just signed in."""
    with app.app_context(), transaction() as session:
        token, _ = open_session(
            session,
            audience=Audience.OFFICER,
            now=clock(),
            random=os.urandom,
            officer_id=make_officer(session, Role.MAKER, region).id,
        )
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client
