"""Reviews of years that are over through the officers' calls: by a verifier, within the region, once."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.certificates import Basis
from domain.roles import Role
from flows.running import Running
from models import Unit
from models.base import database, transaction
from tests.support.ground import make_region
from tests.support.keeping import Kept
from tests.support.sales import make_sale
from tests.support.world import (
    OTHER_VILLAGE,
    VILLAGE,
    YEAR,
    make_household,
    make_programme,
    make_units,
)

Client = Callable[..., FlaskClient]
REVIEWS = "/api/v1/officer/year-reviews"
WANTED = {"region": VILLAGE, "year": YEAR - 1}


def make_sold(app: Flask, parts: Running) -> None:
    with app.app_context(), transaction() as session:
        make_programme(session, effective_on=date(YEAR - 1, 1, 1))
        units = make_units(session, make_household(session), 4, YEAR - 1)
        make_sale(session, parts, units[:3])


@pytest.fixture(autouse=True)
def sold(kept: Kept, app: Flask, parts: Running) -> None:
    kept(make_sold, app, parts)


@pytest.fixture
def verifier(signed_in: Client) -> FlaskClient:
    return signed_in(Role.VERIFIER)


@pytest.fixture
def review(verifier: FlaskClient) -> dict[str, Any]:
    answer = verifier.post(REVIEWS, json=WANTED)
    assert answer.status_code == 201, answer.json
    body: dict[str, Any] = answer.get_json()
    return body


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def findings(client: FlaskClient, review: dict[str, Any], growing: list[str], gone: list[str]) -> Any:
    return client.post(f"{REVIEWS}/{review['id']}/confirm", json={"growing": growing, "gone": gone})


def measured(app: Flask) -> int:
    with app.app_context():
        return database().query(Unit).filter_by(basis=Basis.MEASURED).count()


def test_a_sample_that_stands_makes_what_was_sold_measured(
    app: Flask, verifier: FlaskClient, review: dict[str, Any]
) -> None:
    assert (review["sold"], len(review["sample"]), review["measured"]) == (3, 3, 0)
    assert review["region"] == {"code": VILLAGE, "name": "打狼村村民委员会", "path": "望谟县石屯镇打狼村"}
    confirmed = findings(verifier, review, review["sample"], [])
    assert confirmed.status_code == 200, confirmed.json
    body = confirmed.get_json()
    assert (body["measured"], body["lapsed"], measured(app)) == (3, 1, 3)
    assert verifier.get(f"{REVIEWS}/{review['id']}").get_json() == body


def test_a_review_is_confirmed_once(verifier: FlaskClient, review: dict[str, Any]) -> None:
    assert findings(verifier, review, review["sample"], []).status_code == 200
    assert told(findings(verifier, review, review["sample"], [])) == (409, "review_confirmed")


def test_every_tree_of_the_sample_is_named_once(
    app: Flask, verifier: FlaskClient, review: dict[str, Any]
) -> None:
    sample = review["sample"]
    for growing, gone in ((sample[1:], []), (sample, sample[:1]), ([*sample[1:], "T0"], [])):
        assert told(findings(verifier, review, growing, gone)) == (422, "review_sample")
    assert measured(app) == 0


def test_a_sample_worse_than_the_buffer_confirms_nothing(
    app: Flask, verifier: FlaskClient, review: dict[str, Any]
) -> None:
    answer = findings(verifier, review, [], review["sample"])
    assert told(answer) == (409, "review_too_many_gone")
    assert measured(app) == 0


@pytest.mark.parametrize("region", ["522301", OTHER_VILLAGE])
def test_for_a_foreign_verifier_the_review_is_not_there(
    app: Flask, signed_in: Client, review: dict[str, Any], region: str
) -> None:
    with app.app_context(), transaction() as session:
        make_region(session, region, name="外地", level="county")
    stranger = signed_in(Role.VERIFIER, region)
    assert told(stranger.get(f"{REVIEWS}/{review['id']}")) == (404, "review_not_found")
    assert told(findings(stranger, review, review["sample"], [])) == (404, "review_not_found")
    assert stranger.get(REVIEWS).get_json()["items"] == []
    assert stranger.post(REVIEWS, json=WANTED).status_code == 404
    assert measured(app) == 0


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.AUDITOR])
def test_others_read_a_review_and_decide_nothing(
    app: Flask, signed_in: Client, review: dict[str, Any], role: Role
) -> None:
    reader = signed_in(role)
    assert reader.get(f"{REVIEWS}/{review['id']}").status_code == 200
    assert told(findings(reader, review, review["sample"], [])) == (403, "forbidden")
    assert measured(app) == 0


def test_a_year_that_runs_and_a_region_without_sales_have_nothing_to_review(verifier: FlaskClient) -> None:
    assert told(verifier.post(REVIEWS, json={**WANTED, "year": YEAR})) == (422, "review_year")
    assert told(verifier.post(REVIEWS, json={**WANTED, "region": OTHER_VILLAGE})) == (
        409,
        "nothing_to_review",
    )
