"""What must hold between the book and the rows it was made from: each statement finds (subject, detail) of what breaks
its rule.
"""

import sqlalchemy as sa

from domain import ledger
from domain.ledger import Event
from domain.orders import OrderState
from domain.refunds import ENDS_ORDER, RefundCause, RefundState
from models import Certificate, Credit, Order, Payment, Posting, Refund, RefundAttempt, Unit
from models.certificates import CertificateState
from models.credits import CreditState
from models.units import UnitState

#: Orders whose money goes back to the buyer, or has gone.
GIVEN_BACK = (OrderState.REFUNDING, OrderState.REFUNDED)

_standing = sa.select(Credit).where(Credit.state != CreditState.CANCELLED).subquery()
_credited = (
    sa.select(_standing.c.order_id, sa.func.sum(_standing.c.amount_fen).label("fen"))
    .group_by(_standing.c.order_id)
    .subquery()
)
_carried = (
    sa.select(Unit.order_id, sa.func.sum(Unit.price_fen).label("fen"), sa.func.count().label("trees"))
    .where(Unit.state == UnitState.TAKEN)
    .group_by(Unit.order_id)
    .subquery()
)
_sold = (
    sa.select(
        Unit.order_id,
        Unit.household_id,
        sa.func.sum(Unit.price_fen).label("fen"),
        sa.func.sum(Unit.sink_g).label("grams"),
        sa.func.count().label("trees"),
    )
    .where(Unit.order_id.is_not(None))
    .group_by(Unit.order_id, Unit.household_id)
    .subquery()
)
_placed = (
    sa.select(Posting.order_id, sa.func.sum(Posting.amount_fen).label("fen"))
    .where(Posting.source == ledger.WECHAT, Posting.event.in_((Event.ORDER_PAID, Event.MONEY_UNPLACED)))
    .group_by(Posting.order_id)
    .subquery()
)
_paid_again = (
    sa.select(Refund.order_id, sa.func.sum(Refund.total_fen).label("fen"))
    .where(Refund.cause == RefundCause.SECOND_PAYMENT)
    .group_by(Refund.order_id)
    .subquery()
)
_received = sa.func.coalesce(Payment.received_fen, 0) + sa.func.coalesce(_paid_again.c.fen, 0)

