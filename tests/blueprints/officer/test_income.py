"""Statements and income reports over HTTP, to read and to take along."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from blueprints.pages_of import write_cursor
from domain.roles import Role
from flows.running import Running
from models import Household
from models.base import transaction
from tests.support.keeping import Kept
from tests.support.sales import make_payout, make_sale
from tests.support.world import COUNTY, OTHER_VILLAGE, VILLAGE, make_household, make_units

Client = Callable[..., FlaskClient]
REPORT = "/api/v1/officer/income"


class World:
    """A household that sold 2 + 3 trees and was paid for the first two; two others that sold nothing."""

    def __init__(self, app: Flask, parts: Running) -> None:
        with app.app_context(), transaction() as session:
            seller = make_household(session)
            units = make_units(session, seller, 6)
            self.orders = [make_sale(session, parts, units[:2]).number]
            make_payout(session, seller.id, 1, confirmed=True)
            self.orders.append(make_sale(session, parts, units[2:5]).number)
            self.seller, self.number = seller.public_id, seller.number
            self.others = [make_household(session).number, make_household(session, OTHER_VILLAGE).number]

    def url(self, ending: str = "") -> str:
        return f"/api/v1/officer/households/{self.seller}/income{ending}"


@pytest.fixture
def world(kept: Kept, app: Flask, parts: Running) -> World:
    return kept(World, app, parts)


def csv_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def test_a_statement_names_every_credit_with_its_certificate(
    client: FlaskClient, signed_in: Client, world: World
) -> None:
    shown = signed_in().get(world.url()).json or {}
    figures = {name: shown[f"{name}_fen"] for name in ("earned", "paid", "in_transit", "balance")}
    assert figures == {"earned": 1500, "paid": 600, "in_transit": 0, "balance": 900}
    assert shown["ledger_balance_fen"] == 900
    assert shown["agrees_with_ledger"] is True
    assert [line["order"] for line in shown["credits"]] == world.orders
    last = shown["credits"][1]
    assert {name: last[name] for name in last if name not in ("certificate", "order")} == {
        "day": "2026-09-01",
        "year": 2026,
        "trees": 3,
        "sink_g": 30_000,
        "amount_fen": 900,
        "state": "owed",
        "payable_from": "2026-09-08",
    }
    payout = {"day": "2026-09-01", "batch": "1", "amount_fen": 600, "said": []}
    assert shown["payouts"] == [{**payout, "state": state} for state in ("released", "arrived")]
    verdict = client.get(f"/api/v1/certificates/{last['certificate']}")
    assert (verdict.json or {})["verdict"] in ("valid", "test")


def test_a_statement_as_a_table_holds_the_same_lines(signed_in: Client, world: World) -> None:
    client = signed_in()
    answer = client.get(world.url(".csv"))
    header, *rows = csv_of(answer)
    assert header[:4] == ["类别", "日期", "证书编号", "订单号"]
    assert [row[3] for row in rows] == [*world.orders, "1", "1"]
    assert rows[1][5:10] == ["3", "30000", "900", "9.00", "未发"]
    disposition = f'attachment; filename="income-{world.seller}.csv"'
    assert answer.headers["Content-Disposition"] == disposition
    english = csv_of(client.get(world.url(".csv"), headers={"Accept-Language": "en"}))
    assert english[0][:4] == ["kind", "day", "certificate", "order"]


def test_a_statement_as_a_workbook_holds_the_same_lines(signed_in: Client, world: World) -> None:
    answer = signed_in().get(world.url(".xlsx"))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="income-{world.seller}.xlsx"'
    sheet: Any = load_workbook(io.BytesIO(answer.get_data())).active
    assert [cell.value for cell in sheet["D"]] == ["订单号", *world.orders, "1", "1"]
    assert [cell.value for cell in sheet["H"]] == ["金额（分）", 600, 900, 600, 600]


def test_a_statement_on_paper_says_the_same_sums(signed_in: Client, world: World) -> None:
    answer = signed_in().get(world.url(".pdf"))
    assert answer.headers["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.get_data())
    text = "".join(str(document[0].get_textpage().get_text_bounded()).split())
    document.close()
    for words in ("一共15.00元", "已经发给您家6.00元", "还没有发9.00元", world.number, "演示数据"):
        assert words in text


def test_a_report_gives_divisions_and_the_whole(signed_in: Client, world: World) -> None:
    shown = signed_in().get(REPORT).json or {}
    assert (shown["region"], shown["group_by"], shown["from"], shown["to"]) == (COUNTY, "village", None, None)
    assert [(line["code"], line["households"], line["earned_fen"]) for line in shown["items"]] == [
        (VILLAGE, 2, 1500),
        (OTHER_VILLAGE, 1, 0),
    ]
    assert shown["totals"] == {
        "households": 3,
        "people": 12,
        "households_with_income": 1,
        "households_without_income": 2,
        "households_never_paid": 2,
        "trees_sold": 5,
        "trees_unsold": 1,
        "per_person_fen": 125,
        "sink_g": 50_000,
        "earned_fen": 1500,
        "in_transit_fen": 0,
        "paid_fen": 600,
        "balance_fen": 900,
        "min_fen": 0,
        "median_fen": 0,
        "max_fen": 1500,
    }


@pytest.mark.parametrize(
    ("group", "codes"), [("county", 1), ("township", 1), ("village", 2), ("household", 3)]
)
def test_a_report_is_read_page_by_page(signed_in: Client, world: World, group: str, codes: int) -> None:
    client, found, cursor = signed_in(), [], None
    for _ in range(codes):
        query = {"group_by": group, "limit": "1", **({"cursor": cursor} if cursor else {})}
        shown = client.get(REPORT, query_string=query).json or {}
        found += [line["code"] for line in shown["items"]]
        cursor = shown["next_cursor"]
        assert shown["totals"]["earned_fen"] == 1500
    assert cursor is None
    assert found == sorted(set(found))
    assert len(found) == codes


def test_a_report_of_days_without_sales_shows_everybody_with_nothing(signed_in: Client, world: World) -> None:
    query = {"from": "2026-09-02", "to": "2026-09-30", "group_by": "county"}
    shown = signed_in().get(REPORT, query_string=query).json or {}
    assert (shown["from"], shown["to"]) == ("2026-09-02", "2026-09-30")
    assert (shown["totals"]["households_without_income"], shown["totals"]["earned_fen"]) == (3, 0)
    same_day = {"from": "2026-09-01", "to": "2026-09-01", "group_by": "county"}
    assert (signed_in().get(REPORT, query_string=same_day).json or {})["totals"]["earned_fen"] == 1500


@pytest.mark.parametrize(
    "query",
    [
        {"group_by": "province"},
        {"from": "2026-9-1"},
        {"from": "yesterday"},
        {"from": "2026-09-02", "to": "2026-09-01"},
        {"to": "0001-01-01"},
        {"to": "9999-12-31"},
        {"region": "x"},
        {"cursor": write_cursor(["a\x00"])},
        {"cursor": write_cursor([1])},
    ],
)
def test_a_malformed_report_is_refused(signed_in: Client, world: World, query: dict[str, str]) -> None:
    assert signed_in().get(REPORT, query_string=query).status_code == 422


def test_a_report_as_tables_holds_every_line_and_the_total(signed_in: Client, world: World) -> None:
    client = signed_in()
    header, *rows = csv_of(client.get(f"{REPORT}.csv", query_string={"group_by": "household"}))
    assert header[:3] == ["代码", "名称", "所在地"]
    assert [row[0].strip() for row in rows] == [world.number, *world.others, COUNTY]
    assert [row[8] for row in rows] == ["1500", "0", "0", "1500"]
    assert rows[-1][1] == "合计"
    answer = client.get(f"{REPORT}.xlsx", query_string={"group_by": "household"})
    sheet: Any = load_workbook(io.BytesIO(answer.get_data())).active
    assert [cell.value for cell in sheet["A"]] == ["代码", world.number, *world.others, COUNTY]
    assert [cell.value for cell in sheet["I"]] == ["应得（分）", 1500, 0, 0, 1500]
    assert sheet["A2"].data_type == "s"
    name = f'attachment; filename="income-{COUNTY}-by-household.xlsx"'
    assert answer.headers["Content-Disposition"] == name


def test_a_name_that_is_a_formula_does_nothing_in_a_table(
    app: Flask, signed_in: Client, world: World
) -> None:
    with app.app_context(), transaction() as session:
        household = session.query(Household).filter_by(public_id=world.seller).one()
        household.head_name = "=HYPERLINK(1)"
        session.flush()
    client, query = signed_in(), {"group_by": "household"}
    rows = csv_of(client.get(f"{REPORT}.csv", query_string=query))
    assert rows[1][1] == "'=*)"
    sheet: Any = load_workbook(io.BytesIO(client.get(f"{REPORT}.xlsx", query_string=query).get_data())).active
    assert (sheet["B2"].data_type, sheet["B2"].value) == ("s", "=*)")


def test_downloads_of_one_village_hold_that_village_only(signed_in: Client, world: World) -> None:
    client = signed_in(Role.AUDITOR, OTHER_VILLAGE)
    rows = csv_of(client.get(f"{REPORT}.csv", query_string={"group_by": "household"}))
    assert [row[0].strip() for row in rows[1:]] == [world.others[1], OTHER_VILLAGE]
    for ending in ("", ".csv", ".xlsx", ".pdf", "-plain.pdf"):
        assert client.get(world.url(ending)).status_code == 404
