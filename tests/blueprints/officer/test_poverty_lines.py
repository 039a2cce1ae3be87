"""A year's published poverty line stands beside income, is set by an administrator, and is never made up."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from domain.regions import PROGRAMME
from domain.roles import Role
from flows.running import Running
from models import AuditEntry, database
from models.base import transaction
from services.poverty_lines import seed_lines
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.sales import make_sale
from tests.support.world import make_household, make_units

Client = Callable[..., FlaskClient]
LINES = "/api/v1/officer/poverty-lines"
REPORT = "/api/v1/officer/income"
OF_2026 = {"national_yuan": 4500, "province_yuan": None, "source": "示例公报2026年第1号"}


def make_seeded(app: Flask, parts: Running) -> None:
    with app.app_context(), transaction() as session:
        seed_lines(session, START)
        make_sale(session, parts, make_units(session, make_household(session, people=3), 4)[:2])


@pytest.fixture
def seeded(kept: Kept, app: Flask, parts: Running) -> None:
    kept(make_seeded, app, parts)


def report(client: FlaskClient, query: str) -> dict[str, Any]:
    return client.get(f"{REPORT}?{query}").json or {}


@pytest.mark.usefixtures("seeded")
def test_the_lines_are_those_that_were_published(signed_in: Client) -> None:
    items = (signed_in().get(LINES).json or {})["items"]
    assert [line["year"] for line in items] == list(range(2020, 2009, -1))
    assert (items[0]["national_yuan"], items[0]["province_yuan"]) == (4000, 4000)
    assert (items[-1]["national_yuan"], items[-1]["province_yuan"]) == (2300, None)


@pytest.mark.usefixtures("seeded")
def test_a_year_without_a_published_line_shows_none(signed_in: Client) -> None:
    shown = report(signed_in(), "group_by=county&from=2026-01-01&to=2026-12-31")
    assert shown["poverty_line"] is None
    # 600 fen for three people, and no ratio to anything.
    assert shown["totals"]["per_person_fen"] == 200
    assert not [name for name in shown["totals"] if "ratio" in name or "percent" in name]


@pytest.mark.usefixtures("seeded")
def test_a_line_stands_beside_the_income_of_its_year(signed_in: Client) -> None:
    admin, county = signed_in(Role.ADMINISTRATOR, PROGRAMME), signed_in()
    assert admin.put(f"{LINES}/2026", json=OF_2026).status_code == 200
    shown = report(county, "group_by=county&from=2026-09-01&to=2026-09-30")
    assert shown["poverty_line"] == {"year": 2026, **OF_2026}
    [year] = report(county, "group_by=year")["items"]
    assert year["poverty_line"]["national_yuan"] == 4500
    # Over years there is no one line.
    assert report(county, "group_by=county")["poverty_line"] is None
    assert report(county, "group_by=county&from=2025-12-01&to=2026-12-31")["poverty_line"] is None


@pytest.mark.usefixtures("seeded")
def test_a_line_that_was_taken_back_is_none_and_stays_so(app: Flask, signed_in: Client) -> None:
    nothing = {"national_yuan": None, "province_yuan": None, "source": "未公布，系误录"}
    assert signed_in(Role.ADMINISTRATOR, PROGRAMME).put(f"{LINES}/2020", json=nothing).status_code == 200
    with app.app_context(), transaction() as session:
        assert seed_lines(session, START) == 0
    assert report(signed_in(), "group_by=county&from=2020-01-01&to=2020-12-31")["poverty_line"] is None


@pytest.mark.usefixtures("seeded")
def test_who_set_a_line_and_what_it_was_is_written_down(app: Flask, signed_in: Client) -> None:
    signed_in(Role.ADMINISTRATOR, PROGRAMME).put(
        f"{LINES}/2020", json={**OF_2026, "source": "国家统计局公报"}
    )
    with app.app_context():
        entry = database().scalars(sa.select(AuditEntry).where(AuditEntry.action == "poverty_line_set")).one()
    assert (entry.subject, entry.facts) == (
        "year:2020",
        {
            "before": {"national_yuan": 4000, "province_yuan": 4000},
            "after": {"national_yuan": 4500, "province_yuan": None},
        },
    )
    assert entry.actor.startswith("officer:")


@pytest.mark.parametrize(
    "body",
    [
        {**OF_2026, "national_yuan": 0},
        {**OF_2026, "national_yuan": -1},
        {**OF_2026, "national_yuan": "4500"},
        {**OF_2026, "national_yuan": 4500.5},
        {**OF_2026, "province_yuan": 10**7},
        {**OF_2026, "source": "x"},
        {**OF_2026, "source": "身份证 522326199001011234"},
        {**OF_2026, "ratio": 1},
        {"national_yuan": 4500},
    ],
)
def test_a_malformed_line_is_refused(signed_in: Client, body: dict[str, Any]) -> None:
    assert signed_in(Role.ADMINISTRATOR, PROGRAMME).put(f"{LINES}/2026", json=body).status_code == 422


def test_only_an_administrator_sets_a_line(client: FlaskClient, signed_in: Client) -> None:
    assert signed_in(Role.REGISTRAR).put(f"{LINES}/2026", json=OF_2026).status_code == 403
    assert signed_in(Role.VERIFIER).get(LINES).status_code == 403
    assert client.get(LINES).status_code == 401
    assert signed_in(Role.ADMINISTRATOR, PROGRAMME).put(f"{LINES}/1900", json=OF_2026).status_code == 404


def test_a_command_sets_a_line(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    said = run(args=["poverty-lines", "set", "2026", "--national", "4500", "--source", "示例公报"])
    assert said.output == "poverty line of 2026: national 4500, province - yuan\n"
    assert run(args=["poverty-lines", "list"]).output == "2026\t4500\t-\t示例公报\n"


@pytest.mark.usefixtures("seeded")
def test_a_countys_administrator_reads_the_line_and_cannot_set_it(app: Flask, signed_in: Client) -> None:
    county = signed_in(Role.ADMINISTRATOR)
    before = county.get(LINES).json
    refused = county.put(f"{LINES}/2026", json=OF_2026)
    assert (refused.status_code, (refused.json or {})["code"]) == (403, "whole_programme_only")
    assert county.get(LINES).json == before
