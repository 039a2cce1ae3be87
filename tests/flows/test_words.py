"""Words are looked at before they are paid for, and nobody else is shown what has not passed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from flows.running import EXTENSION, Running
from gateways.wechat import WeChat
from gateways.wechat.errors import ApiUnavailable
from jobs.wechat_tasks import review_words
from models import AuditEntry, Certificate, Incident, Order, database
from tests.support.buying import API, Buyer, make_shop
from tests.support.clock import SteppingClock

RISKY, DOUBTFUL, FORBIDDEN = "赌博大王", "抽奖活动", "投资"
OFFICIAL = "official_account"


@pytest.fixture
def unreachable(app: Flask, parts: Running) -> Iterator[Callable[[], None]]:
    """Has WeChat's content check fail from the moment it is called."""

    def fail() -> None:
        class Down:
            def check_text(self, *_: Any) -> None:
                raise ApiUnavailable(0, "no_answer")

            def __getattr__(self, name: str) -> Any:
                return getattr(parts.wechat, name)

            def mini_program(self) -> "Down":
                return self

        app.extensions[EXTENSION] = replace(parts, wechat=cast(WeChat, Down()))

    yield fail
    app.extensions[EXTENSION] = parts


def _state(app: Flask, number: str) -> str:
    with app.app_context():
        return str(
            database().execute(sa.select(Order.words_state).where(Order.number == number)).scalar_one().value
        )


def _incidents(app: Flask) -> list[str]:
    with app.app_context():
        review_words()
        rows = database().scalars(
            sa.select(Incident.subject).where(
                Incident.kind == "words_to_review", Incident.resolved_at.is_(None)
            )
        )
        return list(rows)


def _public_holder(app: Flask, number: str) -> str:
    """The holder as a stranger with the serial number sees it."""
    with app.app_context():
        serial = database().scalar(sa.select(Certificate.serial).join(Order).where(Order.number == number))
    answer = app.test_client().get(f"{API}/certificates/{serial}")
    return str(answer.get_json()["certificate"]["holder"])


def _decide(app: Flask, verb: str, number: str) -> Any:
    return app.test_cli_runner().invoke(args=["words", verb, number])


def test_words_that_pass_are_shown_once_paid(app: Flask) -> None:
    make_shop(app)
    number = Buyer(app).order(count=1, holder_name="林小满", holder_public=True)
    assert _state(app, number) == "unchecked"
    lin = Buyer(app)
    lin.pay(number)
    assert _state(app, number) == "passed"
    assert _public_holder(app, number) == "林小满"
    assert _incidents(app) == []


def test_words_are_looked_at_once_however_often_the_payment_is_asked_for(
    app: Flask, unreachable: Callable[[], None]
) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=1)
    lin.prepare(number)
    unreachable()
    lin.prepare(number)
    assert _state(app, number) == "passed"


@pytest.mark.parametrize("words", [{"holder_name": RISKY}, {"message": RISKY, "purpose": "gift"}])
def test_risky_words_are_refused_before_anything_is_paid(app: Flask, words: dict[str, str]) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=1, **words)
    for _ in range(2):
        answer = lin.post(f"/orders/{number}/payment")
        assert (answer.status_code, answer.get_json()["code"]) == (409, "words_refused")
    assert lin.shown(number)["words_state"] == "refused"
    assert lin.post(f"/orders/{number}/cancel").get_json()["status"] == "closed"
    assert lin.buy(count=1)


def test_our_own_list_comes_first_and_at_once(app: Flask) -> None:
    make_shop(app)
    answer = Buyer(app).ask(count=1, holder_name=FORBIDDEN)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "words_not_allowed")


def test_doubtful_words_can_be_paid_for_and_stay_hidden_until_a_person_has_looked(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1, holder_name=DOUBTFUL, holder_public=True)
    assert _state(app, number) == "review"
    assert _public_holder(app, number) == "抽*"
    assert _incidents(app) == [f"order:{number}"]
    assert f"{number}\t{DOUBTFUL}\t-" in app.test_cli_runner().invoke(args=["words", "list"]).output
    assert _decide(app, "pass", number).exit_code == 0
    assert _public_holder(app, number) == DOUBTFUL
    assert _incidents(app) == []
    assert _decide(app, "pass", number).exit_code == 1
    with app.app_context():
        assert database().scalars(sa.select(AuditEntry.action)).all().count("words_passed") == 1


def test_words_a_person_refuses_stay_hidden_and_the_certificate_stands(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1, holder_name=DOUBTFUL, holder_public=True)
    assert _incidents(app) == [f"order:{number}"]
    assert _decide(app, "refuse", number).exit_code == 0
    assert _public_holder(app, number) == "抽*"
    assert lin.shown(number)["status"] == "paid"
    assert _incidents(app) == []


def test_a_sheet_in_doubt_masks_the_name_for_its_owner_too(app: Flask, client: FlaskClient) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1, holder_name=DOUBTFUL)
    serial = lin.shown(number)["certificate"]
    page = client.get(f"/c/{serial}", headers=lin.headers).get_data(as_text=True)
    assert DOUBTFUL not in page
    assert "抽*" in page