#: Each statement finds (subject, detail) of what breaks its rule.
TRACES: dict[str, sa.Select[str, str]] = {
    "paid_order_has_certificate": sa.select(Order.number, sa.literal("no certificate"))
    .outerjoin(
        Certificate,
        sa.and_(Certificate.order_id == Order.id, Certificate.state != CertificateState.REVOKED),
    )
    .where(Order.state == OrderState.PAID, Certificate.id.is_(None)),
    "paid_order_is_credited_in_full": sa.select(
        Order.number, sa.cast(sa.func.coalesce(_credited.c.fen, 0), sa.String)
    )
    .outerjoin(_credited, _credited.c.order_id == Order.id)
    .where(Order.state == OrderState.PAID, sa.func.coalesce(_credited.c.fen, 0) != Order.amount_fen),
    "paid_order_carries_its_trees": sa.select(
        Order.number, sa.cast(sa.func.coalesce(_carried.c.trees, 0), sa.String)
    )
    .outerjoin(_carried, _carried.c.order_id == Order.id)
    .where(
        Order.state == OrderState.PAID,
        sa.or_(
            sa.func.coalesce(_carried.c.trees, 0) != Order.count,
            sa.func.coalesce(_carried.c.fen, 0) != Order.amount_fen,
        ),
    ),
    "household_posting_names_certificate": sa.select(
        sa.cast(Posting.id, sa.String), Posting.destination
    ).where(Posting.event.in_((Event.ORDER_PAID, Event.REALLOCATED)), Posting.certificate_id.is_(None)),
    "certificate_says_what_was_bought": sa.select(Certificate.serial, Order.number)
    .join(Order, Order.id == Certificate.order_id)
    .where(
        sa.or_(
            Certificate.count != Order.count,
            Certificate.sink_g != Order.sink_g,
            Certificate.amount_fen != Order.amount_fen,
            Certificate.year != Order.year,
        )
    ),
    "credit_names_its_certificate": sa.select(
        sa.cast(_standing.c.id, sa.String), sa.cast(_standing.c.certificate_id, sa.String)
    )
    .outerjoin(
        Certificate,
        sa.and_(Certificate.id == _standing.c.certificate_id, Certificate.order_id == _standing.c.order_id),
    )
    .where(Certificate.id.is_(None)),
    "credit_is_its_trees": sa.select(
        sa.cast(_standing.c.id, sa.String), sa.cast(_standing.c.order_id, sa.String)
    )
    .outerjoin(
        _sold,
        sa.and_(
            _sold.c.order_id == _standing.c.order_id,
            _sold.c.household_id == sa.func.coalesce(_standing.c.earned_by_id, _standing.c.household_id),
        ),
    )
    .where(
        sa.or_(
            sa.func.coalesce(_sold.c.trees, 0) != _standing.c.trees,
            sa.func.coalesce(_sold.c.grams, 0) != _standing.c.sink_g,
            sa.func.coalesce(_sold.c.fen, 0) != _standing.c.amount_fen,
        )
    ),
    "receipt_is_booked_once": sa.select(Order.number, sa.cast(sa.func.coalesce(_placed.c.fen, 0), sa.String))
    .outerjoin(Payment, Payment.order_id == Order.id)
    .outerjoin(_placed, _placed.c.order_id == Order.id)
    .outerjoin(_paid_again, _paid_again.c.order_id == Order.id)
    .where(_received != sa.func.coalesce(_placed.c.fen, 0)),
    "receipt_has_its_outcome": sa.select(Order.number, sa.cast(Order.state, sa.String))
    .join(Payment, Payment.order_id == Order.id)
    .where(Payment.received_fen.is_not(None), Order.state.in_((OrderState.PENDING, OrderState.CLOSED))),
    "posting_is_its_credit": sa.select(sa.cast(Posting.id, sa.String), Posting.destination)
    .outerjoin(
        Credit,
        sa.and_(
            Credit.order_id == Posting.order_id,
            Posting.destination
            == sa.literal("household:")
            + sa.cast(sa.func.coalesce(Credit.earned_by_id, Credit.household_id), sa.String),
            Credit.amount_fen == Posting.amount_fen,
        ),
    )
    .where(Posting.event.in_((Event.ORDER_PAID, Event.REALLOCATED)), Credit.id.is_(None)),
    "order_given_back_has_no_credits": sa.select(Order.number, sa.cast(_credited.c.fen, sa.String))
    .join(_credited, _credited.c.order_id == Order.id)
    .where(Order.state.in_(GIVEN_BACK)),
    "order_given_back_has_no_certificate": sa.select(Order.number, Certificate.serial)
    .join(Certificate, Certificate.order_id == Order.id)
    .where(Order.state.in_(GIVEN_BACK), Certificate.state != CertificateState.REVOKED),
    "order_given_back_holds_no_trees": sa.select(Order.number, sa.cast(_carried.c.trees, sa.String))
    .join(_carried, _carried.c.order_id == Order.id)
    .where(Order.state.in_(GIVEN_BACK)),
    "order_given_back_has_its_refund": sa.select(Order.number, sa.cast(Order.state, sa.String))
    .outerjoin(
        Refund,
        sa.and_(
            Refund.order_id == Order.id,
            Refund.cause.in_(ENDS_ORDER),
            (Refund.state == RefundState.SUCCEEDED) == (Order.state == OrderState.REFUNDED),
        ),
    )
    .where(Order.state.in_(GIVEN_BACK), Refund.id.is_(None)),
    "refund_is_paid_once": sa.select(sa.cast(Refund.id, sa.String), sa.cast(sa.func.count(), sa.String))
    .join(RefundAttempt, RefundAttempt.refund_id == Refund.id)
    .join(Posting, sa.and_(Posting.event == Event.REFUND_PAID, Posting.reference == RefundAttempt.number))
    .group_by(Refund.id)
    .having(sa.func.count() > 1),
}
