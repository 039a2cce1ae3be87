"""Changes of accounts that wait for a second administrator, who is neither the first nor the person concerned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from domain.errors import Conflict, Forbidden, NotFound
from domain.people import PROPOSAL_GOOD, ProposalKind, ProposalState, Span
from domain.permissions import OfficerContext
from domain.regions import contains
from domain.roles import Role
from models import Officer, Proposal
from services import account_changes
from services.account_changes import Hands, Link


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """A proposal with the people it names."""

    proposal: Proposal
    username: str
    proposed_by: str
    decided_by: str | None


def propose(
    session: Session, kind: ProposalKind, officer: Officer, facts: Mapping[str, object], hands: Hands
) -> Proposal:
    """Let a change wait for the second administrator; raises Conflict while another one of this person waits."""
    session.execute(
        sa.update(Proposal)
        .where(
            Proposal.officer_id == officer.id,
            Proposal.state == ProposalState.OPEN,
            Proposal.proposed_at <= hands.now - PROPOSAL_GOOD,
        )
        .values(state=ProposalState.REFUSED, decided_at=hands.now)
    )
    waiting = sa.select(Proposal.id).where(
        Proposal.officer_id == officer.id, Proposal.state == ProposalState.OPEN
    )
    if session.scalar(waiting) is not None:
        raise Conflict("proposal_waits")
    proposal = Proposal(
        kind=kind,
        officer_id=officer.id,
        facts=dict(facts),
        state=ProposalState.OPEN,
        proposed_by_id=hands.asked.id,
        proposed_at=hands.now,
        decided_by_id=None,
        decided_at=None,
    )
    session.add(proposal)
    session.flush()
    hands.record(session, "account_change_proposed", officer, kind=kind.value, proposal=proposal.id, **facts)
    return proposal


def confirm(session: Session, proposal_id: int, hands: Hands) -> tuple[Officer, Link | None]:
    """Do what another administrator has proposed; the link, where there is one, is for the second to hand over.

    Raises NotFound outside the administrator's region, Forbidden for one's own proposal or account, Conflict when it
    is decided or over.
    """
    proposal, officer = _found(session, proposal_id, hands.asked)
    if hands.asked.id in (proposal.proposed_by_id, proposal.officer_id):
        raise Forbidden("second_administrator_needed")
    region = str(proposal.facts.get("region", officer.region_code))
    if not contains(hands.asked.region_code, region):
        raise NotFound("proposal_not_found")
    _decide(session, proposal, ProposalState.CONFIRMED, hands)
    if officer.ended_at is not None:
        raise Conflict("officer_has_left")
    second = Hands(hands.asked, hands.now, hands.random, first_id=proposal.proposed_by_id)
    hands.record(session, "account_change_confirmed", officer, kind=proposal.kind.value, proposal=proposal.id)
    return officer, _done(session, proposal, officer, region, second)


def _done(session: Session, proposal: Proposal, officer: Officer, region: str, second: Hands) -> Link | None:
    facts = proposal.facts
    match proposal.kind:
        case ProposalKind.INVITE:
            roles = frozenset(Role(role) for role in facts["roles"])
            account_changes.put_roles(session, officer, roles, region, second)
            return account_changes.invite(session, officer, second)
        case ProposalKind.ROLES:
            roles = frozenset(Role(role) for role in facts["roles"])
            account_changes.put_roles(session, officer, roles, region, second)
        case ProposalKind.DEPUTY:
            span = Span(datetime.fromisoformat(facts["starts_at"]), datetime.fromisoformat(facts["ends_at"]))
            if span.ends_at <= second.now:
                raise Conflict("proposal_decided")
            account_changes.put_deputy(session, officer, Role(facts["role"]), span, second)
        case ProposalKind.RESET:
            return account_changes.reset(session, officer, second, second_factor=bool(facts["second_factor"]))
    return None


def refuse(session: Session, proposal_id: int, hands: Hands) -> Officer:
    """Let nothing come of a proposal, one's own too; an invitation that nobody confirmed ends. Raises as `confirm`."""
    proposal, officer = _found(session, proposal_id, hands.asked)
    if hands.asked.id == proposal.officer_id:
        raise Forbidden("second_administrator_needed")
    _decide(session, proposal, ProposalState.REFUSED, hands)
    if proposal.kind is ProposalKind.INVITE and officer.ended_at is None:
        officer.ended_at = hands.now
    hands.record(session, "account_change_refused", officer, kind=proposal.kind.value, proposal=proposal.id)
    session.flush()
    return officer


def listed(
    session: Session, officer: OfficerContext, *, state: ProposalState | None, before: int | None, limit: int
) -> list[ShownProposal]:
    """Proposals about people of the officer's region, newest first, up to `limit`."""
    by, decided = aliased(Officer), aliased(Officer)
    wanted = (
        sa.select(Proposal, Officer.username, by.username, decided.username)
        .join(Officer, Officer.id == Proposal.officer_id)
        .join(by, by.id == Proposal.proposed_by_id)
        .outerjoin(decided, decided.id == Proposal.decided_by_id)
        .where(Officer.region_code.startswith(officer.region_code, autoescape=True))
        .order_by(Proposal.id.desc())
        .limit(limit)
    )
    if state is not None:
        wanted = wanted.where(Proposal.state == state)
    if before is not None:
        wanted = wanted.where(Proposal.id < before)
    return [ShownProposal(*row) for row in session.execute(wanted)]


def _found(session: Session, proposal_id: int, asked: OfficerContext) -> tuple[Proposal, Officer]:
    found = session.execute(
        sa.select(Proposal, Officer)
        .join(Officer, Officer.id == Proposal.officer_id)
        .where(Proposal.id == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or not contains(asked.region_code, found.Officer.region_code):
        raise NotFound("proposal_not_found")
    return found.Proposal, found.Officer


def _decide(session: Session, proposal: Proposal, state: ProposalState, hands: Hands) -> None:
    decided: Sequence[object] = session.execute(
        sa.update(Proposal)
        .where(
            Proposal.id == proposal.id,
            Proposal.state == ProposalState.OPEN,
            Proposal.proposed_at > hands.now - PROPOSAL_GOOD,
        )
        .values(state=state, decided_by_id=hands.asked.id, decided_at=hands.now)
        .returning(Proposal.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not decided:
        raise Conflict("proposal_decided")
    session.refresh(proposal)
