"""Officers as administrators and auditors see them: roles with their days, sign-in, and what waits for a second."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.people import PersonState, ProposalState
from domain.roles import Role
from models import Officer, OfficerRole, OneTimeSecret, Proposal, Region
from services.passwords import NO_PASSWORD


@dataclass(frozen=True, slots=True)
class PeopleWanted:
    """Which officers, beginning after which user name; those who have left only when asked for."""

    scope: str
    role: Role | None = None
    state: PersonState | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """One officer with all that is shown of them."""

    officer: Officer
    region: Region
    second_factor: bool
    proposal_id: int | None

    @property
    def state(self) -> PersonState:
        """Whether the officer is here yet, or still."""
        if self.officer.ended_at is not None:
            return PersonState.ENDED
        invited = self.officer.password_hash == NO_PASSWORD
        return PersonState.INVITED if invited else PersonState.ACTIVE

    def roles(self, now: datetime) -> list[OfficerRole]:
        """Roles in force or to come; a deputy's that is over is shown no more."""
        return [row for row in self.officer.roles if row.ends_at is None or row.ends_at > now]


def listed(session: Session, wanted: PeopleWanted, now: datetime, limit: int) -> Sequence[Person]:
    """Up to `limit` officers by user name, in two statements."""
    query = _people().where(Officer.region_code.startswith(wanted.scope, autoescape=True))
    if wanted.state is PersonState.ENDED:
        query = query.where(Officer.ended_at.is_not(None))
    else:
        query = query.where(Officer.ended_at.is_(None))
    if wanted.state is PersonState.INVITED:
        query = query.where(Officer.password_hash == NO_PASSWORD)
    if wanted.state is PersonState.ACTIVE:
        query = query.where(Officer.password_hash != NO_PASSWORD)
    if wanted.role is not None:
        query = query.where(
            sa.exists().where(
                OfficerRole.officer_id == Officer.id,
                OfficerRole.role == wanted.role,
                sa.or_(OfficerRole.ends_at.is_(None), OfficerRole.ends_at > now),
            )
        )
    if wanted.after is not None:
        query = query.where(Officer.username > wanted.after)
    return [Person(*row) for row in session.execute(query.order_by(Officer.username).limit(limit))]


def shown(session: Session, officer_id: int) -> Person:
    """One officer."""
    return Person(*session.execute(_people().where(Officer.id == officer_id)).one())


def _people() -> sa.Select[Officer, Region, bool, int | None]:
    confirmed = sa.exists().where(
        OneTimeSecret.officer_id == Officer.id, OneTimeSecret.confirmed_at.is_not(None)
    )
    waiting = (
        sa.select(Proposal.id)
        .where(Proposal.officer_id == Officer.id, Proposal.state == ProposalState.OPEN)
        .scalar_subquery()
    )
    return sa.select(Officer, Region, confirmed, waiting).join(Region, Region.code == Officer.region_code)
