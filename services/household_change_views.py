"""Changes of households as officers see them: people masked, officers by their user names."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.masking import masked_identity_number, officer_name
from models import Household, HouseholdChange, Officer


def shown(session: Session, changes: Sequence[HouseholdChange]) -> list[dict[str, object]]:
    """Changes as they are answered, in two statements however many there are."""
    officers = {one.proposer_id for one in changes} | {one.decider_id for one in changes} - {None}
    households = {one.household_id for one in changes} | {one.other_id for one in changes} - {None}
    names = dict(
        session.execute(sa.select(Officer.id, Officer.username).where(Officer.id.in_(officers))).all()
    )
    codes = dict(
        session.execute(
            sa.select(Household.id, Household.public_id).where(Household.id.in_(households))
        ).all()
    )
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "state": one.state,
            "effective_on": one.effective_on,
            "reason": one.reason,
            "household": codes[one.household_id],
            "to": codes.get(one.other_id or 0),
            "trees": one.trees,
            "head_name": officer_name(one.head_name) if one.head_name else None,
            "identity": masked_identity_number(one.identity) if one.identity else None,
            "contract_from": one.contract_from,
            "contract_to": one.contract_to,
            "outcome": one.outcome,
            "proposed_by": names[one.proposer_id],
            "proposed_at": one.proposed_at,
            "decided_by": names.get(one.decider_id or 0),
            "decided_at": one.decided_at,
        }
        for one in changes
    ]
