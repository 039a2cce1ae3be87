"""Who may not settle an incident, because it is about what they did themselves."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Forbidden
from domain.incidents import HELD_LINE, HOLDS_LINE
from domain.payout_answers import CONTESTED, SUBJECT
from domain.payouts import Duty
from models import Incident, PayoutDuty, PayoutLine


def had_part(incident: Incident) -> sa.Select[int]:
    """The numbers of the officers who had a duty in the payment an incident is about.

    Maker, approvers, releaser and whoever edited or confirmed an account of the batch, where a household contests it;
    the maker, where the bank's news of it does not fit. A trigger asks the same.
    """
    part = sa.select(PayoutDuty.officer_id).join(PayoutLine, PayoutLine.batch_id == PayoutDuty.batch_id)
    if incident.kind == CONTESTED:
        return part.where(PayoutLine.reference == incident.subject.removeprefix(SUBJECT))
    if incident.kind in HOLDS_LINE:
        reference = incident.subject.removeprefix(HELD_LINE)
        return part.where(PayoutLine.reference == reference, PayoutDuty.duty == Duty.MAKER)
    return part.where(sa.false())


def check_no_part(session: Session, incident: Incident, officer_id: int) -> None:
    """Raise Forbidden incident_own_payout where an officer had a duty in the payment an incident is about."""
    if session.scalar(had_part(incident).where(PayoutDuty.officer_id == officer_id)) is not None:
        raise Forbidden("incident_own_payout")
