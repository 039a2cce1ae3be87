"""`flask year-review`, as a verifier without a console types it."""

from datetime import date

import pytest
from click.testing import Result
from flask import Flask

from domain.certificates import Basis
from domain.roles import Role
from flows.running import Running
from models import Unit, YearReview
from models.base import database, transaction
from tests.support.sales import make_sale
from tests.support.world import (
    OTHER_VILLAGE,
    VILLAGE,
    YEAR,
    make_household,
    make_officer,
    make_programme,
    make_units,
    make_verifier,
)

LAST = str(YEAR - 1)


@pytest.fixture(autouse=True)
def sold(app: Flask, parts: Running) -> None:
    with app.app_context(), transaction() as session:
        make_programme(session, effective_on=date(YEAR - 1, 1, 1))
        make_verifier(session, VILLAGE, username="wen")
        make_officer(session, Role.VERIFIER, OTHER_VILLAGE, username="far")
        make_officer(session, Role.REGISTRAR, VILLAGE, username="reg")
        units = make_units(session, make_household(session), 4, YEAR - 1)
        make_sale(session, parts, units[:3])


def flask(app: Flask, act: str, *words: str, by: str = "wen") -> Result:
    return app.test_cli_runner().invoke(args=["year-review", act, *words, "--verifier", by])


def drawn(app: Flask) -> tuple[str, list[str]]:
    """The id and the sample of the review that a verifier has drawn."""
    assert flask(app, "draw", VILLAGE, LAST).exit_code == 0
    with app.app_context():
        review = database().query(YearReview).one()
        return str(review.id), list(review.sample)


def measured(app: Flask) -> int:
    with app.app_context():
        return database().query(Unit).filter_by(basis=Basis.MEASURED).count()


def test_a_sample_is_drawn_shown_and_confirmed(app: Flask) -> None:
    review, sample = drawn(app)
    shown = flask(app, "show", review)
    assert shown.output.splitlines() == [
        f"review {review}: {VILLAGE} {LAST} drawn, 3 trees of 3 sold tree-years, 0 gone, 0 measured, 0 lapsed",
        *(f"  {code}" for code in sample),
    ]
    confirmed = flask(app, "confirm", review, "--all-others-stand")
    assert "confirmed, 3 trees of 3 sold tree-years, 0 gone, 3 measured, 1 lapsed" in confirmed.output
    assert measured(app) == 3
    again = flask(app, "confirm", review, "--all-others-stand")
    assert (again.exit_code, "has been confirmed" in again.output) == (1, True)
    assert flask(app, "list").output.startswith(f"review {review}: ")


def test_nothing_is_confirmed_by_saying_nothing(app: Flask) -> None:
    review, _ = drawn(app)
    assert flask(app, "confirm", review).exit_code == 2
    assert measured(app) == 0


def test_a_tree_that_is_gone_must_be_known_as_lost(app: Flask) -> None:
    review, sample = drawn(app)
    refused = flask(app, "confirm", review, "--gone", sample[0], "--all-others-stand")
    assert refused.exit_code == 1
    unknown = flask(app, "confirm", review, "--gone", "T0", "--all-others-stand")
    assert (unknown.exit_code, "named once" in unknown.output) == (1, True)
    assert measured(app) == 0


def test_a_year_that_runs_is_not_reviewed(app: Flask) -> None:
    refused = flask(app, "draw", VILLAGE, str(YEAR))
    assert (refused.exit_code, "The year is not over" in refused.output) == (1, True)


def test_nobody_reviews_what_they_may_not_by_call_either(app: Flask) -> None:
    review, _ = drawn(app)
    for by, says in (("reg", "may not"), ("far", "no such review")):
        refused = flask(app, "confirm", review, "--all-others-stand", by=by)
        assert refused.exit_code == 1
        assert says in refused.output.lower()
    assert flask(app, "list", by="far").output == "没有年度复核。 There is no review.\n"
    assert measured(app) == 0
