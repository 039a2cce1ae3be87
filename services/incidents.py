"""Things that need a person: opened once while they last, looked after by an owner, resolved with a reason."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, Invalid, NotFound
from domain.incidents import IncidentState, names_somebody, people_needed
from domain.permissions import INCIDENT_RESOLVERS, OfficerContext
from models import Incident, Officer, OfficerRole, insert_for
from services import audit, incident_duties, officers

#: What stands as the resolution of an incident whose cause went away.
GONE = "再次核对时已无差异。 No longer found when looked at again."


def open_incident(
    session: Session, *, kind: str, subject: str, now: datetime, facts: Mapping[str, object] | None = None
) -> None:
    """Open an incident, or note that the same one, still open, was seen again."""
    seen_again = session.execute(
        sa.update(Incident)
        .where(Incident.kind == kind, Incident.subject == subject, Incident.resolved_at.is_(None))
        .values(last_seen_at=now, seen=Incident.seen + 1)
        .returning(Incident.id)
        .execution_options(synchronize_session=False)
    ).first()
    if seen_again is None:
        session.execute(
            insert_for(session.get_bind().dialect.name, Incident)
            .values(
                kind=kind, subject=subject, facts=dict(facts or {}), opened_at=now, last_seen_at=now, seen=1
            )
            # Whoever found the same thing in the same moment has opened it.
            .on_conflict_do_nothing()
        )


def open_unless_settled(
    session: Session, *, kind: str, subject: str, now: datetime, facts: Mapping[str, object] | None = None
) -> None:
    """Open an incident like `open_incident`, but not one that a person has resolved: looking again is no news."""
    settled = sa.exists().where(
        Incident.kind == kind,
        Incident.subject == subject,
        Incident.resolved_at.is_not(None),
        Incident.resolved_by_id.is_not(None),
    )
    if not session.scalar(sa.select(settled)):
        open_incident(session, kind=kind, subject=subject, now=now, facts=facts)


def resolve_gone(session: Session, *, kind: str, subject: str, now: datetime, resolution: str = GONE) -> bool:
    """Resolve an open incident whose cause is no longer there, with how that came about; False where there is none."""
    gone = session.execute(
        sa.update(Incident)
        .where(Incident.kind == kind, Incident.subject == subject, Incident.resolved_at.is_(None))
        .values(resolved_at=now, resolution=resolution, resolved_by_id=None, seconded_by_id=None)
        .returning(Incident.id)
        .execution_options(synchronize_session=False)
    ).first()
    return gone is not None


def about(session: Session, subjects: Sequence[str]) -> Sequence[Incident]:
    """Every incident about these subjects, resolved or not, oldest first."""
    return session.scalars(
        sa.select(Incident).where(Incident.subject.in_(subjects)).order_by(Incident.id)
    ).all()


def count_open(session: Session) -> int:
    """How many incidents wait for a person."""
    waiting = sa.select(sa.func.count()).select_from(Incident).where(Incident.resolved_at.is_(None))
    return session.scalar(waiting) or 0


def state_of(incident: Incident) -> IncidentState:
    """How far an incident has come."""
    if incident.resolved_at is not None:
        return IncidentState.RESOLVED
    return IncidentState.OPEN if incident.resolved_by_id is None else IncidentState.PROPOSED


def find(session: Session, incident_id: int) -> Incident:
    """An incident by its number; raises NotFound."""
    found = session.get(Incident, incident_id, populate_existing=True)
    if found is None:
        raise NotFound("incident_not_found")
    return found


_STATES: dict[IncidentState, sa.ColumnElement[bool]] = {
    IncidentState.OPEN: sa.and_(Incident.resolved_at.is_(None), Incident.resolved_by_id.is_(None)),
    IncidentState.PROPOSED: sa.and_(Incident.resolved_at.is_(None), Incident.resolved_by_id.is_not(None)),
    IncidentState.RESOLVED: Incident.resolved_at.is_not(None),
}


def listed(
    session: Session,
    *,
    state: IncidentState | None,
    kind: str | None,
    before: int | None,
    limit: int,
) -> Sequence[Incident]:
    """Up to limit + 1 incidents, newest first, before the one a page ended with; all unresolved without a state."""
    statement = sa.select(Incident).order_by(Incident.id.desc()).limit(limit + 1)
    statement = statement.where(Incident.resolved_at.is_(None) if state is None else _STATES[state])
    if kind is not None:
        statement = statement.where(Incident.kind == kind)
    if before is not None:
        statement = statement.where(Incident.id < before)
    return session.scalars(statement).all()


def assignees(session: Session, incident_id: int, now: datetime) -> Sequence[Officer]:
    """Whom an incident may be given to, by user name; nobody once it is resolved. Raises NotFound."""
    incident = find(session, incident_id)
    if incident.resolved_at is not None:
        return []
    resolving = sa.select(OfficerRole.officer_id).where(
        OfficerRole.role.in_(INCIDENT_RESOLVERS), officers.in_force(now)
    )
    return session.scalars(
        sa.select(Officer)
        .where(
            Officer.ended_at.is_(None),
            Officer.id.in_(resolving),
            Officer.id.not_in(incident_duties.had_part(incident)),
        )
        .order_by(Officer.username)
    ).all()


def assign(
    session: Session,
    incident_id: int,
    username: str,
    *,
    officer: OfficerContext,
    now: datetime,
    address: str | None = None,
) -> Incident:
    """Give an incident to an officer who may resolve it; raises NotFound, Conflict when resolved, Invalid."""
    incident = _unresolved(session, incident_id)
    owner = officers.context_of(session, username, now)
    if not owner.may_be(INCIDENT_RESOLVERS):
        raise Invalid("incident_owner_cannot", at="username", username=username)
    incident_duties.check_no_part(session, incident, owner.id)
    incident.owner_id, incident.assigned_at = owner.id, now
    audit.record(
        session,
        actor=officer.actor,
        action="incident_assigned",
        subject=f"incident:{incident.id}",
        now=now,
        facts={"owner": f"officer:{owner.id}"},
        address=address,
    )
    session.flush()
    return incident


def resolve(
    session: Session,
    incident_id: int,
    resolution: str,
    *,
    officer: OfficerContext,
    now: datetime,
    address: str | None = None,
) -> Incident:
    """Settle an incident with a reason; where two people are needed the first one proposes and another one agrees.

    Raises NotFound; Forbidden for an officer who may not, or had a part in what is contested; Invalid for a reason
    that holds somebody's number; Conflict when it is resolved already or the second person would be the first.
    """
    if names_somebody(resolution):
        raise Invalid("resolution_names_somebody")
    officer.need(*INCIDENT_RESOLVERS)
    incident = _unresolved(session, incident_id)
    incident_duties.check_no_part(session, incident, officer.id)
    proposed = incident.resolved_by_id is not None
    if proposed and incident.resolved_by_id == officer.id:
        raise Conflict("second_person_needed")
    if proposed:
        incident.seconded_by_id = officer.id
        incident.resolution = f"{incident.resolution}\n{resolution}"[:300]
    else:
        incident.resolved_by_id, incident.resolution = officer.id, resolution
    done = proposed or people_needed(incident.kind) == 1
    if done:
        incident.resolved_at = now
    audit.record(
        session,
        actor=officer.actor,
        action="incident_resolved" if done else "incident_resolution_proposed",
        subject=f"incident:{incident.id}",
        now=now,
        facts={"kind": incident.kind, "about": incident.subject},
        address=address,
    )
    session.flush()
    return incident


def _unresolved(session: Session, incident_id: int) -> Incident:
    incident = session.get(Incident, incident_id, with_for_update=True, populate_existing=True)
    if incident is None:
        raise NotFound("incident_not_found")
    if incident.resolved_at is not None:
        raise Conflict("incident_resolved")
    return incident
