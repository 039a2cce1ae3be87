"""Who may not settle an incident, because it is about what they did themselves."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Forbidden
from domain.payout_answers import CONTESTED, SUBJECT
from models import Incident, PayoutDuty, PayoutLine


def check_no_part(session: Session, incident: Incident, officer_id: int) -> None:
    """Raise Forbidden incident_own_payout where an officer had a duty in the payment an incident contests.

    Maker, approvers, releaser and whoever edited or confirmed an account of the batch; a trigger asks the same.
    """
    if incident.kind != CONTESTED:
        return
    part = sa.exists().where(
        PayoutLine.reference == incident.subject.removeprefix(SUBJECT),
        PayoutDuty.batch_id == PayoutLine.batch_id,
        PayoutDuty.officer_id == officer_id,
    )
    if session.scalar(sa.select(part)):
        raise Forbidden("incident_own_payout")
