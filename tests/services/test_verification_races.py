"""Approvals, withdrawals and purchases that meet."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask

from domain.certificates import Purpose
from domain.errors import Conflict
from domain.selections import Selection
from models.base import database, transaction
from services import orders, verifications
from tests.support.approvals import lanes, measured, states
from tests.support.clock import START
from tests.support.world import (
    OTHER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    YEAR,
    make_household,
    make_programme,
    make_user,
    make_verifier,
)


@pytest.mark.parametrize("regions", [(VILLAGE, OTHER_VILLAGE), (VILLAGE, TOWNSHIP)])
def test_two_approvals_at_once_share_neither_lane_numbers_nor_trees(
    app: Flask, regions: tuple[str, str]
) -> None:
    with app.app_context(), transaction() as session:
        make_programme(session)
        verifier = make_verifier(session)
        for village in (VILLAGE, OTHER_VILLAGE):
            for _ in range(4):
                measured(session, make_household(session, village), 5)
        ids = [
            verifications.draft(session, verifier=verifier, region_code=region, year=YEAR, now=START).id
            for region in regions
        ]

    def act(verification_id: int) -> int:
        # Whoever comes last may find that the other has taken every tree.
        with suppress(Conflict), app.app_context(), transaction() as session:
            return verifications.approve(session, verification_id, verifier=verifier, now=START).units
        return 0

    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(act, ids))
    assert sum(counts) == 40
    with app.app_context():
        stood = lanes(database())
        assert [number for number, *_ in stood] == list(range(1, 9))
        assert sum(free for *_, free, _ in stood) == states(database())["free"] == 38


def test_the_same_draft_approved_by_two_at_once_is_approved_once(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        make_programme(session)
        verifier = make_verifier(session)
        measured(session, make_household(session), 5)
        row = verifications.draft(session, verifier=verifier, region_code=VILLAGE, year=YEAR, now=START)
        verification_id = row.id

    def act(_: int) -> str:
        try:
            with app.app_context(), transaction() as session:
                verifications.approve(session, verification_id, verifier=verifier, now=START)
        except Conflict as refused:
            return refused.code
        return "approved"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(act, range(4)))
    assert outcomes == ["approved"] + ["verification_state"] * 3
    with app.app_context():
        assert states(database()) == {"free": 5}


def test_a_withdrawal_and_a_purchase_at_once_leave_every_unit_with_one_of_them(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        make_programme(session)
        verifier = make_verifier(session)
        household = make_household(session)
        measured(session, household, 15)
        row = verifications.draft(session, verifier=verifier, region_code=VILLAGE, year=YEAR, now=START)
        verifications.approve(session, row.id, verifier=verifier, now=START)
        verification_id, household_id = row.id, household.id
        user_id = make_user(session)[0].id

    def buy(_: int) -> None:
        with suppress(Conflict), app.app_context(), transaction() as session:
            orders.place(
                session,
                user_id=user_id,
                selection=Selection(year=YEAR, count=1),
                wish=orders.Wish(Purpose.PERSONAL, "测试持证人", False, None),
                now=START,
                hold=timedelta(minutes=15),
                random=os.urandom,
            )

    def take_back(_: int) -> None:
        with app.app_context(), transaction() as session:
            verifications.withdraw(session, verification_id, verifier=verifier, now=START)

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(buy, n) for n in range(4)] + [pool.submit(take_back, 0)]
        work += [pool.submit(buy, n) for n in range(4, 8)]
        for done in work:
            done.result()
    with app.app_context():
        found = states(database())
        assert found.get("free", 0) == 0
        assert found.get("taken", 0) + found["withdrawn"] == 15
        assert lanes(database()) == [(1, household_id, 0, 300 * found.get("taken", 0))]
