"""Income by months and years: every one from the first to the last has its line."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from domain import ledger
from domain.income import Earnings, GroupBy, GroupLine
from domain.ledger import Event
from flows.income import fold_due
from flows.running import Running
from models.base import transaction
from services import ledger as book
from services.income_reports import ReportWanted, report_total
from services.income_timelines import period_lines
from tests.support.keeping import Kept
from tests.support.sales import make_payout, make_sale
from tests.support.world import COUNTY, OTHER_VILLAGE, VILLAGE, make_household, make_units

NOW = datetime(2027, 2, 10, tzinfo=UTC)


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 4, tzinfo=UTC)


def lines(session: Session, group_by: GroupBy, scope: str = COUNTY, **page: str | int) -> list[GroupLine]:
    after, limit = page.get("after"), page.get("limit", 100)
    return period_lines(
        session,
        ReportWanted(scope, group_by),
        NOW,
        after=None if after is None else str(after),
        limit=int(limit),
    )


def make_sold(session: Session, parts: Running, folded: str) -> None:
    """Three households: 2 trees in October, 1 and 3 in December (paid in January), and one that sold nothing."""
    with transaction():
        one, other, _ = (
            make_household(session),
            make_household(session, OTHER_VILLAGE),
            make_household(session),
        )
        mine, theirs = make_units(session, one, 4), make_units(session, other, 4)
        make_sale(session, parts, mine[:2], at=at(2026, 10, 5))
    if folded != "not folded":
        fold_due()
    with transaction():
        make_sale(session, parts, mine[2:3], at=at(2026, 12, 5))
        make_sale(session, parts, theirs[:3], at=at(2026, 12, 31))
        make_payout(session, other.id, 1, confirmed=True, at=at(2027, 1, 9))
    if folded == "folded":
        fold_due()


@pytest.fixture(params=["folded", "not folded", "half folded"])
def sold(kept: Kept, session: Session, parts: Running, request: pytest.FixtureRequest) -> None:
    kept(make_sold, session, parts, request.param)


@pytest.mark.usefixtures("sold")
def test_every_month_has_its_line(session: Session) -> None:
    found = lines(session, GroupBy.MONTH)
    assert [(line.code, line.place, line.figures.trees_unsold) for line in found] == [
        (code, "望谟县", None) for code in ("2026-10", "2026-11", "2026-12", "2027-01", "2027-02")
    ]
    earned = [line.figures.earnings for line in found]
    assert earned == [
        Earnings(2, 20_000, 600),
        Earnings(),
        Earnings(4, 40_000, 1200),
        Earnings(0, 0, 0, 0, 900),
        Earnings(),
    ]
    # A month's balance is by how much more was earned than left for the payee in it.
    assert [line.balance_fen for line in earned] == [600, 0, 1200, -900, 0]


@pytest.mark.usefixtures("sold")
def test_the_months_come_to_the_total(session: Session) -> None:
    found = [line.figures.earnings for line in lines(session, GroupBy.MONTH)]
    total = report_total(session, ReportWanted(COUNTY, GroupBy.MONTH)).earnings
    for name, whole in total.as_dict().items():
        assert sum(line.as_dict()[name] for line in found) == whole


@pytest.mark.usefixtures("sold")
def test_a_month_shows_the_spread_over_all_households(session: Session) -> None:
    october, november, december, january, _ = (
        line.figures.distribution for line in lines(session, GroupBy.MONTH)
    )
    assert (october.households, october.people) == (3, 12)
    assert (october.min_fen, october.median_fen, october.max_fen) == (0, 0, 600)
    assert (december.min_fen, december.median_fen, december.max_fen) == (0, 300, 900)
    assert (december.households_with_income, december.households_without_income) == (2, 1)
    assert (november.households_without_income, november.households_never_paid) == (3, 3)
    assert (january.households_never_paid, january.max_fen) == (2, 0)


@pytest.mark.usefixtures("sold")
def test_a_year_counts_its_unsold_tree_years(session: Session) -> None:
    found = lines(session, GroupBy.YEAR)
    assert [(line.code, line.figures.earnings.earned_fen, line.figures.trees_unsold) for line in found] == [
        ("2026", 1800, 2),
        ("2027", 0, 0),
    ]
    [one, _] = lines(session, GroupBy.YEAR, VILLAGE)
    assert (one.figures.earnings.earned_fen, one.figures.trees_unsold) == (900, 1)


@pytest.mark.usefixtures("sold")
def test_months_are_read_page_by_page(session: Session) -> None:
    assert [line.code for line in lines(session, GroupBy.MONTH, limit=2)] == ["2026-10", "2026-11"]
    assert [line.code for line in lines(session, GroupBy.MONTH, after="2026-11", limit=2)] == [
        "2026-12",
        "2027-01",
    ]
    assert lines(session, GroupBy.MONTH, after="2027-02") == []


def test_a_refund_of_another_month_is_below_zero(session: Session, parts: Running) -> None:
    with transaction():
        household, *_ = [make_household(session) for _ in range(3)]
        make_sale(session, parts, make_units(session, household, 2), at=at(2026, 12, 31))
        gone = ledger.Posting(Event.REFUND_ACCEPTED, ledger.household(household.id), ledger.REFUNDS_DUE, 600)
        book.post(session, [gone], now=at(2027, 1, 3))
    fold_due()
    december, january, _ = (line.figures for line in lines(session, GroupBy.MONTH))
    assert (december.distribution.median_fen, december.distribution.max_fen) == (0, 600)
    spread = january.distribution
    assert (spread.min_fen, spread.median_fen, spread.max_fen) == (-600, 0, 0)
    assert january.earnings.earned_fen == -600


def test_a_book_without_postings_has_the_line_of_today(session: Session) -> None:
    with transaction():
        make_household(session)
    [line] = lines(session, GroupBy.MONTH)
    assert (line.code, line.figures.distribution.households) == ("2027-02", 1)


def test_a_report_to_a_day_stands_as_it_was(session: Session, parts: Running) -> None:
    with transaction():
        household = make_household(session)
        units = make_units(session, household, 3)
        make_sale(session, parts, units[:2], at=at(2026, 10, 5))
        make_payout(session, household.id, 1, confirmed=True, at=at(2026, 11, 5))
    fold_due()
    october = ReportWanted(COUNTY, GroupBy.COUNTY, last=date(2026, 10, 31))
    assert report_total(session, october).earnings == Earnings(2, 20_000, 600)
    november = ReportWanted(COUNTY, GroupBy.COUNTY, last=date(2026, 11, 30))
    assert report_total(session, november).earnings == Earnings(2, 20_000, 600, 0, 600)
