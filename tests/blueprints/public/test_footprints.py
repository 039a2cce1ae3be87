"""The footprint calculator over HTTP, open to everybody."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.base import transaction
from tests.support.world import make_buyer_token, make_programme, make_user

URL = "/api/v1/footprints"


@pytest.fixture(autouse=True)
def programme(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        make_programme(session)


def post(client: FlaskClient, *items: tuple[str, Any]) -> Any:
    return client.post(URL, json={"items": [{"factor": code, "quantity": number} for code, number in items]})


def test_lines_carry_factor_source_and_grams_and_trees_equal_the_sum(client: FlaskClient) -> None:
    answer = post(client, ("grid_gz_2023", "100"), ("grid_cn_2023", 2.5)).json
    assert [(line["factor"]["code"], line["quantity"], line["co2e_g"]) for line in answer["lines"]] == [
        ("grid_gz_2023", "100", 56_830),
        ("grid_cn_2023", "2.5", 1_327),
    ]
    assert answer["lines"][0]["factor"]["source"] == "MEE/NBS announcement 2025 No. 47"
    assert answer["lines"][0]["factor"]["year"] == 2023
    assert (answer["co2e_g"], answer["trees"], answer["tree_sink_g"]) == (58_157, 6, 10_000)


def test_a_buyer_may_ask_as_well(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        token = make_buyer_token(session, *make_user(session))
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    assert post(client, ("grid_gz_2023", 1)).status_code == 200


def test_the_factors_are_listed_with_their_sources(client: FlaskClient) -> None:
    answer: Any = client.get("/api/v1/factors").json
    assert answer["next_cursor"] is None
    first = answer["items"][0]
    assert (first["code"], first["kg_co2e_per_unit"], first["confidence"]) == (
        "grid_gz_2023",
        "0.5683",
        "high",
    )
    assert all(item["source"] for item in answer["items"])


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        (-1, "quantity_out_of_range"),
        (10**10, "quantity_out_of_range"),
        ("0.0000001", "quantity_too_fine"),
        (True, "invalid_fields"),
        (None, "invalid_fields"),
        ([], "invalid_fields"),
        ("", "invalid_fields"),
        ("1e3", "invalid_fields"),
        ("NaN", "invalid_fields"),
        ("Infinity", "invalid_fields"),
        ("1_000", "invalid_fields"),
        ("１２", "invalid_fields"),
        ("9" * 100, "invalid_fields"),
    ],
)
def test_a_quantity_that_is_none_is_refused(client: FlaskClient, quantity: object, code: str) -> None:
    answer = post(client, ("grid_gz_2023", quantity))
    assert (answer.status_code, answer.json["code"]) == (422, code)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_fields"),
        ({"items": []}, "invalid_fields"),
        ({"items": "grid_gz_2023"}, "invalid_fields"),
        ({"items": [{"factor": "grid_gz_2023"}]}, "invalid_fields"),
        ({"items": [{"factor": "grid_gz_2023", "quantity": 1, "unit": "kWh"}]}, "invalid_fields"),
        ({"items": [{"factor": "grid_gz_2023", "quantity": 1}] * 201}, "invalid_fields"),
        ({"items": [{"factor": "perpetuum_mobile", "quantity": 1}]}, "unknown_factor"),
        ({"items": [{"factor": "grid_gz_2023", "quantity": 1}], "year": 2026}, "invalid_fields"),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused(client: FlaskClient, body: object, code: str) -> None:
    answer: Any = client.post(URL, json=body)
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_the_line_that_is_wrong_is_named(client: FlaskClient) -> None:
    answer = post(client, ("grid_gz_2023", 1), ("perpetuum_mobile", 1))
    assert answer.json["fields"] == {"line": 1}
