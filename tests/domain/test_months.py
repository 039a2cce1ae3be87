"""The month of a book: what each event does to it."""

import pytest

from domain.errors import Invalid
from domain.ledger import Event
from domain.months import (
    HOUSEHOLDS,
    PAYOUTS,
    Month,
    MonthStatement,
    Movement,
    read_statement,
    statement,
    totals,
)

SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)


def moved(
    kind: str, event: Event, in_fen: int = 0, out_fen: int = 0, county: str | None = "522326"
) -> Movement:
    return Movement(kind, county if kind in (HOUSEHOLDS, PAYOUTS) else None, event, in_fen, out_fen)


def two_months() -> tuple[MonthStatement, MonthStatement]:
    """900 earned, 300 of it refunded in September; in October 600 released, 300 paid and 300 bounced."""
    first = statement(
        SEPTEMBER,
        None,
        [
            moved("wechat", Event.ORDER_PAID, out_fen=900),
            moved(HOUSEHOLDS, Event.ORDER_PAID, in_fen=900),
            moved(HOUSEHOLDS, Event.REFUND_ACCEPTED, out_fen=300),
            moved("refunds:due", Event.REFUND_ACCEPTED, in_fen=300),
            moved("refunds:due", Event.REFUND_PAID, out_fen=300),
            moved("wechat", Event.REFUND_PAID, in_fen=300),
            moved("bank", Event.SPONSOR_PAID_IN, out_fen=1000),
            moved("sponsor", Event.SPONSOR_PAID_IN, in_fen=1000),
        ],
    )
    second = statement(
        OCTOBER,
        first,
        [
            moved(HOUSEHOLDS, Event.BATCH_RELEASED, out_fen=600),
            moved(PAYOUTS, Event.BATCH_RELEASED, in_fen=600),
            moved(PAYOUTS, Event.PAYOUT_CONFIRMED, out_fen=300),
            moved("bank", Event.PAYOUT_CONFIRMED, in_fen=300),
            moved(PAYOUTS, Event.PAYOUT_BOUNCED, out_fen=300),
            moved(HOUSEHOLDS, Event.PAYOUT_BOUNCED, in_fen=300),
        ],
    )
    return first, second


def figures(made: MonthStatement) -> dict[str, int]:
    return {name: fen for name, fen in totals(made.counties).items() if fen}


def test_a_month_begins_where_the_last_one_ended_and_sums_to_zero() -> None:
    first, second = two_months()
    assert figures(first) == {"earned_fen": 900, "refunded_fen": 300, "end_fen": 600}
    assert figures(second) == {
        "start_fen": 600,
        "released_fen": 600,
        "bounced_fen": 300,
        "end_fen": 300,
        "paid_fen": 300,
    }
    assert (first.sum_fen, second.sum_fen) == (0, 0)
    ends = {account.account: account.end_fen for account in second.accounts}
    assert ends == {"wechat": -600, "bank": -700, "refunds:due": 0, "sponsor": 1000}


def test_what_stands_in_a_county_explains_its_end() -> None:
    made = statement(
        SEPTEMBER,
        None,
        [
            moved(HOUSEHOLDS, event, in_fen=number * 10, out_fen=number)
            for number, event in enumerate(Event, 1)
        ],
    )
    (county,) = made.counties
    assert county.end_fen == (
        county.start_fen + county.earned_fen - county.refunded_fen + county.moved_in_fen - county.moved_out_fen
        - county.released_fen + county.bounced_fen + county.returned_fen + county.corrected_fen
    )  # fmt: skip


def test_a_batch_of_several_counties_stands_by_itself() -> None:
    made = statement(SEPTEMBER, None, [moved(PAYOUTS, Event.BATCH_RELEASED, in_fen=5, county=None)])
    assert [(county.county, county.in_transit_end_fen) for county in made.counties] == [("", 5)]


def test_a_statement_is_read_back_as_it_was_hashed() -> None:
    _, second = two_months()
    again = read_statement(second.canonical().decode())
    assert again == second
    assert again.sha256 == second.sha256


@pytest.mark.parametrize("text", ["2026-13", "2026-9", "26-09", "2026-09-01", "", "２０２６-09"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="month_malformed"):
        Month.of(text)


def test_a_month_is_one_of_the_business_calendar() -> None:
    assert str(Month(2026, 12).next) == "2027-01"
    assert Month.of("2026-09").starts_at.isoformat() == "2026-08-31T16:00:00+00:00"
