"""After a year is over a verifier looks at a sample of what was sold: expected becomes measured, and unsold lapses."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.certificates import Basis
from domain.clock import business_day
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.orders import OrderState
from domain.permissions import OfficerContext
from domain.regions import contains, village_bounds
from domain.year_reviews import draw, sample_size, too_many_gone
from models import Import, Lane, Measurement, Order, Region, Tree, TreeLoss, Unit, YearReview, table_of
from models.trees import TreeState
from models.units import UnitState
from services import lanes
from services.audit import record
from services.programmes import terms_of_year

_U = table_of(Unit)
_L = table_of(Lane)
_Reviews = table_of(YearReview)


def begin(
    session: Session, *, verifier: OfficerContext, region_code: str, year: int, seed: str, now: datetime
) -> YearReview:
    """Draw the trees that are to be looked at: a sample of what the region sold of a year that is over.

    `seed` is random, and kept by the codes it gave. Raises NotFound for a foreign region; Invalid review_year before 1
    January of the next year; Conflict nothing_to_review when nothing expected was sold.
    """
    if session.get(Region, verifier.in_scope(region_code)) is None:
        raise NotFound("region_unknown", region=region_code)
    if year >= business_day(now).year:
        raise Invalid("review_year", {"year": year})
    codes = session.scalars(
        sa.select(Tree.code)
        .join(Unit, Unit.tree_id == Tree.id)
        .join(Order, Order.id == Unit.order_id)
        .where(*_sold(region_code, year), Order.state == OrderState.PAID)
    ).all()
    if not codes:
        raise Conflict("nothing_to_review")
    review = YearReview(
        region_code=region_code,
        year=year,
        sold=len(codes),
        sample=draw(codes, sample_size(len(codes)), seed),
        gone=[],
        measured=0,
        lapsed=0,
        drawn_by_id=verifier.id,
        drawn_at=now,
        verifier_id=None,
        confirmed_at=None,
    )
    session.add(review)
    session.flush()
    _record(session, review, "year_review_drawn", verifier, now)
    return review


def confirm(
    session: Session,
    review_id: int,
    *,
    growing: Sequence[str],
    gone: Sequence[str],
    verifier: OfficerContext,
    now: datetime,
) -> YearReview:
    """Say which trees of the sample stand and which are gone: what was sold becomes measured, what was not lapses.

    A tree-year whose tree was lost before the year's end stays expected; it is made good by another. Raises NotFound;
    Invalid review_sample unless every tree of the sample is named once; Conflict review_losses for trees that are gone
    and not confirmed as lost, review_too_many_gone when the sample is worse than the buffer was meant for,
    review_confirmed; Forbidden verifier_involved when the verifier imported or surveyed what was sold.
    """
    review = find(session, review_id, verifier.region_code)
    if sorted([*growing, *gone]) != review.sample:
        raise Invalid("review_sample")
    if too_many_gone(len(gone), len(review.sample), terms_of_year(session, review.year).buffer_permille):
        raise Conflict("review_too_many_gone", {"gone": sorted(gone)})
    reported = set(
        session.scalars(
            sa.select(Tree.code)
            .join(TreeLoss, TreeLoss.tree_id == Tree.id)
            .where(Tree.code.in_(gone), TreeLoss.confirmed_at.is_not(None))
        )
    )
    if missing := sorted(set(gone) - reported):
        raise Conflict("review_losses", {"trees": missing})
    if _is_involved(session, review, verifier):
        raise Forbidden("verifier_involved")
    moved = session.execute(
        sa.update(_Reviews)
        .where(_Reviews.c.id == review.id, _Reviews.c.confirmed_at.is_(None))
        .values(confirmed_at=now, verifier_id=verifier.id)
        .returning(_Reviews.c.id)
    ).first()
    if moved is None:
        raise Conflict("review_confirmed")
    session.refresh(review)
    review.gone = sorted(gone)
    review.measured = _measure(session, review)
    review.lapsed = _lapse(session, review)
    session.flush()
    _record(session, review, "year_review_confirmed", verifier, now)
    return review


def find(session: Session, review_id: int, scope: str) -> YearReview:
    """A review within a region; raises NotFound for a foreign one as for none."""
    review = session.get(YearReview, review_id, populate_existing=True)
    if review is None or not contains(scope, review.region_code):
        raise NotFound("review_not_found")
    return review


def listed(session: Session, scope: str, *, before: int | None, limit: int) -> Sequence[YearReview]:
    """The reviews of a region, newest first, one more than `limit`."""
    wanted = sa.select(YearReview).where(YearReview.region_code.startswith(scope))
    if before is not None:
        wanted = wanted.where(YearReview.id < before)
    return session.scalars(wanted.order_by(YearReview.id.desc()).limit(limit + 1)).all()


def _sold(region_code: str, year: int) -> tuple[sa.ColumnElement[bool], ...]:
    lowest, highest = village_bounds(region_code)
    return (
        _U.c.year == year,
        _U.c.region_code.between(lowest, highest),
        _U.c.state == UnitState.TAKEN,
        _U.c.basis == Basis.EXPECTED,
    )


def _measure(session: Session, review: YearReview) -> int:
    stood = sa.or_(
        sa.exists().where(Tree.id == _U.c.tree_id, Tree.state == TreeState.GROWING),
        # It fell later, and had had its year.
        sa.exists().where(
            TreeLoss.tree_id == _U.c.tree_id,
            TreeLoss.undone_at.is_(None),
            TreeLoss.happened_on > date(review.year, 12, 31),
        ),
    )
    paid = sa.exists().where(Order.id == _U.c.order_id, Order.state == OrderState.PAID)
    result = session.execute(
        sa.update(_U).where(*_sold(review.region_code, review.year), stood, paid).values(basis=Basis.MEASURED)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def _lapse(session: Session, review: YearReview) -> int:
    lowest, highest = village_bounds(review.region_code)
    here = (_U.c.year == review.year, _U.c.region_code.between(lowest, highest))
    session.execute(
        sa.select(_L.c.id)
        .where(_L.c.year == review.year, _L.c.region_code.between(lowest, highest))
        .order_by(_L.c.id)
        .with_for_update()
    ).all()
    free = session.scalars(
        sa.update(_U)
        .where(*here, _U.c.state == UnitState.FREE)
        .values(state=UnitState.WITHDRAWN)
        .returning(_U.c.household_id)
    ).all()
    lanes.remove_free_units(session, review.year, Counter(free))
    # The buffer stays, for what is lost and has not been made good yet.
    return len(free)


def _is_involved(session: Session, review: YearReview, verifier: OfficerContext) -> bool:
    own = sa.select(Import.id).where(Import.officer_id == verifier.id)
    found = session.scalar(
        sa.select(Measurement.id)
        .join(_U, Measurement.id.in_((_U.c.measurement_id, _U.c.earlier_measurement_id)))
        .where(
            *_sold(review.region_code, review.year),
            sa.or_(
                Measurement.import_id.in_(own),
                Measurement.surveyor.in_((verifier.username, verifier.display_name)),
            ),
        )
        .limit(1)
    )
    return found is not None


def _record(
    session: Session, review: YearReview, action: str, verifier: OfficerContext, now: datetime
) -> None:
    record(
        session,
        actor=verifier.actor,
        action=action,
        subject=f"year_review:{review.id}",
        now=now,
        facts={
            "region": review.region_code,
            "year": review.year,
            "sample": len(review.sample),
            "gone": len(review.gone),
            "measured": review.measured,
            "lapsed": review.lapsed,
        },
    )
