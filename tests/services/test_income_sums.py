"""Income is added up ahead of the question, and is never behind what is booked."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from domain import ledger
from domain.income import Earnings, GroupBy
from domain.income_flows import Flow, flow_beyond, flow_into, flow_out_of
from domain.income_periods import covering
from domain.ledger import Event
from flows.income import fold_due
from flows.running import Running
from models import Credit, IncomeMark, IncomeSum, Posting, table_of
from models.base import aside, db, transaction
from services import income_sums
from services import ledger as book
from services.income import earnings_by_household
from services.income_flows import MEASURES, flows
from services.income_reports import ReportWanted, report_total
from tests.support.clock import START
from tests.support.sales import make_payout, make_sale
from tests.support.world import COUNTY, make_household, make_units

ACCOUNTS = ("wechat", "bank", "refunds:due", "sponsor", "household:1", "household:2", "payout:1", "payout:2")
RELEASES = [(Event.BATCH_RELEASED, f"household:{n}", f"payout:{n}") for n in (1, 2)]
#: A line is released once; anything else may happen to it any number of times.
POSTINGS = st.tuples(
    st.sampled_from([event for event in Event if event is not Event.BATCH_RELEASED]),
    st.sampled_from(ACCOUNTS),
    st.sampled_from(ACCOUNTS),
).filter(lambda made: made[1] != made[2])


def total(session: Session) -> Earnings:
    return report_total(session, ReportWanted(COUNTY, GroupBy.COUNTY)).earnings


def sums(session: Session) -> dict[tuple[int, int], tuple[int, ...]]:
    rows = session.execute(sa.select(IncomeSum).execution_options(populate_existing=True)).scalars()
    return {
        (row.period, row.household_id): (row.trees, row.earned_fen, row.released_fen, row.paid_fen)
        for row in rows
    }


def test_a_report_says_the_same_before_and_after_folding(session: Session, parts: Running) -> None:
    with transaction():
        household = make_household(session)
        units = make_units(session, household, 9)
        make_sale(session, parts, units[:2])
        make_payout(session, household.id, 1, confirmed=True)
        make_sale(session, parts, units[2:5])
    before = total(session)
    assert before == Earnings(5, 50_000, 1500, 0, 600)
    assert fold_due() > 0
    assert total(session) == before
    with transaction():
        make_sale(session, parts, units[5:6])
    # Read half from the sums and half from what is not folded yet.
    assert total(session) == Earnings(6, 60_000, 1800, 0, 600)
    assert income_sums.verify(session) == []


def test_sums_are_kept_by_month_year_and_in_all(session: Session, parts: Running) -> None:
    with transaction():
        household = make_household(session)
        units = make_units(session, household, 9)
        # 17:00 UTC on the last of December is the next year in Shanghai.
        make_sale(session, parts, units[:2], at=datetime(2026, 12, 31, 15, 59, tzinfo=UTC))
        make_sale(session, parts, units[2:5], at=datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
    fold_due()
    one = household.id
    assert sums(session) == {
        (202612, one): (2, 600, 0, 0),
        (202701, one): (3, 900, 0, 0),
        (2026, one): (2, 600, 0, 0),
        (2027, one): (3, 900, 0, 0),
        (0, one): (5, 1500, 0, 0),
    }


def test_folding_in_small_pieces_comes_to_the_same(session: Session, parts: Running) -> None:
    with transaction():
        households = [make_household(session) for _ in range(3)]
        for household in households:
            units = make_units(session, household, 6)
            for n in range(3):
                make_sale(session, parts, units[2 * n : 2 * n + 2], at=START + timedelta(days=20 * n))
            make_payout(session, household.id, 1, confirmed=household is not households[0])
    fold_due()
    at_once = sums(session)
    with transaction():
        session.execute(sa.delete(IncomeSum))
        session.execute(sa.delete(IncomeMark))
    assert total(session).earned_fen == 5400
    fold_due(most=2)
    assert sums(session) == at_once
    assert income_sums.verify(session) == []


def test_folding_again_adds_nothing(session: Session, parts: Running) -> None:
    with transaction():
        make_sale(session, parts, make_units(session, make_household(session), 2))
    assert fold_due() > 0
    assert fold_due() == 0
    assert total(session).earned_fen == 600


def test_a_refund_takes_the_trees_out_again_in_the_month_it_is_granted(
    session: Session, parts: Running
) -> None:
    with transaction():
        household = make_household(session)
        order = make_sale(session, parts, make_units(session, household, 2))
    fold_due()
    with transaction():
        later = START + timedelta(days=31)
        book.post_from_credits(
            session,
            [table_of(Credit).c.order_id == order.id],
            event=Event.REFUND_ACCEPTED,
            to=ledger.REFUNDS_DUE,
            now=later,
        )
    assert total(session) == Earnings()
    fold_due()
    assert total(session) == Earnings()
    assert sums(session)[202609, household.id] == (2, 600, 0, 0)
    assert sums(session)[202610, household.id] == (-2, -600, 0, 0)


def test_a_sum_that_is_not_its_postings_is_found_and_made_anew(session: Session, parts: Running) -> None:
    with transaction():
        make_sale(session, parts, make_units(session, make_household(session), 2))
    fold_due()
    with transaction():
        session.execute(sa.update(IncomeSum).where(IncomeSum.period == 2026).values(earned_fen=601))
    [finding] = income_sums.verify(session)
    assert finding.rule == "income_sums_are_postings"
    assert "earned_fen 1" in finding.detail
    with transaction():
        assert income_sums.rebuild(session)
    assert income_sums.verify(session) == []


def test_a_confirmation_of_nobodys_release_is_found(session: Session) -> None:
    stray = ledger.Posting(Event.PAYOUT_CONFIRMED, ledger.payout(1), ledger.BANK, 600)
    with transaction():
        book.post(session, [stray], now=START, reference="P00000001L00001")
    assert [finding.rule for finding in income_sums.verify(session)] == ["confirmation_has_its_release"]


def test_a_missing_sum_is_found(session: Session, parts: Running) -> None:
    with transaction():
        make_sale(session, parts, make_units(session, make_household(session), 2))
    fold_due()
    with transaction():
        session.execute(sa.delete(IncomeSum).where(IncomeSum.period == 202609))
    assert len(income_sums.verify(session)) == 1


def test_what_is_being_written_is_not_folded_past(session: Session, parts: Running, engine_name: str) -> None:
    """A number is given out before it is committed: the mark must not pass one that may still appear."""
    if engine_name == "sqlite":
        pytest.skip("SQLite has one writer, so that numbers appear in their order")
    with transaction():
        household = make_household(session)
        units = make_units(session, household, 4)
    waited: list[float] = []
    late = {
        "posted_at": START,
        "event": Event.ORDER_PAID,
        "source": "wechat",
        "destination": ledger.household(household.id),
        "amount_fen": 300,
    }
    with db.engine.connect() as other:
        other.execute(sa.insert(Posting), [late])
        with transaction():
            make_sale(session, parts, units[:2])
        assert fold_due(wait=waited.append) == 0
        assert len(waited) > 1
        assert total(session).earned_fen == 600
        other.commit()
    assert fold_due(wait=waited.append) == 2
    assert total(session).earned_fen == 900
    assert income_sums.verify(session) == []


def test_a_second_worker_leaves_the_first_alone(session: Session, parts: Running, engine_name: str) -> None:
    if engine_name == "sqlite":
        pytest.skip("SQLite has one writer")
    with transaction():
        make_sale(session, parts, make_units(session, make_household(session), 2))
    fold_due()
    with transaction():
        make_sale(session, parts, make_units(session, make_household(session), 2))
    with aside(writes=True) as other:
        other.execute(sa.text("SELECT 1 FROM income_marks FOR UPDATE"))
        assert fold_due() == 0
    assert fold_due() == 1


@settings(max_examples=25)
@given(made=st.lists(POSTINGS, max_size=12))
def test_the_statement_follows_the_rule(made: list[tuple[Event, str, str]]) -> None:
    """The SQL of services/income_flows.py says what domain/income_flows.py says, for any postings."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        Posting.metadata.create_all(connection, tables=[table_of(Posting)])
        for index in table_of(Posting).indexes:
            # Any postings, be they impossible.
            index.drop(connection)
        expected: dict[int, list[int]] = {1: [0, 0, 0], 2: [0, 0, 0]}
        references = {"payout:1": "L1", "payout:2": "L2"}
        for number, (event, source, destination) in enumerate([*RELEASES, *made], 1):
            posting = ledger.Posting(event, source, destination, number)
            reference = references.get(source) or references.get(destination)
            connection.execute(
                sa.insert(Posting).values(
                    posted_at=START,
                    event=event,
                    source=source,
                    destination=destination,
                    amount_fen=number,
                    reference=reference,
                )
            )
            effects: list[tuple[int, Flow]] = []
            if destination.startswith("household:"):
                effects.append((int(destination[10:]), flow_into(posting)))
            if source.startswith("household:"):
                effects.append((int(source[10:]), flow_out_of(posting)))
            if reference is not None:
                effects.append((int(reference[1:]), flow_beyond(posting)))
            for household, flow in effects:
                for place, fen in enumerate((flow.earned_fen, flow.released_fen, flow.paid_fen)):
                    expected[household][place] += fen
        table = flows()
        added = connection.execute(
            sa.select(table.c.household_id, *(sa.func.sum(table.c[name]) for name in MEASURES[2:])).group_by(
                table.c.household_id
            )
        )
        found = {row[0]: [int(part) for part in row[1:]] for row in added}
    for household, parts in expected.items():
        assert found.get(household, [0, 0, 0]) == parts


def test_odd_days_are_read_from_the_postings_themselves(session: Session, parts: Running) -> None:
    with transaction():
        household = make_household(session)
        units = make_units(session, household, 6)
        for day in (0, 20, 45):
            make_sale(session, parts, [units.pop()], at=START + timedelta(days=day))
    fold_due()
    with transaction():
        make_sale(session, parts, [units.pop()], at=START + timedelta(days=75))
    today = START.date()
    for first, last, fen in (
        (today, today + timedelta(days=75), 1200),
        (today + timedelta(days=1), today + timedelta(days=75), 900),
        (today + timedelta(days=1), today + timedelta(days=44), 300),
        (today + timedelta(days=21), None, 600),
        (None, today + timedelta(days=74), 900),
        (None, today - timedelta(days=1), 0),
    ):
        seen = income_sums.mark(session)
        earned = earnings_by_household(covering(first, last), seen=seen).c.earned_fen
        assert (session.scalar(sa.select(sa.func.sum(earned))) or 0) == fen, (first, last)
