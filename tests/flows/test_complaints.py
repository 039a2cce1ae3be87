"""A complaint reaches a person, with its order and without the complainant; answering it ends it."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from flows import complaints
from flows.running import Running
from gateways.wechat.simulator import Simulator
from models import Incident, Notice, database
from tests.support.buying import Buyer, make_shop
from tests.support.clock import SteppingClock

PHONE = "13800138000"


@pytest.fixture
def sandbox(parts: Running) -> Iterator[Simulator]:
    assert parts.sandbox is not None
    # One memory for the whole run: what other tests complained of is over.
    parts.sandbox.world.storage.write("DELETE FROM complaints")
    parts.sandbox.world.storage.write("UPDATE notices SET due_at = NULL")
    yield parts.sandbox
    parts.sandbox.configure("complaint_url", "")
    parts.sandbox.repair()


@pytest.fixture
def number(app: Flask, sandbox: Simulator) -> str:
    """A paid order, and an installation that listens to complaints."""
    make_shop(app)
    told = app.test_cli_runner().invoke(args=["wechat", "listen"])
    assert told.exit_code == 0
    assert "/hooks/wechat-pay/complaints" in told.output
    return Buyer(app).buy(count=1)


def _fetch(app: Flask, parts: Running) -> int:
    with app.app_context():
        return complaints.fetch(parts)


def _incidents(app: Flask) -> list[tuple[str, dict[str, object], bool]]:
    with app.app_context():
        rows = database().scalars(sa.select(Incident).order_by(Incident.id))
        return [(one.subject, one.facts, one.resolved_at is None) for one in rows]


def test_a_complaint_opens_an_incident_at_once_and_learns_its_order(
    app: Flask, parts: Running, sandbox: Simulator, number: str
) -> None:
    complaint = sandbox.complain(number, "没有收到证书", PHONE)
    sandbox.deliver_due()
    assert _incidents(app) == [(f"complaint:{complaint}", {}, True)]
    _fetch(app, parts)
    assert _incidents(app) == [(f"complaint:{complaint}", {"number": number, "state": "PENDING"}, True)]


def test_nothing_of_a_complainant_is_kept(
    app: Flask, parts: Running, sandbox: Simulator, number: str
) -> None:
    sandbox.complain(number, f"请打我电话 {PHONE}", PHONE)
    sandbox.deliver_due()
    _fetch(app, parts)
    with app.app_context():
        told = [one.facts for one in database().scalars(sa.select(Notice))]
    kept = json.dumps([_incidents(app), told], default=str, ensure_ascii=False)
    assert number in kept
    assert PHONE not in kept
    assert "请打我电话" not in kept


def test_a_complaint_whose_announcement_was_lost_is_found(
    app: Flask, parts: Running, sandbox: Simulator, number: str
) -> None:
    sandbox.configure("complaint_url", "")
    complaint = sandbox.complain(number, "没有收到证书")
    assert _incidents(app) == []
    assert _fetch(app, parts) == 1
    assert _fetch(app, parts) == 0
    assert [subject for subject, _, is_open in _incidents(app) if is_open] == [f"complaint:{complaint}"]


def test_an_announcement_repeated_opens_one_incident(
    app: Flask, parts: Running, sandbox: Simulator, number: str
) -> None:
    complaint = sandbox.complain(number, "没有收到证书")
    sandbox.deliver_due()
    (notice,) = sandbox.notices(complaint)
    assert sandbox.redeliver(notice) == 204
    assert len(_incidents(app)) == 1


def test_answering_and_finishing_settles_the_incident(
    app: Flask, parts: Running, sandbox: Simulator, number: str
) -> None:
    complaint = sandbox.complain(number, "没有收到证书", PHONE)
    sandbox.deliver_due()
    flask = app.test_cli_runner().invoke
    assert flask(args=["complaints", "finish", complaint]).exit_code == 1
    assert flask(args=["complaints", "reply", complaint, "x" * 201]).exit_code == 1
    assert flask(args=["complaints", "reply", complaint, "证书在“我的证书”里。"]).exit_code == 0
    _fetch(app, parts)
    assert [facts["state"] for _, facts, is_open in _incidents(app) if is_open] == ["PROCESSING"]
    assert flask(args=["complaints", "finish", complaint]).exit_code == 0
    sandbox.deliver_due()
    _fetch(app, parts)
    assert [is_open for *_, is_open in _incidents(app)] == [False]


def test_what_the_buyer_says_later_needs_a_person_again(
    app: Flask, parts: Running, sandbox: Simulator, number: str
) -> None:
    complaint = sandbox.complain(number, "没有收到证书")
    for verb in (["reply", complaint, "请稍等"], ["finish", complaint]):
        assert app.test_cli_runner().invoke(args=["complaints", *verb]).exit_code == 0
    sandbox.deliver_due()
    sandbox.speak_up(complaint, "还是没有")
    sandbox.deliver_due()
    assert [is_open for *_, is_open in _incidents(app)][-1]


def test_an_operator_sees_complaints_with_the_phone_number_masked(
    app: Flask, sandbox: Simulator, number: str
) -> None:
    complaint = sandbox.complain(number, "没有收到证书", PHONE)
    listed = app.test_cli_runner().invoke(args=["complaints", "list"]).output
    shown = app.test_cli_runner().invoke(args=["complaints", "show", complaint]).output
    for output in (listed, shown):
        assert complaint in output
        assert number in output
        assert PHONE not in output
    assert "138****8000" in shown
    assert "没有收到证书" in shown
    assert app.test_cli_runner().invoke(args=["complaints", "show", "nothing"]).exit_code == 1


def test_complaints_of_long_ago_are_followed_while_they_are_open(
    app: Flask, parts: Running, sandbox: Simulator, number: str, clock: SteppingClock
) -> None:
    complaint = sandbox.complain(number, "没有收到证书")
    _fetch(app, parts)
    sandbox.world.storage.write(
        "UPDATE complaints SET state = 'PROCESSED', made_at = made_at - 864000 WHERE complaint_id = ?",
        complaint,
    )
    _fetch(app, parts)
    assert [is_open for *_, is_open in _incidents(app)] == [False]


def test_wechat_being_down_loses_no_complaint(
    app: Flask, parts: Running, sandbox: Simulator, number: str
) -> None:
    sandbox.configure("complaint_url", "")
    sandbox.complain(number, "没有收到证书")
    sandbox.fail("500", "list_complaints", times=10)
    assert _fetch(app, parts) == 0
    sandbox.repair()
    assert _fetch(app, parts) == 1
