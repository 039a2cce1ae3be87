"""Gifts: whoever has the code becomes the holder, once, within thirty days, and never learns the price."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from jobs import tasks
from models import Certificate, Gift, database
from models.certificates import CertificateState
from tests.support.buying import API, HOLDER, Buyer, faults_found, make_shop, nothing_written
from tests.support.clock import SteppingClock
from tests.support.keeping import Kept

CLAIM = {"holder_name": "陈知秋"}


def make_giver(app: Flask) -> Buyer:
    """Somebody at a shop of nine trees."""
    make_shop(app, (9,))
    return Buyer(app, "lin")


@pytest.fixture
def giver(kept: Kept, app: Flask) -> Buyer:
    return kept(make_giver, app)


@pytest.fixture
def friend(app: Flask) -> Buyer:
    """Somebody the code is given to."""
    return Buyer(app, "chen")


def given(giver: Buyer, **order: object) -> tuple[str, str]:
    """A paid gift: the number of its order, and its code."""
    number = giver.buy(count=2, purpose="gift", message="愿它替我们站在山上。", **order)
    return number, giver.shown(number)["gift_code"]


def certificate_in(app: Flask) -> Certificate:
    with app.app_context():
        return database().scalars(sa.select(Certificate)).one()


def test_a_paid_gift_waits_with_a_code_for_its_giver_and_no_face(app: Flask, giver: Buyer) -> None:
    number, code = given(giver)
    order = giver.shown(number)
    assert (order["status"], order["gift_status"], order["certificate"]) == ("paid", "offered", None)
    assert len(code) == 26
    certificate = certificate_in(app)
    assert (certificate.state, certificate.token) == (CertificateState.RESERVED, None)
    listed = giver.get("/certificates").get_json()["items"][0]
    assert (listed["relation"], listed["serial"], listed["url"]) == ("waiting", None, None)
    assert (
        app.test_client().get(f"{API}/certificates/{certificate.serial}").get_json()["verdict"] == "unknown"
    )
    assert app.test_client().get(f"/c/{certificate.serial}").status_code == 404


def test_before_payment_there_is_no_code(giver: Buyer) -> None:
    order = giver.shown(giver.order(count=1, purpose="gift"))
    assert (order["gift_code"], order["gift_status"]) == (None, None)


def test_a_code_is_kept_hashed_and_sealed_and_never_in_plain(app: Flask, giver: Buyer) -> None:
    _, code = given(giver)
    with app.app_context():
        gift = database().execute(sa.text("SELECT code_hash, code FROM gifts")).one()
    assert bytes(gift.code_hash) == hashlib.sha256(code.encode()).digest()
    assert code.encode() not in bytes(gift.code)


def test_whoever_has_the_code_becomes_the_holder(app: Flask, giver: Buyer, friend: Buyer) -> None:
    number, code = given(giver)
    answer = friend.post(f"/gifts/{code}/claim", {**CLAIM, "holder_public": True})
    assert answer.status_code == 201
    claimed = answer.get_json()
    assert (claimed["count"], claimed["sink_g"], claimed["message"]) == (2, 20_000, "愿它替我们站在山上。")
    certificate = certificate_in(app)
    assert (certificate.user_id, certificate.holder_name, certificate.holder_public) == (
        friend.id,
        "陈知秋",
        True,
    )
    assert claimed["url"] == f"{giver.parts.settings.public_url}/c/{claimed['serial']}?t={certificate.token}"
    mine = friend.get("/certificates").get_json()["items"][0]
    assert (mine["relation"], mine["serial"], mine["order"]) == ("received", claimed["serial"], None)
    theirs = giver.get("/certificates").get_json()["items"][0]
    assert (theirs["relation"], theirs["serial"], theirs["holder_name"]) == ("given", None, "陈*")
    order = giver.shown(number)
    assert (order["gift_status"], order["certificate"]) == ("claimed", claimed["serial"])
    assert faults_found(app) == []


def test_the_price_is_told_to_nobody_but_the_giver(giver: Buyer, friend: Buyer) -> None:
    number, code = given(giver)
    answers = [friend.post(f"/gifts/{code}/claim", CLAIM)]
    serial = answers[0].get_json()["serial"]
    answers += [
        friend.get("/certificates"),
        friend.get("/me/export"),
        friend.get(f"/certificates/{serial}"),
        friend.client.get(answers[0].get_json()["url"].partition("127.0.0.1:8000")[2]),
    ]
    for answer in answers:
        assert answer.status_code in (200, 201)
        told = answer.get_data(as_text=True)
        for secret in ("amount_fen", "600", "6.00", HOLDER, number):
            assert secret not in told
    assert friend.get("/me/summary").get_json()["spent_fen"] == 0


def test_a_gift_is_claimed_once(app: Flask, giver: Buyer, friend: Buyer) -> None:
    _, code = given(giver)
    assert friend.post(f"/gifts/{code}/claim", CLAIM).status_code == 201
    other = Buyer(app, "wang")
    with nothing_written(app):
        for buyer in (friend, other):
            again = buyer.post(f"/gifts/{code}/claim", {"holder_name": "别人"})
            assert (again.status_code, again.get_json()["code"]) == (404, "gift_not_found")
    assert certificate_in(app).holder_name == "陈知秋"


def test_a_claim_whose_answer_was_lost_is_answered_again_by_its_key(app: Flask, giver: Buyer) -> None:
    _, code = given(giver)
    friend = Buyer(app, "chen")
    first = friend.post(f"/gifts/{code}/claim", CLAIM, key="claim")
    with nothing_written(app):
        again = friend.post(f"/gifts/{code}/claim", CLAIM, key="claim")
        other = friend.post(f"/gifts/{code}/claim", {"holder_name": "别人"}, key="claim")
        fresh = friend.post(f"/gifts/{code}/claim", CLAIM, key="another")
        spoilt = friend.post(f"/gifts/{code}/claim", CLAIM, key="x" * 129)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert [(answer.status_code, answer.get_json()["code"]) for answer in (other, fresh, spoilt)] == [
        (409, "idempotency_key_reused"),
        (404, "gift_not_found"),
        (422, "idempotency_key_required"),
    ]


def test_a_key_of_a_claim_that_was_refused_can_be_used_again(giver: Buyer, friend: Buyer) -> None:
    _, code = given(giver)
    assert friend.post("/gifts/" + "0" * 26 + "/claim", CLAIM, key="claim").status_code == 404
    assert friend.post(f"/gifts/{code}/claim", CLAIM, key="claim").status_code == 201


def test_eight_that_claim_at_once_are_one_holder(app: Flask, giver: Buyer) -> None:
    _, code = given(giver)
    friends = [Buyer(app, f"friend{n}") for n in range(8)]
    start = Barrier(8)

    def claim(buyer: Buyer) -> int:
        start.wait()
        return buyer.post(f"/gifts/{code}/claim", CLAIM).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(claim, friends))
    assert statuses == [201] + [404] * 7
    assert faults_found(app) == []


def test_a_claim_and_a_withdrawal_at_once_leave_one_holder(app: Flask, giver: Buyer, friend: Buyer) -> None:
    number, code = given(giver)
    start = Barrier(2)

    def claim() -> int:
        start.wait()
        return friend.post(f"/gifts/{code}/claim", CLAIM).status_code

    def withdraw() -> int:
        start.wait()
        return giver.post(f"/orders/{number}/gift/withdraw").status_code

    with ThreadPoolExecutor(2) as pool:
        claimed, withdrawn = pool.submit(claim), pool.submit(withdraw)
    assert (claimed.result(), withdrawn.result()) in ((201, 409), (404, 200))
    holder = certificate_in(app).user_id
    assert holder == (friend.id if claimed.result() == 201 else giver.id)


@pytest.mark.parametrize("typed", ["{lower}", "{spaced}", "{hyphened}"])
def test_a_code_may_be_typed_carelessly(giver: Buyer, friend: Buyer, typed: str) -> None:
    _, code = given(giver)
    parts = [code[at : at + 5] for at in range(0, 26, 5)]
    written = typed.format(lower=code.lower(), spaced="%20".join(parts), hyphened="-".join(parts))
    assert friend.post(f"/gifts/{written}/claim", CLAIM).status_code == 201


@pytest.mark.parametrize("code", ["0" * 26, "x", "A" * 500, "礼物"])
def test_a_code_nobody_was_given_opens_nothing(app: Flask, giver: Buyer, friend: Buyer, code: str) -> None:
    given(giver)
    with nothing_written(app):
        answer = friend.post(f"/gifts/{code}/claim", CLAIM)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "gift_not_found")


def test_nobody_claims_their_own_gift(app: Flask, giver: Buyer) -> None:
    _, code = given(giver)
    with nothing_written(app):
        answer = giver.post(f"/gifts/{code}/claim", CLAIM)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "gift_own")


@pytest.mark.parametrize(
    "body",
    [{}, {"holder_name": ""}, {"holder_name": "林" * 61}, {"holder_name": 1}, {"holder_name": "CCER"},
     {"holder_name": "林\u202e满"}, {**CLAIM, "count": 1}, {**CLAIM, "holder_public": "yes"}, [], None],
)  # fmt: skip
def test_a_claim_that_is_refused_leaves_the_gift_to_be_claimed(
    app: Flask, giver: Buyer, friend: Buyer, body: object
) -> None:
    _, code = given(giver)
    with nothing_written(app):
        answer = friend.post(f"/gifts/{code}/claim", body)
    assert 400 <= answer.status_code < 500
    assert friend.post(f"/gifts/{code}/claim", CLAIM).status_code == 201


def test_a_gift_taken_back_is_its_givers(app: Flask, giver: Buyer, friend: Buyer) -> None:
    number, code = given(giver)
    answer = giver.post(f"/orders/{number}/gift/withdraw")
    assert answer.status_code == 200
    order = answer.get_json()
    assert (order["gift_status"], order["status"]) == ("withdrawn", "paid")
    assert order["certificate"] is not None
    assert friend.post(f"/gifts/{code}/claim", CLAIM).status_code == 404
    certificate = certificate_in(app)
    assert (certificate.user_id, certificate.holder_name) == (giver.id, HOLDER)
    assert giver.get("/certificates").get_json()["items"][0]["relation"] == "mine"
    again = giver.post(f"/orders/{number}/gift/withdraw")
    assert (again.status_code, again.get_json()["code"]) == (409, "gift_not_offered")


def test_a_claimed_gift_is_not_taken_back(giver: Buyer, friend: Buyer) -> None:
    number, code = given(giver)
    friend.post(f"/gifts/{code}/claim", CLAIM)
    answer = giver.post(f"/orders/{number}/gift/withdraw")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "gift_not_offered")


def test_what_is_no_gift_is_not_taken_back(giver: Buyer) -> None:
    bought, unpaid = giver.buy(count=1), giver.order(count=1, purpose="gift")
    for number in (bought, unpaid):
        answer = giver.post(f"/orders/{number}/gift/withdraw")
        assert (answer.status_code, answer.get_json()["code"]) == (409, "not_a_gift")


def test_a_gift_nobody_claims_in_thirty_days_is_its_givers(
    app: Flask, giver: Buyer, friend: Buyer, clock: SteppingClock
) -> None:
    number, code = given(giver)
    clock.advance(days=30, seconds=-1)
    with app.app_context():
        assert tasks.lapse_gifts() == 0
    clock.advance(seconds=1)
    # To the second, whether or not the worker has been by.
    assert Buyer(app, "chen").post(f"/gifts/{code}/claim", CLAIM).status_code == 404
    with app.app_context():
        assert tasks.lapse_gifts() == 1
        assert tasks.lapse_gifts() == 0
    order = Buyer(app, "lin").shown(number)
    assert (order["gift_status"], certificate_in(app).user_id) == ("lapsed", giver.id)
    # It is made out on the day it lapsed, not on the day it was paid.
    assert certificate_in(app).issued_on.isoformat() == "2026-10-01"
    assert order["certificate"] is not None


def test_a_gift_claimed_just_in_time_stays_claimed(
    app: Flask, giver: Buyer, friend: Buyer, clock: SteppingClock
) -> None:
    _, code = given(giver)
    clock.advance(days=30, seconds=-1)
    assert Buyer(app, "chen").post(f"/gifts/{code}/claim", CLAIM).status_code == 201
    clock.advance(days=1)
    with app.app_context():
        assert tasks.lapse_gifts() == 0
        assert database().scalars(sa.select(Gift.state)).one().value == "claimed"


def test_guessing_at_codes_is_slowed_down(giver: Buyer, friend: Buyer) -> None:
    statuses = [friend.post(f"/gifts/{n:026d}/claim", CLAIM).status_code for n in range(125)]
    assert statuses[:120] == [404] * 120
    assert set(statuses[120:]) == {429}
