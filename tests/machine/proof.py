"""What must hold after every step, and what must hold once everything has had its time."""

from datetime import date, datetime

import sqlalchemy as sa
from flask import Flask

from domain.clock import business_day
from domain.ledger import WECHAT
from domain.orders import OrderState
from domain.refunds import ASK_AGAIN, HELD_FOR, SEND_AGAIN, RefundState
from gateways.wechat.simulator import Simulator
from models import Credit, FundLine, Incident, Order, Payment, Refund, RefundAttempt, database
from models.credits import CreditState
from models.payments import PaymentState
from models.refunds import AttemptOutcome
from services import ledger
from services.payments import QUERY_AFTER
from tests.support.buying import faults_found, sold_twice

#: Refunds that move on without anybody's help.
BY_ITSELF = (RefundState.REQUESTED, RefundState.SUBMITTED, RefundState.PROCESSING)
LONGEST_WAIT = max(*QUERY_AFTER, *SEND_AGAIN, *ASK_AGAIN, HELD_FOR)


def check_rows(app: Flask) -> None:
    """Nothing an auditor would object to on any row."""
    assert faults_found(app) == []
    assert sold_twice(app) == []


def check_now(app: Flask, sandbox: Simulator, now: datetime) -> None:
    """No fen lost or made, nothing under way without its next turn."""
    received, credits, paid_back, due = money(app)
    assert received == credits + paid_back + due
    taken, given_back, accepted = wechats_money(sandbox)
    assert received <= taken
    assert paid_back <= given_back <= accepted <= taken
    assert accepted <= paid_back + due
    assert unscheduled(app, now) == []


def money(app: Flask) -> tuple[int, int, int, int]:
    """Fen received, credited and standing, given back, and owed to payers, as the rows have it."""
    with app.app_context():
        session = database()

        def total(column: sa.ColumnElement[int], *which: sa.ColumnElement[bool]) -> int:
            return int(session.scalar(sa.select(sa.func.coalesce(sa.func.sum(column), 0)).where(*which)) or 0)

        return (
            total(sa.type_coerce(Payment.received_fen, sa.BigInteger)),
            total(sa.type_coerce(Credit.amount_fen, sa.BigInteger), Credit.state != CreditState.CANCELLED),
            total(sa.type_coerce(Refund.amount_fen, sa.BigInteger), Refund.state == RefundState.SUCCEEDED),
            total(sa.type_coerce(Refund.amount_fen, sa.BigInteger), Refund.state != RefundState.SUCCEEDED),
        )


def at_wechat(app: Flask) -> int:
    """Fen that the book has lie at WeChat."""
    with app.app_context():
        return -ledger.balance_of(database(), WECHAT)


def left_to_people(app: Flask) -> int:
    """Fen by which WeChat's accounts grew and that are not in the book, because somebody has to look at it first."""
    about = [
        subject.removeprefix("fund:") for kind, subject in open_incidents(app) if kind == "movement_unbooked"
    ]
    signed = sa.case((FundLine.is_income, FundLine.amount_fen), else_=-FundLine.amount_fen)
    with app.app_context():
        return int(
            database().scalar(sa.select(sa.func.sum(signed)).where(FundLine.flow_number.in_(about))) or 0
        )


def wechats_money(sandbox: Simulator) -> tuple[int, int, int]:
    """Fen WeChat has taken from payers, given back to them, and accepted to give back."""
    storage = sandbox.world.storage

    def total(statement: str) -> int:
        row = storage.row(statement)
        return int(row[0] or 0) if row is not None else 0

    return (
        total("SELECT SUM(paid_fen) FROM orders WHERE paid_at IS NOT NULL"),
        total("SELECT SUM(refund_fen) FROM refunds WHERE status = 'SUCCESS'"),
        total("SELECT SUM(refund_fen) FROM refunds WHERE status != 'CLOSED'"),
    )


