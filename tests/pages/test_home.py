"""The front door tells the programme's figures and leads a typed serial number to its page."""

import json
import re

import pytest
from flask import Flask

from blueprints.figures import STATISTICS
from tests.support.buying import Buyer, make_shop


def test_the_front_door_shows_what_has_been_sold(app: Flask) -> None:
    make_shop(app, [1, 1, 1, 1, 1])
    Buyer(app).buy(count=5)
    page = app.test_client().get("/")
    assert page.status_code == 200
    assert "单株碳汇" in page.get_data(as_text=True)
    assert "<dd>5 " in page.get_data(as_text=True)
    assert "<dd>15.00 " in page.get_data(as_text=True)


def test_the_front_door_brings_the_price_along(app: Flask) -> None:
    make_shop(app, [1])
    page = app.test_client().get("/").get_data(as_text=True)
    [sent] = re.findall(r'<script type="application/json" id="figures">(.*?)</script>', page)
    assert json.loads(sent)["price_fen"] == 300


def test_the_front_door_takes_the_figures_that_were_counted_a_moment_ago(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shop(app, [1, 1, 1, 1, 1])
    monkeypatch.setattr("blueprints.figures.TREES_A_SECOND", 1)
    app.test_client().get("/api/v1/stats")
    Buyer(app).buy(count=5)
    assert "<dd>0 " in app.test_client().get("/").get_data(as_text=True)
    app.extensions.pop(STATISTICS)
    assert "<dd>5 " in app.test_client().get("/").get_data(as_text=True)


def test_the_front_door_opens_before_anything_is_registered(app: Flask) -> None:
    assert app.test_client().get("/").status_code == 200


def test_a_screen_is_opened_elsewhere_by_its_code_and_nothing_else_is(app: Flask) -> None:
    client = app.test_client()
    code = client.get("/qr.svg?at=/buy?count%3D3")
    assert code.mimetype == "image/svg+xml"
    assert client.get("/qr.svg?at=/buy?count%3D4").data != code.data
    for other in ("", "//", "https://evil.example", "/\n", "/" + "x" * 300):
        asked = client.get("/qr.svg", query_string={"at": other})
        assert asked.status_code == (200 if other == "//" else 404), other


def test_a_typed_serial_leads_to_its_page(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/c?serial=7k3m 9qx2").headers["Location"].endswith("/c/7k3m%209qx2")
    assert client.get("/c?serial=").headers["Location"].endswith("/")
    assert client.get("/c?serial=//evil.example").headers["Location"].endswith("/c/evil.example")
