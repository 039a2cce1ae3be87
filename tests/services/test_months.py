"""Closing the months of the book."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain import ledger as book
from domain.errors import Conflict, NotFound
from domain.ledger import Event
from domain.months import Month, read_statement, totals
from models import AuditEntry, database, transaction
from models.months import MonthClose
from services import ledger, months
from tests.support.auditing import meddle
from tests.support.buying import Buyer, make_shop
from tests.support.clock import START, SteppingClock
from tests.support.keeping import Kept
from tests.support.refunding import given_back
from tests.support.world import COUNTY, make_household, make_region, make_regions

SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)
IN_OCTOBER = START + timedelta(days=31)
IN_NOVEMBER = START + timedelta(days=62)
ELSEWHERE = "522301001001"

_reference = itertools.count(1)


def make_sold(app: Flask, clock: SteppingClock) -> None:
    """Three trees sold in September, one of them given back; another sold in October."""
    make_shop(app, (3, 3))
    lin = Buyer(app, "lin")
    lin.buy(count=2)
    given_back(lin, lin.buy(count=1))
    clock.instant = IN_OCTOBER
    Buyer(app, "wei").buy(count=1)


@pytest.fixture
def sold(kept: Kept, app: Flask, clock: SteppingClock) -> Flask:
    kept(make_sold, app, clock)
    return app


@contextmanager
def writing(app: Flask) -> Iterator[Session]:
    with app.app_context(), transaction() as session:
        yield session


def moved(session: Session, event: Event, way: tuple[str, str], fen: int, days: int = 0) -> None:
    source, destination = way
    ledger.post(
        session,
        [book.Posting(event, source, destination, fen)],
        now=START + timedelta(days=days),
        reference=f"test-{next(_reference)}",
    )


def test_a_month_is_closed_once_with_what_moved_in_it(sold: Flask) -> None:
    with writing(sold) as session:
        closed = months.close(session, SEPTEMBER, IN_OCTOBER)
    made = read_statement(closed.statement)
    (county,) = made.counties
    assert (county.county, county.start_fen, county.earned_fen, county.refunded_fen, county.end_fen) == (
        COUNTY, 0, 900, 300, 600,
    )  # fmt: skip
    assert (made.sum_fen, made.sha256) == (0, closed.sha256)
    with writing(sold) as session:
        assert session.scalar(sa.select(AuditEntry.facts).where(AuditEntry.action == "month_closed")) == {
            "sha256": closed.sha256.hex()
        }
        with pytest.raises(Conflict, match="month_closed"):
            months.close(session, SEPTEMBER, IN_OCTOBER)


def test_the_next_month_goes_on_from_the_closed_one_and_all_come_out_again(sold: Flask) -> None:
    with writing(sold) as session:
        months.close(session, SEPTEMBER, IN_OCTOBER)
    with writing(sold) as session:
        made = read_statement(months.close(session, OCTOBER, IN_NOVEMBER).statement)
        assert {name: fen for name, fen in totals(made.counties).items() if fen} == {
            "start_fen": 600,
            "earned_fen": 300,
            "end_fen": 900,
        }
        assert months.verify(session) == []


def test_a_month_is_closed_when_it_is_over_and_in_order(sold: Flask) -> None:
    over = OCTOBER.starts_at
    with writing(sold) as session:
        for early in (START, over, over + timedelta(minutes=59)):
            with pytest.raises(Conflict, match="month_not_over"):
                months.close(session, SEPTEMBER, early)
        months.close(session, SEPTEMBER, over + timedelta(hours=1))
    with writing(sold) as session:
        with pytest.raises(Conflict, match="month_before_open"):
            months.close(session, Month(2026, 11), IN_NOVEMBER + timedelta(days=60))
        with pytest.raises(Conflict, match="month_closed"):
            months.close(session, Month(2026, 8), IN_OCTOBER)


def test_a_book_that_does_not_hold_is_not_closed(sold: Flask) -> None:
    with writing(sold) as session:
        moved(session, Event.REVERSAL, ("wechat", "household:1"), 7)
        with pytest.raises(Conflict, match="book_does_not_hold"):
            months.close(session, SEPTEMBER, IN_OCTOBER)


def test_what_is_booked_into_a_closed_month_afterwards_is_found(sold: Flask) -> None:
    with writing(sold) as session:
        months.close(session, SEPTEMBER, IN_OCTOBER)
    with writing(sold) as session:
        moved(session, Event.SPONSOR_PAID_IN, ("bank", "sponsor"), 5, days=1)
    with sold.app_context():
        assert [(one.rule, one.subject) for one in months.verify(database())] == [
            ("closed_month", "month:2026-09")
        ]


def test_a_statement_that_was_changed_is_found(sold: Flask) -> None:
    with writing(sold) as session:
        months.close(session, SEPTEMBER, IN_OCTOBER)
    with writing(sold) as session:
        meddle(
            session,
            "month_closes",
            "UPDATE month_closes SET statement = replace(statement, '600', '300')",
        )
    with sold.app_context():
        assert len(months.verify(database())) == 1


def test_the_book_changes_nothing_that_is_closed(sold: Flask) -> None:
    with writing(sold) as session:
        months.close(session, SEPTEMBER, IN_OCTOBER)
        with pytest.raises(sa.exc.DBAPIError, match="only ever added to"), session.begin_nested():
            session.execute(sa.delete(MonthClose))


def test_payouts_stand_with_the_county_they_pay(app: Flask) -> None:
    with writing(app) as session:
        make_regions(session)
        make_region(session, "522301", name="兴义市", level="county")
        make_region(session, ELSEWHERE[:9], name="某镇", level="township")
        make_region(session, ELSEWHERE, name="某村", level="village")
        here, there = make_household(session).id, make_household(session, ELSEWHERE).id
        for one in (here, there):
            moved(session, Event.ORDER_PAID, ("wechat", f"household:{one}"), 900)
        moved(session, Event.BATCH_RELEASED, (f"household:{here}", "payout:1"), 600)
        moved(session, Event.PAYOUT_CONFIRMED, ("payout:1", "bank"), 300)
        moved(session, Event.PAYOUT_BOUNCED, ("payout:1", f"household:{here}"), 200)
        for one in (here, there):
            moved(session, Event.BATCH_RELEASED, (f"household:{one}", "payout:2"), 100)
        moved(session, Event.PAYOUT_RETURNED, ("bank", f"household:{there}"), 50)
        moved(session, Event.HOUSEHOLD_MOVED, (f"household:{here}", f"household:{there}"), 40)
        made = months.shown(session, SEPTEMBER, START).statement
    figures = {
        county.county: {name: fen for name, fen in totals([county]).items() if fen}
        for county in made.counties
    }
    assert figures == {
        "": {"in_transit_end_fen": 200},
        "522301": {
            "earned_fen": 900,
            "moved_in_fen": 40,
            "released_fen": 100,
            "returned_fen": 50,
            "end_fen": 890,
        },
        COUNTY: {
            "earned_fen": 900,
            "moved_out_fen": 40,
            "released_fen": 700,
            "bounced_fen": 200,
            "end_fen": 360,
            "paid_fen": 300,
            "in_transit_end_fen": 100,
        },
    }
    assert made.sum_fen == 0


def test_an_open_month_is_shown_as_it_stands_and_one_to_come_is_not(sold: Flask) -> None:
    with sold.app_context():
        so_far = months.shown(database(), OCTOBER, IN_OCTOBER)
        assert so_far.close is None
        assert totals(so_far.statement.counties)["start_fen"] == 600
        with pytest.raises(NotFound, match="month_unknown"):
            months.shown(database(), Month(2026, 12), IN_OCTOBER)
