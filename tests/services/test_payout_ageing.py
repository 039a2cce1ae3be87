"""Money that has been payable for long: listed by age, and told to a person where it is too long."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.payouts import BounceReason
from flows.running import Running
from jobs.payout_tasks import watch_payouts
from models import Household, Incident
from models.base import database, transaction
from services import payout_ageing, payout_news
from tests.support.accounts import make_account
from tests.support.clock import START, SteppingClock
from tests.support.keeping import Kept
from tests.support.payouts import NOTICED, lines_of, make_office, make_released
from tests.support.sales import make_sale
from tests.support.world import COUNTY, OTHER_VILLAGE, VILLAGE, make_household, make_programme, make_units

PAYABLE = START + timedelta(days=7)


def make_households(session: Session, parts: Running) -> list[Household]:
    """The first has earned 6 yuan at START, the second 9 yuan forty days later."""
    with transaction():
        make_programme(session)
        found = [make_household(session, VILLAGE), make_household(session, OTHER_VILLAGE)]
        for household, trees, days in zip(found, (2, 3), (0, 40), strict=True):
            make_account(session, household)
            make_sale(session, parts, make_units(session, household, trees), START + timedelta(days=days))
    return found


@pytest.fixture
def households(kept: Kept, session: Session, parts: Running) -> list[Household]:
    return kept(make_households, session, parts)


def aged(session: Session, now: datetime, scope: str = COUNTY) -> list[tuple[int, int, int]]:
    return [
        (one.from_days, one.households, one.amount_fen) for one in payout_ageing.buckets(session, scope, now)
    ]


def test_money_ages_from_the_day_it_may_be_paid(session: Session, households: list[Household]) -> None:
    assert aged(session, PAYABLE - timedelta(seconds=1)) == [(0, 0, 0), (30, 0, 0), (60, 0, 0), (90, 0, 0)]
    assert aged(session, PAYABLE) == [(0, 1, 600), (30, 0, 0), (60, 0, 0), (90, 0, 0)]
    later = PAYABLE + timedelta(days=75)
    assert aged(session, later) == [(0, 2, 1500), (30, 2, 1500), (60, 1, 600), (90, 0, 0)]
    assert aged(session, later, OTHER_VILLAGE)[1] == (30, 1, 900)


def test_the_oldest_debt_is_listed_first_and_page_by_page(
    session: Session, households: list[Household]
) -> None:
    now = PAYABLE + timedelta(days=75)
    [first, more] = payout_ageing.households(session, COUNTY, now, min_days=30, after=None, limit=1)
    assert (first["public_id"], first["days"], first["amount_fen"]) == (households[0].public_id, 75, 600)
    key = (first["payable_since"], first["id"])
    [second] = payout_ageing.households(session, COUNTY, now, min_days=30, after=key, limit=1)
    assert second["public_id"] == households[1].public_id == more["public_id"]
    assert payout_ageing.households(session, COUNTY, now, min_days=76, after=None, limit=9) == []


def test_money_over_age_is_told_until_it_is_on_its_way(session: Session, households: list[Household]) -> None:
    late = PAYABLE + timedelta(days=90)
    with transaction():
        assert payout_ageing.watch(session, late - timedelta(seconds=1)) == 0
        assert payout_ageing.watch(session, late) == 1
    [incident] = session.scalars(sa.select(Incident)).all()
    assert (incident.kind, incident.subject) == ("payout_overdue", f"county:{COUNTY}")
    assert incident.facts == {"households": 1, "balance_fen": 600}
    with transaction():
        make_released(session, make_office(session), late)
        assert payout_ageing.watch(session, late + timedelta(days=8)) == 0
    session.expire_all()
    assert session.scalars(sa.select(Incident.resolved_at)).one() is not None


def test_what_bounced_is_as_old_as_it_was(session: Session, households: list[Household]) -> None:
    with transaction():
        batch = make_released(session, make_office(session), region_code=VILLAGE)
    assert aged(session, NOTICED, VILLAGE)[0] == (0, 0, 0)
    [line] = lines_of(session, batch)
    with transaction():
        payout_news.bounce_line(
            session, line.reference, reason=BounceReason.ACCOUNT_CLOSED, now=NOTICED, actor="worker"
        )
    assert aged(session, PAYABLE + timedelta(days=60), VILLAGE)[2] == (60, 1, 600)


def test_a_batch_without_news_is_told(session: Session, households: list[Household]) -> None:
    with transaction():
        batch = make_released(session, make_office(session), region_code=VILLAGE)
        assert payout_ageing.watch(session, NOTICED + timedelta(days=29)) == 0
        payout_ageing.watch(session, NOTICED + timedelta(days=30))
    found = session.execute(sa.select(Incident.kind, Incident.subject)).all()
    assert [tuple(row) for row in found] == [("payout_unconfirmed", f"payout:{batch.id}")]


def test_the_worker_watches(app: Flask, parts: Running, clock: SteppingClock) -> None:
    with app.app_context():
        with transaction() as session:
            make_programme(session)
            make_sale(session, parts, make_units(session, make_household(session), 1))
        assert watch_payouts() == 0
        clock.advance(days=97)
        assert watch_payouts() == 1
        assert database().scalars(sa.select(Incident.kind)).all() == ["payout_overdue"]
