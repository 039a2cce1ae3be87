"""The front door tells the programme's figures and leads a typed serial number to its page."""

from flask import Flask

from tests.support.buying import Buyer, make_shop


def test_the_front_door_shows_what_has_been_sold(app: Flask) -> None:
    make_shop(app, [1, 1, 1, 1, 1])
    Buyer(app).buy(count=5)
    page = app.test_client().get("/")
    assert page.status_code == 200
    assert "单株碳汇" in page.get_data(as_text=True)
    assert "<dd>5 " in page.get_data(as_text=True)


def test_the_front_door_opens_before_anything_is_registered(app: Flask) -> None:
    assert app.test_client().get("/").status_code == 200


def test_a_typed_serial_leads_to_its_page(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/c?serial=7k3m 9qx2").headers["Location"].endswith("/c/7k3m%209qx2")
    assert client.get("/c?serial=").headers["Location"].endswith("/")
    assert client.get("/c?serial=//evil.example").headers["Location"].endswith("/c/evil.example")
