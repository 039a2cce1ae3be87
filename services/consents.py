"""Write down what a household agrees to, and what it takes back; and let follow from it what has to follow.

`sale_consent_on`, `name_public` and `display_name` of a household are what its standing consents say, kept beside them
because every public list asks.
"""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import business_day
from domain.consents import SURVEY_FORM, ConsentKind, Given, check_given
from domain.errors import Conflict, Invalid
from domain.masking import public_name
from domain.permissions import OfficerContext
from models import Consent, Household, StagedHousehold
from models.imports import Outcome
from models.types import UTCDateTime
from services import audit, unsold
from services.imports.rows import years_later
from services.income import household_in_scope
from services.programmes import current_programme


def listed(session: Session, officer: OfficerContext, public_id: str) -> Sequence[Consent]:
    """Every consent of a household, withdrawn ones too, newest first; raises NotFound outside the officer's region."""
    household, _ = household_in_scope(session, officer, public_id)
    return session.scalars(
        sa.select(Consent).where(Consent.household_id == household.id).order_by(Consent.id.desc())
    ).all()


def standing(session: Session, household_id: int, kind: ConsentKind) -> bool:
    """Whether a household agrees to something now."""
    return session.scalar(sa.select(_standing(household_id, kind).exists())) or False


def give(session: Session, officer: OfficerContext, public_id: str, given: Given, now: datetime) -> Consent:
    """Write down a consent that was given to an officer.

    Raises NotFound outside the officer's region; Invalid consent_text_unknown, consent_in_future; Conflict
    consent_stands, sale_consent_missing.
    """
    household, _ = household_in_scope(session, officer, public_id)
    row = enter(session, household, given, now=now, officer_id=officer.id)
    audit.record(
        session,
        actor=officer.actor,
        action="consent_given",
        subject=f"household:{public_id}",
        now=now,
        facts={
            "kind": given.kind.value,
            "text_version": given.text_version,
            "given_on": given.given_on.isoformat(),
        },
        address=officer.address,
    )
    return row


def enter(
    session: Session,
    household: Household,
    given: Given,
    *,
    now: datetime,
    officer_id: int | None = None,
    import_id: int | None = None,
) -> Consent:
    """Add a consent with what follows from it; for callers who write the audit themselves. Raises as `give`."""
    check_given(given, business_day(now))
    _lock(session, household.id)
    if standing(session, household.id, given.kind):
        raise Conflict("consent_stands")
    if given.kind is ConsentKind.PUBLIC_NAME and not standing(session, household.id, ConsentKind.SALE):
        raise Conflict("sale_consent_missing")
    row = Consent(
        household_id=household.id,
        kind=given.kind,
        text_version=given.text_version,
        given_on=given.given_on,
        witness=given.witness,
        recorded_at=now,
        officer_id=officer_id,
        import_id=import_id,
    )
    session.add(row)
    if given.kind is ConsentKind.SALE:
        household.sale_consent_on = given.given_on
        if household.contract_from is None and household.contract_to is None:
            years = current_programme(session, business_day(now)).contract_years
            household.contract_from = given.given_on
            household.contract_to = years_later(given.given_on, years)
    if given.kind is ConsentKind.PUBLIC_NAME:
        household.name_public, household.display_name = True, public_name(household.head_name)
    session.flush()
    return row


def withdraw(
    session: Session,
    officer: OfficerContext,
    public_id: str,
    kind: ConsentKind,
    withdrawn_on: date,
    *,
    now: datetime,
) -> Consent:
    """End a consent: without the one to sale, what is unsold is never sold and no name is public; what was sold stands.

    Raises NotFound outside the officer's region; Invalid consent_in_future, withdrawal_before_consent; Conflict
    consent_not_standing.
    """
    household, _ = household_in_scope(session, officer, public_id)
    if withdrawn_on > business_day(now):
        raise Invalid("consent_in_future", at="withdrawn_on")
    _lock(session, household.id)
    row = _end(session, officer.id, _standing(household.id, kind), withdrawn_on, now)
    if row is None:
        raise Conflict("consent_not_standing")
    facts: dict[str, object] = {"kind": kind.value, "withdrawn_on": withdrawn_on.isoformat()}
    if kind is ConsentKind.SALE:
        household.sale_consent_on = None
        name = _standing(household.id, ConsentKind.PUBLIC_NAME)
        if _end(session, officer.id, name, withdrawn_on, now) is not None:
            facts["public_name_too"] = True
        session.flush()
        facts["units_withdrawn"] = unsold.withdraw(session, [household.id], now)
    if kind in (ConsentKind.SALE, ConsentKind.PUBLIC_NAME):
        household.name_public, household.display_name = False, None
    audit.record(
        session,
        actor=officer.actor,
        action="consent_withdrawn",
        subject=f"household:{public_id}",
        now=now,
        facts=facts,
        address=officer.address,
    )
    session.flush()
    return row


