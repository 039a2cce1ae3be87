"""A household of the sample data with a telephone: bound, confirmed, and at odds with the last payment it had."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.binding_codes import read_binding_code
from domain.payouts import PayoutLineState
from flows.running import Running
from gateways.wechat.settings import MINIPROGRAM
from gateways.wechat.simulator.logins import openid_of, unionid_of
from models import Credit, Household, HouseholdBinding, PayoutLine, transaction
from services import binding_codes, bindings, officers, payout_answers, users
from services.bindings import BoundHousehold

#: Whoever signs in as `demo:nonghu` sees the household's own view.
NAME = "nonghu"
BOUND_BEFORE = timedelta(days=40)
REASON = "说是已经发了，我查了存折，没有这笔钱。"


def bind_and_contest(parts: Running, now: datetime) -> None:
    """Bind the household of the last payment, or the one that earned most, and have it contest that payment; once."""
    with transaction() as session:
        if session.scalar(sa.select(HouseholdBinding.id).limit(1)) is not None:
            return
        paid = session.scalars(
            sa.select(PayoutLine)
            .where(PayoutLine.state == PayoutLineState.PAID)
            .order_by(PayoutLine.paid_at.desc(), PayoutLine.id.desc())
            .limit(1)
        ).one_or_none()
        household_id = _earned_most(session) if paid is None else paid.household_id
        if household_id is None:
            return
        bound = _bind(session, parts, household_id, now - BOUND_BEFORE)
        if paid is not None:
            payout_answers.contest(session, bound, paid.id, REASON, now=now, address=None)


def _earned_most(session: Session) -> int | None:
    return session.scalar(
        sa.select(Credit.household_id)
        .group_by(Credit.household_id)
        .order_by(sa.func.sum(Credit.amount_fen).desc(), Credit.household_id)
        .limit(1)
    )


def _bind(session: Session, parts: Running, household_id: int, at: datetime) -> BoundHousehold:
    public_id = session.get_one(Household, household_id).public_id
    appid = parts.wechat.login.app(MINIPROGRAM).appid
    known = users.Known(MINIPROGRAM, appid, openid_of(appid, NAME), unionid_of(NAME))
    user, identity_id = users.recognise(session, known, at, parts.random)
    county, second = (officers.context_of(session, name) for name in ("county", "county2"))
    issued = binding_codes.issue(session, county, public_id, now=at, random=parts.random, address=None)
    binding = bindings.bind(
        session,
        read_binding_code(issued.code),
        user_id=user.id,
        identity_id=identity_id,
        now=at,
        address=None,
    )
    assert binding is not None
    bindings.confirm(session, second, public_id, now=at + timedelta(days=1), address=None)
    # Nobody has signed in: there is no sign-in to name.
    return BoundHousehold(household_id, public_id, binding.id, user.id, 0, at, at)
