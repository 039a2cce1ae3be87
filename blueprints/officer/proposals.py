"""Changes of accounts that wait for a second administrator."""

from typing import Any

from blueprints.officer.guard import officer, officer_blueprint
from blueprints.officer.people import hands, outcome_shown
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY
from blueprints.schemas.people import OutcomeAnswer, ProposalListArgs, ProposalPage
from models.base import database, transaction
from services import proposals
from services.people import Outcome
from services.proposals import ShownProposal

blueprint = officer_blueprint("proposals", "Changes of accounts that take two administrators")

PROPOSAL = "/officer/proposals/<int(max=9007199254740991):proposal_id>"


@blueprint.get("/officer/proposals")
@blueprint.arguments(ProposalListArgs, **QUERY)
@blueprint.response(200, ProposalPage)
def get_proposals(args: dict[str, Any]) -> dict[str, Any]:
    """What waits for a second administrator in one's region, newest first."""
    key = read_cursor(args["cursor"], int)
    rows = proposals.listed(
        database(),
        officer(),
        state=args["state"],
        before=key[0] if key else None,
        limit=args["limit"] + 1,
    )
    found = page(rows, args["limit"], lambda row: [row.proposal.id])
    return {**found, "items": [_shown(row) for row in found["items"]]}


@blueprint.post(f"{PROPOSAL}/confirm")
@blueprint.response(200, OutcomeAnswer)
@blueprint.alt_response(403, description="One's own proposal or account: `second_administrator_needed`")
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It has been decided, or its time is over")
def post_confirmation(proposal_id: int) -> dict[str, Any]:
    """Confirm what another administrator proposed; a link that comes of it is handed over by who confirms."""
    with transaction() as session:
        person, link = proposals.confirm(session, proposal_id, hands())
        return outcome_shown(Outcome(person, link))


@blueprint.post(f"{PROPOSAL}/refuse")
@blueprint.response(200, OutcomeAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It has been decided, or its time is over")
def post_refusal(proposal_id: int) -> dict[str, Any]:
    """Refuse a proposal, or take one's own back."""
    with transaction() as session:
        return outcome_shown(Outcome(proposals.refuse(session, proposal_id, hands())))


def _shown(row: ShownProposal) -> dict[str, Any]:
    one = row.proposal
    return {
        "id": one.id,
        "kind": one.kind,
        "username": row.username,
        "facts": one.facts,
        "state": one.state,
        "proposed_by": row.proposed_by,
        "proposed_at": one.proposed_at,
        "decided_by": row.decided_by,
        "decided_at": one.decided_at,
    }
