"""A verifier turns a region's measurements into tree-years that may be sold, and may take back what is unsold."""

from collections import Counter
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import business_day
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.method_words import METHOD_ID, METHOD_VERSION
from domain.permissions import OfficerContext
from domain.regions import contains
from models import Measurement, Programme, Region, Verification, table_of
from models.verifications import VerificationState
from services import audit, eligibility, lanes, units
from services.eligibility import Question
from services.programmes import terms_of_year, year_on_sale

_V = table_of(Verification)


def draft(
    session: Session, *, verifier: OfficerContext, region_code: str, year: int, now: datetime
) -> Verification:
    """Count what an approval would make sellable and what it would leave out, and keep that to be approved.

    The draft remembers the newest measurement it saw; later ones are not approved with it. Raises NotFound for a
    region that is foreign to the verifier or does not exist, Invalid verification_year (before the programme, or
    further ahead than a contract runs).
    """
    if session.get(Region, verifier.in_scope(region_code)) is None:
        raise NotFound("region_unknown", region=region_code)
    on = business_day(now)
    programme = _terms(session, year, on)
    verification = Verification(
        region_code=region_code,
        year=year,
        state=VerificationState.DRAFT,
        verifier_id=verifier.id,
        verifier_name=verifier.display_name,
        method_id=METHOD_ID,
        method_version=METHOD_VERSION,
        programme_id=programme.id,
        last_measurement_id=session.scalar(sa.select(sa.func.coalesce(sa.func.max(Measurement.id), 0))),
        units=0,
        buffer_units=0,
        left_out={},
        created_at=now,
        approved_at=None,
        withdrawn_at=None,
    )
    question = _question(verification, programme, on)
    judgement = eligibility.judge(session, question)
    sellable, left_out = judgement.once, judgement.left_out
    if judgement.twice:
        for village in eligibility.growth(session, question):
            sellable += len(village.sinks)
            left_out += village.left_out
    verification.units, verification.left_out = sellable, _sorted(left_out)
    session.add(verification)
    session.flush()
    _record(session, verification, "verification_drafted", verifier, now)
    return verification


def approve(
    session: Session, verification_id: int, *, verifier: OfficerContext, now: datetime
) -> Verification:
    """Make the tree-years of a draft sellable: price, grams, basis, measurements and method are frozen on each.

    A buffer of every village stays unsold. Raises NotFound; Conflict verification_state unless it is a draft;
    Conflict nothing_to_verify (`fields` says why); Forbidden verifier_involved when the verifier imported or surveyed
    one of the measurements.
    """
    verification = find(session, verification_id, verifier.region_code)
    programme = session.get_one(Programme, verification.programme_id)
    # One approval at a time: lane numbers are counted on, and overlapping regions must not both take a tree.
    session.execute(
        sa.select(Programme.id).where(Programme.id == programme.id).with_for_update(key_share=True)
    )
    _move(session, verification, VerificationState.DRAFT, VerificationState.APPROVED, approved_at=now)
    question = _question(verification, programme, business_day(now))
    judgement = eligibility.judge(session, question)
    left_out = judgement.left_out
    if judgement.once:
        units.add_units(session, verification, programme, eligibility.flat_trees(question))
    if judgement.twice:
        for village in eligibility.growth(session, question):
            grown = eligibility.grown_trees(session, village.question, village.sinks)
            units.add_units(session, verification, programme, grown)
            left_out += village.left_out
    by_village = units.count_by_village(session, verification)
    if not by_village:
        raise Conflict("nothing_to_verify", _sorted(left_out))
    if units.is_involved(session, verification, verifier.id, (verifier.username, verifier.display_name)):
        raise Forbidden("verifier_involved")
    verification.verifier_id, verification.verifier_name = verifier.id, verifier.display_name
    verification.left_out = _sorted(left_out)
    verification.units = sum(by_village.values())
    verification.buffer_units = units.set_buffer_aside(
        session, verification, by_village, programme.buffer_permille
    )
    lanes.add_free_units(session, verification)
    session.flush()
    _record(session, verification, "verification_approved", verifier, now)
    return verification


def withdraw(
    session: Session, verification_id: int, *, verifier: OfficerContext, now: datetime
) -> Verification:
    """Take a draft back, or an approval with every unit of it that is unsold; what is held or sold stands.

    Raises NotFound; Conflict verification_state when it has been withdrawn already.
    """
    verification = find(session, verification_id, verifier.region_code)
    _move(session, verification, verification.state, VerificationState.WITHDRAWN, withdrawn_at=now)
    withdrawn = units.withdraw_buffer(session, verification) + _withdraw_free(session, verification)
    _record(session, verification, "verification_withdrawn", verifier, now, withdrawn_units=withdrawn)
    return verification


def sweep(session: Session, now: datetime) -> int:
    """Withdraw what has come back to a withdrawn approval: units that were held then, or sold and refunded since.

    Looks at the years that may still be sold; returns how many units it withdrew.
    """
    withdrawn = session.scalars(
        sa.select(Verification)
        .where(Verification.state == VerificationState.WITHDRAWN, Verification.year >= year_on_sale(now))
        .order_by(Verification.id)
    ).all()
    return sum(_withdraw_free(session, verification) for verification in withdrawn)


def _withdraw_free(session: Session, verification: Verification) -> int:
    lanes.lock_lanes_of(session, verification)
    by_household = units.withdraw_free(session, verification)
    lanes.remove_free_units(session, verification.year, by_household)
    return by_household.total()


def find(session: Session, verification_id: int, scope: str) -> Verification:
    """A verification within a region; raises NotFound for a foreign one as for none."""
    verification = session.get(Verification, verification_id, populate_existing=True)
    if verification is None or not contains(scope, verification.region_code):
        raise NotFound("verification_not_found")
    return verification


def _terms(session: Session, year: int, on: date) -> Programme:
    current = terms_of_year(session, on.year)
    first = session.scalars(sa.select(sa.func.min(Programme.effective_on))).one().year
    last = on.year + current.contract_years - 1
    if not first <= year <= last:
        raise Invalid("verification_year", {"year": year}, first=first, last=last)
    return terms_of_year(session, year)


def _question(verification: Verification, programme: Programme, on: date) -> Question:
    return Question(
        region_code=verification.region_code,
        year=verification.year,
        on=on,
        programme=programme,
        last_measurement_id=verification.last_measurement_id,
    )


def _move(
    session: Session,
    verification: Verification,
    before: VerificationState,
    after: VerificationState,
    **moments: datetime,
) -> None:
    moved = session.execute(
        sa.update(_V)
        .where(_V.c.id == verification.id, _V.c.state == before, _V.c.state != after)
        .values(state=after, **moments)
        .returning(_V.c.id)
    ).first()
    session.refresh(verification)
    if moved is None:
        state = verification.state.value
        raise Conflict("verification_state", {"state": state}, state=state)


def _record(
    session: Session,
    verification: Verification,
    action: str,
    verifier: OfficerContext,
    now: datetime,
    **facts: int,
) -> None:
    audit.record(
        session,
        actor=verifier.actor,
        action=action,
        subject=f"verification:{verification.id}",
        now=now,
        facts={
            "region": verification.region_code,
            "year": verification.year,
            "units": verification.units,
            "buffer_units": verification.buffer_units,
            **facts,
        },
        address=verifier.address,
    )


def _sorted(left_out: Counter[str]) -> dict[str, int]:
    return dict(sorted(left_out.items()))