def unscheduled(app: Flask, now: datetime) -> list[str]:
    """What is under way and has no turn within the longest wait there is."""
    with app.app_context():
        session = database()
        payments = session.execute(
            sa.select(Order.number, Payment.next_query_at)
            .join(Payment, Payment.order_id == Order.id)
            .where(Payment.state == PaymentState.ASKED)
        ).all()
        refunds = session.execute(
            sa.select(RefundAttempt.number, Refund.next_try_at)
            .join(RefundAttempt, RefundAttempt.refund_id == Refund.id)
            .where(RefundAttempt.outcome == AttemptOutcome.OPEN)
        ).all()
    return [number for number, turn in [*payments, *refunds] if turn - now > LONGEST_WAIT]


def overdue(app: Flask, now: datetime) -> list[str]:
    """What is under way although its turn has come: nothing, once every job has run."""
    with app.app_context():
        session = database()
        lapsed = session.scalars(
            sa.select(Order.number)
            .outerjoin(Payment, Payment.order_id == Order.id)
            .where(Order.state == OrderState.PENDING, Order.expires_at <= now, Payment.id.is_(None))
        )
        payments = session.scalars(
            sa.select(Order.number)
            .join(Payment, Payment.order_id == Order.id)
            .where(Payment.state == PaymentState.ASKED, Payment.next_query_at <= now)
        )
        refunds = session.scalars(
            sa.select(RefundAttempt.number)
            .join(Refund, Refund.id == RefundAttempt.refund_id)
            .where(RefundAttempt.outcome == AttemptOutcome.OPEN, Refund.next_try_at <= now)
        )
        return [*lapsed, *payments, *refunds]


def under_way(app: Flask) -> list[str]:
    """Orders and refunds that are not at an end: neither paid, closed or refunded, nor with a person."""
    with app.app_context():
        session = database()
        orders = session.scalars(sa.select(Order.number).where(Order.state == OrderState.PENDING))
        payments = session.scalars(
            sa.select(Order.number)
            .join(Payment, Payment.order_id == Order.id)
            .where(Payment.state == PaymentState.ASKED)
        )
        refunds = session.scalars(
            sa.select(RefundAttempt.number)
            .join(Refund, Refund.id == RefundAttempt.refund_id)
            .where(Refund.state.in_(BY_ITSELF), RefundAttempt.outcome == AttemptOutcome.OPEN)
        )
        return [*orders, *payments, *refunds]


def open_incidents(app: Flask) -> set[tuple[str, str]]:
    """(kind, subject) of what waits for a person."""
    with app.app_context():
        rows = database().execute(
            sa.select(Incident.kind, Incident.subject).where(Incident.resolved_at.is_(None))
        )
        return {(row[0], row[1]) for row in rows}


def with_a_person(app: Flask) -> list[str]:
    """Numbers of refunds that do not move by themselves."""
    with app.app_context():
        newest = (
            sa.select(sa.func.max(RefundAttempt.id))
            .where(RefundAttempt.refund_id == Refund.id)
            .correlate(Refund)
            .scalar_subquery()
        )
        return list(
            database().scalars(
                sa.select(RefundAttempt.number)
                .join(Refund, Refund.id == RefundAttempt.refund_id)
                .where(
                    RefundAttempt.id == newest,
                    Refund.state.in_((RefundState.ABNORMAL, RefundState.FAILED)),
                )
            )
        )


def today(now: datetime) -> date:
    """The day it is in Shanghai."""
    return business_day(now)


def check_at_rest(app: Flask, sandbox: Simulator) -> None:
    """Everything has ended: all of WeChat's money is booked, what is not at an end is with a person."""
    assert under_way(app) == []
    received, credits, paid_back, due = money(app)
    taken, given_back, accepted = wechats_money(sandbox)
    assert received == taken
    assert paid_back == given_back
    waiting = with_a_person(app)
    assert bool(due) == bool(waiting)
    about = {subject for _, subject in open_incidents(app)}
    assert [number for number in waiting if f"refund:{number}" not in about] == []
    assert credits + due + given_back == taken
    assert accepted <= given_back + due
    # What WeChat could not bring to a payer has left the account, and stays with WeChat until a person has seen to it.
    stuck = accepted - given_back
    assert at_wechat(app) + left_to_people(app) == sandbox.balance_fen("BASIC") + stuck
