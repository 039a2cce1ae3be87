"""The public catalogue over HTTP."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.orders import OrderState
from models import Tree
from models.base import transaction
from tests.support.clock import SteppingClock
from tests.support.keeping import Kept
from tests.support.world import (
    COUNTY,
    OTHER_VILLAGE,
    SPONSOR,
    TOWNSHIP,
    VERIFIER_NAME,
    VILLAGE,
    YEAR,
    make_household,
    make_order,
    make_programme,
    make_regions,
    make_trees,
    make_units,
)

API = "/api/v1"


def make_forest(app: Flask) -> dict[str, str]:
    """The codes of an available, a held and a sold tree of one household, and of an available one next door."""
    with app.app_context(), transaction() as session:
        household = make_household(session, head_name="覃花平", name_public=True)
        units = make_units(session, household, 3)
        make_order(session, units[1:2])
        make_order(session, units[2:], OrderState.PAID)
        other = make_units(session, make_household(session, OTHER_VILLAGE), 1)
        statuses = ("available", "held", "sold", "other")
        return {
            status: session.get_one(Tree, unit.tree_id).code
            for status, unit in zip(statuses, [*units, *other], strict=True)
        }


@pytest.fixture
def trees(kept: Kept, app: Flask) -> dict[str, str]:
    return kept(make_forest, app)


def ask(client: FlaskClient, path: str, **args: Any) -> Any:
    answer = client.get(API + path, query_string=args)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def refused(answer: Any) -> tuple[int, str]:
    assert set(answer.json) <= {"code", "message", "fields", "request_id"}
    return answer.status_code, answer.json["code"]


def test_a_tree_is_listed_with_what_a_buyer_needs(client: FlaskClient, trees: dict[str, str]) -> None:
    items = ask(client, "/trees", region=VILLAGE, available="true")["items"]
    assert items == [
        {
            "code": trees["available"],
            "species": {
                "code": "SM",
                "name_zh": "杉木",
                "name_en": "Chinese fir",
                "latin": "Cunninghamia lanceolata",
            },
            "region": {"code": VILLAGE, "name": "打狼村村民委员会", "path": "望谟县石屯镇打狼村"},
            "household": {"display_name": "覃*"},
            "planted_year": 2016,
            "dbh_mm": 65,
            "height_cm": 600,
            "photo_url": None,
            "thumbnail_url": None,
            "year": YEAR,
            "basis": "expected",
            "sink_g": 10_000,
            "price_fen": 300,
            "status": "available",
        }
    ]


def test_the_status_follows_the_order(client: FlaskClient, trees: dict[str, str]) -> None:
    items = ask(client, "/trees", region=TOWNSHIP)["items"]
    assert {item["code"]: item["status"] for item in items} == {
        trees["available"]: "available",
        trees["held"]: "held",
        trees["sold"]: "sold",
        trees["other"]: "available",
    }
    for status in ("available", "held", "sold"):
        shown = ask(client, f"/trees/{trees[status]}")
        assert (shown["status"], shown["years"]) == (status, [{"year": YEAR, "status": status}])


def test_the_list_comes_in_pages(client: FlaskClient, trees: dict[str, str]) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = ask(client, "/trees", limit=1, **cursor)
        seen += [item["code"] for item in answer["items"]]
        if answer["next_cursor"] is None:
            break
        cursor = {"cursor": answer["next_cursor"]}
    assert sorted(seen) == sorted(trees.values())


def test_the_year_on_sale_is_the_default_and_follows_the_clock(
    client: FlaskClient, trees: dict[str, str], clock: SteppingClock
) -> None:
    assert len(ask(client, "/trees")["items"]) == 4
    assert ask(client, "/trees", year=YEAR + 1)["items"] == []
    # 16:00 in London on 31 December is the next year in Shanghai.
    clock.instant = clock.instant.replace(month=12, day=31, hour=16)
    assert ask(client, "/trees")["items"] == []
    assert len(ask(client, "/trees", year=YEAR)["items"]) == 4
    assert ask(client, "/programme")["year_on_sale"] == YEAR + 1
    shown = ask(client, f"/trees/{trees['sold']}")
    assert (shown["year"], shown["status"]) == (YEAR, "sold")


def test_one_tree_shows_how_its_grams_came_about(client: FlaskClient, trees: dict[str, str]) -> None:
    listed = ask(client, "/trees", region=VILLAGE, available="true")["items"][0]
    shown = ask(client, f"/trees/{trees['available']}")
    assert {name: shown[name] for name in listed} == listed
    assert shown["measurements"] == [{"measured_on": "2026-01-31", "dbh_mm": 65, "height_cm": 600}]
    assert shown["verified_by"] == VERIFIER_NAME
    assert shown["position"] == {"longitude": 106.06, "latitude": 25.32, "datum": "WGS-84"}
    method = shown["method"]
    assert (method["id"], method["version"], method["result_g"]) == ("guizhou-single-tree", "1", 10_000)
    assert method["inputs"] == {
        "species": "SM",
        "planted_year": 2016,
        "dbh_mm": 65,
        "height_cm": 600,
        "measured_on": "2026-01-31",
    }
    assert (method["stock_g"], method["mean_annual_g"], method["rule"]) == (15_901, 1_590, "flat")
    assert "AR-CM-001-V01" in method["parameter_note"]["zh"]


def test_another_year_of_a_tree_can_be_asked_for(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        household = make_household(session)
        tree = make_trees(session, household, 1)
        make_units(session, household, 1, trees=tree)
        make_units(session, household, 1, year=YEAR + 1, trees=tree, price_fen=400)
        code = tree[0].code
    client = app.test_client()
    assert ask(client, f"/trees/{code}")["price_fen"] == 300
    later = ask(client, f"/trees/{code}", year=YEAR + 1)
    assert (later["price_fen"], later["year"]) == (400, YEAR + 1)
    assert [row["year"] for row in later["years"]] == [YEAR, YEAR + 1]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/trees?x=1", 422, "invalid_fields"),
        ("/trees?limit=0", 422, "invalid_fields"),
        ("/trees?limit=101", 422, "invalid_fields"),
        ("/trees?limit=many", 422, "invalid_fields"),
        ("/trees?year=1", 422, "invalid_fields"),
        ("/trees?year=99999999999999999999", 422, "invalid_fields"),
        ("/trees?available=yes", 422, "invalid_fields"),
        ("/trees?region=5223261", 422, "invalid_fields"),
        ("/trees?region=%EF%BC%95%EF%BC%92", 422, "invalid_fields"),
        ("/trees?region=5299", 422, "region_unknown"),
        ("/trees?species=sm", 422, "invalid_fields"),
        ("/trees?species=XX", 422, "species_unknown"),
        ("/trees?cursor=nonsense", 422, "invalid_cursor"),
        ("/trees?cursor=WzFd", 422, "invalid_cursor"),
        ("/trees?cursor=" + "A" * 300, 422, "invalid_fields"),
        ("/trees/NOSUCHTREE12", 404, "tree_not_found"),
        ("/trees/NOSUCHTREE12?serial=1", 422, "invalid_fields"),
        ("/regions?parent=5299", 404, "region_unknown"),
        ("/regions?parent=5", 422, "invalid_fields"),
        ("/regions?level=county", 422, "invalid_fields"),
        ("/regions?cursor=WzFd", 422, "invalid_cursor"),
        ("/species?x=1", 422, "invalid_fields"),
        ("/programme?x=1", 422, "invalid_fields"),
        ("/stats?x=1", 422, "invalid_fields"),
        ("/stats?region=52", 422, "invalid_fields"),
        ("/factors?x=1", 422, "invalid_fields"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_the_one_shape(
    client: FlaskClient, trees: dict[str, str], path: str, status: int, code: str
) -> None:
    assert refused(client.get(API + path)) == (status, code)


def test_divisions_are_walked_down_from_the_province(client: FlaskClient, trees: dict[str, str]) -> None:
    province = ask(client, "/regions")["items"]
    assert province == [
        {
            "code": "52",
            "name": "贵州省",
            "level": "province",
            "parent": None,
            "path": "贵州省",
            "on_sale": True,
        }
    ]
    villages = ask(client, "/regions", parent=TOWNSHIP)
    assert [row["code"] for row in villages["items"]] == [VILLAGE, OTHER_VILLAGE]
    assert villages["items"][0]["parent"] == TOWNSHIP
    first = ask(client, "/regions", parent=TOWNSHIP, limit=1)
    second = ask(client, "/regions", parent=TOWNSHIP, limit=1, cursor=first["next_cursor"])
    assert first["items"] + second["items"] == villages["items"]
    assert second["next_cursor"] is None
    assert ask(client, "/regions", parent=VILLAGE) == {"items": [], "next_cursor": None}


def test_a_division_is_on_sale_while_a_tree_of_it_is_free(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        household = make_household(session)
        units = make_units(session, household, 1)
        make_units(session, make_household(session, OTHER_VILLAGE), 1)
        make_order(session, units)
    client = app.test_client()
    villages = ask(client, "/regions", parent=TOWNSHIP)["items"]
    assert [(row["code"], row["on_sale"]) for row in villages] == [(VILLAGE, False), (OTHER_VILLAGE, True)]
    assert [row["on_sale"] for row in ask(client, "/regions", parent=COUNTY)["items"]] == [True]


def test_species_come_with_their_parameters_and_sources(client: FlaskClient) -> None:
    answer = ask(client, "/species")
    assert (len(answer["items"]), answer["next_cursor"]) == (8, None)
    fir = answer["items"][0]
    assert (fir["code"], fir["name_zh"], fir["parameters"]["volume_source"]) == (
        "SM",
        "杉木",
        "DB52/T 702-2011",
    )


def test_the_programme_says_its_terms(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        make_programme(session)
    assert ask(app.test_client(), "/programme") == {
        "year_on_sale": YEAR,
        "price_fen": 300,
        "flat_sink_g": 10_000,
        "max_trees_per_mu": 225,
        "max_trees_per_household": 450,
        "min_dbh_mm": 50,
        "max_dbh_mm": 80,
        "contract_years": 5,
        "measurement_valid_years": 5,
        "buffer_permille": 50,
        "fair_k": 4,
        "maturity_days": 7,
        "sponsor": SPONSOR,
        "merchant_of_record": "测试运营主体",
        "recognised_as": None,
        "effective_on": "2026-01-01",
    }


def test_before_the_first_terms_the_programme_is_not_there_yet(client: FlaskClient) -> None:
    answer = client.get(f"{API}/programme")
    assert refused(answer) == (503, "programme_missing")
    assert answer.headers["Retry-After"]


def test_figures_of_a_few_households_are_null(client: FlaskClient, trees: dict[str, str]) -> None:
    assert ask(client, "/stats") == {
        "trees": None,
        "trees_sold": 0,
        "sink_sold_g": 0,
        "sold_fen": 0,
        "paid_out_fen": 0,
        "buyers": 1,
        "households": None,
        "households_with_income": 0,
        "villages": None,
    }


@pytest.mark.parametrize("path", ["/regions", "/species", "/programme", "/trees", "/stats", "/factors"])
def test_what_has_not_changed_is_not_sent_again(app: Flask, path: str) -> None:
    with app.app_context(), transaction() as session:
        make_regions(session)
        make_programme(session)
    client = app.test_client()
    first = client.get(API + path)
    assert first.headers["Cache-Control"].startswith("public, max-age=")
    again = client.get(API + path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with app.app_context(), transaction() as session:
        make_programme(session, price_fen=500)
        make_units(session, make_household(session), 6)
        for _ in range(5):
            make_household(session)
    changed = client.get(API + path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == (304 if path in ("/species", "/factors") else 200)


def test_a_refusal_is_never_kept(client: FlaskClient) -> None:
    answer = client.get(f"{API}/trees?x=1")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
