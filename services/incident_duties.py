"""Who may not settle an incident, because it is about what they did themselves."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Forbidden
from domain.incidents import HELD_LINE, HOLDS_LINE
from domain.payout_answers import CONTESTED, SUBJECT
from domain.payouts import Duty
from models import Incident, PayoutDuty, PayoutLine


def check_no_part(session: Session, incident: Incident, officer_id: int) -> None:
    """Raise Forbidden incident_own_payout where an officer had a duty in the payment an incident is about.

    Maker, approvers, releaser and whoever edited or confirmed an account of the batch, where a household contests it;
    the maker, where the bank's news of it does not fit. A trigger asks the same.
    """
    part = sa.select(PayoutDuty.duty).join(PayoutLine, PayoutLine.batch_id == PayoutDuty.batch_id)
    if incident.kind == CONTESTED:
        part = part.where(PayoutLine.reference == incident.subject.removeprefix(SUBJECT))
    elif incident.kind in HOLDS_LINE:
        part = part.where(
            PayoutLine.reference == incident.subject.removeprefix(HELD_LINE), PayoutDuty.duty == Duty.MAKER
        )
    else:
        return
    if session.scalar(part.where(PayoutDuty.officer_id == officer_id)) is not None:
        raise Forbidden("incident_own_payout")
