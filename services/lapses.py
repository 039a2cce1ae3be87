"""Holds that have lapsed: whose they were, and who may have their trees.

An order whose time is over and which never asked for a payment holds its trees only until somebody needs them, or
until the worker comes by. Orders are locked before lanes, and all lanes at once, as in services/reservations.py.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.orders import OrderState
from models import Lane, Order, Payment, Unit, table_of
from services import reservations

_Orders = table_of(Order)


def _lapsed(now: datetime) -> sa.Select[int]:
    return sa.select(Order.id).where(
        Order.state == OrderState.PENDING,
        Order.expires_at <= now,
        ~sa.exists().where(Payment.order_id == Order.id),
    )


def is_lapsed(now: datetime) -> sa.ColumnElement[bool]:
    """The condition on a unit that its order's time is over and no payment was asked for."""
    return Unit.order_id.in_(_lapsed(now))


def lapsed_among(session: Session, order_ids: Sequence[int], now: datetime) -> list[int]:
    """Those of these orders whose time is over and which never asked for a payment."""
    return list(session.execute(_lapsed(now).where(Order.id.in_(order_ids))).scalars())


def lapse(session: Session, now: datetime, most: int = 500) -> int:
    """Close orders whose time is over and which never asked for a payment, and free their units; returns how many.

    No money can be under way for such an order, because a payment is asked for more than a minute before the time is
    over or not at all.
    """
    due = _lapsed(now).order_by(Order.expires_at, Order.id).limit(most)
    return _close(session, list(session.scalars(due.with_for_update(skip_locked=True))), now)


def lapse_for(
    session: Session,
    now: datetime,
    *,
    year: int,
    households: Sequence[int] | None = None,
    only: Sequence[int] | None = None,
    most: int = 500,
) -> int:
    """Lapse orders of a year for a purchase that needs their units; returns how many were closed.

    It waits for whoever is at these orders, and holds all lanes the purchase will take from: those of `households`,
    or of everybody.
    """
    due = _lapsed(now).where(Order.year == year).order_by(Order.expires_at, Order.id).limit(most)
    if only is not None:
        due = due.where(Order.id.in_(only))
    ids = list(session.scalars(due.with_for_update()))
    if not ids:
        return 0
    lanes = sa.select(Lane.id).where(Lane.year == year).order_by(Lane.id).with_for_update()
    if households is not None:
        freed = sa.select(Unit.household_id).where(Unit.order_id.in_(ids))
        lanes = lanes.where(sa.or_(Lane.household_id.in_(households), Lane.household_id.in_(freed)))
    session.execute(lanes).all()
    return _close(session, ids, now)


def hold_all(session: Session, now: datetime, year: int) -> None:
    """Hold every lane of a year, once the lapsed orders of the year have given their units back."""
    lapse_for(session, now, year=year)
    session.execute(sa.select(Lane.id).where(Lane.year == year).order_by(Lane.id).with_for_update()).all()


def _close(session: Session, lapsed: Sequence[int], now: datetime) -> int:
    if not lapsed:
        return 0
    # A payment may have been asked for while the lock was waited for.
    asked = sa.exists().where(Payment.order_id == _Orders.c.id)
    closed = session.execute(
        sa.update(_Orders)
        .where(_Orders.c.id.in_(lapsed), _Orders.c.state == OrderState.PENDING, ~asked)
        .values(state=OrderState.CLOSED, closed_at=now)
        .returning(_Orders.c.id)
    )
    ids = list(closed.scalars())
    if ids:
        reservations.give_back(session, ids)
    return len(ids)
