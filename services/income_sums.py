"""Income added up ahead of the question: postings are folded into sums, and reads add what is not folded yet.

No purchase knows of the sums: they are made from postings that are there for good
(docs/decisions/0030-income-is-folded.md).
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import day_span
from domain.income_periods import EVERYTHING, LAST_YEAR, Cover, period_days
from domain.ledger import Event
from models import Household, IncomeMark, IncomeSum, Posting, insert_for, table_of
from services.income_flows import MEASURES, flows, month_of
from services.ledger import Finding

_S = table_of(IncomeSum)
_M = table_of(IncomeMark)
_P = table_of(Posting)
_H = table_of(Household)

#: Postings folded in one transaction at most.
CHUNK = 200_000
_ONE = 1
_SHOWN = 20


def folded_to() -> sa.ScalarSelect[int]:
    """How far the postings are folded, as the statement finds it that this stands in."""
    return sa.select(sa.func.coalesce(sa.func.max(_M.c.folded_to), 0)).scalar_subquery()


def mark(session: Session) -> int:
    """How far the postings were folded a moment ago: to be given to the statement that reads."""
    return int(session.scalar(sa.select(folded_to())) or 0)


def _beyond(seen: int) -> sa.ColumnElement[bool]:
    """What is not in the sums, by the mark as the statement itself finds it, so that both are of one moment.

    The mark never goes back, so one `seen` before changes nothing but the plan: written out as a number it tells
    PostgreSQL how little there is beyond it, where it would else make ready for a third of the book.
    """
    known = sa.bindparam("folded_to", seen, type_=sa.BigInteger, literal_execute=True)
    return sa.and_(_P.c.id > known, _P.c.id > folded_to())


def moved(cover: Cover, owners: sa.Select[int] | None = None, *, seen: int) -> sa.Subquery:
    """household_id and MEASURES of the span a cover stands for; several rows a household, for the reader to add up.

    `owners` narrows it to the households whose ids it selects; `seen` is a `mark` of a moment ago.
    """
    parts = []
    columns = [_S.c[name] for name in MEASURES]
    if cover.ranges:
        inside = sa.or_(*(_S.c.period.between(low, high) for low, high in cover.ranges))
        parts.append(_of(owners, _S.c.household_id, sa.select(_S.c.household_id, *columns).where(inside)))
    spans = [(span, False) for span in cover.edges] + ([(cover.whole, True)] if cover.whole else [])
    for (start, stop), tail in spans:
        conditions: list[sa.ColumnElement[bool]] = [_beyond(seen)] if tail else []
        if start is not None:
            conditions.append(_P.c.posted_at >= start)
        if stop is not None:
            conditions.append(_P.c.posted_at < stop)
        new = flows(*conditions)
        parts.append(_of(owners, new.c.household_id, sa.select(new.c.household_id, *_measures(new))))
    return sa.union_all(*parts).subquery("moved")


def in_one_period(period: int, owners: sa.Select[int] | None, *, seen: int) -> sa.Subquery:
    """household_id and MEASURES of a period, one row for every household, beside its sums what is not folded yet.

    What `moved` gives for the same, without grouping the sums, which are one row a household already.
    """
    start, stop = _instants(period)
    conditions = [_beyond(seen)]
    if start is not None and stop is not None:
        conditions += [_P.c.posted_at >= start, _P.c.posted_at < stop]
    new = flows(*conditions)
    tail = sa.select(new.c.household_id, *_added(new)).group_by(new.c.household_id).subquery("tail")
    both = [
        (sa.func.coalesce(_S.c[name], 0) + sa.func.coalesce(tail.c[name], 0)).label(name) for name in MEASURES
    ]
    rows = (
        sa.select(_H.c.id.label("household_id"), *both)
        .outerjoin(_S, sa.and_(_S.c.household_id == _H.c.id, _S.c.period == period))
        .outerjoin(tail, tail.c.household_id == _H.c.id)
    )
    return _of(owners, _H.c.id, rows).subquery("in_one_period")


def _instants(period: int) -> tuple[datetime, datetime] | tuple[None, None]:
    return (None, None) if period == EVERYTHING else day_span(*period_days(period))


def moved_by_period(low: int, high: int, owners: sa.Select[int], dialect: str, *, seen: int) -> sa.Subquery:
    """household_id, period and MEASURES of the months or years low..high; several rows a household and period."""
    inside = sa.select(_S.c.household_id, _S.c.period, *(_S.c[name] for name in MEASURES)).where(
        _S.c.period.between(low, high)
    )
    new = flows(_beyond(seen))
    month = month_of(new.c.posted_at, dialect)
    period = month // 100 if low <= LAST_YEAR else month
    tail = sa.select(new.c.household_id, period.label("period"), *_measures(new)).where(
        period.between(low, high)
    )
    return sa.union_all(
        _of(owners, _S.c.household_id, inside), _of(owners, new.c.household_id, tail)
    ).subquery("moved")


def _of(
    owners: sa.Select[int] | None, household: sa.ColumnElement[int], rows: sa.Select[tuple[object, ...]]
) -> sa.Select[tuple[object, ...]]:
    return rows if owners is None else rows.where(household.in_(owners))


def _measures(table: sa.FromClause) -> list[sa.ColumnElement[int]]:
    return [table.c[name] for name in MEASURES]


@dataclass(frozen=True, slots=True)
class Horizon:
    """The newest posting seen, and the transactions that were writing postings just after it was seen."""

    highest: int
    writers: frozenset[str]

    @property
    def is_final(self) -> bool:
        """Whether no posting up to the newest can appear any more."""
        return not self.writers


def horizon(connection: sa.Connection) -> Horizon:
    """How far the book could be folded, and for whom that would have to wait.

    Ids are given out before they are committed, so a lower one may appear after a higher one. Whoever holds such an id
    has held a lock on the table since before it got it, and lets go of it only when its rows can be seen.
    """
    highest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(_P.c.id), 0))).scalar_one()
    return Horizon(int(highest), writers(connection))


def writers(connection: sa.Connection) -> frozenset[str]:
    """The transactions that are writing postings now; none on SQLite, where ids appear in their order."""
    if connection.dialect.name != "postgresql":
        return frozenset()
    found = connection.execute(
        sa.text(
            "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND relation = 'postings'::regclass"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')"
            " AND pid <> pg_backend_pid()"
        )
    )
    return frozenset(found.scalars())


def fold(session: Session, highest: int, most: int = CHUNK) -> int:
    """Add postings up to `highest`, at most so many, to the sums; by how much the mark moves, 0 with nothing to do.

    Nobody may be writing a posting up to `highest` any more. Where another worker is folding, nothing is done.
    """
    start = _hold_mark(session)
    if start is None or start >= highest:
        return 0
    stop = min(highest, start + most)
    _add(session, start, stop)
    session.execute(sa.update(_M).where(_M.c.id == _ONE).values(folded_to=stop))
    return stop - start


def _hold_mark(session: Session) -> int | None:
    """The mark, ours until the transaction ends; None while somebody else has it."""
    held = sa.select(_M.c.folded_to).where(_M.c.id == _ONE).with_for_update(skip_locked=True)
    mark = session.scalar(held)
    if mark is not None or session.scalar(sa.select(_M.c.id)) is not None:
        return mark
    first = insert_for(session.get_bind().dialect.name, IncomeMark).values(id=_ONE, folded_to=0)
    session.execute(first.on_conflict_do_nothing())
    return session.scalar(held)


def _add(session: Session, start: int, stop: int) -> None:
    dialect = session.get_bind().dialect.name
    sums = _sums(start, stop, dialect)
    write = insert_for(dialect, IncomeSum).from_select(["period", "household_id", *MEASURES], sums)
    session.execute(
        write.on_conflict_do_update(
            index_elements=["period", "household_id"],
            set_={name: _S.c[name] + write.excluded[name] for name in MEASURES},
        )
    )


def _sums(start: int, stop: int, dialect: str) -> sa.Select[tuple[object, ...]]:
    """period, household_id and MEASURES of the postings above `start` up to `stop`: month, year, everything."""
    new = flows(_P.c.id > start, _P.c.id <= stop)
    month = month_of(new.c.posted_at, dialect)
    months = (
        sa.select(new.c.household_id, month.label("month"), *_added(new))
        .group_by(new.c.household_id, month)
        .cte("months")
    )
    year = months.c.month // 100
    everything = sa.literal(EVERYTHING, sa.Integer)
    each = sa.union_all(
        sa.select(months.c.month.label("period"), months.c.household_id, *_measures(months)),
        sa.select(year.label("period"), months.c.household_id, *_added(months)).group_by(
            year, months.c.household_id
        ),
        sa.select(everything.label("period"), months.c.household_id, *_added(months)).group_by(
            months.c.household_id
        ),
    ).subquery("each")
    # SQLite needs the WHERE to tell ON CONFLICT from the ON of a join.
    return sa.select(each.c.period, each.c.household_id, *_measures(each)).where(each.c.period >= EVERYTHING)


def _added(table: sa.FromClause) -> list[sa.ColumnElement[int]]:
    return [sa.cast(sa.func.sum(table.c[name]), sa.BigInteger).label(name) for name in MEASURES]


def rebuild(session: Session) -> bool:
    """Make the sums anew up to the mark, which stays where it is; False while a worker is folding."""
    stop = _hold_mark(session)
    if stop is None:
        return False
    session.execute(sa.delete(_S))
    _add(session, 0, stop)
    return True


def verify(session: Session) -> list[Finding]:
    """Prove that every sum is what the postings up to the mark come to, and that all money confirmed is somebody's.

    Returns what does not hold; an empty list is the proof.
    """
    dialect = session.get_bind().dialect.name
    right = _sums(0, mark(session), dialect).subquery("posted")
    both = sa.union_all(
        sa.select(_S.c.period, _S.c.household_id, *(_S.c[name] for name in MEASURES)),
        sa.select(right.c.period, right.c.household_id, *((-right.c[name]).label(name) for name in MEASURES)),
    ).subquery("both")
    excess = {name: sa.func.sum(both.c[name]) for name in MEASURES}
    rows = session.execute(
        sa.select(both.c.period, both.c.household_id, *(value.label(name) for name, value in excess.items()))
        .group_by(both.c.period, both.c.household_id)
        .having(sa.or_(*(value != 0 for value in excess.values())))
        .order_by(both.c.household_id, both.c.period)
        .limit(_SHOWN)
    )
    return [
        Finding(
            "income_sums_are_postings",
            f"household:{row.household_id}",
            f"period {row.period}: more than posted by "
            + ", ".join(f"{name} {row._mapping[name]}" for name in MEASURES),
        )
        for row in rows
    ] + _nobodys(session)


def _nobodys(session: Session) -> list[Finding]:
    """Confirmations whose reference no release has: they are counted for nobody."""
    released = _P.alias()
    rows = session.execute(
        sa.select(_P.c.id, _P.c.source)
        .outerjoin(
            released,
            sa.and_(released.c.reference == _P.c.reference, released.c.event == Event.BATCH_RELEASED),
        )
        .where(_P.c.event == Event.PAYOUT_CONFIRMED, released.c.id.is_(None))
        .limit(_SHOWN)
    )
    return [Finding("confirmation_has_its_release", f"posting:{row.id}", row.source) for row in rows]
