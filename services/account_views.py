"""Payee accounts as officers read them: masked, with the two people of each version."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.payouts import AccountOrigin, AccountState
from models import HouseholdAccount, Officer
from services.accounts import shown as masked


def shown(session: Session, versions: Sequence[HouseholdAccount], lock: timedelta) -> list[dict[str, Any]]:
    """These versions with who entered and who decided on each, and from when they may be paid to."""
    people = {
        person for one in versions for person in (one.editor_id, one.confirmer_id) if person is not None
    }
    rows = session.execute(sa.select(Officer.id, Officer.username).where(Officer.id.in_(people)))
    names = {row.id: row.username for row in rows}
    return [
        {
            "version": one,
            **masked(one),
            "editor": None if one.editor_id is None else names.get(one.editor_id),
            "confirmer": None if one.confirmer_id is None else names.get(one.confirmer_id),
            "payable_from": _payable_from(one, lock),
        }
        for one in versions
    ]


def _payable_from(version: HouseholdAccount, lock: timedelta) -> datetime | None:
    if (
        version.state is not AccountState.CONFIRMED
        or version.started_at is None
        or version.ended_at is not None
    ):
        return None
    registered = version.origin is AccountOrigin.REGISTRATION
    return version.started_at if registered else version.started_at + lock