def test_wechat_being_down_keeps_nobody_from_paying_and_shows_nothing(
    app: Flask, parts: Running, unreachable: Callable[[], None]
) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=1, holder_public=True)
    unreachable()
    package = lin.prepare(number)
    app.extensions[EXTENSION] = parts
    assert parts.sandbox is not None
    parts.sandbox.pay(package)
    assert lin.shown(number)["status"] == "paid"
    assert _state(app, number) == "review"
    assert _public_holder(app, number) == "林*"
    assert _incidents(app) == [f"order:{number}"]


def test_a_buyer_wechat_has_not_seen_lately_goes_to_a_person(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    lin = Buyer(app)
    clock.advance(hours=3)
    number = lin.buy(count=1)
    assert _state(app, number) == "review"


def test_words_of_orders_nobody_paid_for_are_nobodys_work(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=1, holder_name=DOUBTFUL)
    lin.prepare(number)
    assert _state(app, number) == "review"
    assert _incidents(app) == []
    assert app.test_cli_runner().invoke(args=["words", "list"]).output == ""


@pytest.mark.parametrize(
    ("wish", "state"),
    [
        ({}, "passed"),
        ({"holder_public": True}, "review"),
        ({"purpose": "gift", "message": "给你"}, "review"),
    ],
)
def test_of_the_official_account_only_words_for_others_go_to_a_person(
    app: Flask, parts: Running, wish: dict[str, Any], state: str
) -> None:
    make_shop(app)
    visitor = Buyer(app, "only-there", OFFICIAL)
    number = visitor.buy(count=1, **wish)
    assert _state(app, number) == state


def test_a_gifts_message_is_hidden_until_it_has_passed(app: Flask) -> None:
    make_shop(app)
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = lin.buy(count=1, purpose="gift", message=DOUBTFUL)
    code = lin.shown(number)["gift_code"]
    claimed = wang.post(f"/gifts/{code}/claim", {"holder_name": "王一", "holder_public": True})
    assert (claimed.status_code, claimed.get_json()["message"]) == (201, None)
    assert _public_holder(app, number) == "王一"
    assert _incidents(app) == [f"order:{number}"]
    assert f"{number}\t-\t{DOUBTFUL}" in app.test_cli_runner().invoke(args=["words", "list"]).output


def test_a_message_that_passed_reaches_whoever_claims(app: Flask) -> None:
    make_shop(app)
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = lin.buy(count=1, purpose="gift", message="愿你安好")
    claimed = wang.post(f"/gifts/{lin.shown(number)['gift_code']}/claim", {"holder_name": "王一"})
    assert claimed.get_json()["message"] == "愿你安好"


def test_a_claimers_name_is_looked_at_like_a_buyers(app: Flask) -> None:
    make_shop(app)
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = lin.buy(count=1, purpose="gift")
    path = f"/gifts/{lin.shown(number)['gift_code']}/claim"
    refused = wang.post(path, {"holder_name": RISKY})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "words_refused")
    assert wang.post(path, {"holder_name": FORBIDDEN}).get_json()["code"] == "words_not_allowed"
    assert wang.post(path, {"holder_name": DOUBTFUL, "holder_public": True}).status_code == 201
    assert _public_holder(app, number) == "抽*"
    assert _incidents(app) == [f"order:{number}"]


def test_a_gift_taken_back_keeps_what_came_of_looking_at_its_name(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1, purpose="gift", holder_name=DOUBTFUL, holder_public=True)
    lin.post(f"/orders/{number}/gift/withdraw")
    assert _public_holder(app, number) == "抽*"


def test_guessing_codes_asks_wechat_nothing(app: Flask, unreachable: Callable[[], None]) -> None:
    make_shop(app)
    wang = Buyer(app, "wang")
    unreachable()
    answer = wang.post("/gifts/" + "0" * 26 + "/claim", {"holder_name": RISKY})
    assert (answer.status_code, answer.get_json()["code"]) == (404, "gift_not_found")


def _rename(buyer: Buyer, nickname: str) -> tuple[int, str]:
    answer = buyer.client.patch(f"{API}/me", headers=buyer.headers, json={"nickname": nickname})
    return answer.status_code, answer.get_json().get("code", answer.get_json().get("nickname"))


def test_a_nickname_is_taken_only_if_it_passes(app: Flask, unreachable: Callable[[], None]) -> None:
    lin = Buyer(app)
    assert _rename(lin, "山里人") == (200, "山里人")
    assert _rename(lin, RISKY) == (422, "words_refused")
    assert _rename(lin, FORBIDDEN) == (422, "words_not_allowed")
    assert _rename(lin, DOUBTFUL) == (409, "words_unchecked")
    unreachable()
    assert _rename(lin, "山外人") == (409, "words_unchecked")
    answer = lin.client.patch(f"{API}/me", headers=lin.headers, json={"language": "en"})
    assert answer.get_json()["nickname"] == "山里人"
