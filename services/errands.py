"""Errands after payments: planned once for each, claimed by one worker at a time, done or given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.certificates import Purpose
from domain.errands import OVERLAP, RECENT, WAITS, ErrandKind, ErrandState, is_last_try, wait_after
from domain.ids import first_id
from domain.orders import OrderState
from models import Certificate, Errand, Order, Payment, User, insert_for
from services import incidents


@dataclass(frozen=True, slots=True)
class Run:
    """One try of one errand, and what it needs to know."""

    errand_id: int
    kind: ErrandKind
    attempts: int
    number: str
    order_state: OrderState
    transaction_id: str | None
    openid: str
    item: str
    serial: str
    count: int
    year: int
    issued_on: date
    buyer_left: bool


def plan(session: Session, kind: ErrandKind, *, appid: str | None, now: datetime) -> int:
    """Plan the errands of one kind for orders paid lately; returns how many.

    Errands are the mini program's: those of payments through another app are written down as not needed, so that the
    next look need not go behind them. A certificate's id tells when it was written, which bounds the look.
    """
    last = session.scalar(sa.select(sa.func.max(Errand.certificate_id)).where(Errand.kind == kind))
    since = first_id(now - RECENT[kind])
    if last is not None:
        since = max(since, last - (first_id(now) - first_id(now - OVERLAP)))
    mine = Payment.appid == (appid or "")
    wanted = (
        sa.select(
            Certificate.id,
            sa.literal(kind, Errand.kind.type),
            sa.case((mine, ErrandState.DUE.value), else_=ErrandState.DROPPED.value),
            sa.literal(0),
            sa.literal(now, Errand.planned_at.type),
            sa.literal(now, Errand.planned_at.type),
            sa.case((mine, None), else_=sa.literal(now, Errand.planned_at.type)),
            sa.case((mine, None), else_="not_needed"),
        )
        .join(Payment, Payment.order_id == Certificate.order_id)
        .where(
            Certificate.id >= since,
            ~sa.exists().where(Errand.certificate_id == Certificate.id, Errand.kind == kind),
        )
        .order_by(Certificate.id)
    )
    if kind is ErrandKind.CERTIFICATE_MESSAGE:
        # Whoever gives has no certificate to be told of.
        wanted = wanted.where(Certificate.purpose != Purpose.GIFT)
    columns = (
        "certificate_id", "kind", "state", "attempts", "next_try_at", "planned_at", "ended_at", "outcome"
    )  # fmt: skip
    planned = (
        insert_for(session.get_bind().dialect.name, Errand)
        .from_select(columns, wanted)
        .on_conflict_do_nothing()
        .returning(Errand.id)
    )
    return len(session.execute(planned).all())


def claim_due(session: Session, now: datetime, most: int = 20) -> list[Run]:
    """The errands whose turn it is; each is put off to its next turn first, so that no other worker runs it too."""
    chosen = session.scalars(
        sa.select(Errand.id)
        .where(Errand.state == ErrandState.DUE, Errand.next_try_at <= now)
        .order_by(Errand.next_try_at, Errand.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    turns = [
        (sa.and_(Errand.kind == kind, Errand.attempts == done), now + wait_after(kind, done + 1))
        for kind, waits in WAITS.items()
        for done in range(len(waits))
    ]
    claimed = session.execute(
        sa.update(Errand)
        .where(Errand.id.in_(chosen), Errand.state == ErrandState.DUE, Errand.next_try_at <= now)
        .values(
            attempts=Errand.attempts + 1,
            next_try_at=sa.case(
                *((met, sa.literal(then, Errand.next_try_at.type)) for met, then in turns),
                else_=sa.literal(now + max(max(waits) for waits in WAITS.values()), Errand.next_try_at.type),
            ),
        )
        .returning(Errand.id)
        .execution_options(synchronize_session=False)
    )
    return _runs(session, [row.id for row in claimed])


def _runs(session: Session, ids: Sequence[int]) -> list[Run]:
    rows = session.execute(
        sa.select(
            Errand.id,
            Errand.kind,
            Errand.attempts,
            Order.number,
            Order.state,
            Payment.transaction_id,
            Payment.openid,
            Payment.description,
            Certificate.serial,
            Certificate.count,
            Certificate.year,
            Certificate.issued_on,
            User.deleted_at.is_not(None),
        )
        .join(Certificate, Certificate.id == Errand.certificate_id)
        .join(Order, Order.id == Certificate.order_id)
        .join(Payment, Payment.order_id == Order.id)
        .join(User, User.id == Order.user_id)
        .where(Errand.id.in_(ids))
        .order_by(Errand.id)
    )
    return [Run(*tuple(row)) for row in rows]


def finish(session: Session, run: Run, outcome: str, now: datetime) -> None:
    """The errand is done, or turned out to need nothing."""
    _end(session, run.errand_id, ErrandState.DONE, outcome, now)


def put_off(session: Session, run: Run, outcome: str, now: datetime) -> None:
    """The try failed: the next one has its time already; after the last one a person is told."""
    if is_last_try(run.kind, run.attempts):
        give_up(session, run, outcome, now)
        return
    session.execute(sa.update(Errand).where(Errand.id == run.errand_id).values(outcome=outcome))


def give_up(session: Session, run: Run, outcome: str, now: datetime) -> None:
    """The errand cannot be run: drop it and tell a person.

    Settlement of an order without shipping info is frozen, so each is an incident; messages fail alike, so their
    incident is the reason's.
    """
    _end(session, run.errand_id, ErrandState.DROPPED, outcome, now)
    shipping = run.kind is ErrandKind.SHIPPING_INFO
    incidents.open_incident(
        session,
        kind="shipping_info_failed" if shipping else "message_failed",
        subject=f"order:{run.number}" if shipping else f"message:{outcome}",
        now=now,
        facts={"number": run.number, "problem": outcome, "tries": run.attempts},
    )


def retry(session: Session, number: str, now: datetime) -> int:
    """Have the dropped errands of an order tried again from the beginning; returns how many."""
    again = session.execute(
        sa.update(Errand)
        .where(
            Errand.state == ErrandState.DROPPED,
            Errand.outcome != "not_needed",
            Errand.certificate_id.in_(
                sa.select(Certificate.id)
                .join(Order, Order.id == Certificate.order_id)
                .where(Order.number == number)
            ),
        )
        .values(state=ErrandState.DUE, attempts=0, next_try_at=now, ended_at=None)
        .returning(Errand.id)
        .execution_options(synchronize_session=False)
    )
    return len(again.all())


def waiting(session: Session, most: int = 200) -> Sequence[sa.Row[str, Errand]]:
    """Errands that are due or were given up, oldest first, each with its order's number."""
    return session.execute(
        sa.select(Order.number, Errand)
        .join(Certificate, Certificate.id == Errand.certificate_id)
        .join(Order, Order.id == Certificate.order_id)
        .where(
            sa.or_(
                Errand.state == ErrandState.DUE,
                sa.and_(Errand.state == ErrandState.DROPPED, Errand.outcome != "not_needed"),
            )
        )
        .order_by(Errand.id)
        .limit(most)
    ).all()


def _end(session: Session, errand_id: int, state: ErrandState, outcome: str, now: datetime) -> None:
    session.execute(
        sa.update(Errand)
        .where(Errand.id == errand_id, Errand.state == ErrandState.DUE)
        .values(state=state, outcome=outcome, ended_at=now)
    )
