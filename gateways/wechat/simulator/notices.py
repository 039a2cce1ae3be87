"""The notification engine: queued with what happened, then delivered, then repeated on WeChat's schedule."""

import json
import secrets
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime

from gateways.wechat.simulator import misdelivery
from gateways.wechat.simulator.world import World

PAYMENT = "payment"
TRANSFER = "transfer"

#: Seconds to wait after each failed delivery.
SCHEDULES: dict[str, tuple[int, ...]] = {
    PAYMENT: (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600),
    TRANSFER: (0, *(15,) * 10, *(300,) * 10, *(1800,) * 44),
}
#: event_type: (original_type, schedule, what WeChat calls it).
EVENTS: dict[str, tuple[str, str, str]] = {
    "TRANSACTION.SUCCESS": ("transaction", PAYMENT, "支付成功"),
    "REFUND.SUCCESS": ("refund", PAYMENT, "退款成功"),
    "REFUND.ABNORMAL": ("refund", PAYMENT, "退款异常"),
    "REFUND.CLOSED": ("refund", PAYMENT, "退款关闭"),
    "MCHTRANSFER.BILL.FINISHED": ("mch_payment", TRANSFER, "商家转账单据终态通知"),
    "MCHTRANSFER.AUTHORIZATION.CONFIRMED": ("mch_payment", TRANSFER, "免确认收款授权成功通知"),
    "MCHTRANSFER.AUTHORIZATION.CLOSED": ("mch_payment", TRANSFER, "免确认收款授权关闭通知"),
    "COMPLAINT.CREATE": ("complaint", PAYMENT, "产生新投诉"),
    "COMPLAINT.STATE_CHANGE": ("complaint", PAYMENT, "投诉单状态变化"),
}
#: How long one sender keeps a notice to itself; we have 5 seconds to answer.
CLAIM_SECONDS = 30
GOOD = frozenset({200, 204})


def queue(world: World, url: str, event_type: str, payload: Mapping[str, object]) -> str:
    """Queue a notice, due now, inside whatever is being written; its id stays the same through every repetition."""
    original_type, schedule, summary = EVENTS[event_type]
    now = world.now()
    day = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d")
    notice_id = f"EV-{day}{secrets.token_hex(8).upper()}"
    due_at = misdelivery.first_due(world, event_type, payload, now)
    world.storage.write(
        "INSERT INTO notices (notice_id, url, schedule, event_type, original_type, summary, payload,"
        " created_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        notice_id, url, schedule, event_type, original_type, summary,
        json.dumps(payload, ensure_ascii=False), now, due_at,
    )  # fmt: skip
    return notice_id


def deliver(world: World, notice_id: str) -> int | None:
    """Deliver one queued notice that is due; what came back (0: nothing), or None when it is not due or taken."""
    now = world.now()
    claimed = world.storage.write(
        "UPDATE notices SET claimed_until = ? WHERE notice_id = ? AND due_at <= ? AND claimed_until <= ?",
        now + CLAIM_SECONDS, notice_id, now, now,
    )  # fmt: skip
    if not claimed:
        return None
    notice = find(world, notice_id)
    status = misdelivery.send(world, notice, misdelivery.next_variant(world, notice))
    _record(world, notice, status)
    return status


def deliver_due(world: World, limit: int) -> int:
    """Deliver up to `limit` notices that are due, and say how many were tried."""
    due = world.storage.rows(
        "SELECT notice_id FROM notices WHERE due_at <= ? AND claimed_until <= ? ORDER BY due_at LIMIT ?",
        world.now(), world.now(), limit,
    )  # fmt: skip
    return sum(deliver(world, row["notice_id"]) is not None for row in due)


def find(world: World, notice_id: str) -> sqlite3.Row:
    """A queued notice; LookupError when there is none."""
    notice = world.storage.row("SELECT * FROM notices WHERE notice_id = ?", notice_id)
    if notice is None:
        raise LookupError(notice_id)
    return notice


def _record(world: World, notice: sqlite3.Row, status: int) -> None:
    waits = SCHEDULES[notice["schedule"]]
    due_at = None
    if status not in GOOD and notice["tries"] < len(waits):
        due_at = world.now() + waits[notice["tries"]]
    world.storage.write(
        "UPDATE notices SET tries = tries + 1, due_at = ?, claimed_until = 0 WHERE notice_id = ?",
        due_at, notice["notice_id"],
    )  # fmt: skip
