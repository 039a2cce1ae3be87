"""Merchant transfers: the states they go through, the rules of their parameters, and when they are asked after.

Source of the figures: WeChat Pay's description of 商家转账 (new version), 2025-01.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

from domain.errors import Invalid

#: Below 30 fen a name must not be sent; from 200,000 fen on it must be.
LEAST_FEN = 10
NAME_ALLOWED_FROM_FEN = 30
NAME_REQUIRED_FROM_FEN = 200_000
LONGEST_REMARK = 32
LONGEST_NUMBER = 32
LONGEST_FACT = 32

PURCHASE_OF_GOODS = "1009"
#: Each scene's literal info types, all of which a transfer in it has to fill.
SCENES: Mapping[str, tuple[str, ...]] = {
    "1000": ("活动名称", "奖励说明"),
    "1002": ("补贴类型",),
    "1004": ("保险产品备案编号", "保险名称", "保险操作单号"),
    "1005": ("岗位类型", "报酬说明"),
    PURCHASE_OF_GOODS: ("采购商品名称",),
    "1010": ("回收商品名称",),
    "1011": ("赔付原因",),
    "1013": ("公益活动名称", "公益活动备案编号"),
}


class TransferState(StrEnum):
    """`requested` is ours alone; the others are WeChat's. Only success, fail and cancelled are final."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    PROCESSING = "processing"
    WAIT_USER_CONFIRM = "wait_user_confirm"
    TRANSFERRING = "transferring"
    CANCELLING = "cancelling"
    SUCCESS = "success"
    FAIL = "fail"
    CANCELLED = "cancelled"


FINAL = frozenset({TransferState.SUCCESS, TransferState.FAIL, TransferState.CANCELLED})
UNDER_WAY = frozenset(TransferState) - FINAL - {TransferState.REQUESTED}

#: How far each state is along; news of one that is less far is old and changes nothing.
_ORDER = (
    TransferState.REQUESTED,
    TransferState.ACCEPTED,
    TransferState.PROCESSING,
    TransferState.WAIT_USER_CONFIRM,
    TransferState.CANCELLING,
    TransferState.TRANSFERRING,
)


def states_before(state: TransferState) -> tuple[TransferState, ...]:
    """The states from which news of `state` moves a transfer on: what is less far, and never what is final."""
    return _ORDER if state in FINAL else _ORDER[: _ORDER.index(state)]


class AuthorizationState(StrEnum):
    """A standing permission to be paid without confirming: asked for, waiting for the user, in force, over."""

    REQUESTED = "requested"
    WAIT_USER_CONFIRM = "wait_user_confirm"
    TAKING_EFFECT = "taking_effect"
    CLOSED = "closed"


_PERMITTING = (
    AuthorizationState.REQUESTED,
    AuthorizationState.WAIT_USER_CONFIRM,
    AuthorizationState.TAKING_EFFECT,
    AuthorizationState.CLOSED,
)


def permissions_before(state: AuthorizationState) -> tuple[AuthorizationState, ...]:
    """The states from which news of `state` moves a permission on; one that is over stays so."""
    return _PERMITTING[: _PERMITTING.index(state)]


#: Nothing is asked again sooner than this: the answer to the first call is still on its way, and only that answer
#: carries what the user confirms with.
FIRST_WAIT = timedelta(seconds=60)
_WAITS = (FIRST_WAIT, *(timedelta(minutes=m) for m in (2, 5, 10, 30, 60)))
#: A transfer the user has a day to confirm should have ended by then.
OVERDUE_AFTER = timedelta(hours=48)
#: A permission in force is looked at once a day, in case the news of its end was lost.
PERMISSION_LOOKED_AT = timedelta(days=1)


def wait_after(tries: int) -> timedelta:
    """How long to wait after the `tries`-th try (from 1 on)."""
    return _WAITS[min(tries, len(_WAITS)) - 1]


def check_request(
    *,
    out_bill_no: str,
    amount_fen: int,
    remark: str,
    scene_id: str,
    report: Sequence[str],
    user_name: str | None,
) -> None:
    """Refuse what WeChat would refuse: amount, name, number, remark and the scene's facts; raises Invalid."""
    if amount_fen < LEAST_FEN:
        raise Invalid("transfer_too_small", {"amount_fen": amount_fen}, least_fen=LEAST_FEN)
    if amount_fen >= NAME_REQUIRED_FROM_FEN and not user_name:
        raise Invalid("transfer_name_missing", {"amount_fen": amount_fen})
    number_is_good = out_bill_no.isascii() and out_bill_no.isalnum() and len(out_bill_no) <= LONGEST_NUMBER
    facts = SCENES.get(scene_id, ())
    if (
        not number_is_good
        or not 0 < len(remark) <= LONGEST_REMARK
        or not facts
        or len(facts) != len(report)
        or not all(0 < len(fact) <= LONGEST_FACT for fact in report)
    ):
        raise Invalid("transfer_malformed")


def name_to_send(amount_fen: int, user_name: str | None) -> str | None:
    """The name that goes along: none where WeChat takes none."""
    return user_name if amount_fen >= NAME_ALLOWED_FROM_FEN else None
