"""A buyer's own totals and own data."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.certificates import Purpose
from domain.clock import rfc3339
from domain.orders import OrderState
from models import (
    Certificate,
    Credit,
    Gift,
    Household,
    HouseholdBinding,
    Order,
    PayoutAnswer,
    Region,
    User,
    WeChatIdentity,
)
from models.certificates import CertificateState
from services import money, order_views


def summary(session: Session, user_id: int) -> dict[str, Any]:
    """What a buyer has done so far: trees and grams held, money spent and where it is, villages helped."""
    held = session.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(Certificate.count), 0),
            sa.func.coalesce(sa.func.sum(Certificate.sink_g), 0),
            sa.func.coalesce(sa.func.sum(sa.case((Order.user_id != user_id, 1), else_=0)), 0),
        )
        .join(Order, Order.id == Certificate.order_id)
        .where(Certificate.user_id == user_id, Certificate.state == CertificateState.ISSUED)
    ).one()
    paid = session.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(sa.case((Order.purpose == Purpose.GIFT, 1), else_=0)), 0),
        ).where(Order.user_id == user_id, Order.state == OrderState.PAID)
    ).one()
    mine = Credit.order_id.in_(
        sa.select(Order.id).where(Order.user_id == user_id, Order.state == OrderState.PAID)
    )
    villages = session.scalars(
        sa.select(Region.path)
        .where(
            Region.code.in_(
                sa.select(Household.region_code).join(Credit, Credit.household_id == Household.id).where(mine)
            )
        )
        .order_by(Region.code)
    ).all()
    return {
        "trees": int(held[1]),
        "sink_g": int(held[2]),
        "certificates": int(held[0]),
        "gifts_received": int(held[3]),
        "orders": int(paid[0]),
        "gifts_given": int(paid[1]),
        "villages": list(villages),
        **money.of_user(session, mine),
    }


def export(session: Session, user_id: int) -> dict[str, Any]:
    """Everything kept about a buyer, for the buyer."""
    user = session.get_one(User, user_id)
    identities = session.scalars(sa.select(WeChatIdentity).where(WeChatIdentity.user_id == user_id)).all()
    orders = session.scalars(sa.select(Order).where(Order.user_id == user_id).order_by(Order.id)).all()
    certificates = session.scalars(
        sa.select(Certificate)
        .where(Certificate.user_id == user_id, Certificate.token.is_not(None))
        .order_by(Certificate.id)
    ).all()
    claimed = session.scalars(sa.select(Gift.order_id).where(Gift.claimed_by == user_id)).all()
    bindings = session.scalars(
        sa.select(HouseholdBinding).where(HouseholdBinding.user_id == user_id).order_by(HouseholdBinding.id)
    ).all()
    answers = session.scalars(
        sa.select(PayoutAnswer)
        .where(PayoutAnswer.binding_id.in_([row.id for row in bindings]))
        .order_by(PayoutAnswer.id)
    ).all()
    views = order_views.with_outcome(session, orders)
    return {
        "profile": {
            "id": user.id,
            "nickname": user.nickname,
            "language": user.language,
            "name_public": user.name_public,
            "created_at": rfc3339(user.created_at),
        },
        "wechat": [
            {"channel": row.channel, "appid": row.appid, "openid": row.openid, "unionid": row.unionid}
            for row in identities
        ],
        "orders": [_texts(view) for view in views],
        "certificates": [
            {
                "serial": row.serial,
                "holder_name": row.holder_name,
                "holder_public": row.holder_public,
                "count": row.count,
                "sink_g": row.sink_g,
                "year": row.year,
                "issued_on": row.issued_on.isoformat(),
                "status": row.state.value,
            }
            for row in certificates
        ],
        "gifts_claimed": len(claimed),
        "household_bindings": [
            {
                "bound_at": rfc3339(row.bound_at),
                "ended_at": None if row.ended_at is None else rfc3339(row.ended_at),
            }
            for row in bindings
        ],
        "payout_answers": [
            {"kind": row.kind.value, "reason": row.reason, "answered_at": rfc3339(row.answered_at)}
            for row in answers
        ],
    }


def _texts(view: dict[str, Any]) -> dict[str, Any]:
    instants = ("created_at", "expires_at", "paid_at")
    return {
        name: rfc3339(value) if name in instants and value is not None else value
        for name, value in view.items()
    }
