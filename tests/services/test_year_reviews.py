"""After a year: what was sold and still stood is measured, what was not sold lapses, and nobody reviews themselves."""

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.certificates import Basis
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.permissions import OfficerContext
from flows.running import Running
from models import Certificate, Lane, Measurement, Tree, Unit, YearReview
from models.base import database, transaction
from models.tree_losses import LossCause
from models.units import UnitState
from services import certificates, tree_losses, year_reviews
from services.certificates import Imprint
from tests.support.buying import faults_found
from tests.support.clock import START
from tests.support.sales import make_sale
from tests.support.world import (
    OTHER_VILLAGE,
    VILLAGE,
    YEAR,
    make_household,
    make_programme,
    make_units,
    make_verifier,
)

LAST = YEAR - 1


@pytest.fixture(autouse=True)
def _terms(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        make_programme(session, effective_on=date(LAST, 1, 1))


@pytest.fixture
def verifier(session: Session) -> OfficerContext:
    return make_verifier(session)


def begin(session: Session, verifier: OfficerContext, region: str = VILLAGE, year: int = LAST) -> YearReview:
    with transaction():
        return year_reviews.begin(
            session, verifier=verifier, region_code=region, year=year, seed="seed", now=START
        )


def confirm(session: Session, review: YearReview, verifier: OfficerContext, *gone: str) -> YearReview:
    with transaction():
        confirmed = year_reviews.confirm(
            session,
            review.id,
            growing=[code for code in review.sample if code not in gone],
            gone=gone,
            verifier=verifier,
            now=START,
        )
    session.expire_all()
    return confirmed


def lose(session: Session, unit: Unit, on: date) -> str:
    code = session.get_one(Tree, unit.tree_id).code
    with transaction():
        tree_losses.report(
            session,
            code,
            cause=LossCause.DEAD,
            happened_on=on,
            reason="巡护时发现枯死",
            officer=make_verifier(session),
            now=START,
        )
    with transaction():
        tree_losses.confirm(session, code, officer=make_verifier(session), now=START)
    session.expire_all()
    return code


def test_what_was_sold_is_measured_and_what_was_not_lapses(app: Flask, parts: Running) -> None:
    with app.app_context():
        session = database()
        verifier = make_verifier(session)
        household, neighbour = make_household(session), make_household(session, OTHER_VILLAGE)
        units = make_units(session, household, 4, LAST)
        elsewhere = make_units(session, neighbour, 1, LAST)
        order = make_sale(session, parts, units[:3])
        make_sale(session, parts, elsewhere)
        session.commit()
        certificate = session.scalars(sa.select(Certificate).where(Certificate.order_id == order.id)).one()
        token = certificate.token
        confirmed = confirm(session, begin(session, verifier), verifier)
        assert (confirmed.sold, confirmed.measured, confirmed.lapsed) == (3, 3, 1)
        assert [session.get_one(Unit, unit.id).basis for unit in units] == [Basis.MEASURED] * 3 + [
            Basis.EXPECTED
        ]
        assert session.get_one(Unit, units[3].id).state is UnitState.WITHDRAWN
        assert session.get_one(Unit, elsewhere[0].id).basis is Basis.EXPECTED
        face = certificates.face_of(session, certificate, Imprint("host", "name"), full=True)
        assert (face.basis, certificate.token) == (Basis.MEASURED, token)
        lanes = session.scalars(sa.select(Lane.free).order_by(Lane.id)).all()
        assert lanes == [0, 0]
        with pytest.raises(Conflict, match="review_confirmed"):
            confirm(session, confirmed, verifier)
        with pytest.raises(Conflict, match="nothing_to_review"):
            begin(session, verifier)
        session.rollback()
    assert faults_found(app) == []


def test_a_year_that_is_not_over_is_not_reviewed(
    session: Session, parts: Running, verifier: OfficerContext
) -> None:
    make_sale(session, parts, make_units(session, make_household(session), 1))
    session.commit()
    with pytest.raises(Invalid, match="review_year"):
        begin(session, verifier, year=YEAR)
    with pytest.raises(NotFound):
        begin(session, verifier, region="522301")


def test_a_tree_lost_in_the_year_stays_expected_and_one_lost_later_had_its_year(
    session: Session, parts: Running, verifier: OfficerContext
) -> None:
    units = make_units(session, make_household(session), 30, LAST)
    make_sale(session, parts, units)
    session.commit()
    lose(session, units[0], date(LAST, 8, 1))
    lose(session, units[1], date(YEAR, 1, 2))
    confirmed = confirm(session, begin(session, verifier), verifier)
    assert confirmed.measured == 29
    assert session.get_one(Unit, units[0].id).basis is Basis.EXPECTED
    assert session.get_one(Unit, units[1].id).basis is Basis.MEASURED


def test_a_tree_that_is_gone_must_be_confirmed_as_lost_first(
    session: Session, parts: Running, verifier: OfficerContext
) -> None:
    units = make_units(session, make_household(session), 441, LAST)
    make_sale(session, parts, units)
    session.commit()
    review = begin(session, verifier)
    assert len(review.sample) == 21
    gone = review.sample[0]
    with pytest.raises(Conflict, match="review_losses"):
        confirm(session, review, verifier, gone)
    with pytest.raises(Conflict, match="review_too_many_gone"):
        confirm(session, review, verifier, *review.sample[:2])
    unit = session.scalars(sa.select(Unit).join(Tree, Tree.id == Unit.tree_id).where(Tree.code == gone)).one()
    lose(session, unit, date(LAST, 8, 1))
    assert confirm(session, review, verifier, gone).measured == 440


def test_every_tree_of_the_sample_is_answered_for(
    session: Session, parts: Running, verifier: OfficerContext
) -> None:
    make_sale(session, parts, make_units(session, make_household(session), 2, LAST))
    session.commit()
    review = begin(session, verifier)
    for growing in ([], review.sample[:1], [*review.sample, "T1"], [review.sample[0]] * 2):
        with pytest.raises(Invalid, match="review_sample"), transaction():
            year_reviews.confirm(session, review.id, growing=growing, gone=[], verifier=verifier, now=START)


def test_whoever_surveyed_does_not_review(session: Session, parts: Running, verifier: OfficerContext) -> None:
    make_sale(session, parts, make_units(session, make_household(session), 1, LAST))
    session.execute(sa.update(Measurement).values(surveyor=verifier.username))
    other = make_verifier(session)
    session.commit()
    review = begin(session, verifier)
    with pytest.raises(Forbidden, match="verifier_involved"):
        confirm(session, review, verifier)
    assert confirm(session, review, other).measured == 1


def test_a_foreign_review_is_not_there(session: Session, parts: Running, verifier: OfficerContext) -> None:
    make_sale(session, parts, make_units(session, make_household(session), 1, LAST))
    session.commit()
    review = begin(session, verifier)
    with pytest.raises(NotFound, match="review_not_found"):
        confirm(session, review, make_verifier(session, OTHER_VILLAGE))