def pass_on(
    session: Session, household: Household, officer_id: int, sale_given_on: date | None, now: datetime
) -> None:
    """A new head takes over: what the old one agreed to for themselves ends.

    Consent to sale is the household's and stands, unless the new head has signed the paper form again
    (`sale_given_on`): then that one takes its place.
    """
    today = business_day(now)
    ended = {ConsentKind.PUBLIC_NAME, ConsentKind.PAYEE_DATA, ConsentKind.CREDIT_PLATFORM}
    if sale_given_on is not None:
        ended.add(ConsentKind.SALE)
    _lock(session, household.id)
    session.execute(
        sa.update(Consent)
        .where(Consent.household_id == household.id, Consent.kind.in_(ended), Consent.withdrawn_on.is_(None))
        .values(withdrawn_on=today, withdrawal_recorded_at=now, withdrawal_officer_id=officer_id)
    )
    household.name_public, household.display_name = False, None
    if sale_given_on is not None:
        session.add(
            Consent(
                household_id=household.id,
                kind=ConsentKind.SALE,
                text_version=SURVEY_FORM,
                given_on=sale_given_on,
                witness=None,
                recorded_at=now,
                officer_id=officer_id,
                import_id=None,
            )
        )
        household.sale_consent_on = sale_given_on
    session.flush()


def enter_from_sheet(session: Session, rows: sa.ColumnElement[bool], now: datetime) -> None:
    """Add what the newly registered households of a sheet agreed to on paper; `rows` chooses its staged rows."""
    staged = StagedHousehold
    for kind, agreed in (
        (ConsentKind.SALE, staged.sale_consent_on.is_not(None)),
        (ConsentKind.PUBLIC_NAME, sa.and_(staged.name_public.is_(True), staged.sale_consent_on.is_not(None))),
    ):
        wanted = (
            sa.select(
                Household.id,
                sa.literal(kind, Consent.__table__.c.kind.type),
                sa.literal(SURVEY_FORM),
                staged.sale_consent_on,
                sa.literal(now, UTCDateTime),
                staged.import_id,
            )
            .join(Household, Household.number == staged.number)
            .where(rows, staged.outcome == Outcome.NEW.value, agreed)
            .order_by(staged.row)
        )
        columns = ["household_id", "kind", "text_version", "given_on", "recorded_at", "import_id"]
        session.execute(sa.insert(Consent).from_select(columns, wanted))


def sweep(session: Session, now: datetime) -> int:
    """Keep from sale what came back to households that had withdrawn by then: held at that time, or refunded since."""
    withdrawn = session.scalars(
        sa.select(Consent.household_id)
        .join(Household, Household.id == Consent.household_id)
        .where(
            Consent.kind == ConsentKind.SALE,
            Consent.withdrawn_on.is_not(None),
            Household.sale_consent_on.is_(None),
        )
        .distinct()
    ).all()
    return unsold.withdraw(session, withdrawn, now) if withdrawn else 0


def _standing(household_id: int, kind: ConsentKind) -> sa.Select[int]:
    return sa.select(Consent.id).where(
        Consent.household_id == household_id, Consent.kind == kind, Consent.withdrawn_on.is_(None)
    )


def _lock(session: Session, household_id: int) -> None:
    """One officer at a time writes down what a household says.

    Rows that name the household may be added meanwhile: an approval that opens its lane holds others we want next.
    """
    one = sa.select(Household.id).where(Household.id == household_id)
    session.execute(one.with_for_update(key_share=True))


def _end(
    session: Session, officer_id: int, standing_one: sa.Select[int], withdrawn_on: date, now: datetime
) -> Consent | None:
    row = session.scalar(sa.select(Consent).where(Consent.id.in_(standing_one)))
    if row is None:
        return None
    if withdrawn_on < row.given_on:
        raise Invalid("withdrawal_before_consent", {"day": row.given_on.isoformat()}, at="withdrawn_on")
    row.withdrawn_on, row.withdrawal_recorded_at, row.withdrawal_officer_id = withdrawn_on, now, officer_id
    session.flush()
    return row
