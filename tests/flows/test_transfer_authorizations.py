"""A household that permits it once is paid without confirming, and confirms again once it has taken that back."""

from collections.abc import Iterator

import pytest
from flask import Flask

from domain.transfers import TransferState
from flows import transfer_authorizations as flow
from flows.running import Running
from tests.support.clock import SteppingClock
from tests.support.transferring import Desk, desk_of

ENDED = "MCHTRANSFER.AUTHORIZATION.CLOSED"


@pytest.fixture
def desk(app: Flask, parts: Running, clock: SteppingClock) -> Iterator[Desk]:
    with desk_of(app, parts, clock) as made:
        yield made


@pytest.fixture
def permitted(desk: Desk) -> str:
    """The number of a permission in force."""
    number = desk.permit()
    desk.work()
    desk.sandbox.confirm_authorization(number)
    desk.deliver()
    assert desk.permission(number).state.value == "taking_effect"
    return number


def test_a_permission_is_asked_for_and_comes_into_force_when_given(desk: Desk) -> None:
    number = desk.permit()
    assert desk.work() == 1
    asked = desk.permission(number)
    assert (asked.state.value, asked.package_info is not None) == ("wait_user_confirm", True)
    desk.sandbox.confirm_authorization(number)
    desk.deliver()
    given = desk.permission(number)
    assert given.state.value == "taking_effect"
    assert given.authorization_id is not None
    assert given.package_info == asked.package_info


def test_asking_twice_is_one_permission(desk: Desk) -> None:
    assert desk.permit() == desk.permit()
    assert desk.permit("li") != desk.permit()


def test_with_a_permission_a_transfer_is_paid_at_once(desk: Desk, permitted: str) -> None:
    number = desk.request()
    desk.submit()
    assert desk.state(number) == "success"
    assert desk.ends == [(number, TransferState.SUCCESS)]
    assert desk.paid_fen() == 900


def test_a_permission_is_one_persons(desk: Desk, permitted: str) -> None:
    number = desk.request(openid=desk.payee("li"))
    desk.submit()
    assert desk.state(number) == "wait_user_confirm"


def test_one_paid_without_our_hearing_of_it_is_not_paid_twice(desk: Desk, permitted: str) -> None:
    number = desk.request()
    desk.sandbox.fail("drop_after", "create_authorized_transfer", number, times=2)
    desk.submit()
    assert desk.state(number) == "requested"
    desk.clock.advance(seconds=60)
    desk.submit()
    assert desk.state(number) == "success"
    assert desk.paid_fen() == 900


def test_after_a_permission_is_taken_back_transfers_are_confirmed_again(desk: Desk, permitted: str) -> None:
    number = desk.request()
    desk.sandbox.close_authorization(permitted)
    desk.deliver()
    ended = desk.permission(permitted)
    assert (ended.state.value, ended.close_reason) == ("closed", "USER_CLOSE")
    desk.submit()
    assert desk.state(number) == "wait_user_confirm"
    desk.sandbox.confirm_transfer(number)
    desk.deliver()
    assert desk.ends == [(number, TransferState.SUCCESS)]


def test_a_permission_that_ended_unheard_of_is_found_out_by_the_refusal(desk: Desk, permitted: str) -> None:
    desk.sandbox.misdeliver("lost", permitted, ENDED, times=100)
    desk.sandbox.close_authorization(permitted)
    desk.deliver()
    number = desk.request()
    desk.submit()
    assert desk.permission(permitted).state.value == "closed"
    assert desk.state(number) == "requested"
    desk.submit()
    assert desk.state(number) == "wait_user_confirm"
    assert desk.incidents() == []
    assert desk.paid_fen() == 900


def test_one_accepted_under_a_permission_that_ended_meanwhile_is_not_made_again(
    desk: Desk, permitted: str
) -> None:
    number = desk.request()
    desk.sandbox.fail("drop_after", "create_authorized_transfer", number, times=2)
    desk.submit()
    desk.sandbox.close_authorization(permitted)
    desk.deliver()
    desk.clock.advance(seconds=60)
    desk.submit()
    assert desk.state(number) == "success"
    assert desk.paid_fen() == 900


def test_a_permission_nobody_gives_is_over_after_a_day_and_can_be_asked_for_again(desk: Desk) -> None:
    number = desk.permit()
    desk.work()
    desk.clock.advance(hours=24)
    desk.work()
    assert desk.permission(number).state.value == "closed"
    assert desk.permit() != number


def test_what_a_permission_is_given_with_survives_a_lost_answer(desk: Desk) -> None:
    number = desk.permit()
    desk.sandbox.fail("drop_after", "authorize", number, times=2)
    desk.work()
    assert desk.permission(number).package_info is None
    desk.clock.advance(seconds=60)
    desk.work()
    assert desk.permission(number).package_info is not None


def test_a_permission_can_be_ended_by_us(desk: Desk, permitted: str) -> None:
    with desk.app.app_context():
        flow.close(desk.parts, permitted)
    assert desk.permission(permitted).close_reason == "CLOSE_VIA_MCH_API"


def test_a_permission_in_force_is_looked_at_once_a_day(desk: Desk, permitted: str) -> None:
    desk.sandbox.misdeliver("lost", permitted, ENDED, times=100)
    desk.sandbox.close_authorization(permitted)
    desk.clock.advance(days=1)
    desk.work()
    assert desk.permission(permitted).state.value == "closed"


def test_a_notice_of_an_unknown_permission_is_asked_for_again(desk: Desk, permitted: str) -> None:
    with desk.app.app_context():
        from_elsewhere = desk.parts.wechat.transfers.authorize(
            out_authorization_no="A-elsewhere1".replace("-", ""),
            appid=desk.appid,
            openid=desk.payee("li"),
            scene_id="1009",
            user_display_name="李*",
        )
    desk.sandbox.confirm_authorization(from_elsewhere.out_authorization_no)
    desk.deliver()
    assert desk.sandbox.deliveries(from_elsewhere.out_authorization_no)[-1].status == 404
