"""Orders taken back by their buyers: the money, the trees and the certificate, over HTTP."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from models import Certificate, Credit, Order, Refund, UnitRelease, transaction
from models.credits import CreditState
from tests.support.buying import Buyer, codes_of, faults_found, make_shop, nothing_written, sold_twice
from tests.support.clock import SteppingClock
from tests.support.refunding import ask_back, book, follow, given_back, standing, submit


def _mark_credits(app: Flask, number: str, state: CreditState, most: int = 1) -> None:
    with app.app_context(), transaction() as session:
        ids = session.scalars(
            sa.select(Credit.id).join(Order).where(Order.number == number).order_by(Credit.id).limit(most)
        ).all()
        session.execute(sa.update(Credit).where(Credit.id.in_(ids)).values(state=state))


def test_money_asked_back_returns_and_the_trees_are_free_again(app: Flask, clock: SteppingClock) -> None:
    make_shop(app, (2, 2))
    lin = Buyer(app)
    number = lin.buy(count=3)
    serial, trees = lin.shown(number)["certificate"], codes_of(app, number)
    assert book(app) == {"wechat": -900, "households": 900}

    clock.advance(days=6, hours=23)
    asked = ask_back(lin, number)
    assert asked.status_code == 201
    assert asked.get_json() == {
        "number": number,
        "status": "refunding",
        "amount_fen": 900,
        "refund_number": f"{number}R1",
        "refund_status": "requested",
        "reason": "买错了",
        "requested_at": asked.get_json()["requested_at"],
    }
    assert book(app) == {"wechat": -900, "refunds:due": 900}
    shown = lin.shown(number)
    assert (shown["status"], shown["certificate"]) == ("refunding", serial)
    assert shown["money"] == {"to_households_fen": 0, "paid_out_fen": 0, "refunded_fen": 0}
    verdict = lin.client.get(f"/api/v1/certificates/{serial}").get_json()
    assert (verdict["verdict"], verdict["certificate"]["count"]) == ("revoked", 3)
    assert codes_of(app, number) == []
    assert faults_found(app) == []

    # Somebody else may have the same trees at once.
    wang = Buyer(app, "wang")
    assert wang.shown(wang.buy(trees=trees))["count"] == 3

    assert submit(app) == 1
    clock.advance(seconds=31)
    assert follow(app) == 1
    shown = lin.shown(number)
    assert (shown["status"], shown["money"]["refunded_fen"]) == ("refunded", 900)
    assert book(app) == {"wechat": -900, "households": 900}
    assert faults_found(app) == []
    assert sold_twice(app) == []
    # What the revoked certificate was for can still be told.
    verdict = lin.client.get(f"/api/v1/certificates/{serial}").get_json()
    assert (verdict["verdict"], verdict["certificate"]["households"]) == ("revoked", 2)
    with app.app_context(), transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(UnitRelease)) == 3


def test_the_window_ends_to_the_second(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    lin = Buyer(app)
    early, late = lin.buy(count=1), lin.buy(count=1)
    clock.advance(days=7, seconds=-1)
    assert ask_back(lin, early).status_code == 201
    clock.advance(seconds=1)
    refused = ask_back(lin, late)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "refund_window_over")
    assert lin.shown(late)["status"] == "paid"


@pytest.mark.parametrize("state", [CreditState.RESERVED, CreditState.PAID])
def test_one_credit_in_a_payout_keeps_the_whole_order(app: Flask, state: CreditState) -> None:
    make_shop(app, (1, 1))
    lin = Buyer(app)
    number = lin.buy(count=2)
    _mark_credits(app, number, state)
    with nothing_written(app):
        refused = ask_back(lin, number)
        assert (refused.status_code, refused.get_json()["code"]) == (409, "already_paid_out")
    assert lin.shown(number)["status"] == "paid"


def test_an_unclaimed_gift_goes_back_with_its_order(app: Flask) -> None:
    make_shop(app)
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = lin.buy(count=1, purpose="gift")
    code = lin.shown(number)["gift_code"]
    assert ask_back(lin, number).status_code == 201
    shown = lin.shown(number)
    assert (shown["status"], shown["gift_status"], shown["certificate"]) == ("refunding", "withdrawn", None)
    claimed = wang.post(f"/gifts/{code}/claim", {"holder_name": "王大同", "holder_public": False})
    assert (claimed.status_code, claimed.get_json()["code"]) == (404, "gift_not_found")
    assert [row["url"] for row in lin.get("/certificates").get_json()["items"]] == [None]
    assert faults_found(app) == []


def test_a_claimed_gift_cannot_be_taken_back(app: Flask) -> None:
    make_shop(app)
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = lin.buy(count=1, purpose="gift")
    code = lin.shown(number)["gift_code"]
    assert (
        wang.post(f"/gifts/{code}/claim", {"holder_name": "王大同", "holder_public": False}).status_code < 300
    )
    with nothing_written(app):
        refused = ask_back(lin, number)
        assert (refused.status_code, refused.get_json()["code"]) == (409, "gift_claimed")


def test_a_withdrawn_gift_is_its_givers_and_may_be_given_back(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1, purpose="gift")
    assert lin.post(f"/orders/{number}/gift/withdraw").status_code == 200
    serial = lin.shown(number)["certificate"]
    assert ask_back(lin, number).status_code == 201
    assert lin.client.get(f"/api/v1/certificates/{serial}").get_json()["verdict"] == "revoked"


def test_only_a_paid_order_can_be_taken_back(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    lin = Buyer(app)
    pending, closed, paid = lin.order(count=1), lin.order(count=1), lin.buy(count=1)
    lin.post(f"/orders/{closed}/cancel")
    given_back(lin, paid)
    for number, status in ((pending, "pending"), (closed, "closed"), (paid, "refunding")):
        refused = ask_back(lin, number, key=f"again-{number}")
        assert (refused.status_code, refused.get_json()["code"]) == (409, "order_state")
        assert lin.shown(number)["status"] == status


def test_nobody_takes_somebody_elses_order_back(app: Flask) -> None:
    make_shop(app)
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = lin.buy(count=1)
    with nothing_written(app):
        for order in (number, "D000000NOTHING"):
            refused = ask_back(wang, order)
            assert (refused.status_code, refused.get_json()["code"]) == (404, "order_not_found")
    assert lin.shown(number)["status"] == "paid"


def test_the_same_request_again_gets_the_same_answer(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1)
    first, again = ask_back(lin, number), ask_back(lin, number)
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = ask_back(lin, number, reason="另一个理由")
    assert (other.status_code, other.get_json()["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_fields"),
        ({"reason": ""}, "invalid_fields"),
        ({"reason": "长" * 81}, "invalid_fields"),
        ({"reason": "买错了", "amount_fen": 1}, "invalid_fields"),
    ],
)
def test_a_refund_needs_a_short_reason_and_nothing_else(
    app: Flask, body: dict[str, object], code: str
) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1)
    refused = lin.post(f"/orders/{number}/refunds", body, "key")
    assert (refused.status_code, refused.get_json()["code"]) == (422, code)
    assert lin.shown(number)["status"] == "paid"


def test_a_refund_needs_a_key(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1)
    refused = lin.post(f"/orders/{number}/refunds", {"reason": "买错了"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "idempotency_key_required")


def test_two_that_ask_at_once_give_one_refund(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=2)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask_back, lin, number, key=f"key-{n}") for n in range(4)]
        statuses = sorted(answer.result().status_code for answer in asked)
    assert statuses == [201, 409, 409, 409]
    with app.app_context(), transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Refund)) == 1
    assert book(app) == {"wechat": -600, "refunds:due": 600}
    assert faults_found(app) == []


def test_a_claim_and_a_refund_at_once_leave_one_of_the_two(app: Flask) -> None:
    make_shop(app)
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = lin.buy(count=1, purpose="gift")
    code = lin.shown(number)["gift_code"]
    holder = {"holder_name": "王大同", "holder_public": False}
    with ThreadPoolExecutor(2) as pool:
        back = pool.submit(ask_back, lin, number)
        claim = pool.submit(wang.post, f"/gifts/{code}/claim", holder)
        outcome = (back.result().status_code == 201, claim.result().status_code < 300)
    assert outcome in ((True, False), (False, True))
    with app.app_context(), transaction() as session:
        revoked = session.scalars(sa.select(Certificate.revoked_at)).one() is not None
    assert revoked is outcome[0]
    assert faults_found(app) == []


def test_the_words_of_a_buyer_stay_with_us(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1)
    given_back(lin, number)
    assert standing(app, number).cause == "buyer"
    with app.app_context(), transaction() as session:
        assert session.scalars(sa.select(Refund.reason)).one() == "买错了"
