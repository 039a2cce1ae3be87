"""Paying at WeChat: ask for a payment, hear what became of it, close what will not come."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from domain.errors import Conflict, Unavailable
from domain.orders import OrderState
from flows import words
from flows.running import Running
from gateways import metrics
from gateways.wechat.errors import AlreadyPaid, NotFound, OrderClosed, PayError, Refused
from gateways.wechat.pay.client import PaySheet
from gateways.wechat.pay.records import TradeState, Transaction
from models import Order, Payment, database, end_reading, transaction
from models.payments import PaymentState
from services import orders, payments, prepay_attempts, settlement
from services.receipts import Receipt
from services.settlement import Terms

log = logging.getLogger("danzhu.payments")

#: A prepay_id is good for two hours; a fresh one is asked for well before.
PREPAY_GOOD_FOR = timedelta(minutes=100)


def terms(parts: Running) -> Terms:
    """What settling needs of this installation."""
    return Terms(
        merchant_id=parts.wechat.settings.merchant_id,
        appids=frozenset(app.appid for app in parts.wechat.settings.apps.values()),
        gift_days=parts.settings.gift_days,
        signer=parts.signer,
        random=parts.random,
    )


def ask(parts: Running, number: str, user_id: int, identity_id: int) -> Mapping[str, str]:
    """The signed parameters with which a buyer's WeChat opens the payment sheet for an order.

    Raises Unavailable("payment_unavailable") when WeChat cannot be reached: the order and its number are kept;
    Conflict("words_refused") for words that may not stand on a certificate.
    """
    words.look_at_order(parts, number, words.Writer(user_id, identity_id))
    now = parts.clock()
    with transaction() as session:
        order = orders.find(session, number, user_id)
        payment = payments.ask(
            session,
            order.id,
            identity_id,
            notify_url=parts.wechat.settings.notify_url("transactions"),
            now=now,
        )
    prepay_id = payment.prepay_id
    if prepay_id is None or payment.prepay_at is None or now - payment.prepay_at > PREPAY_GOOD_FOR:
        try:
            prepay_id = _prepare(parts, number, payment)
        except (AlreadyPaid, OrderClosed) as error:
            raise _moved_on(sync(parts, number, user_id)) from error
        except Refused as error:
            log.error("WeChat refused a prepay", extra={"order": number}, exc_info=error)
            raise Conflict("payment_refused", {"reason": error.code}) from error
        except PayError as error:
            raise Unavailable("payment_unavailable") from error
        with transaction() as session:
            state = payments.note_prepaid(session, payment.id, prepay_id, now)
            prepay_attempts.note(session, payment.id, now=now)
        if state is not PaymentState.ASKED:
            _take_back(parts, number)
            raise _moved_on(_again(number, user_id))
    sheet: PaySheet = parts.wechat.pay.pay_sign(payment.appid, prepay_id)
    return {"appId": payment.appid, **{name: str(value) for name, value in sheet.items()}}


def _prepare(parts: Running, number: str, payment: Payment) -> str:
    """The prepay_id WeChat gives for a payment; what it says instead is written down, and raised as a PayError."""
    try:
        return parts.wechat.pay.prepay_jsapi(
            appid=payment.appid,
            openid=payment.openid,
            out_trade_no=number,
            description=payment.description,
            total_fen=payment.amount_fen,
            time_expire=payment.time_expire,
            notify_url=payment.notify_url,
        )
    except PayError as error:
        with transaction() as session:
            prepay_attempts.note(
                session,
                payment.id,
                now=parts.clock(),
                outcome=error.code,
                request_id=error.request_id,
            )
        raise


def sync(parts: Running, number: str, user_id: int) -> Order:
    """The order after asking WeChat what became of its payment; closed when its time is over and nobody paid."""
    order = orders.find(database(), number, user_id)
    _learn(parts, order, close=order.expires_at <= parts.clock())
    return _again(number, user_id)


def cancel(parts: Running, number: str, user_id: int) -> Order:
    """Close an order at the buyer's wish, unless WeChat says that it has been paid."""
    order = orders.find(database(), number, user_id)
    _learn(parts, order, close=True)
    return _again(number, user_id)


def sync_number(parts: Running, number: str) -> None:
    """What the worker does for one payment whose turn it is."""
    order = orders.by_number(database(), number)
    _learn(parts, order, close=order.expires_at <= parts.clock())


def _learn(parts: Running, order: Order, *, close: bool) -> None:
    """Ask WeChat about an order's payment and book what it says; query, then close, and only then free the trees."""
    if order.state is not OrderState.PENDING:
        return
    payment = payments.of_order(database(), order.id)
    if payment is None and close:
        with transaction() as session:
            payments.close_unasked(session, order.id, parts.clock())
        payment = payments.of_order(database(), order.id)
    if payment is None or payment.state is not PaymentState.ASKED:
        return
    end_reading()
    try:
        found = parts.wechat.pay.query_by_number(order.number)
    except NotFound:
        found = None
    except PayError as error:
        raise Unavailable("payment_unavailable") from error
    if found is not None and found.is_paid:
        _settle(parts, found)
        return
    if close or (found is not None and found.state is TradeState.CLOSED):
        try:
            parts.wechat.pay.close(order.number)
        except AlreadyPaid:
            # Paid between our two questions: the next one books it.
            _book_paid(parts, order.number)
            return
        except (NotFound, OrderClosed):
            pass
        except PayError as error:
            raise Unavailable("payment_unavailable") from error
        _close(parts, order)


def _take_back(parts: Running, number: str) -> None:
    """Close at WeChat what was prepared there while the order was closed here; money that comes first is owed back."""
    try:
        parts.wechat.pay.close(number)
    except PayError as error:
        # Its time at WeChat is over soon; until then the notice tells.
        log.warning("a payment prepared too late is still open", extra={"order": number}, exc_info=error)


def _moved_on(order: Order) -> Conflict:
    return Conflict("order_state", {"status": order.state.value}, state=order.state.value)


def _book_paid(parts: Running, number: str) -> None:
    try:
        found = parts.wechat.pay.query_by_number(number)
    except PayError as error:
        raise Unavailable("payment_unavailable") from error
    if found.is_paid:
        _settle(parts, found)


def _settle(parts: Running, found: Transaction) -> None:
    with transaction() as session:
        outcome = settlement.settle(session, receipt_of(found), terms(parts), parts.clock())
    metrics.payment_settled(outcome.value)


def _close(parts: Running, order: Order) -> None:
    with transaction() as session:
        payments.close(session, order.id, parts.clock())


def _again(number: str, user_id: int) -> Order:
    session = database()
    session.expire_all()
    return orders.find(session, number, user_id)


def receipt_of(found: Transaction) -> Receipt:
    """The money a paid order at WeChat stands for; raises Unavailable when WeChat does not say enough."""
    if found.transaction_id is None or found.total_fen is None or found.paid_at is None:
        raise Unavailable("payment_unavailable")
    return Receipt(
        number=found.out_trade_no,
        transaction_id=found.transaction_id,
        merchant_id=found.merchant_id,
        appid=found.appid,
        openid=found.payer_openid or "",
        amount_fen=found.total_fen,
        currency=found.currency or "CNY",
        paid_at=found.paid_at,
    )
