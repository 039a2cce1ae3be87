"""A household takes its consent back while its trees are being bought and approved."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

from flask import Flask

from domain.certificates import Purpose
from domain.consents import CURRENT, ConsentKind, Given
from domain.errors import Conflict
from domain.permissions import OfficerContext
from domain.roles import Role
from domain.selections import Selection
from models.base import database, transaction
from services import consents, orders, verifications
from tests.support.approvals import lanes, measured, states
from tests.support.clock import START
from tests.support.world import (
    VILLAGE,
    YEAR,
    make_household,
    make_officer,
    make_programme,
    make_user,
    make_verifier,
)


def registrar(app: Flask) -> OfficerContext:
    with app.app_context(), transaction() as session:
        row = make_officer(session, Role.REGISTRAR)
        return OfficerContext(
            row.id, row.username, row.display_name, frozenset({Role.REGISTRAR}), row.region_code, 0
        )


def test_every_unit_is_either_bought_or_withdrawn_and_the_lane_is_empty(app: Flask) -> None:
    asking = registrar(app)
    with app.app_context(), transaction() as session:
        make_programme(session)
        verifier = make_verifier(session)
        household = make_household(session, sale_consent_on=None)
        given = Given(ConsentKind.SALE, CURRENT, START.date(), None)
        consents.enter(session, household, given, now=START)
        measured(session, household, 15)
        row = verifications.draft(session, verifier=verifier, region_code=VILLAGE, year=YEAR, now=START)
        verifications.approve(session, row.id, verifier=verifier, now=START)
        # Approved meanwhile: the next year of the same trees, which opens another lane.
        draft = verifications.draft(
            session, verifier=verifier, region_code=VILLAGE, year=YEAR + 1, now=START
        ).id
        household_id, public_id = household.id, household.public_id
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

    def approve(_: int) -> None:
        with suppress(Conflict), app.app_context(), transaction() as session:
            verifications.approve(session, draft, verifier=verifier, now=START)

    def take_back(_: int) -> None:
        with app.app_context(), transaction() as session:
            consents.withdraw(session, asking, public_id, ConsentKind.SALE, START.date(), now=START)

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(buy, n) for n in range(3)]
        work += [pool.submit(approve, 0), pool.submit(take_back, 0)]
        work += [pool.submit(buy, n) for n in range(3)]
        for done in work:
            done.result()
    with app.app_context(), transaction() as session:
        # What was approved in the same moment is swept up, as the worker does.
        consents.sweep(session, START)
    with app.app_context():
        found = states(database())
        assert found.get("free", 0) == found.get("buffer", 0) == 0
        assert found.get("taken", 0) + found["withdrawn"] in (15, 30)
        stood = lanes(database())
        assert stood[0] == (1, household_id, 0, 300 * found.get("taken", 0))
        assert all(free == 0 for _, _, free, _ in stood)
