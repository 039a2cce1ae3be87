"""Close the months of the book: each once, in order, and for good; and prove that nothing was booked into one later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, NotFound
from domain.ledger import Event
from domain.months import (
    HOUSEHOLDS,
    PAYOUTS,
    SEVERAL,
    Month,
    MonthStatement,
    Movement,
    read_statement,
    statement,
)
from models import Household, MonthClose, Posting
from services import audit, audit_seals, ledger
from services.ledger import Finding

#: A posting carries the moment at which its transaction began; after this long every one of the month is committed.
SETTLES_IN = timedelta(hours=1)
_COUNTY = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """A month as it stands: closed, or so far."""

    statement: MonthStatement
    close: MonthClose | None


def listed(session: Session, *, before: str | None, limit: int) -> Sequence[MonthClose]:
    """Closed months, the newest first, one more than `limit`, before the one a page ended with."""
    statement = sa.select(MonthClose).order_by(MonthClose.month.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(MonthClose.month < before)
    return session.scalars(statement).all()


def close(session: Session, month: Month, now: datetime, *, actor: str = "command") -> MonthClose:
    """Close a month that is over, as whoever is named.

    Raises Conflict month_not_over, month_closed, month_before_open (months are closed in order), or book_does_not_hold.
    """
    if now < month.next.starts_at + SETTLES_IN:
        raise Conflict("month_not_over")
    last = _last(session)
    if last is not None and last.month >= str(month):
        raise Conflict("month_closed")
    if last is not None and str(Month.of(last.month).next) != str(month):
        raise Conflict("month_before_open", {"month": str(Month.of(last.month).next)})
    findings = ledger.verify(session)
    if findings or verify(session):
        raise Conflict("book_does_not_hold")
    made = _made(session, month, last)
    head = audit_seals.head(session)
    row = MonthClose(
        month=str(month),
        statement=made.canonical().decode(),
        sha256=made.sha256,
        next_posting_id=_next_posting(session, month.next.starts_at),
        audit_position=head.position,
        audit_seal=head.seal,
        closed_at=now,
    )
    session.add(row)
    audit.record(
        session,
        actor=actor,
        action="month_closed",
        subject=f"month:{month}",
        now=now,
        facts={"sha256": made.sha256.hex()},
    )
    session.flush()
    return row


def shown(session: Session, month: Month, now: datetime) -> Shown:
    """A month's statement, as it was closed or as it stands so far; raises NotFound for one that has not begun."""
    if now < month.starts_at:
        raise NotFound("month_unknown")
    closed = session.get(MonthClose, str(month))
    if closed is not None:
        return Shown(read_statement(closed.statement), closed)
    last = session.scalar(
        sa.select(MonthClose).where(MonthClose.month < str(month)).order_by(MonthClose.month.desc()).limit(1)
    )
    return Shown(_made(session, month, last), None)


def verify(session: Session) -> list[Finding]:
    """Make every closed month again from the book alone, and name those that no longer come out the same."""
    closed = session.scalars(sa.select(MonthClose).order_by(MonthClose.month)).all()
    if not closed:
        return []
    first = Month.of(closed[0].month)
    bounds = [first.starts_at, *(Month.of(row.month).next.starts_at for row in closed)]
    found: list[Finding] = []
    buckets = _movements(session, bounds, after_id=None)
    before = statement(first, None, buckets.get(0, []))
    for number, row in enumerate(closed, 1):
        made = statement(Month.of(row.month), before, buckets.get(number, []))
        if made.sha256 != bytes(row.sha256) or made.canonical() != row.statement.encode():
            found.append(Finding("closed_month", f"month:{row.month}", "the book gives other figures now"))
        before = made
    return found


def _last(session: Session) -> MonthClose | None:
    return session.scalar(sa.select(MonthClose).order_by(MonthClose.month.desc()).limit(1))


def _next_posting(session: Session, after: datetime) -> int:
    first = session.scalar(sa.select(sa.func.min(Posting.id)).where(Posting.posted_at >= after))
    return first or (session.scalar(sa.select(sa.func.max(Posting.id))) or 0) + 1


def _made(session: Session, month: Month, last: MonthClose | None) -> MonthStatement:
    """A month's statement from the last one that was closed before it, or from the first posting on."""
    begin = month.starts_at if last is None else Month.of(last.month).next.starts_at
    bounds = [begin, month.starts_at, month.next.starts_at]
    buckets = _movements(session, bounds, after_id=None if last is None else last.next_posting_id)
    before = None if last is None else read_statement(last.statement)
    # What came before the first month, or between the last closed one and this.
    earlier = [*buckets.get(0, []), *buckets.get(1, [])]
    return statement(month, statement(month, before, earlier), buckets.get(2, []))


def _movements(
    session: Session, bounds: Sequence[datetime], after_id: int | None
) -> dict[int, list[Movement]]:
    """What moved before the first bound (0), between it and the second (1), and so on; nothing after the last."""
    bucket = sa.case(
        *((Posting.posted_at < bound, number) for number, bound in enumerate(bounds)), else_=len(bounds)
    ).label("bucket")
    wanted = [Posting.posted_at < bounds[-1]]
    if after_id is not None:
        wanted.append(Posting.id >= after_id)
    nothing = sa.literal(0, sa.BigInteger)
    legs = sa.union_all(
        sa.select(
            bucket,
            Posting.destination.label("account"),
            Posting.event.label("event"),
            Posting.amount_fen.label("in_fen"),
            nothing.label("out_fen"),
        ).where(*wanted),
        sa.select(bucket, Posting.source, Posting.event, nothing, Posting.amount_fen).where(*wanted),
    ).subquery()
    sums = sa.func.sum(legs.c.in_fen).label("in_fen"), sa.func.sum(legs.c.out_fen).label("out_fen")
    by_account = (
        sa.select(legs.c.bucket, legs.c.account, legs.c.event, *sums)
        .group_by(legs.c.bucket, legs.c.account, legs.c.event)
        .subquery()
    )
    places = _places()
    kind = sa.case(
        (by_account.c.account.startswith("household:"), HOUSEHOLDS),
        (by_account.c.account.startswith("payout:"), PAYOUTS),
        else_=by_account.c.account,
    ).label("kind")
    rows = session.execute(
        sa.select(
            by_account.c.bucket,
            kind,
            places.c.county,
            by_account.c.event,
            sa.func.sum(by_account.c.in_fen),
            sa.func.sum(by_account.c.out_fen),
        )
        .outerjoin(places, places.c.account == by_account.c.account)
        .group_by(by_account.c.bucket, kind, places.c.county, by_account.c.event)
    )
    buckets: dict[int, list[Movement]] = {}
    for number, named, county, event, in_fen, out_fen in rows:
        moved = Movement(named, county, Event(event), int(in_fen), int(out_fen))
        buckets.setdefault(number, []).append(moved)
    return buckets


def _places() -> sa.Subquery:
    """The county of each household's account, and of each batch's: that of the households it pays, or several."""
    account = sa.literal("household:") + sa.cast(Household.id, sa.String)
    county = sa.func.substr(Household.region_code, 1, _COUNTY)
    homes = sa.select(account.label("account"), county.label("county")).subquery()
    lowest, highest = sa.func.min(homes.c.county), sa.func.max(homes.c.county)
    batches = (
        sa.select(Posting.destination, sa.case((lowest == highest, lowest), else_=SEVERAL))
        .join(homes, homes.c.account == Posting.source)
        .where(Posting.event == Event.BATCH_RELEASED)
        .group_by(Posting.destination)
    )
    return sa.union_all(sa.select(homes.c.account, homes.c.county), batches).subquery()
