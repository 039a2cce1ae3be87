"""A household permits being paid without confirming, sees how that stands, and takes it back."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from flows.running import Running
from models import TransferAuthorization, database, transaction
from tests.support.binding import Counter
from tests.support.buying import Buyer
from tests.support.clock import SteppingClock
from tests.support.transferring import Desk, desk_of
from tests.support.world import make_household

PERMISSION = "/household/permission"


@pytest.fixture
def desk(app: Flask, parts: Running, clock: SteppingClock) -> Iterator[Desk]:
    with desk_of(app, parts, clock) as made:
        yield made


@pytest.fixture
def phone(app: Flask, desk: Desk) -> Buyer:
    with app.app_context(), transaction() as session:
        household = make_household(session, head_name="韦小三").public_id
    return Counter(app, household).bound("wei")


def number_of(app: Flask) -> TransferAuthorization:
    with app.app_context():
        return database().scalars(sa.select(TransferAuthorization)).one()


def test_a_permission_is_asked_for_given_in_wechat_and_taken_back(
    app: Flask, desk: Desk, phone: Buyer
) -> None:
    assert phone.get(PERMISSION).get_json() == {"state": None, "sheet": None}
    asked = phone.post(PERMISSION)
    assert (asked.status_code, asked.get_json()["state"]) == (201, "wait_user_confirm")
    kept = number_of(app)
    assert asked.get_json()["sheet"] == {
        "mchId": desk.parts.wechat.settings.merchant_id,
        "appId": desk.appid,
        "package": kept.package_info,
    }
    assert (kept.openid, kept.user_display_name) == (desk.payee("wei"), "韦*三")
    desk.sandbox.confirm_authorization(kept.out_authorization_no)
    desk.deliver()
    assert phone.get(PERMISSION).get_json() == {"state": "taking_effect", "sheet": None}
    assert phone.post(f"{PERMISSION}/end").get_json() == {"state": None, "sheet": None}
    again = phone.post(f"{PERMISSION}/end")
    assert (again.status_code, again.get_json()["code"]) == (409, "no_permission")


def test_asking_twice_is_asking_once(app: Flask, phone: Buyer) -> None:
    assert phone.post(PERMISSION).get_json() == phone.post(PERMISSION).get_json()
    assert number_of(app).tries == 1


def test_wechat_away_leaves_the_asking_to_the_worker(app: Flask, desk: Desk, phone: Buyer) -> None:
    desk.sandbox.fail("500", "authorize", times=9)
    asked = phone.post(PERMISSION)
    assert (asked.status_code, asked.get_json()) == (201, {"state": "requested", "sheet": None})
    desk.sandbox.repair()
    desk.clock.advance(minutes=1)
    desk.work()
    assert phone.get(PERMISSION).get_json()["sheet"] is not None
