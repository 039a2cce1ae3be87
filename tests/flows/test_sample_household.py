"""The sample's household with a telephone sees its own view and contests its last payment, once."""

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.roles import Role
from flows.running import Running
from flows.sample_household import NAME, bind_and_contest
from models import HouseholdBinding, Incident, database, transaction
from tests.support.accounts import make_account
from tests.support.buying import Buyer
from tests.support.clock import START
from tests.support.paying import make_paid, make_released
from tests.support.sales import make_sale
from tests.support.world import make_household, make_officer, make_units


@pytest.fixture
def _county(app: Flask, parts: Running) -> None:
    with app.app_context(), transaction() as session:
        for name in ("county", "county2"):
            make_officer(session, Role.REGISTRAR, username=name)
        poor, rich = make_household(session), make_household(session)
        make_sale(session, parts, make_units(session, poor, 1))
        make_sale(session, parts, make_units(session, rich, 2))


def load(app: Flask, parts: Running) -> None:
    with app.app_context():
        bind_and_contest(parts, START)


@pytest.mark.usefixtures("_county")
def test_without_payments_the_household_that_earned_most_is_bound(app: Flask, parts: Running) -> None:
    load(app, parts)
    shown = Buyer(app, NAME).get("/household/income").get_json()
    assert shown["earned_fen"] == 600
    assert shown["binding"]["payable_from"] < "2026-09-01"


@pytest.mark.usefixtures("_county")
def test_a_payment_is_contested_once(app: Flask, parts: Running) -> None:
    with app.app_context(), transaction() as session:
        account = make_account(session, household := make_household(session))
        make_sale(session, parts, make_units(session, household, 1))
        make_paid(session, make_released(session, household, account))
    load(app, parts)
    load(app, parts)
    [payout] = Buyer(app, NAME).get("/household/payouts").get_json()["items"]
    assert (payout["amount_fen"], payout["may_contest"]) == (300, False)
    with app.app_context():
        assert database().scalar(sa.select(sa.func.count()).select_from(HouseholdBinding)) == 1
        assert [row.kind for row in database().scalars(sa.select(Incident))] == ["payout_contested"]
