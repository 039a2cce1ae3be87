"""The sponsor's prefunded fees: booked once a reference, and sales stop with a clear message when they run low."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.errors import Conflict, Invalid
from jobs import tasks
from models import Gate, Posting, database, transaction
from services import gates, ledger, offers, sponsor
from services.offers import SALES
from tests.support.buying import Buyer, faults_found, make_shop, nothing_written
from tests.support.clock import START, SteppingClock

#: 6 in a thousand, for three days, as the settings have it.
PERMILLE, DAYS = 6, 3


def pay_in(app: Flask, fen: int, reference: str = "bank-1") -> None:
    with app.app_context(), transaction() as session:
        sponsor.pay_in(session, fen, reference, START)


def watch(app: Flask) -> bool:
    """What the worker does each minute; whether sales are open then, as a buyer would find."""
    with app.app_context():
        tasks.watch_sponsor()
        offers.forget()
        return gates.is_open(database(), SALES)


def reason(app: Flask) -> str:
    with app.app_context():
        return database().scalars(sa.select(Gate.reason).where(Gate.name == SALES)).one()


def test_what_the_sponsor_pays_in_is_the_sponsors_at_the_bank(session: Session) -> None:
    assert ledger.balances(session) == {}
    with transaction():
        sponsor.pay_in(session, 50_000, "bank-1", START)
    assert ledger.balances(session) == {"bank": -50_000, "sponsor": 50_000}
    assert ledger.verify(session) == []


def test_a_reference_of_the_bank_is_booked_once(session: Session) -> None:
    with transaction():
        sponsor.pay_in(session, 50_000, "bank-1", START)
    with pytest.raises(Conflict, match="reference_booked"), transaction():
        sponsor.pay_in(session, 50_000, "bank-1", START)
    with transaction():
        sponsor.pay_in(session, 50_000, "bank-2", START)
    assert ledger.balance_of(session, "sponsor") == 100_000


@pytest.mark.parametrize("fen", [0, -1])
def test_nothing_and_less_is_not_paid_in(session: Session, fen: int) -> None:
    with pytest.raises(Invalid, match="amount_not_positive"), transaction():
        sponsor.pay_in(session, fen, "bank-1", START)
    assert session.scalars(sa.select(Posting)).all() == []


def test_before_the_first_sale_sales_are_open(app: Flask) -> None:
    assert watch(app)
    make_shop(app)
    assert Buyer(app).ask(count=1).status_code == 201


def test_sales_stop_when_the_fees_of_the_days_to_come_are_not_there(app: Flask, clock: SteppingClock) -> None:
    make_shop(app, (400,))
    # 350 trees are 105,000 fen: a fee of 630, and as much again for three days to come of each week like it: 270.
    pay_in(app, 900)
    lin = Buyer(app)
    lin.buy(count=350)
    assert watch(app)
    lin.buy(count=1)
    assert not watch(app)
    with nothing_written(app):
        refused = lin.ask(count=1)
    assert (refused.status_code, refused.get_json()["code"]) == (503, "sales_paused")
    assert "Retry-After" in refused.headers
    assert lin.quote(count=1).get_json()["code"] == "sales_paused"
    assert "needed" in reason(app)
    pay_in(app, 100, "bank-2")
    assert watch(app)
    assert lin.ask(count=1).status_code == 201
    assert reason(app) == ""
    assert faults_found(app) == []


def test_an_order_already_placed_may_be_paid_while_sales_are_stopped(app: Flask) -> None:
    make_shop(app, (9,))
    lin = Buyer(app)
    waiting = lin.order(count=1)
    lin.buy(count=2)
    assert not watch(app)
    lin.pay(waiting)
    assert lin.shown(waiting)["status"] == "paid"
    assert faults_found(app) == []


def test_looking_again_changes_nothing_unless_something_has(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    pay_in(app, 1_000)
    watch(app)
    with app.app_context():
        set_at = database().scalars(sa.select(Gate.set_at)).one()
    clock.advance(hours=1)
    watch(app)
    with app.app_context():
        assert database().scalars(sa.select(Gate.set_at)).one() == set_at
