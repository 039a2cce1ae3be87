"""The same news from several senders at once, and news that meets a sync, is booked once."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from flask import Flask

from domain.ledger import Event
from models import Certificate, Incident, Posting, database
from services import ledger
from tests.faults.meeting import order_held, wait_until_waiting
from tests.support import notices
from tests.support.buying import Buyer, faults_found, make_shop

SENDERS = 8


def _booked(app: Flask) -> list[tuple[str, int]]:
    with app.app_context():
        rows = database().execute(sa.select(Posting.event, Posting.amount_fen).order_by(Posting.id))
        return [(event.value, fen) for event, fen in rows]


def test_one_notice_from_eight_senders_at_once_is_booked_once(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=2)
    lin.prepare(number)
    body = notices.sealed(lin.parts, notices.told(lin.parts, number, 600))
    with ThreadPoolExecutor(SENDERS) as pool:
        with order_held(app, number):
            sent = [pool.submit(notices.send, app, body) for _ in range(SENDERS)]
            wait_until_waiting(app, SENDERS)
        assert [answer.result().status_code for answer in sent] == [204] * SENDERS
    assert _booked(app) == [(Event.ORDER_PAID, 600)]
    assert faults_found(app) == []
    with app.app_context():
        session = database()
        assert ledger.balance_of(session, "wechat") == -600
        assert session.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 1
        late = sa.select(Incident.id).where(Incident.kind == "paid_late")
        assert session.scalars(late).all() == []


def test_a_notice_of_a_wrong_amount_from_several_senders_at_once_is_owed_back_once(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=2)
    lin.prepare(number)
    body = notices.sealed(lin.parts, notices.told(lin.parts, number, 599))
    with ThreadPoolExecutor(SENDERS) as pool:
        with order_held(app, number):
            sent = [pool.submit(notices.send, app, body) for _ in range(SENDERS)]
            wait_until_waiting(app, SENDERS)
        assert [answer.result().status_code for answer in sent] == [204] * SENDERS
    assert _booked(app) == [(Event.MONEY_UNPLACED, 599)]
    assert faults_found(app) == []


def test_a_notice_and_a_sync_at_once_book_the_payment_once(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=3)
    package = lin.prepare(number)
    sandbox = lin.parts.sandbox
    assert sandbox is not None
    sandbox.misdeliver("late", number, value=1)
    paid = sandbox.pay(package)
    with ThreadPoolExecutor(2) as pool:
        with order_held(app, number):
            told = pool.submit(sandbox.redeliver, paid.notice_id)
            wait_until_waiting(app, 1)
            asked = pool.submit(lin.post, f"/orders/{number}/sync")
            wait_until_waiting(app, 2)
        assert told.result() == 204
        assert asked.result().get_json()["status"] == "paid"
    assert _booked(app) == [(Event.ORDER_PAID, 900)]
    assert faults_found(app) == []
