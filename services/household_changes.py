"""What happens to households: one officer proposes a change, a second one decides, and only then anything changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.cell_errors import CellError
from domain.clock import business_day
from domain.errors import Conflict, Forbidden, Invalid, NotFound, about
from domain.permissions import OfficerContext
from domain.regions import LENGTH_BY_LEVEL, RegionLevel
from domain.spreadsheet_people import identity_number, person_name, phone
from models import Household, HouseholdChange, Tree, table_of
from models.household_changes import ChangeKind, ChangeState
from models.trees import TreeState
from models.types import vault
from services import bindings, consents, household_moves
from services.audit import record
from services.income import household_in_scope
from services.programmes import current_programme

_COUNTY = LENGTH_BY_LEVEL[RegionLevel.COUNTY]
_Changes = table_of(HouseholdChange)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to change, as somebody typed it; which parts are needed, the kind says."""

    kind: ChangeKind
    effective_on: date
    reason: str
    to: str | None = None
    trees: Sequence[str] = ()
    head_name: str | None = None
    identity: str | None = None
    phone: str | None = None
    sale_consent_on: date | None = None
    contract_from: date | None = None
    contract_to: date | None = None


#: What each kind needs, and what it may have beside that.
_NEEDS: dict[ChangeKind, tuple[frozenset[str], frozenset[str]]] = {
    ChangeKind.SUCCESSION: (frozenset({"head_name", "identity"}), frozenset({"phone", "sale_consent_on"})),
    ChangeKind.SPLIT: (frozenset({"to", "trees"}), frozenset()),
    ChangeKind.MERGE: (frozenset({"to"}), frozenset()),
    ChangeKind.CONTRACT: (frozenset({"contract_from", "contract_to"}), frozenset()),
}
_PARTS = frozenset().union(*(needed | more for needed, more in _NEEDS.values()))


def propose(
    session: Session,
    officer: OfficerContext,
    public_id: str,
    wish: Wish,
    *,
    now: datetime,
    address: str | None = None,
) -> HouseholdChange:
    """Enter a change that a second officer is to decide on; nothing changes yet.

    Raises NotFound for a household (or one to go to) outside the officer's region; Invalid change_fields, change_day,
    or for a name, number or phone that cannot be; Conflict change_undecided, identity_registered or, for a person who
    is registered in another county, household_needs_check; household_elsewhere unless both are of one village.
    """
    household, _ = household_in_scope(session, officer, public_id)
    given = {name for name in _PARTS if getattr(wish, name) not in (None, ())}
    needed, more = _NEEDS[wish.kind]
    if not needed <= given <= needed | more:
        raise Invalid("change_fields", {"needed": sorted(needed), "allowed": sorted(more)})
    today = business_day(now)
    if not date(today.year - 1, 1, 1) <= wish.effective_on <= today:
        raise Invalid("change_day", at="effective_on")
    if wish.contract_from and wish.contract_to and wish.contract_from > wish.contract_to:
        raise Invalid("change_day", at="contract_to")
    other = None
    if wish.to is not None:
        with about("to"):
            other, _ = household_in_scope(session, officer, wish.to)
            if other.id == household.id or other.region_code != household.region_code:
                raise Conflict("household_elsewhere")
    if session.scalar(
        sa.select(
            sa.exists().where(
                HouseholdChange.household_id == household.id, HouseholdChange.state == ChangeState.PROPOSED
            )
        )
    ):
        raise Conflict("change_undecided")
    change = HouseholdChange(
        household_id=household.id,
        other_id=other.id if other else None,
        kind=wish.kind,
        state=ChangeState.PROPOSED,
        effective_on=wish.effective_on,
        reason=wish.reason,
        **_person(session, household, wish, today),
        sale_consent_on=wish.sale_consent_on,
        contract_from=wish.contract_from,
        contract_to=wish.contract_to,
        trees=_own_trees(session, household, wish.trees),
        previous_head_name=None,
        previous_identity=None,
        outcome={},
        proposer_id=officer.id,
        proposed_at=now,
        decider_id=None,
        decided_at=None,
    )
    session.add(change)
    session.flush()
    _record(
        session, change, public_id, "household_change_proposed", officer=officer, now=now, address=address
    )
    return change


def confirm(
    session: Session,
    officer: OfficerContext,
    public_id: str,
    change_id: int,
    *,
    now: datetime,
    address: str | None = None,
) -> HouseholdChange:
    """Put a proposed change into force, as another person than who proposed it.

    Raises NotFound; Forbidden second_person; Conflict change_decided, and what proposing it would raise by now.
    """
    household, change = _decide(session, officer, public_id, change_id, state=ChangeState.CONFIRMED, now=now)
    if change.kind is ChangeKind.SUCCESSION:
        _succeed(session, household, change)
        bindings.end_for_head(session, household.id, actor=officer.actor, now=now, address=address)
        consents.pass_on(session, household, officer.id, change.sale_consent_on, now)
    elif change.kind is ChangeKind.CONTRACT:
        household.contract_from, household.contract_to = change.contract_from, change.contract_to
    else:
        other = session.get_one(Household, change.other_id)
        most = current_programme(session, business_day(now)).max_trees_per_household
        change.outcome = household_moves.move_trees(session, change, household, other, most=most)
        if change.kind is ChangeKind.MERGE:
            change.outcome = {
                **change.outcome,
                **household_moves.move_money(session, household, other, change_id=change.id, now=now),
            }
            household_moves.end_contract(household, change.effective_on)
    session.flush()
    _record(
        session, change, public_id, "household_change_confirmed", officer=officer, now=now, address=address
    )
    return change


