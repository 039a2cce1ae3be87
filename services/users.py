"""Buyers: who signs in, what they may change, and how they leave."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict
from domain.orders import OrderState
from models import (
    Certificate,
    HouseholdBinding,
    IdempotencyKey,
    Order,
    SignInSession,
    User,
    WeChatIdentity,
    table_of,
)
from models.sessions import Audience
from services import bindings
from services.sessions import live, opened_by

#: What stands in place of a name once its owner has left.
GONE = "已注销用户"


@dataclass(frozen=True)
class Known:
    """A person as one WeChat app knows them."""

    channel: str
    appid: str
    openid: str
    unionid: str | None


def recognise(
    session: Session, known: Known, now: datetime, random: Callable[[int], bytes]
) -> tuple[User, int]:
    """The user behind a WeChat identity (made on first sight), and the id of that identity.

    The same unionid in two apps is the same user; an unionid that comes later joins the identity to its user only
    while nothing has been bought or received, and no household bound, under it.
    """
    identity = session.scalar(
        sa.select(WeChatIdentity).where(
            WeChatIdentity.appid == known.appid, WeChatIdentity.openid == known.openid
        )
    )
    joined = _by_unionid(session, known.unionid)
    if identity is not None:
        _join(session, identity, known.unionid, joined)
        user = session.get_one(User, identity.user_id)
        return user, identity.id
    user_id = joined
    if user_id is None:
        nickname = f"林友{int.from_bytes(random(3), 'big') % 1_000_000:06d}"
        user = User(nickname=nickname, language="zh", name_public=False, created_at=now, deleted_at=None)
        session.add(user)
        session.flush()
        user_id = user.id
    identity = WeChatIdentity(
        user_id=user_id,
        channel=known.channel,
        appid=known.appid,
        openid=known.openid,
        unionid=known.unionid,
    )
    session.add(identity)
    session.flush()
    return session.get_one(User, user_id), identity.id


def _by_unionid(session: Session, unionid: str | None) -> int | None:
    if unionid is None:
        return None
    return session.scalar(sa.select(WeChatIdentity.user_id).where(WeChatIdentity.unionid == unionid).limit(1))


def _join(session: Session, identity: WeChatIdentity, unionid: str | None, joined: int | None) -> None:
    if unionid is None or identity.unionid == unionid:
        return
    identity.unionid = unionid
    if joined is not None and joined != identity.user_id:
        bought = sa.exists().where(Order.user_id == identity.user_id)
        received = sa.exists().where(Certificate.user_id == identity.user_id)
        bound = sa.exists().where(HouseholdBinding.identity_id == identity.id)
        if not session.scalar(sa.select(sa.or_(bought, received, bound))):
            identity.user_id = joined
    session.flush()


def change(
    session: Session,
    user_id: int,
    *,
    nickname: str | None = None,
    language: str | None = None,
    name_public: bool | None = None,
) -> User:
    """Change what is given of a user's own profile."""
    user = session.get_one(User, user_id)
    if nickname is not None:
        user.nickname = nickname
    if language is not None:
        user.language = language
    if name_public is not None:
        user.name_public = name_public
    session.flush()
    return user


def actor_of(user_id: int) -> str:
    """How a user is named where acts are kept."""
    return f"user:{user_id}"


def leave(session: Session, user_id: int, now: datetime) -> None:
    """Delete an account: names and identities go, orders and certificates stay under a pseudonym.

    A name that was made public goes like any other, and so do the first answers kept for repeated requests. A
    household bound to the user is so no longer.

    Raises Conflict while an order is still pending or being refunded.
    """
    open_order = session.scalar(
        sa.select(Order.number)
        .where(Order.user_id == user_id, Order.state.in_((OrderState.PENDING, OrderState.REFUNDING)))
        .limit(1)
    )
    if open_order is not None:
        raise Conflict("orders_open", {"order": open_order}, order=open_order)
    user = session.get_one(User, user_id)
    user.nickname, user.name_public, user.deleted_at = GONE, False, now
    session.execute(
        sa.update(SignInSession)
        .where(SignInSession.user_id == user_id, SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    # A sign-in keeps its row for the audit, but no longer points to a WeChat identity that is gone.
    session.execute(
        sa.update(WeChatIdentity)
        .where(WeChatIdentity.user_id == user_id)
        .values(openid=sa.literal("gone:") + sa.cast(WeChatIdentity.id, sa.String), unionid=None)
    )
    session.execute(
        sa.update(Certificate)
        .where(Certificate.user_id == user_id)
        .values(holder_name=Certificate.holder_masked, holder_public=False)
    )
    bindings.end_for_user(session, user_id, now)
    session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.actor == actor_of(user_id)))
    session.execute(sa.update(Order).where(Order.user_id == user_id).values(holder_name=GONE, message=None))
    session.flush()


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who is signed in as a buyer, and through which sign-in."""

    user_id: int
    identity_id: int
    session_id: int
    created_at: datetime
    used_at: datetime


def signed_in(session: Session, token: str, now: datetime) -> Buyer | None:
    """The buyer a token stands for; None when it is unknown, ended, expired or an officer's."""
    row = session.connection().execute(_SIGNED_IN, opened_by(token, now)).first()
    if row is None:
        return None
    # The table's own check keeps both ids in a buyer's sign-in.
    assert row.user_id is not None
    assert row.identity_id is not None
    return Buyer(row.user_id, row.identity_id, row.id, row.created_at, row.used_at)


_SignIns = table_of(SignInSession)
_SIGNED_IN = sa.select(
    _SignIns.c.user_id, _SignIns.c.identity_id, _SignIns.c.id, _SignIns.c.created_at, _SignIns.c.used_at
).where(live(Audience.BUYER))
