"""Gifts: a code that makes its finder the holder; price hidden, once, for thirty days."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, NotFound
from domain.gift_codes import gift_code, read_gift_code
from domain.tokens import TokenSigner
from domain.words import WordsState
from models import Certificate, Gift, Order
from models.certificates import CertificateState
from models.gifts import GiftState
from services import certificates


def offer(session: Session, order_id: int, now: datetime, days: int, random: Callable[[int], bytes]) -> Gift:
    """The gift of a paid order, waiting for whoever is given its code."""
    code = gift_code(random)
    gift = Gift(
        order_id=order_id,
        code_hash=_hash(code),
        code=code,
        state=GiftState.OFFERED,
        offered_at=now,
        expires_at=now + timedelta(days=days),
        claimed_by=None,
        ended_at=None,
    )
    session.add(gift)
    session.flush()
    return gift


def claim(
    session: Session,
    code: str,
    *,
    user_id: int,
    holder_name: str,
    holder_public: bool,
    words_state: WordsState,
    signer: TokenSigner,
    now: datetime,
) -> Certificate:
    """Make a gift's certificate out to whoever claims it.

    Raises NotFound for a code that is unknown, used, withdrawn or lapsed, all alike; Conflict for one's own gift.
    """
    gift = find_offered(session, code, user_id=user_id, now=now)
    if not _end(session, gift.id, GiftState.CLAIMED, now, claimed_by=user_id):
        raise NotFound("gift_not_found")
    return _make_out(
        session,
        gift.order_id,
        user_id=user_id,
        holder_name=holder_name,
        holder_public=holder_public,
        words_state=words_state,
        signer=signer,
        now=now,
    )


def find_offered(session: Session, code: str, *, user_id: int, now: datetime) -> Gift:
    """The gift behind a code that this user may claim; raises what `claim` raises."""
    gift = session.scalar(sa.select(Gift).where(Gift.code_hash == _hash(read_gift_code(code))))
    if gift is None or gift.state is not GiftState.OFFERED or gift.expires_at <= now:
        raise NotFound("gift_not_found")
    giver = session.execute(sa.select(Order.user_id).where(Order.id == gift.order_id)).scalar_one()
    if giver == user_id:
        raise Conflict("gift_own")
    return gift


def withdraw(session: Session, order: Order, signer: TokenSigner, now: datetime) -> Certificate:
    """Take an unclaimed gift back: its certificate is made out to the giver."""
    gift = session.scalar(sa.select(Gift).where(Gift.order_id == order.id))
    if gift is None:
        raise Conflict("not_a_gift")
    if not _end(session, gift.id, GiftState.WITHDRAWN, now):
        raise Conflict("gift_not_offered", {"gift": gift.state.value})
    return _to_giver(session, order, signer, now)


def end_for_refund(session: Session, order_id: int, now: datetime) -> bool:
    """End the gift of an order, if it has one that nobody has claimed; False when somebody has.

    Waits for whoever is claiming it at this moment.
    """
    gift = session.scalar(
        sa.select(Gift)
        .where(Gift.order_id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if gift is None:
        return True
    _end(session, gift.id, GiftState.WITHDRAWN, now)
    return gift.state is not GiftState.CLAIMED


def is_claimed(session: Session, order_id: int) -> bool:
    """Whether somebody has claimed the gift of an order."""
    claimed = sa.select(Gift.id).where(Gift.order_id == order_id, Gift.state == GiftState.CLAIMED)
    return session.scalar(claimed) is not None


def lapse(session: Session, signer: TokenSigner, now: datetime, most: int = 100) -> int:
    """Make the certificates of gifts that nobody claimed in time out to their givers; returns how many."""
    due = session.scalars(
        sa.select(Gift)
        .where(Gift.state == GiftState.OFFERED, Gift.expires_at <= now)
        .order_by(Gift.expires_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for gift in due:
        if _end(session, gift.id, GiftState.LAPSED, now):
            # One that has nothing left to give must not hold up the others.
            with suppress(NotFound):
                _to_giver(session, session.get_one(Order, gift.order_id), signer, now)
    return len(due)


def of_orders(session: Session, order_ids: Sequence[int]) -> dict[int, Gift]:
    """The gifts of these orders, by order id."""
    return {
        gift.order_id: gift for gift in session.scalars(sa.select(Gift).where(Gift.order_id.in_(order_ids)))
    }


def _end(
    session: Session, gift_id: int, state: GiftState, now: datetime, claimed_by: int | None = None
) -> bool:
    moved = session.execute(
        sa.update(Gift)
        .where(Gift.id == gift_id, Gift.state == GiftState.OFFERED)
        .values(state=state, ended_at=now, claimed_by=claimed_by)
        .returning(Gift.id)
    )
    return moved.first() is not None


def _to_giver(session: Session, order: Order, signer: TokenSigner, now: datetime) -> Certificate:
    return _make_out(
        session,
        order.id,
        user_id=order.user_id,
        holder_name=order.holder_name,
        holder_public=order.holder_public,
        words_state=order.words_state,
        signer=signer,
        now=now,
    )


def _make_out(
    session: Session,
    order_id: int,
    *,
    user_id: int,
    holder_name: str,
    holder_public: bool,
    words_state: WordsState,
    signer: TokenSigner,
    now: datetime,
) -> Certificate:
    certificate = session.scalars(
        sa.select(Certificate).where(
            Certificate.order_id == order_id, Certificate.state == CertificateState.RESERVED
        )
    ).one_or_none()
    if certificate is None:
        # Refunded meanwhile: there is nothing left to give.
        raise NotFound("gift_not_found")
    certificates.make_out(
        certificate,
        user_id=user_id,
        holder_name=holder_name,
        holder_public=holder_public,
        words_state=words_state,
        signer=signer,
        now=now,
    )
    session.flush()
    return certificate


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
