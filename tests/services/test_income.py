"""What households earned, where the money is, and how evenly it falls."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.clock import business_day
from domain.errors import NotFound
from domain.income import Earnings, GroupBy, GroupLine, LineState, PayoutState
from domain.ledger import Event
from domain.permissions import OfficerContext
from domain.roles import Role
from flows.running import Running
from models import Credit, Household
from models.base import transaction
from models.credits import CreditState
from services import ledger as book
from services.income import statement
from services.income_reports import ReportWanted, report_lines, report_page, report_total
from tests.support.clock import START
from tests.support.sales import make_payout, make_sale
from tests.support.world import (
    COUNTY,
    OTHER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    make_household,
    make_region,
    make_units,
)

TODAY = business_day(START)


def officer(region: str = COUNTY) -> OfficerContext:
    return OfficerContext(1, "county", "县", frozenset({Role.REGISTRAR}), region, 1)


def seller(session: Session, parts: Running, trees: int, village: str = VILLAGE, **when: int) -> Household:
    """A household of `village` that has sold so many trees (and has two left)."""
    household = make_household(session, village)
    units = make_units(session, household, trees + 2)
    if trees:
        make_sale(session, parts, units[:trees], at=START + timedelta(**when))
    return household


def test_every_credit_stands_in_the_statement_and_the_sums_are_those_of_the_book(
    session: Session, parts: Running
) -> None:
    with transaction():
        household = make_household(session)
        units = make_units(session, household, 9)
        first = make_sale(session, parts, units[:2])
        second = make_sale(session, parts, units[2:5], at=START + timedelta(hours=15))
    found = statement(session, officer(), household.public_id, START)
    assert [(line.order, line.trees, line.amount_fen, line.sink_g, line.day) for line in found.credits] == [
        (first.number, 2, 600, 20_000, TODAY),
        # 02:00 UTC + 15 h is 01:00 of the next day in Shanghai.
        (second.number, 3, 900, 30_000, TODAY + timedelta(days=1)),
    ]
    assert len({line.certificate for line in found.credits}) == 2
    assert found.credits[0].payable_from == TODAY + timedelta(days=7)
    assert found.earnings == Earnings(trees_sold=5, sink_g=50_000, earned_fen=1500)
    assert found.earnings.balance_fen == 1500 == found.ledger_balance_fen
    assert found.agrees_with_ledger
    assert found.payouts == ()
    assert (found.trees, found.name) == (9, "韦*试")


def test_an_order_over_many_households_gives_each_its_own(session: Session, parts: Running) -> None:
    with transaction():
        one, other = make_household(session), make_household(session)
        units = [*make_units(session, one, 2), *make_units(session, other, 5)]
        make_sale(session, parts, units)
    fen = [
        statement(session, officer(), household.public_id, START).ledger_balance_fen
        for household in (one, other)
    ]
    assert fen == [600, 1500]


def test_money_under_way_and_money_paid_leave_the_balance(session: Session, parts: Running) -> None:
    with transaction():
        household = seller(session, parts, 3)
        make_payout(session, household.id, 1, confirmed=True)
    with transaction():
        units = make_units(session, household, 2, year=2027)
        make_sale(session, parts, units)
        make_payout(session, household.id, 2, confirmed=False, at=START + timedelta(days=9))
        make_sale(session, parts, make_units(session, household, 1, year=2028))
    found = statement(session, officer(), household.public_id, START)
    earnings = found.earnings
    assert (earnings.earned_fen, earnings.paid_fen, earnings.in_transit_fen) == (1800, 900, 600)
    assert earnings.balance_fen == 300 == found.ledger_balance_fen
    assert [line.state for line in found.credits] == [LineState.PAID, LineState.IN_TRANSIT, LineState.OWED]
    assert [(line.batch, line.amount_fen, line.state) for line in found.payouts] == [
        ("1", 900, PayoutState.RELEASED),
        ("1", 900, PayoutState.ARRIVED),
        ("2", 600, PayoutState.RELEASED),
    ]


def test_money_that_bounces_is_owed_again(session: Session, parts: Running) -> None:
    with transaction():
        household = seller(session, parts, 3)
        make_payout(session, household.id, 1, confirmed=False)
        back = ledger.Posting(Event.PAYOUT_BOUNCED, ledger.payout(1), ledger.household(household.id), 900)
        book.post(session, [back], now=START)
        session.execute(sa.update(Credit).values(state=CreditState.OWED))
    found = statement(session, officer(), household.public_id, START)
    assert found.earnings.balance_fen == 900 == found.ledger_balance_fen
    assert [line.state for line in found.payouts] == [PayoutState.RELEASED, PayoutState.BOUNCED]


def test_a_refund_is_shown_and_not_counted(session: Session, parts: Running) -> None:
    with transaction():
        household = seller(session, parts, 3)
        order_id = session.scalar(sa.select(Credit.order_id))
        gone = ledger.Posting(Event.REFUND_ACCEPTED, ledger.household(household.id), ledger.REFUNDS_DUE, 900)
        book.post(session, [gone], now=START, order_id=order_id)
        session.execute(sa.update(Credit).values(state=CreditState.CANCELLED))
    found = statement(session, officer(), household.public_id, START)
    assert [line.state for line in found.credits] == [LineState.REFUNDED]
    assert found.earnings == Earnings()
    assert found.agrees_with_ledger


def test_a_credit_that_the_book_does_not_know_is_found(session: Session, parts: Running) -> None:
    with transaction():
        household = seller(session, parts, 3)
        session.execute(sa.update(Credit).values(amount_fen=Credit.amount_fen + 1))
    found = statement(session, officer(), household.public_id, START)
    assert (found.earnings.balance_fen, found.ledger_balance_fen) == (901, 900)
    assert not found.agrees_with_ledger


@pytest.mark.parametrize("region", ["522327", "522326108", "522326107214"])
def test_a_foreign_household_does_not_exist(session: Session, region: str) -> None:
    with transaction():
        household = make_household(session)
    with pytest.raises(NotFound, match="household_not_found"):
        statement(session, officer(region), household.public_id, START)


@pytest.mark.parametrize("public_id", ["", "nobody", "a b", "x\x00", "％", "x" * 500])
def test_no_such_household(session: Session, public_id: str) -> None:
    with pytest.raises(NotFound, match="household_not_found"):
        statement(session, officer(), public_id, START)


def by(session: Session, group: GroupBy, scope: str = COUNTY, **span: date) -> list[GroupLine]:
    return report_lines(session, ReportWanted(scope, group, span.get("first"), span.get("last")))


def test_a_report_adds_up_by_division_and_shows_the_spread(session: Session, parts: Running) -> None:
    with transaction():
        for trees in (0, 1, 4):
            seller(session, parts, trees)
        for trees in (0, 0, 2, 5):
            seller(session, parts, trees, OTHER_VILLAGE)
    one, other = by(session, GroupBy.VILLAGE)
    assert (one.code, one.name, one.place) == (VILLAGE, "打狼村村民委员会", "望谟县石屯镇打狼村")
    assert one.figures.earnings == Earnings(trees_sold=5, sink_g=50_000, earned_fen=1500)
    spread = one.figures.distribution
    assert (spread.households, spread.households_with_income, spread.households_without_income) == (3, 2, 1)
    assert (spread.min_fen, spread.median_fen, spread.max_fen) == (0, 300, 1200)
    spread = other.figures.distribution
    # Four households: the mean of the second and the third, 0 and 600.
    assert (spread.min_fen, spread.median_fen, spread.max_fen) == (0, 300, 1500)
    [township] = by(session, GroupBy.TOWNSHIP)
    assert (township.code, township.name) == (TOWNSHIP, "石屯镇")
    assert (township.figures.distribution.median_fen, township.figures.earnings.earned_fen) == (300, 3600)
    [county] = by(session, GroupBy.COUNTY)
    total = report_total(session, ReportWanted(COUNTY, GroupBy.HOUSEHOLD))
    assert county.figures == total
    for group in (GroupBy.COUNTY, GroupBy.TOWNSHIP, GroupBy.VILLAGE, GroupBy.HOUSEHOLD):
        lines, whole = report_page(session, ReportWanted(COUNTY, group))
        assert (lines, whole) == (by(session, group), total)


def test_the_median_of_an_odd_fen_is_rounded_down(session: Session, parts: Running) -> None:
    with transaction():
        make_household(session)
        other = make_household(session)
        make_sale(session, parts, make_units(session, other, 1, price_fen=301))
    [line] = by(session, GroupBy.VILLAGE)
    assert line.figures.distribution.median_fen == 150


def test_a_report_by_household_names_them_masked(session: Session, parts: Running) -> None:
    with transaction():
        first, second = seller(session, parts, 0), seller(session, parts, 2)
    lines = by(session, GroupBy.HOUSEHOLD)
    assert [(line.code, line.name, line.public_id) for line in lines] == [
        (first.number, "韦*试", first.public_id),
        (second.number, "韦*试", second.public_id),
    ]
    assert [line.figures.earnings.earned_fen for line in lines] == [0, 600]
    assert lines[1].figures.distribution.median_fen == 600


def test_a_span_counts_the_business_days_on_which_money_was_earned(session: Session, parts: Running) -> None:
    with transaction():
        seller(session, parts, 1)
        seller(session, parts, 2, hours=13, minutes=59)  # 15:59 UTC is 23:59 of the same day in Shanghai
        seller(session, parts, 4, hours=14)
    first, second = TODAY, TODAY + timedelta(days=1)
    sums = [
        by(session, GroupBy.COUNTY, first=first, last=first)[0].figures.earnings.earned_fen,
        by(session, GroupBy.COUNTY, first=second, last=second)[0].figures.earnings.earned_fen,
        by(session, GroupBy.COUNTY, first=second)[0].figures.earnings.earned_fen,
        by(session, GroupBy.COUNTY, last=second)[0].figures.earnings.earned_fen,
        by(session, GroupBy.COUNTY, last=first - timedelta(days=1))[0].figures.earnings.earned_fen,
    ]
    assert sums == [900, 1200, 1200, 2100, 0]
    [line] = by(session, GroupBy.COUNTY, first=second, last=second)
    assert line.figures.distribution.households_without_income == 2


def test_a_report_of_a_region_leaves_its_neighbours_out(session: Session, parts: Running) -> None:
    with transaction():
        seller(session, parts, 1)
        seller(session, parts, 2, OTHER_VILLAGE)
        for code, name, level in (
            ("522327", "册亨县", "county"),
            ("522327100", "者楼街道", "township"),
            ("522327100001", "某村", "village"),
        ):
            make_region(session, code, name=name, level=level)
        seller(session, parts, 4, "522327100001")
    assert [line.code for line in by(session, GroupBy.VILLAGE)] == [VILLAGE, OTHER_VILLAGE]
    assert [line.code for line in by(session, GroupBy.VILLAGE, OTHER_VILLAGE)] == [OTHER_VILLAGE]
    assert [line.code for line in by(session, GroupBy.COUNTY, "52")] == [COUNTY, "522327"]
    assert report_total(session, ReportWanted(VILLAGE, GroupBy.VILLAGE)).earnings.earned_fen == 300
    assert by(session, GroupBy.VILLAGE, "522399") == []
    assert report_total(session, ReportWanted("522399", GroupBy.VILLAGE)).distribution.households == 0
