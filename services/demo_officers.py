"""The officers of the sample data: one of each kind, all with one password that the start prints."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.roles import Role
from models import Officer
from services.officers import put_officer
from services.passwords import hash_password, password_matches

#: 望谟县, whose survey the sample data is made of.
DEMO_REGION = "522326"

DEMO_OFFICERS: dict[str, tuple[str, Role]] = {
    "surveyor": ("演示调查员", Role.SURVEYOR),
    "county": ("演示县登记员甲", Role.REGISTRAR),
    "county2": ("演示县登记员乙", Role.REGISTRAR),
    "verifier": ("演示核查员", Role.VERIFIER),
    "maker": ("演示制单员", Role.MAKER),
    "approver": ("演示审批人甲", Role.APPROVER),
    "approver2": ("演示审批人乙", Role.APPROVER),
    "releaser": ("演示发放人", Role.RELEASER),
    "auditor": ("演示审计员", Role.AUDITOR),
    "admin": ("演示管理员甲", Role.ADMINISTRATOR),
    "admin2": ("演示管理员乙", Role.ADMINISTRATOR),
}


def seed_demo_officers(
    session: Session, password: str, now: datetime, random: Callable[[int], bytes]
) -> list[str]:
    """Add the demo officers that are missing and let `password` open all of them; returns their names.

    A demo password may be as weak as whoever starts the demo likes; production never comes here.
    """
    known = {
        officer.username: officer
        for officer in session.scalars(
            sa.select(Officer).where(Officer.username.in_(DEMO_OFFICERS)).order_by(Officer.id)
        )
    }
    # They are given the password together, and trying it on one of them takes as long as a hundred statements.
    first = next(iter(known.values()), None)
    changed = first is not None and not password_matches(first.password_hash, password)
    for username, (display_name, role) in DEMO_OFFICERS.items():
        officer = known.get(username)
        if officer is None:
            put_officer(
                session,
                username=username,
                display_name=display_name,
                password_hash=hash_password(password, random),
                roles=frozenset({role}),
                region_code=DEMO_REGION,
                actor="command",
                now=now,
            )
        elif changed:
            officer.password_hash = hash_password(password, random)
    session.flush()
    return list(DEMO_OFFICERS)
