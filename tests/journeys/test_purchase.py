"""One tree from the buyer's phone to the household's credit, through HTTP and the simulated WeChat."""

from flask import Flask
from flask.testing import FlaskClient

from models import database, transaction
from services import ledger
from tests.support.world import make_household, make_programme, make_units


def arrange(app: Flask, trees: int = 3) -> None:
    with app.app_context(), transaction() as session:
        make_programme(session)
        make_units(session, make_household(session), trees)


def sign_in(client: FlaskClient, name: str) -> dict[str, str]:
    answer = client.post("/api/v1/session", json={"code": f"demo:{name}"})
    assert answer.status_code == 201, answer.json
    return {"Authorization": f"Bearer {answer.get_json()['token']}"}


def test_a_paid_order_becomes_a_certificate_and_a_credit(app: Flask, client: FlaskClient) -> None:
    arrange(app)
    buyer = sign_in(client, "lin")
    placed = client.post(
        "/api/v1/orders",
        headers={**buyer, "Idempotency-Key": "k1"},
        json={"count": 2, "purpose": "personal", "holder_name": "林小满"},
    )
    assert placed.status_code == 201, placed.json
    number = placed.get_json()["number"]
    sheet = client.post(f"/api/v1/orders/{number}/payment", headers=buyer)
    assert sheet.status_code == 201, sheet.json
    paid = client.post("/sandbox/cashier", json={"package": sheet.get_json()["package"]})
    assert paid.status_code == 200, paid.get_data()
    order = client.get(f"/api/v1/orders/{number}", headers=buyer).get_json()
    assert order["status"] == "paid"
    assert order["money"] == {"to_households_fen": 600, "paid_out_fen": 0, "refunded_fen": 0}
    verdict = client.get(f"/api/v1/certificates/{order['certificate']}").get_json()
    assert verdict["verdict"] == "valid"
    assert verdict["certificate"]["holder"] == "林*"
    with app.app_context():
        assert ledger.verify(database()) == []
        assert ledger.balance_of(database(), "wechat") == -600
