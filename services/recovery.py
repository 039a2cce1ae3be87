"""After a restored backup: what happened since it was taken, as far as WeChat's bills can tell.

An order that the backup does not know is made anew from its bill line, closed: its money then comes late, and goes back
to whoever paid, because nothing is sold while the installation is closed. A refund that the backup does not know is
taken over under the number it bore, so that WeChat never pays it twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.bank_lines import DAY
from domain.bills import TradeKind
from domain.certificates import Purpose
from domain.clock import business_day
from domain.errors import Conflict
from domain.ids import new_id
from domain.orders import OrderState
from models import AuditEntry, Credit, Gate, Incident, Order, RefundAttempt, TradeLine
from models.credits import CreditState
from services import bank_statements, refunds, users
from services.bill_comparison import trade_lines_of
from services.offers import RESTORED
from services.programmes import terms_of_year

#: Whose name stands on an order that was made anew: nobody's, for a bill names nobody.
NOBODY = "—"
#: The act that ends a restoration.
REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Gap:
    """The business days between a backup and its restoration, both included; of several restorations, all of theirs."""

    first: date
    last: date
    restored_at: datetime


def gap(session: Session) -> Gap:
    """The days to go through; raises Conflict("not_restored") where nothing waits to be opened."""
    gate = session.get(Gate, RESTORED)
    opened = sa.select(sa.func.max(AuditEntry.id)).where(AuditEntry.action == REOPENED).scalar_subquery()
    # A backup that was taken while closed, and restored, is closed for the days of the restoration before it too.
    entries = session.scalars(
        sa.select(AuditEntry)
        .where(AuditEntry.action == RESTORED, AuditEntry.id > sa.func.coalesce(opened, 0))
        .order_by(AuditEntry.id)
    ).all()
    if gate is None or gate.open or not entries:
        raise Conflict("not_restored")
    taken_at = min(datetime.fromisoformat(str(entry.facts["taken_at"])) for entry in entries)
    return Gap(business_day(taken_at), business_day(entries[-1].at), entries[0].at)


def unheard_of_payouts(session: Session, gap: Gap, *, nothing_at_bank: bool) -> list[str]:
    """What the bank has still to say of payouts made after the backup, in a line each; no bill of WeChat tells of them.

    `nothing_at_bank`: somebody asked the bank, and it has nothing in hand any more. Nothing stands in the way where
    no credit was ripe.
    """
    payable = (CreditState.OWED, CreditState.RESERVED, CreditState.IN_TRANSIT)
    ripe = sa.exists().where(Credit.matures_at <= gap.restored_at, Credit.state.in_(payable))
    if not session.scalar(sa.select(ripe)):
        return []
    told, late = bank_statements.told_until(session, gap.first), gap.last + bank_statements.ON_THE_WAY
    if told < gap.last:
        return [
            f"the bank's statement of {told + DAY} to {gap.last} is needed: `flask reconcile bank FILE --to {gap.last}`"
        ]
    if told < late and not nothing_at_bank:
        return [
            f"what the bank was given until {gap.last} it may carry out until {late}: bring its statement to then,"
            " or ask it to give back what it has in hand and say `flask reopen --nothing-at-bank`"
        ]
    unknown = sa.select(Incident.subject).where(
        Incident.kind == "bank_unknown",
        Incident.opened_at >= gap.restored_at,
        Incident.resolved_at.is_(None),
    )
    return [
        f"bank_unknown: {subject}: see to it, then settle it (docs/runbook.md)"
        for subject in session.scalars(unknown.order_by(Incident.id))
    ]


def lost_payments(session: Session, day: date) -> Sequence[TradeLine]:
    """Payments of a day's bill for orders nobody here knows."""
    known = sa.exists().where(Order.number == TradeLine.number)
    return session.scalars(
        sa.select(TradeLine).where(trade_lines_of(day, TradeKind.PAYMENT), ~known).order_by(TradeLine.id)
    ).all()


def remake(
    session: Session, line: TradeLine, channel: str, now: datetime, random: Callable[[int], bytes]
) -> Order:
    """The order of a lost payment, made anew from its bill line and closed."""
    known = users.Known(channel, line.appid, line.openid, None)
    user, _ = users.recognise(session, known, now, random)
    year = business_day(line.at).year
    terms = terms_of_year(session, year)
    count = max(1, line.amount_fen // terms.price_fen)
    order = Order(
        id=new_id(now, random),
        number=line.number,
        user_id=user.id,
        state=OrderState.CLOSED,
        purpose=Purpose.PERSONAL,
        holder_name=NOBODY,
        holder_public=False,
        message=None,
        count=count,
        amount_fen=line.amount_fen,
        sink_g=count * terms.flat_sink_g,
        year=year,
        selection={"year": year, "count": count},
        draw=None,
        maturity_days=terms.maturity_days,
        created_at=line.at,
        expires_at=line.at,
        paid_at=None,
        closed_at=now,
    )
    session.add(order)
    session.flush()
    return order


def lost_refunds(session: Session, day: date) -> Sequence[tuple[TradeLine, Order]]:
    """Refunds of a day's bill that nobody here knows, for orders that still stand as paid."""
    known = sa.exists().where(RefundAttempt.number == TradeLine.refund_number)
    rows = session.execute(
        sa.select(TradeLine, Order)
        .join(Order, Order.number == TradeLine.number)
        .where(trade_lines_of(day, TradeKind.REFUND), ~known, Order.state == OrderState.PAID)
        .order_by(TradeLine.id)
    )
    return [(line, order) for line, order in rows]


def take_over(session: Session, line: TradeLine, order: Order, now: datetime) -> bool:
    """Undo the order of a lost refund here as well; False, and nothing done, where it was not for the whole of it.

    The refund is then asked after at WeChat like any other: it bears the number it bore before.
    """
    if line.amount_fen != order.amount_fen:
        return False
    refund = refunds.take_back(session, order, None, now)
    if refunds.latest_number(session, refund.id) != line.refund_number:
        raise Conflict("refund_state", {"number": str(line.refund_number)})
    return True
