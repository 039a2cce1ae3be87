"""The rule of domain/income_flows.py over the rows: what postings did to households, as a table of flows."""

import sqlalchemy as sa

from domain.income_flows import HOUSEHOLD_ACCOUNT, PAYOUT_ACCOUNT
from domain.ledger import CASH, Event
from models import Posting, table_of

_P = table_of(Posting)
#: The release of a payout line, as what came of it afterwards names it.
_R = _P.alias("released")

#: What is added up of a flow, beside whose it is and when.
MEASURES = ("trees", "sink_g", "earned_fen", "released_fen", "paid_fen")


def household_of(account: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
    """The household an account belongs to; only where `is_households` holds."""
    return sa.cast(sa.func.substr(account, len(HOUSEHOLD_ACCOUNT) + 1), sa.BigInteger)


def is_households(account: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether an account is a household's."""
    return sa.func.substr(account, 1, len(HOUSEHOLD_ACCOUNT)) == HOUSEHOLD_ACCOUNT


def _in_transit(account: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.func.substr(account, 1, len(PAYOUT_ACCOUNT)) == PAYOUT_ACCOUNT


def flows(*conditions: sa.ColumnElement[bool]) -> sa.Subquery:
    """household_id, id, posted_at and MEASURES of every posting that concerns a household; conditions speak of Posting.

    A posting between two households is two flows.
    """
    return sa.union_all(_into(conditions), _out_of(conditions), _beyond(conditions)).subquery("flows")


def _into(conditions: tuple[sa.ColumnElement[bool], ...]) -> sa.Select[tuple[object, ...]]:
    comes_back = _in_transit(_P.c.source)
    returned = _P.c.event == Event.PAYOUT_RETURNED
    earned = sa.not_(sa.or_(comes_back, returned))
    return _flow(
        household_of(_P.c.destination),
        trees=sa.case((earned, sa.func.coalesce(_P.c.trees, 0)), else_=0),
        sink_g=sa.case((earned, sa.func.coalesce(_P.c.sink_g, 0)), else_=0),
        earned_fen=sa.case((earned, _P.c.amount_fen), else_=0),
        released_fen=sa.case((earned, 0), else_=-_P.c.amount_fen),
        paid_fen=sa.case((sa.and_(returned, sa.not_(comes_back)), -_P.c.amount_fen), else_=0),
    ).where(is_households(_P.c.destination), *conditions)


def _out_of(conditions: tuple[sa.ColumnElement[bool], ...]) -> sa.Select[tuple[object, ...]]:
    released = _in_transit(_P.c.destination)
    return _flow(
        household_of(_P.c.source),
        trees=sa.case((released, 0), else_=-sa.func.coalesce(_P.c.trees, 0)),
        sink_g=sa.case((released, 0), else_=-sa.func.coalesce(_P.c.sink_g, 0)),
        earned_fen=sa.case((released, 0), else_=-_P.c.amount_fen),
        released_fen=sa.case((released, _P.c.amount_fen), else_=0),
        paid_fen=sa.literal(0),
    ).where(is_households(_P.c.source), *conditions)


def _beyond(conditions: tuple[sa.ColumnElement[bool], ...]) -> sa.Select[tuple[object, ...]]:
    """Between money in transit and cash: of the household whose release has the same reference."""
    confirmed = sa.and_(_in_transit(_P.c.source), _P.c.destination.in_(sorted(CASH)))
    taken_back = sa.and_(_in_transit(_P.c.destination), _P.c.source.in_(sorted(CASH)))
    return (
        _flow(
            household_of(_R.c.source),
            trees=sa.literal(0),
            sink_g=sa.literal(0),
            earned_fen=sa.literal(0),
            released_fen=sa.literal(0),
            paid_fen=sa.case((confirmed, _P.c.amount_fen), else_=-_P.c.amount_fen),
        )
        # Both stand in the columns; without this the library guesses which one is joined to which.
        .select_from(
            _P.join(_R, sa.and_(_R.c.reference == _P.c.reference, _R.c.event == Event.BATCH_RELEASED))
        )
        .where(sa.or_(confirmed, taken_back), *conditions)
    )


def _flow(
    household: sa.ColumnElement[int], **measures: sa.ColumnElement[int]
) -> sa.Select[tuple[object, ...]]:
    whole = (sa.cast(measures[name], sa.BigInteger).label(name) for name in MEASURES)
    return sa.select(household.label("household_id"), _P.c.id, _P.c.posted_at, *whole)


def month_of(posted_at: sa.ColumnElement[object], dialect: str) -> sa.ColumnElement[int]:
    """The period of the month in which an instant falls in Asia/Shanghai, which has had no summer time since 1991."""
    if dialect == "postgresql":
        local = sa.func.timezone("Asia/Shanghai", posted_at)
        return sa.cast(sa.extract("year", local) * 100 + sa.extract("month", local), sa.Integer)
    return sa.cast(sa.func.strftime("%Y%m", posted_at, "+8 hours"), sa.Integer)
