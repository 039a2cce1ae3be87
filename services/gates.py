"""Switches that stop what moves money: each closed with a reason, opened again by whoever may."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Unavailable
from models import Gate


def check_open(session: Session, *names: str) -> None:
    """Raise Unavailable("closed_for_now") if one of these switches is off."""
    reason = session.scalar(sa.select(Gate.reason).where(Gate.name.in_(names), Gate.open.is_(False)).limit(1))
    if reason is not None:
        raise Unavailable("closed_for_now", reason=reason)


def is_open(session: Session, name: str) -> bool:
    """Whether a switch is on; one nobody has set is."""
    return session.scalar(sa.select(Gate.open).where(Gate.name == name)) is not False


def open_gate(session: Session, name: str, now: datetime) -> None:
    """Switch on again; a switch nobody has set is on already."""
    gate = session.get(Gate, name)
    if gate is not None:
        gate.open, gate.reason, gate.set_at = True, "", now
        session.flush()


def closed(session: Session) -> list[Gate]:
    """The switches that are off."""
    return list(session.scalars(sa.select(Gate).where(Gate.open.is_(False)).order_by(Gate.name)))
