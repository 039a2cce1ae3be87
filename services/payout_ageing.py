"""Money that has been payable for long: how much, of whom, and since when; a person is told where it is too long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.masking import officer_name
from domain.payouts import AGE_BUCKETS, OPEN_LINES, batch_number
from domain.regions import LENGTH_BY_LEVEL, RegionLevel
from models import Credit, Household, Incident, PayoutBatch, PayoutLine, Region
from models.credits import CreditState
from services import incidents
from services.income import in_region

#: Days a released line may be without news before a person is told.
UNCONFIRMED_AFTER = timedelta(days=30)
OVERDUE, UNCONFIRMED = "payout_overdue", "payout_unconfirmed"
#: What is owed and was not let go: promised to a batch or not.
UNPAID = (CreditState.OWED, CreditState.RESERVED)


@dataclass(frozen=True, slots=True)
class Aged:
    """Households that are owed something payable for at least so many days, and how much of it is as old."""

    from_days: int
    households: int
    amount_fen: int


def buckets(session: Session, scope: str, now: datetime) -> list[Aged]:
    """How much in a division has been payable for 0, 30, 60 and 90 days and more; each holds the next ones too."""
    days = (0, *AGE_BUCKETS)
    columns: list[sa.ColumnElement[Any]] = []
    for least in days:
        old = Credit.matures_at <= now - timedelta(days=least)
        columns += [
            sa.func.count(sa.distinct(sa.case((old, Credit.household_id)))),
            sa.cast(
                sa.func.coalesce(sa.func.sum(sa.case((old, Credit.amount_fen), else_=0)), 0), sa.BigInteger
            ),
        ]
    row = session.execute(
        sa.select(*columns)
        .join(Household, Household.id == Credit.household_id)
        .where(in_region(scope), Credit.state.in_(UNPAID), Credit.matures_at <= now)
    ).one()
    return [Aged(least, row[2 * n], row[2 * n + 1]) for n, least in enumerate(days)]


def households(
    session: Session,
    scope: str,
    now: datetime,
    *,
    min_days: int,
    after: tuple[datetime, int] | None = None,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Households with money payable for at least `min_days`, masked, the oldest first.

    One more than `limit`; all of them without one.
    """
    since = sa.func.min(Credit.matures_at)
    fen = sa.cast(sa.func.sum(Credit.amount_fen), sa.BigInteger)
    owed = (
        sa.select(Credit.household_id, since.label("since"), fen.label("fen"))
        .join(Household, Household.id == Credit.household_id)
        .where(
            in_region(scope),
            Credit.state.in_(UNPAID),
            Credit.matures_at <= now - timedelta(days=min_days),
        )
        .group_by(Credit.household_id)
        .subquery("owed")
    )
    statement = (
        sa.select(Household, Region.path, owed.c.since, owed.c.fen)
        .join(owed, owed.c.household_id == Household.id)
        .join(Region, Region.code == Household.region_code)
        .order_by(owed.c.since, Household.id)
        .limit(None if limit is None else limit + 1)
    )
    if after is not None:
        moment = sa.literal(after[0], Credit.matures_at.type)
        statement = statement.where(
            sa.or_(owed.c.since > moment, sa.and_(owed.c.since == moment, Household.id > after[1]))
        )
    return [
        {
            "id": row.Household.id,
            "public_id": row.Household.public_id,
            "household_number": row.Household.number,
            "name": officer_name(row.Household.head_name),
            "place": row.path,
            "payable_since": row.since,
            "days": (now - row.since) // timedelta(days=1),
            "amount_fen": row.fen,
        }
        for row in session.execute(statement)
    ]


def silent_batches(session: Session, scope: str, now: datetime) -> list[dict[str, Any]]:
    """Batches of a division that were released long ago and of which some payments have no news, the oldest first."""
    rows = session.execute(
        sa.select(PayoutBatch.id, Region.path, PayoutBatch.channel, PayoutBatch.released_at, *_SILENT)
        .join(PayoutLine, PayoutLine.batch_id == PayoutBatch.id)
        .join(Region, Region.code == PayoutBatch.region_code)
        .where(_silent(now), PayoutBatch.region_code.startswith(scope, autoescape=True))
        .group_by(PayoutBatch.id, Region.path, PayoutBatch.channel, PayoutBatch.released_at)
        .order_by(PayoutBatch.released_at, PayoutBatch.id)
    )
    return [
        {
            "id": row.id,
            "number": batch_number(row.id),
            "place": row.path,
            "channel": row.channel,
            "released_at": row.released_at,
            "days": (now - row.released_at) // timedelta(days=1),
            "households": row.households,
            "amount_fen": row.fen,
        }
        for row in rows
    ]


def watch(session: Session, now: datetime) -> int:
    """Tell a person of each county with money over age, and of each batch whose lines have no news; how many."""
    late = {f"county:{code}": facts for code, facts in _overdue_counties(session, now)}
    silent = {f"payout:{batch_id}": facts for batch_id, facts in _silent_batches(session, now)}
    for kind, found in ((OVERDUE, late), (UNCONFIRMED, silent)):
        for subject, facts in found.items():
            incidents.open_incident(session, kind=kind, subject=subject, now=now, facts=facts)
        for subject in _open_subjects(session, kind):
            if subject not in found:
                incidents.resolve_gone(session, kind=kind, subject=subject, now=now)
    return len(late) + len(silent)


def _overdue_counties(session: Session, now: datetime) -> list[tuple[str, Mapping[str, Any]]]:
    county = sa.func.substr(Household.region_code, 1, LENGTH_BY_LEVEL[RegionLevel.COUNTY])
    rows = session.execute(
        sa.select(county, sa.func.count(sa.distinct(Credit.household_id)), sa.func.sum(Credit.amount_fen))
        .join(Household, Household.id == Credit.household_id)
        .where(Credit.state.in_(UNPAID), Credit.matures_at <= now - timedelta(days=AGE_BUCKETS[-1]))
        .group_by(county)
        .order_by(county)
    )
    return [(code, {"households": count, "balance_fen": int(fen)}) for code, count, fen in rows]


def _silent_batches(session: Session, now: datetime) -> list[tuple[int, Mapping[str, Any]]]:
    rows = session.execute(
        sa.select(PayoutBatch.id, *_SILENT)
        .join(PayoutLine, PayoutLine.batch_id == PayoutBatch.id)
        .where(_silent(now))
        .group_by(PayoutBatch.id)
        .order_by(PayoutBatch.id)
    )
    return [(batch_id, {"households": count, "balance_fen": fen}) for batch_id, count, fen in rows]


#: Of the payments without news: how many, and what they come to.
_SILENT = (
    sa.func.count().label("households"),
    sa.cast(sa.func.sum(PayoutLine.amount_fen), sa.BigInteger).label("fen"),
)


def _silent(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        PayoutBatch.released_at <= now - UNCONFIRMED_AFTER, PayoutLine.state.in_(sorted(OPEN_LINES))
    )


def _open_subjects(session: Session, kind: str) -> Sequence[str]:
    return session.scalars(
        sa.select(Incident.subject).where(Incident.kind == kind, Incident.resolved_at.is_(None))
    ).all()
