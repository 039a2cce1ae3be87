"""A rehearsal: yesterday's backup comes back, and neither is a fen lost nor paid twice."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.clock import business_day
from domain.errors import Conflict
from domain.roles import Role
from flows import backups, bank_statements, recovery
from flows.running import Running
from models import Incident, Order, Posting, database, transaction
from services import gates, incidents, ledger
from services import recovery as recovery_rules
from services.offers import RESTORED
from tests.support.backups import empty
from tests.support.buying import API, Buyer, faults_found, make_shop
from tests.support.clock import SteppingClock
from tests.support.people import make_context
from tests.support.reconciling import balances, forget_orders, fund_sponsor, morning_after
from tests.support.refunding import follow, given_back, submit

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def shop(app: Flask, parts: Running) -> None:
    forget_orders(parts)
    assert parts.sandbox is not None
    parts.sandbox.configure("fee_fractions", False)
    make_shop(app, (60,))
    fund_sponsor(app, 10_000)


def take(app: Flask, path: Path, clock: SteppingClock) -> None:
    with app.app_context():
        backups.take(path, KEY, clock(), path.parent / "photos")


def disaster(app: Flask, path: Path, clock: SteppingClock) -> None:
    """Everything is gone, and the backup is brought back."""
    with app.app_context():
        empty()
        backups.restore(path, KEY, clock(), path.parent / "photos")


def reopen(app: Flask, parts: Running, *, nothing_at_bank: bool = False) -> list[str]:
    with app.app_context():
        return recovery.reopen(parts, "officer:1", nothing_at_bank=nothing_at_bank)


def bring(app: Flask, parts: Running, first: date, last: date, *lines: str) -> None:
    """A statement of the bank of these days."""
    text = "\n".join(["交易日期,流水号,收入金额,支出金额,附言", *lines])
    with app.app_context():
        bank_statements.bring(parts, io.BytesIO(text.encode()), "command", since=first, until=last)


def make_ripe_and_restored(app: Flask, clock: SteppingClock, path: Path) -> date:
    """A household has earned what may be paid to it, and a backup comes back on the day it was taken; that day."""
    Buyer(app).buy(count=1)
    clock.advance(days=20)
    take(app, path, clock)
    disaster(app, path, clock)
    return business_day(clock())


def paid_back(app: Flask) -> int:
    with app.app_context():
        total = sa.select(sa.func.coalesce(sa.func.sum(Posting.amount_fen), 0))
        return int(database().scalar(total.where(Posting.event == "refund_paid")) or 0)


def state_of(app: Flask, number: str) -> str:
    with app.app_context():
        return database().scalars(sa.select(Order.state).where(Order.number == number)).one().value


def test_nothing_is_lost_or_paid_twice_when_yesterday_comes_back(
    app: Flask, parts: Running, clock: SteppingClock, tmp_path: Path
) -> None:
    lin, chen = Buyer(app, "lin"), Buyer(app, "chen")
    kept, undone = lin.buy(count=1), lin.buy(count=2)
    take(app, tmp_path / "b", clock)
    clock.advance(hours=1)
    lost = chen.buy(count=3)
    given_back(lin, undone)
    submit(app)
    assert parts.sandbox is not None
    parts.sandbox.deliver_due()
    follow(app)
    assert (state_of(app, undone), paid_back(app)) == ("refunded", 600)

    disaster(app, tmp_path / "b", clock)
    assert state_of(app, undone) == "paid"
    refused = Buyer(app, "lin").ask(count=1)
    assert (refused.status_code, refused.get_json()["code"]) == (503, "sales_paused")
    submit(app)
    assert paid_back(app) == 0
    assert reopen(app, parts) != []

    morning_after(clock)
    assert reopen(app, parts) == []
    submit(app)
    parts.sandbox.deliver_due()
    clock.advance(minutes=30)
    submit(app)
    follow(app)
    #                        one tree of lin's stays sold; two went back before, three go back now
    assert state_of(app, kept) == "paid"
    assert (state_of(app, undone), state_of(app, lost)) == ("refunded", "refunded")
    book = balances(app)
    assert (book["households"], book.get("refunds:due", 0)) == (300, 0)
    assert paid_back(app) == 600 + 900
    sent = parts.sandbox.world.storage.rows(
        "SELECT SUM(refund_fen) AS fen FROM refunds WHERE status = 'SUCCESS'"
    )
    assert sent[0]["fen"] == 600 + 900
    assert faults_found(app) == []
    with app.app_context():
        assert ledger.verify(database()) == []
        assert gates.is_open(database(), RESTORED)
    assert Buyer(app, "lin").ask(count=1).status_code == 201


def test_a_payment_that_came_after_the_backup_pays_its_order(
    app: Flask, parts: Running, clock: SteppingClock, tmp_path: Path
) -> None:
    lin = Buyer(app, "lin")
    number = lin.order(count=1)
    package = lin.prepare(number)
    take(app, tmp_path / "b", clock)
    assert app.test_client().post("/sandbox/cashier", json={"package": package}).status_code == 200
    disaster(app, tmp_path / "b", clock)
    assert state_of(app, number) == "pending"
    morning_after(clock)
    assert reopen(app, parts) == []
    assert state_of(app, number) == "paid"
    assert faults_found(app) == []


def test_it_stays_closed_until_the_bills_of_the_day_are_there(
    app: Flask, parts: Running, clock: SteppingClock, tmp_path: Path
) -> None:
    Buyer(app).buy(count=1)
    take(app, tmp_path / "b", clock)
    disaster(app, tmp_path / "b", clock)
    clock.advance(hours=5)
    assert len(reopen(app, parts)) == 1
    with app.app_context():
        assert not gates.is_open(database(), RESTORED)
    morning_after(clock)
    assert reopen(app, parts) == []
    with pytest.raises(Conflict), app.app_context():
        recovery.reopen(parts, "officer:1")


def test_a_book_that_does_not_hold_keeps_it_closed(
    app: Flask, parts: Running, clock: SteppingClock, tmp_path: Path
) -> None:
    Buyer(app).buy(count=1)
    with app.app_context(), transaction() as session:
        session.execute(sa.text("UPDATE credits SET amount_fen = amount_fen + 1"))
    take(app, tmp_path / "b", clock)
    disaster(app, tmp_path / "b", clock)
    morning_after(clock)
    clock.advance(seconds=timedelta(hours=1).total_seconds())
    assert any("credit" in line for line in reopen(app, parts))
    assert app.test_client().get(f"{API}/stats").status_code == 200


def test_it_stays_closed_until_people_have_seen_what_the_bank_paid_meanwhile(
    app: Flask, parts: Running, clock: SteppingClock, tmp_path: Path
) -> None:
    day = make_ripe_and_restored(app, clock, tmp_path / "b")
    morning_after(clock, day)
    next_day = day + timedelta(days=1)
    (needed,) = reopen(app, parts, nothing_at_bank=True)
    assert f"statement of {day} to {day} is needed: `flask reconcile bank FILE" in needed
    payment = f"{next_day},B0007,,3.00,P00000001L00001"
    bring(app, parts, next_day, next_day, payment)
    assert reopen(app, parts, nothing_at_bank=True) == [needed], "another day is told of"
    bring(app, parts, day, next_day, payment)
    (waits,) = reopen(app, parts)
    assert "may carry out until" in waits
    assert reopen(app, parts, nothing_at_bank=True)[-1].startswith("bank_unknown: bank:B0007")
    with app.app_context(), transaction() as session:
        paid = sa.select(Incident.id).where(Incident.subject == "bank:B0007")
        releaser = make_context(session, Role.RELEASER)
        number = session.scalars(paid).one()
        incidents.resolve(session, number, "备份后已发放，不再交银行", officer=releaser, now=clock())
    assert reopen(app, parts, nothing_at_bank=True) == []


def test_it_opens_by_itself_once_the_bank_has_told_of_the_days_a_payment_may_take(
    app: Flask, parts: Running, clock: SteppingClock, tmp_path: Path
) -> None:
    day = make_ripe_and_restored(app, clock, tmp_path / "b")
    morning_after(clock, day + timedelta(days=2))
    bring(app, parts, day, day + timedelta(days=3))
    assert "may carry out until" in reopen(app, parts)[-1], "the third day is not over"
    clock.advance(days=1)
    bring(app, parts, day, day + timedelta(days=3))
    assert reopen(app, parts) == []


@pytest.mark.parametrize("state", ["reserved", "in_transit"])
def test_what_a_batch_holds_or_the_bank_had_may_have_been_paid_as_well(
    app: Flask, clock: SteppingClock, tmp_path: Path, state: str
) -> None:
    make_ripe_and_restored(app, clock, tmp_path / "b")
    with app.app_context(), transaction() as session:
        found = recovery_rules.gap(session)
        session.execute(sa.text("UPDATE credits SET state = :state"), {"state": state})
        assert "is needed" in recovery_rules.unheard_of_payouts(session, found, nothing_at_bank=True)[0]
        session.rollback()


def test_a_second_restoration_keeps_the_days_before_the_first(
    app: Flask, parts: Running, clock: SteppingClock, tmp_path: Path
) -> None:
    lin = Buyer(app, "lin")
    take(app, tmp_path / "b", clock)
    first = business_day(clock())
    lost = lin.buy(count=2)
    clock.advance(days=1)
    disaster(app, tmp_path / "b", clock)
    take(app, tmp_path / "c", clock)
    clock.advance(days=1)
    disaster(app, tmp_path / "c", clock)
    with app.app_context():
        found = recovery_rules.gap(database())
    assert (found.first, found.last) == (first, first + timedelta(days=2))
    morning_after(clock, found.last)
    assert reopen(app, parts) == []
    submit(app)
    assert parts.sandbox is not None
    parts.sandbox.deliver_due()
    clock.advance(minutes=30)
    follow(app)
    assert (state_of(app, lost), paid_back(app)) == ("refunded", 600)
