"""Money received: booked exactly once per transaction, whoever brings the news, and its order given what it is due."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.certificates import Purpose
from domain.ledger import Event
from domain.orders import OrderEvent, OrderState, move
from domain.refunds import RefundCause
from domain.tokens import TokenSigner
from models import Order, Payment, Together, table_of
from models.payments import PaymentState
from services import certificates, gifts, incidents, reallocation, refunds, reservations
from services import ledger as book
from services.receipts import Receipt

_Orders = table_of(Order)
_Payments = table_of(Payment)


#: What a person is told of money that did not pay its order; closed again when the money has found its place.
INCIDENTS = {
    RefundCause.LATE_PAYMENT: "paid_late",
    RefundCause.WRONG_AMOUNT: "wrong_amount",
    RefundCause.SECOND_PAYMENT: "second_transaction",
}


class Outcome(StrEnum):
    """What came of the news that money was received."""

    PAID = "paid"
    DUPLICATE = "duplicate"
    REALLOCATED = "reallocated"
    UNPLACED = "unplaced"
    MISMATCH = "mismatch"
    UNKNOWN_ORDER = "unknown_order"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Terms:
    """What settling needs to know beside the rows."""

    merchant_id: str
    appids: frozenset[str]
    gift_days: int
    signer: TokenSigner
    random: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class _Found:
    """The order a receipt is for, locked, and what is known of its payment."""

    order: sa.Row[Any]
    appid: str | None
    openid: str | None
    transaction_id: str | None

    @property
    def asked(self) -> bool:
        return self.appid is not None


#: What is asked of an order with every notice: how its trees were chosen, and for whom, only where money came late.
_OF_ORDER = tuple(column for column in _Orders.columns if column.name not in ("selection", "draw", "message"))
_FIND: sa.Select[Any] = (
    sa.select(
        *_OF_ORDER,
        _Payments.c.appid,
        _Payments.c.openid,
        _Payments.c.transaction_id,
    )
    .outerjoin(_Payments, _Payments.c.order_id == _Orders.c.id)
    .where(_Orders.c.number == sa.bindparam("number"))
    .with_for_update(of=_Orders)
)


_RECEIVED = {
    "state": PaymentState.PAID,
    "transaction_id": sa.bindparam("by_transaction"),
    "received_fen": sa.bindparam("received"),
    "paid_at": sa.bindparam("received_at"),
}
_ASKED = sa.update(_Payments).where(_Payments.c.order_id == sa.bindparam("of_order")).values(_RECEIVED)
#: Nothing of ours asked for it, as after a restored backup: the money is real all the same.
_UNASKED = sa.insert(_Payments).values(
    {
        "order_id": sa.bindparam("of_order"),
        "appid": sa.bindparam("from_appid"),
        "openid": sa.bindparam("from_openid"),
        "amount_fen": sa.bindparam("expected"),
        "description": "",
        "notify_url": "",
        "time_expire": sa.bindparam("until"),
        "asked_at": sa.bindparam("first_seen"),
        "next_query_at": sa.bindparam("first_seen"),
        "queries": 0,
        **_RECEIVED,
    }
)
_TO_PAID = (
    sa.update(_Orders)
    .where(_Orders.c.id == sa.bindparam("of_order"))
    .values(state=sa.bindparam("to_state"), paid_at=sa.bindparam("at"))
)
_PAY_ASKED = Together(_TO_PAID, _ASKED, certificates.WRITING, *book.CREDITING)
_PAY_UNASKED = Together(_TO_PAID, _UNASKED, certificates.WRITING, *book.CREDITING)


def settle(session: Session, receipt: Receipt, terms: Terms, now: datetime) -> Outcome:
    """Book money received, exactly once, and give its order what it is due.

    The right amount for a pending order pays it: certificate, credits and postings. For a closed order trees are
    looked for again. Money that finds none, is of a wrong amount, or comes a second time is owed back, in full and
    of itself, and a person is told. A foreign merchant, app or currency books nothing.
    """
    row = session.connection().execute(_FIND, {"number": receipt.number}).first()
    if row is None:
        return Outcome.UNKNOWN_ORDER
    found = _Found(row, row.appid, row.openid, row.transaction_id)
    if row.state is not OrderState.PENDING:
        found = _read_payment_again(session, found)
    if _is_known(session, found, receipt):
        return Outcome.DUPLICATE
    if (
        receipt.merchant_id != terms.merchant_id
        or receipt.appid not in terms.appids
        or (found.asked and receipt.appid != found.appid)
        or receipt.currency != "CNY"
    ):
        _incident(session, "notice_mismatch", found, receipt, now)
        return Outcome.MISMATCH
    if found.asked and receipt.openid != found.openid:
        # Somebody else's wallet may pay; the money is as good, but a person should know.
        _incident(session, "payer_differs", found, receipt, now)
    return _place(session, found, receipt, terms, now)


def _place(session: Session, found: _Found, receipt: Receipt, terms: Terms, now: datetime) -> Outcome:
    """Give believable money, heard of for the first time, what it is due."""
    order = found.order
    if found.transaction_id is not None:
        return _owe_back(session, found, receipt, RefundCause.SECOND_PAYMENT, now)
    if receipt.amount_fen != order.amount_fen:
        return _owe_back(session, found, receipt, RefundCause.WRONG_AMOUNT, now)
    if order.state is not OrderState.PENDING:
        return _pay_late(session, found, receipt, terms, now)
    _pay(session, found, receipt, terms, now)
    return Outcome.PAID


def _is_known(session: Session, found: _Found, receipt: Receipt) -> bool:
    """Whether this money was booked before: it paid the order, or it goes back."""
    if found.transaction_id is None:
        # Money that came, even too late or too little, stands on the payment first.
        return False
    known = receipt.transaction_id == found.transaction_id
    return known or refunds.is_owed_back(session, receipt.transaction_id)


def _read_payment_again(session: Session, found: _Found) -> _Found:
    """What is known of the payment now.

    Whoever waited for the order's lock has the order as it is now, but the payment beside it as it was before: the
    same notice, brought by two senders at once, would be booked twice.
    """
    row = session.execute(
        sa.select(_Payments.c.appid, _Payments.c.openid, _Payments.c.transaction_id).where(
            _Payments.c.order_id == found.order.id
        )
    ).first()
    return found if row is None else replace(found, **row._asdict())


def _pay(
    session: Session, found: _Found, receipt: Receipt, terms: Terms, now: datetime, *, late: bool = False
) -> None:
    order = found.order
    gift = order.purpose is Purpose.GIFT
    certificate = certificates.draft(
        order, now=now, random=terms.random, signer=None if gift else terms.signer
    )
    values = {
        **_received(found, receipt, now),
        "to_state": move(order.state, OrderEvent.PAY_LATE if late else OrderEvent.PAY),
        "at": now,
        **certificate.values,
        **book.crediting_values(
            order_id=order.id,
            certificate_id=certificate.id,
            source=ledger.REFUNDS_DUE if late else ledger.WECHAT,
            event=Event.REALLOCATED if late else Event.ORDER_PAID,
            now=now,
            matures_at=now + timedelta(days=order.maturity_days),
        ),
    }
    (_PAY_ASKED if found.asked else _PAY_UNASKED).run(session, values)
    if gift:
        gifts.offer(session, order.id, now, terms.gift_days, terms.random)


def _pay_late(session: Session, found: _Found, receipt: Receipt, terms: Terms, now: datetime) -> Outcome:
    """Money for an order that was closed: trees if there are any as good, else back it goes."""
    if not reallocation.take_again(session, _whole_order(session, found), now, terms.random):
        return _owe_back(session, found, receipt, RefundCause.LATE_PAYMENT, now)
    _take_in(session, found, receipt, RefundCause.LATE_PAYMENT, now)
    # The trees are others: what they bring stands on the order now.
    again = replace(found, order=_whole_order(session, found))
    _pay(session, again, receipt, terms, now, late=True)
    incidents.resolve_gone(
        session,
        kind=INCIDENTS[RefundCause.LATE_PAYMENT],
        subject=f"order:{found.order.number}",
        now=now,
        resolution="已自动重新配树并出证。 Trees were found again by itself; the certificate is made out.",
    )
    return Outcome.REALLOCATED


def _whole_order(session: Session, found: _Found) -> sa.Row[Any]:
    return session.execute(sa.select(_Orders).where(_Orders.c.id == found.order.id)).one()


def _owe_back(
    session: Session, found: _Found, receipt: Receipt, cause: RefundCause, now: datetime
) -> Outcome:
    """Owe back what was received, all of it, and put the refund in the queue."""
    order = found.order
    if found.transaction_id is None:
        if order.state is OrderState.PENDING:
            reservations.give_back(session, [order.id])
        session.execute(
            sa.update(_Orders)
            .where(_Orders.c.id == order.id)
            .values(state=move(order.state, OrderEvent.MONEY_UNPLACED))
        )
        session.execute(_ASKED if found.asked else _UNASKED, _received(found, receipt, now))
    _take_in(session, found, receipt, cause, now)
    refunds.request(
        session,
        refunds.Payback(
            order_id=order.id,
            order_number=order.number,
            cause=cause,
            transaction_id=receipt.transaction_id,
            total_fen=receipt.amount_fen,
            amount_fen=receipt.amount_fen,
        ),
        now,
    )
    return Outcome.UNPLACED


def _take_in(session: Session, found: _Found, receipt: Receipt, cause: RefundCause, now: datetime) -> None:
    """Book money that pays for nothing yet, and tell a person."""
    book.post(
        session,
        [ledger.Posting(Event.MONEY_UNPLACED, ledger.WECHAT, ledger.REFUNDS_DUE, receipt.amount_fen)],
        now=now,
        order_id=found.order.id,
        reference=receipt.transaction_id,
    )
    _incident(session, INCIDENTS[cause], found, receipt, now)


def _received(found: _Found, receipt: Receipt, now: datetime) -> dict[str, object]:
    """The values of _ASKED, or of _UNASKED where nothing of ours asked for the payment."""
    order = found.order
    facts: dict[str, object] = {
        "of_order": order.id,
        "by_transaction": receipt.transaction_id,
        "received": receipt.amount_fen,
        "received_at": receipt.paid_at,
    }
    if found.asked:
        return facts
    return {
        **facts,
        "from_appid": receipt.appid,
        "from_openid": receipt.openid,
        "expected": order.amount_fen,
        "until": order.expires_at,
        "first_seen": now,
    }


def _incident(session: Session, kind: str, found: _Found, receipt: Receipt, now: datetime) -> None:
    order = found.order
    incidents.open_incident(
        session,
        kind=kind,
        subject=f"order:{order.number}",
        now=now,
        facts={
            "transaction_id": receipt.transaction_id,
            "received_fen": receipt.amount_fen,
            "expected_fen": order.amount_fen,
            "order_state": order.state.value,
        },
    )
