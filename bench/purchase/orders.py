"""What buyers and WeChat send: orders, what happens between, and notices."""

import json
from datetime import timedelta
from itertools import count

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from bench import load
from bench.stage import Stage
from bench.wechat import PATH, Merchant, Paid
from domain import clock
from models import Order, Payment, WeChatIdentity, table_of, transaction
from models.payments import PaymentState

ORDERS = "/api/v1/orders"
WISH = {"count": 1, "purpose": "personal", "holder_name": "林小满"}


class Buyers:
    """Signed-in buyers who order one tree after the other, in turn, each order with a key of its own."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._numbers = count()
        self._body = json.dumps(WISH).encode()

    def headers(self) -> dict[str, str]:
        """The headers of the next order."""
        number = next(self._numbers)
        return {
            "Authorization": f"Bearer {self._tokens[number % len(self._tokens)]}",
            "Idempotency-Key": f"bench-{number}",
            "Content-Type": "application/json",
        }

    def order(self) -> bytes:
        """The next order as bytes."""
        return load.request("POST", ORDERS, self.headers(), self._body)


def notice(merchant: Merchant, paid: Paid) -> bytes:
    """The notice about one order as bytes."""
    body, headers = merchant.notice(paid)
    return load.request("POST", PATH, headers, body)


def ask_and_pay(stage: Stage, numbers: list[str]) -> list[Paid]:
    """Leave these orders as asking for their payment leaves them, and tell what their buyers then pay."""
    now = clock.now()
    payments = table_of(Payment).c
    asked = {
        "order_id": Order.id,
        "state": sa.literal(PaymentState.ASKED.value),
        "appid": WeChatIdentity.appid,
        "openid": WeChatIdentity.openid,
        "amount_fen": Order.amount_fen,
        "description": sa.literal("单株碳汇 1株"),
        "notify_url": sa.literal("http://127.0.0.1" + PATH),
        "time_expire": Order.expires_at,
        "asked_at": sa.literal(now, payments.asked_at.type),
        "prepay_id": sa.literal("wx") + Order.number,
        "prepay_at": sa.literal(now, payments.prepay_at.type),
        "next_query_at": sa.literal(now + timedelta(hours=1), payments.next_query_at.type),
        "queries": sa.literal(0),
    }
    these = Order.number == sa.any_(sa.literal(numbers, ARRAY(sa.String)))
    rows = (
        sa.select(*asked.values()).join(WeChatIdentity, WeChatIdentity.user_id == Order.user_id).where(these)
    )
    paid = (
        sa.select(Order.number, Payment.amount_fen, Payment.openid)
        .join(Payment, Payment.order_id == Order.id)
        .where(these)
        .order_by(Order.id)
    )
    with stage.app.app_context(), transaction() as session:
        session.execute(sa.insert(table_of(Payment)).from_select(list(asked), rows))
        return [Paid(*row) for row in session.execute(paid)]
