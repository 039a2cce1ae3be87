"""Drafting, approving and withdrawing in a test, each in a transaction of its own, and what stands afterwards."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.permissions import OfficerContext
from models import Household, Lane, Tree, Unit, Verification, YearReview
from models.base import transaction
from services import verifications
from tests.support.clock import START
from tests.support.world import (
    VILLAGE,
    YEAR,
    make_measurements,
    make_trees,
)


def measured(session: Session, household: Household, n: int, **facts: Any) -> list[Tree]:
    trees = make_trees(session, household, n)
    make_measurements(session, trees, **facts)
    return trees


def draft(
    session: Session, verifier: OfficerContext, region: str = VILLAGE, year: int = YEAR
) -> Verification:
    with transaction():
        return verifications.draft(session, verifier=verifier, region_code=region, year=year, now=START)


def approve(session: Session, verifier: OfficerContext, row: Verification) -> Verification:
    with transaction():
        return verifications.approve(session, row.id, verifier=verifier, now=START)


def withdraw(session: Session, verifier: OfficerContext, row: Verification) -> Verification:
    with transaction():
        return verifications.withdraw(session, row.id, verifier=verifier, now=START)


def states(session: Session) -> dict[str, int]:
    rows = session.execute(sa.select(Unit.state, sa.func.count()).group_by(Unit.state))
    return {state.value: number for state, number in rows}


def lanes(session: Session) -> list[tuple[int, int, int, int]]:
    rows = session.execute(
        sa.select(Lane.number, Lane.household_id, Lane.free, Lane.income_fen).order_by(Lane.number)
    )
    return [(row.number, row.household_id, row.free, row.income_fen) for row in rows]


def make_year_review(region: str, year: int, officer_id: int) -> YearReview:
    """A review that has been drawn: one tree of one that was sold."""
    return YearReview(
        region_code=region,
        year=year,
        sold=1,
        sample=["T00000000000"],
        gone=[],
        measured=0,
        lapsed=0,
        drawn_by_id=officer_id,
        drawn_at=START,
        verifier_id=None,
        confirmed_at=None,
    )
