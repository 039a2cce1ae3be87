"""A transfer is made once, ends once, and is never forgotten, whatever WeChat answers or does not."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest
from flask import Flask

from domain.errors import Conflict, Invalid
from domain.transfers import TransferState
from flows import transfers
from flows.running import Running
from gateways.wechat import connect
from models import Gate, database, transaction
from services import transfers as requests
from services.transfers import Learnt, Told
from tests.support import notices
from tests.support.clock import START, SteppingClock
from tests.support.transferring import Desk, desk_of

HOOK = "/hooks/wechat-pay/transfers"
PAID = TransferState.SUCCESS


@pytest.fixture
def desk(app: Flask, parts: Running, clock: SteppingClock) -> Iterator[Desk]:
    with desk_of(app, parts, clock) as made:
        yield made


def _tell(desk: Desk, payload: dict[str, Any]) -> int:
    """Bring our hook a notice of the end of a transfer; the status that comes back."""
    body = notices.sealed(
        desk.parts, payload, event_type="MCHTRANSFER.BILL.FINISHED", original_type="mch_payment"
    )
    answer = desk.app.test_client().post(
        HOOK, data=body, headers=desk.sandbox.sign(body), content_type="application/json"
    )
    return answer.status_code


def _told(desk: Desk, number: str, **changes: Any) -> dict[str, Any]:
    return {
        "mch_id": desk.parts.wechat.settings.merchant_id,
        "out_bill_no": number,
        "transfer_bill_no": "1330000" + "1" * 25,
        "state": "SUCCESS",
        "transfer_amount": 900,
        "openid": desk.payee("zhang"),
        **changes,
    }


def test_a_transfer_is_sent_confirmed_and_ended_by_its_notice(desk: Desk) -> None:
    number = desk.request()
    assert desk.state(number) == "requested"
    assert desk.submit() == 1
    assert desk.state(number) == "wait_user_confirm"
    with desk.app.app_context():
        sheet = transfers.confirm_sheet(desk.parts, number)
    assert sheet["package"] == desk.of(number).package_info
    desk.sandbox.confirm_transfer(number)
    desk.deliver()
    assert desk.state(number) == "success"
    assert desk.ends == [(number, PAID)]
    assert desk.paid_fen() == 900
    with desk.app.app_context(), pytest.raises(Conflict, match="transfer_state"):
        transfers.confirm_sheet(desk.parts, number)


def test_a_lost_notice_is_made_up_for_by_asking(desk: Desk) -> None:
    number = desk.request()
    desk.submit()
    desk.sandbox.confirm_transfer(number)
    assert desk.work() == 0
    desk.clock.advance(seconds=60)
    desk.work()
    assert desk.state(number) == "success"
    desk.deliver()
    desk.clock.advance(hours=1)
    assert desk.work() == 0
    assert desk.ends == [(number, PAID)]


@pytest.mark.parametrize(
    ("fault", "times"),
    # Twice where the second host is tried as well.
    [("drop_after", 2), ("500_after", 2), ("429_after", 2), ("202_after", 2), ("wrong_signature", 1)],
)
def test_one_that_was_accepted_without_our_hearing_of_it_is_not_made_twice(
    desk: Desk, fault: str, times: int
) -> None:
    number = desk.request()
    desk.sandbox.fail(fault, "create_transfer", number, times=times)
    desk.submit()
    assert desk.state(number) == "requested"
    assert desk.submit() == 0
    desk.clock.advance(seconds=60)
    desk.submit()
    assert desk.state(number) == "wait_user_confirm"
    assert desk.of(number).package_info is not None
    assert desk.paid_fen() == 900
    assert desk.incidents() == []


@pytest.mark.parametrize("fault", ["drop", "500", "502", "429", "202"])
def test_one_that_never_arrived_is_sent_again_under_its_number(desk: Desk, fault: str) -> None:
    number = desk.request()
    desk.sandbox.fail(fault, "create_transfer", number, times=2)
    desk.submit()
    assert desk.paid_fen() == 0
    desk.clock.advance(seconds=60)
    desk.submit()
    assert desk.state(number) == "wait_user_confirm"
    assert desk.paid_fen() == 900


class _Overtaking(httpx.BaseTransport):
    """Holds the answer to a create call back until something else has happened."""

    def __init__(self, desk: Desk, meanwhile: Any) -> None:
        self._inner = desk.sandbox.transport()
        self._meanwhile = meanwhile

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        if request.method == "POST" and request.url.path.endswith("/transfer-bills"):
            answer.read()
            self._meanwhile()
        return answer


@pytest.mark.parametrize("ends", [False, True])
def test_what_the_user_confirms_with_is_kept_although_other_news_came_first(desk: Desk, ends: bool) -> None:
    number = desk.request()

    def meanwhile() -> None:
        if ends:
            desk.sandbox.confirm_transfer(number)
        told = desk.parts.wechat.transfers.query(number)
        with ThreadPoolExecutor(1) as other:
            other.submit(_learn, desk, transfers.told_by(told)).result()

    raced = connect(
        desk.parts.wechat.settings, _Overtaking(desk, meanwhile), desk.clock, desk.parts.wechat.tokens
    )
    desk.submit(replace(desk.parts, wechat=raced))
    assert desk.state(number) == ("success" if ends else "wait_user_confirm")
    assert desk.of(number).package_info is not None


def _learn(desk: Desk, told: Told) -> Learnt:
    with desk.app.app_context(), transaction() as session:
        return requests.learn(session, told, desk.clock())


def test_one_nobody_confirms_fails_after_a_day_and_may_be_followed_by_another(desk: Desk) -> None:
    number = desk.request()
    desk.submit()
    desk.clock.advance(hours=24)
    desk.work()
    assert (desk.state(number), desk.of(number).fail_reason) == ("fail", "OVERDUE_CLOSE")
    assert desk.ends == [(number, TransferState.FAIL)]
    assert desk.paid_fen() == 0
    another = desk.request()
    desk.submit()
    desk.sandbox.confirm_transfer(another)
    desk.deliver()
    assert desk.ends[-1] == (another, PAID)


def test_what_the_user_confirms_with_is_asked_for_until_it_is_there(desk: Desk) -> None:
    number = desk.request()
    # The answer is lost, and lost again when it is asked for once more.
    desk.sandbox.fail("wrong_signature", "create_transfer", number, times=2)
    desk.submit()
    desk.clock.advance(seconds=60)
    desk.submit()
    assert (desk.state(number), desk.of(number).package_info) == ("wait_user_confirm", None)
    desk.clock.advance(minutes=2)
    desk.work()
    assert desk.of(number).package_info is not None
    assert desk.paid_fen() == 900


def test_a_short_account_holds_transfers_up_until_it_is_topped_up(desk: Desk) -> None:
    desk.sandbox.set_balance("OPERATION", 100)
    numbers = [desk.request(), desk.request()]
    desk.submit()
    assert [desk.state(number) for number in numbers] == ["requested"] * 2
    assert desk.incidents() == [("transfer_not_enough", "transfers")]
    desk.sandbox.set_balance("OPERATION", 10_000)
    assert desk.submit() == 0
    desk.clock.advance(seconds=60)
    assert desk.submit() == 2
    assert [desk.state(number) for number in numbers] == ["wait_user_confirm"] * 2
    assert desk.incidents() == []
    assert desk.sandbox.balance_fen("OPERATION") == 10_000 - 1_800


def test_a_refusal_goes_to_a_person_and_keeps_the_number(desk: Desk) -> None:
    desk.sandbox.configure("scenes", ["1000"])
    number = desk.request()
    desk.submit()
    assert desk.incidents() == [("transfer_refused", f"transfer:{number}")]
    assert desk.ends == []
    desk.sandbox.configure("scenes", ["1009"])
    desk.clock.advance(seconds=60)
    desk.submit()
    assert desk.state(number) == "wait_user_confirm"
    assert desk.incidents() == []


def test_a_failure_whose_asker_wants_no_news_goes_to_a_person(desk: Desk) -> None:
    number = desk.request(subject="nobody:1")
    desk.submit()
    desk.sandbox.refuse_transfer(number, "ACCOUNT_FROZEN")
    desk.deliver()
    assert desk.incidents() == [("transfer_failed", f"transfer:{number}")]


def test_a_notice_repeated_ends_a_transfer_once(desk: Desk) -> None:
    number = desk.request()
    desk.submit()
    desk.sandbox.confirm_transfer(number)
    desk.deliver()
    (notice,) = desk.sandbox.notices(number)
    assert [desk.sandbox.redeliver(notice) for _ in range(3)] == [204] * 3
    assert desk.ends == [(number, PAID)]


@pytest.mark.parametrize(
    "changes", [{"transfer_amount": 901}, {"openid": "o-somebody-else"}, {"mch_id": "1900000009"}]
)
def test_news_of_another_transfer_under_our_number_moves_nothing(desk: Desk, changes: dict[str, Any]) -> None:
    number = desk.request()
    desk.submit()
    assert _tell(desk, _told(desk, number, **changes)) == 204
    assert desk.state(number) == "wait_user_confirm"
    assert desk.ends == []
    assert [subject for _, subject in desk.incidents()] == [f"transfer:{number}"]


def test_the_merchant_may_be_named_either_way(desk: Desk) -> None:
    number = desk.request()
    desk.submit()
    told = _told(desk, number)
    told["mchid"] = told.pop("mch_id")
    assert _tell(desk, told) == 204
    assert desk.state(number) == "success"


def test_a_notice_of_an_unknown_number_is_asked_for_again(desk: Desk) -> None:
    assert _tell(desk, _told(desk, "T9999")) == 404
    assert desk.incidents() == []


def test_old_news_changes_nothing_and_a_second_end_goes_to_a_person(desk: Desk) -> None:
    number = desk.request()
    desk.submit()
    assert _learn(desk, Told(number, TransferState.PROCESSING)) is Learnt.KNOWN
    assert desk.state(number) == "wait_user_confirm"
    assert _learn(desk, Told(number, TransferState.FAIL, fail_reason="MCH_CANCEL")) is Learnt.MOVED
    assert _learn(desk, Told(number, TransferState.WAIT_USER_CONFIRM)) is Learnt.KNOWN
    assert _learn(desk, Told(number, TransferState.SUCCESS)) is Learnt.DIFFERS
    assert desk.state(number) == "fail"
    assert desk.incidents() == [("transfer_differs", f"transfer:{number}")]
    assert desk.ends == [(number, TransferState.FAIL)]


def test_one_that_was_never_sent_is_withdrawn_at_once(desk: Desk) -> None:
    number = desk.request()
    with desk.app.app_context():
        assert transfers.cancel(desk.parts, number) is TransferState.CANCELLED
    assert desk.submit() == 0
    assert desk.ends == [(number, TransferState.CANCELLED)]


def test_one_nobody_has_confirmed_can_be_withdrawn(desk: Desk) -> None:
    number = desk.request()
    desk.submit()
    with desk.app.app_context():
        assert transfers.cancel(desk.parts, number) is TransferState.CANCELLING
    assert desk.state(number) == "cancelling"
    desk.clock.advance(seconds=60)
    desk.work()
    assert desk.state(number) == "cancelled"
    assert desk.ends == [(number, TransferState.CANCELLED)]
    assert desk.paid_fen() == 0


def test_one_that_was_paid_cannot_be_withdrawn(desk: Desk) -> None:
    number = desk.request()
    desk.submit()
    desk.sandbox.confirm_transfer(number)
    with desk.app.app_context(), pytest.raises(Conflict, match="transfer_state"):
        transfers.cancel(desk.parts, number)


def test_an_operator_sees_and_withdraws_what_is_under_way(desk: Desk) -> None:
    number, paid = desk.request(), desk.request()
    desk.submit()
    desk.sandbox.confirm_transfer(paid)
    desk.deliver()
    flask = desk.app.test_cli_runner().invoke
    listed = flask(args=["transfers", "list"]).output
    assert number in listed
    assert paid not in listed
    assert "cancelling" in flask(args=["transfers", "cancel", number]).output
    assert [flask(args=["transfers", "cancel", no]).exit_code for no in (paid, "T0")] == [1, 1]


def test_one_without_an_end_for_long_goes_to_a_person(desk: Desk) -> None:
    number = desk.request()
    desk.submit()
    desk.sandbox.fail("drop", "query_transfer", times=1000)
    desk.clock.advance(hours=49)
    desk.work()
    assert desk.incidents() == [("transfer_stuck", f"transfer:{number}")]


def test_after_a_restored_backup_nothing_is_sent_until_somebody_opens(desk: Desk) -> None:
    number = desk.request()
    with desk.app.app_context(), transaction() as session:
        session.add(Gate(name="restored", open=False, reason="a backup", set_at=START))
    assert desk.submit() == 0
    with desk.app.app_context(), transaction() as session:
        session.get_one(Gate, "restored").open = True
    assert desk.submit() == 1
    assert desk.state(number) == "wait_user_confirm"


def test_workers_side_by_side_send_each_transfer_once(desk: Desk) -> None:
    numbers = [desk.request() for _ in range(6)]
    with ThreadPoolExecutor(3) as pool:
        taken = [pool.submit(desk.submit) for _ in range(3)]
    assert sum(one.result() for one in taken) == 6
    assert {desk.state(number) for number in numbers} == {"wait_user_confirm"}
    assert desk.paid_fen() == 5_400


def test_the_same_request_twice_is_one_transfer_and_another_is_refused(desk: Desk) -> None:
    number = desk.request()
    assert desk.request(out_bill_no=number) == number
    with pytest.raises(Conflict, match="transfer_number_used"):
        desk.request(out_bill_no=number, amount_fen=901)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"amount_fen": 9}, "transfer_too_small"),
        ({"amount_fen": 200_000}, "transfer_name_missing"),
        ({"remark": ""}, "transfer_malformed"),
        ({"remark": "长" * 33}, "transfer_malformed"),
        ({"out_bill_no": "T-1"}, "transfer_malformed"),
        ({"scene_id": "9999"}, "transfer_malformed"),
        ({"scene_id": "1000"}, "transfer_malformed"),
    ],
)
def test_what_wechat_would_refuse_is_not_asked_for(desk: Desk, facts: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        desk.request(**facts)
    assert desk.submit() == 0


@pytest.mark.parametrize(("amount_fen", "sent"), [(29, False), (30, True), (200_000, True)])
def test_a_name_goes_along_only_where_wechat_takes_it(desk: Desk, amount_fen: int, sent: bool) -> None:
    number = desk.request(amount_fen=amount_fen, user_name="张三")
    assert (desk.of(number).user_name is not None) is sent
    desk.submit()
    assert desk.state(number) == "wait_user_confirm"


def test_a_payees_name_is_not_readable_in_the_database(desk: Desk) -> None:
    desk.request(user_name="张三")
    with desk.app.app_context():
        kept = database().connection().exec_driver_sql("SELECT user_name FROM transfers").scalar_one()
    assert "张三".encode() not in bytes(kept)