def reject(
    session: Session,
    officer: OfficerContext,
    public_id: str,
    change_id: int,
    *,
    now: datetime,
    address: str | None = None,
) -> HouseholdChange:
    """Turn a proposed change down, as another person than who proposed it; raises like `confirm`."""
    _, change = _decide(session, officer, public_id, change_id, state=ChangeState.REJECTED, now=now)
    _record(
        session, change, public_id, "household_change_rejected", officer=officer, now=now, address=address
    )
    return change


def listed(session: Session, officer: OfficerContext, public_id: str) -> Sequence[HouseholdChange]:
    """Every change of a household, newest first; raises NotFound outside the officer's region."""
    household, _ = household_in_scope(session, officer, public_id)
    return session.scalars(
        sa.select(HouseholdChange)
        .where(sa.or_(HouseholdChange.household_id == household.id, HouseholdChange.other_id == household.id))
        .order_by(HouseholdChange.id.desc())
    ).all()


def _decide(
    session: Session,
    officer: OfficerContext,
    public_id: str,
    change_id: int,
    *,
    state: ChangeState,
    now: datetime,
) -> tuple[Household, HouseholdChange]:
    household, _ = household_in_scope(session, officer, public_id)
    change = session.get(HouseholdChange, change_id, populate_existing=True)
    if change is None or change.household_id != household.id:
        raise NotFound("change_not_found")
    if change.proposer_id == officer.id:
        raise Forbidden("second_person")
    moved = session.execute(
        sa.update(_Changes)
        .where(_Changes.c.id == change_id, _Changes.c.state == ChangeState.PROPOSED)
        .values(state=state, decided_at=now, decider_id=officer.id)
        .returning(_Changes.c.id)
    ).first()
    session.refresh(change)
    if moved is None:
        raise Conflict("change_decided", {"state": change.state.value})
    return household, change


def _person(session: Session, household: Household, wish: Wish, today: date) -> dict[str, str | None]:
    if wish.head_name is None or wish.identity is None:
        return {"head_name": None, "identity": None, "phone": None}
    person = {
        "head_name": _read("head_name", person_name, wish.head_name),
        "identity": _read("identity", partial(identity_number, on=today), wish.identity),
        "phone": _read("phone", phone, wish.phone) if wish.phone else None,
    }
    with about("identity"):
        _refuse_registered(session, household, person["identity"] or "")
    return person


def _read(field: str, read: Callable[[str], str], written: str) -> str:
    try:
        return read(written)
    except CellError as error:
        raise Invalid("person_malformed", {"reason": error.reason()}, at=field, reason=error) from None


def _refuse_registered(session: Session, household: Household, identity: str) -> None:
    """A person is the head of one household; another county is told no more than that somebody must look."""
    known = session.scalar(
        sa.select(Household.region_code).where(
            Household.identity_hash == vault().fingerprint(identity, "identity"), Household.id != household.id
        )
    )
    if known is not None:
        same = known[:_COUNTY] == household.region_code[:_COUNTY]
        raise Conflict("identity_registered" if same else "household_needs_check")


def _own_trees(session: Session, household: Household, codes: Sequence[str]) -> list[str]:
    wanted = sorted(set(codes))
    known = set(
        session.scalars(
            sa.select(Tree.code).where(
                Tree.code.in_(wanted), Tree.household_id == household.id, Tree.state == TreeState.GROWING
            )
        )
    )
    if unknown := [code for code in wanted if code not in known]:
        raise Invalid("tree_unknown", {"trees": unknown})
    return wanted


def _succeed(session: Session, household: Household, change: HouseholdChange) -> None:
    """The new head stands for the household."""
    assert change.head_name is not None
    assert change.identity is not None
    _refuse_registered(session, household, change.identity)
    change.previous_head_name, change.previous_identity = household.head_name, household.identity
    household.head_name, household.identity = change.head_name, change.identity
    household.head_name_hash = vault().fingerprint(change.head_name, "name")
    household.identity_hash = vault().fingerprint(change.identity, "identity")
    household.phone = change.phone


def _record(
    session: Session,
    change: HouseholdChange,
    public_id: str,
    action: str,
    *,
    officer: OfficerContext,
    now: datetime,
    address: str | None,
) -> None:
    record(
        session,
        actor=officer.actor,
        action=action,
        subject=f"household:{public_id}",
        now=now,
        facts={"change": change.id, "kind": change.kind.value, **change.outcome},
        address=address,
    )
