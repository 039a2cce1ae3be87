"""People of a test world: buyers as the simulator knows them, officers with a known password, and their tokens."""

import itertools
import os
from collections.abc import Iterable

import pytest
from argon2 import PasswordHasher
from flask import current_app
from sqlalchemy.orm import Session

from domain.permissions import OfficerContext
from domain.roles import Role
from flows.running import EXTENSION
from gateways.wechat.settings import MINIPROGRAM
from gateways.wechat.simulator.logins import openid_of, unionid_of
from models import Officer, OfficerRole, User, WeChatIdentity
from models.sessions import Audience
from services import passwords
from services.sessions import open_session
from tests.support.clock import START
from tests.support.ground import COUNTY, make_regions

OFFICER_PASSWORD = "correct-horse-battery"

# Cheap parameters: what is tested is that a password is checked, not how long the hash takes. An officer's hash is
# older than those made now, as one of before a change of parameters is.
_PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(OFFICER_PASSWORD)
_QUICK = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)
#: How passwords are hashed outside tests.
REAL_HASHER = passwords._HASHER
_serial = itertools.count(1)


def make_passwords_quick(patch: pytest.MonkeyPatch) -> None:
    """Hash and check passwords with cheap parameters from now on."""
    patch.setattr(passwords, "_HASHER", _QUICK)


def make_user(session: Session, name: str = "buyer") -> tuple[User, WeChatIdentity]:
    """A buyer as the simulator knows `demo:<name>` in the mini program, so that the cashier takes their payment."""
    appid = current_app.extensions[EXTENSION].wechat.settings.apps[MINIPROGRAM].appid
    user = User(nickname=name, language="zh", name_public=False, created_at=START, deleted_at=None)
    session.add(user)
    session.flush()
    identity = WeChatIdentity(
        user_id=user.id,
        channel=MINIPROGRAM,
        appid=appid,
        openid=openid_of(appid, name),
        unionid=unionid_of(name),
    )
    session.add(identity)
    session.flush()
    return user, identity


def make_buyer_token(session: Session, user: User, identity: WeChatIdentity) -> str:
    """A bearer token of a buyer who has just signed in."""
    token, _ = open_session(
        session,
        audience=Audience.BUYER,
        now=START,
        random=os.urandom,
        user_id=user.id,
        identity_id=identity.id,
    )
    return token


def make_officer(
    session: Session, roles: Role | Iterable[Role], region: str = COUNTY, username: str | None = None
) -> Officer:
    """An officer of `region` with the password OFFICER_PASSWORD."""
    make_regions(session)
    username = username or f"officer{next(_serial)}"
    officer = Officer(
        username=username,
        display_name=username,
        password_hash=_PASSWORD_HASH,
        region_code=region,
        created_at=START,
        ended_at=None,
        roles=[OfficerRole(role=role) for role in ([roles] if isinstance(roles, Role) else roles)],
    )
    session.add(officer)
    session.flush()
    return officer


def make_context(session: Session, role: Role, region: str = COUNTY) -> OfficerContext:
    """An officer of `region` in one role, as the guard would find them."""
    officer = make_officer(session, role, region)
    return OfficerContext(
        officer.id, officer.username, officer.display_name, frozenset({role}), region, session_id=0
    )


def make_verifier(session: Session, region: str = COUNTY, username: str | None = None) -> OfficerContext:
    """A verifier of `region`, as the guard would find them."""
    officer = make_officer(session, Role.VERIFIER, region, username)
    return OfficerContext(
        id=officer.id,
        username=officer.username,
        display_name=officer.display_name,
        roles=frozenset({Role.VERIFIER}),
        region_code=region,
        session_id=0,
    )


def make_officer_token(session: Session, officer: Officer) -> str:
    """A bearer token of an officer who has just signed in."""
    token, _ = open_session(
        session, audience=Audience.OFFICER, now=START, random=os.urandom, officer_id=officer.id
    )
    return token
