"""Officers who have just signed in, whose calls a case measures."""

import os
import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from domain.roles import Role
from models.sessions import Audience
from services.officers import put_officer
from services.passwords import hash_password
from services.sessions import open_session

PROVINCE = "52"


def employ(session: Session, name: str, role: Role, now: datetime) -> str:
    """The token of a new officer of the whole province."""
    officer = put_officer(
        session,
        username=f"bench.{name}",
        display_name="测量",
        password_hash=hash_password(secrets.token_urlsafe(12), os.urandom),
        roles=frozenset({role}),
        region_code=PROVINCE,
        actor="command",
        now=now,
    )
    token, _ = open_session(
        session,
        audience=Audience.OFFICER,
        now=now,
        random=os.urandom,
        officer_id=officer.id,
        second_factor=True,
    )
    return token
