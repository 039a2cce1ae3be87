"""What WeChat Pay says about an order, refund, transfer or authorisation, as frozen values.

Amounts are whole fen, times aware. Reading raises Malformed when an agreed field is missing or of another
type.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from gateways.wechat.fields import Fields, Malformed


class TradeState(StrEnum):
    """How an order stands at WeChat; after a partial refund it is REFUND, which still means paid."""

    NOTPAY = "NOTPAY"
    SUCCESS = "SUCCESS"
    REFUND = "REFUND"
    CLOSED = "CLOSED"
    REVOKED = "REVOKED"
    USERPAYING = "USERPAYING"
    PAYERROR = "PAYERROR"
    ACCEPT = "ACCEPT"


class RefundStatus(StrEnum):
    """How a refund stands; CLOSED failed for good (a new number may be taken), ABNORMAL needs a person."""

    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"
    ABNORMAL = "ABNORMAL"


class TransferState(StrEnum):
    """How a merchant transfer stands; only SUCCESS, FAIL and CANCELLED are final."""

    ACCEPTED = "ACCEPTED"
    PROCESSING = "PROCESSING"
    WAIT_USER_CONFIRM = "WAIT_USER_CONFIRM"
    TRANSFERING = "TRANSFERING"
    SUCCESS = "SUCCESS"
    FAIL = "FAIL"
    CANCELING = "CANCELING"
    CANCELLED = "CANCELLED"


class AuthorizationState(StrEnum):
    """How a household's standing permission to be paid without confirming stands."""

    WAIT_USER_CONFIRM = "WAIT_USER_CONFIRM"
    TAKING_EFFECT = "TAKING_EFFECT"
    CLOSED = "CLOSED"


@dataclass(frozen=True)
class Transaction:
    """An order at WeChat; the fields that only payment brings are None before it."""

    merchant_id: str
    appid: str
    out_trade_no: str
    state: TradeState
    state_text: str
    transaction_id: str | None
    trade_type: str | None
    bank_type: str | None
    attach: str | None
    paid_at: datetime | None
    payer_openid: str | None
    total_fen: int | None
    payer_total_fen: int | None
    currency: str | None

    @property
    def is_paid(self) -> bool:
        """Whether the money was received, refunded in part or not."""
        return self.state in (TradeState.SUCCESS, TradeState.REFUND)


@dataclass(frozen=True)
class Refund:
    """A refund at WeChat; `merchant_id` is None in answers, where the signature says whose it is."""

    merchant_id: str | None
    out_trade_no: str
    transaction_id: str
    out_refund_no: str
    refund_id: str
    status: RefundStatus
    succeeded_at: datetime | None
    received_account: str | None
    channel: str | None
    total_fen: int
    refund_fen: int
    payer_total_fen: int | None
    payer_refund_fen: int | None


@dataclass(frozen=True)
class Transfer:
    """A merchant transfer at WeChat; `package_info` comes in the create answer only and is needed for the
    user to confirm.
    """

    merchant_id: str | None
    out_bill_no: str
    transfer_bill_no: str
    state: TransferState
    amount_fen: int | None
    openid: str | None
    fail_reason: str | None
    package_info: str | None
    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True)
class Authorization:
    """A user's standing permission to be paid without confirming each transfer."""

    out_authorization_no: str
    appid: str | None
    openid: str | None
    authorization_id: str | None
    state: AuthorizationState
    authorized_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    package_info: str | None


State = TypeVar("State", bound=StrEnum)


def _state(kind: type[State], text: str) -> State:
    try:
        return kind(text)
    except ValueError:
        raise Malformed(f"{kind.__name__} {text} is not known") from None


def transaction(fields: Fields) -> Transaction:
    """An order as in query answers and payment notices."""
    amount = fields.child("amount")
    return Transaction(
        merchant_id=fields.text("mchid"),
        appid=fields.text("appid"),
        out_trade_no=fields.text("out_trade_no"),
        state=_state(TradeState, fields.text("trade_state")),
        state_text=fields.optional_text("trade_state_desc") or "",
        transaction_id=fields.optional_text("transaction_id"),
        trade_type=fields.optional_text("trade_type"),
        bank_type=fields.optional_text("bank_type"),
        attach=fields.optional_text("attach"),
        paid_at=fields.optional_time("success_time"),
        payer_openid=fields.child("payer").optional_text("openid"),
        total_fen=amount.optional_whole("total"),
        payer_total_fen=amount.optional_whole("payer_total"),
        currency=amount.optional_text("currency"),
    )


def refund(fields: Fields) -> Refund:
    """A refund as in answers (`status`) and in notices (`refund_status`)."""
    amount = fields.child("amount")
    status = fields.optional_text("refund_status") or fields.text("status")
    return Refund(
        merchant_id=fields.optional_text("mchid"),
        out_trade_no=fields.text("out_trade_no"),
        transaction_id=fields.text("transaction_id"),
        out_refund_no=fields.text("out_refund_no"),
        refund_id=fields.text("refund_id"),
        status=_state(RefundStatus, status),
        succeeded_at=fields.optional_time("success_time"),
        received_account=fields.optional_text("user_received_account"),
        channel=fields.optional_text("channel"),
        total_fen=amount.whole("total"),
        refund_fen=amount.whole("refund"),
        payer_total_fen=amount.optional_whole("payer_total"),
        payer_refund_fen=amount.optional_whole("payer_refund"),
    )


def transfer_state(fields: Fields) -> TransferState:
    """The state alone, which is all a cancellation is answered with."""
    return _state(TransferState, fields.text("state"))


def transfer(fields: Fields) -> Transfer:
    """A transfer as in create and query answers and in notices (`mchid` or `mch_id`)."""
    return Transfer(
        merchant_id=fields.optional_text("mch_id") or fields.optional_text("mchid"),
        out_bill_no=fields.text("out_bill_no"),
        transfer_bill_no=fields.text("transfer_bill_no"),
        state=transfer_state(fields),
        amount_fen=fields.optional_whole("transfer_amount"),
        openid=fields.optional_text("openid"),
        fail_reason=fields.optional_text("fail_reason"),
        package_info=fields.optional_text("package_info"),
        created_at=fields.optional_time("create_time"),
        updated_at=fields.optional_time("update_time"),
    )


def authorization(fields: Fields) -> Authorization:
    """An authorisation as in answers and notices."""
    close = fields.child("close_info")
    return Authorization(
        out_authorization_no=fields.text("out_authorization_no"),
        appid=fields.optional_text("appid"),
        openid=fields.optional_text("openid"),
        authorization_id=fields.optional_text("authorization_id"),
        state=_state(AuthorizationState, fields.text("state")),
        authorized_at=fields.optional_time("authorize_time"),
        closed_at=close.optional_time("close_time"),
        close_reason=close.optional_text("close_reason"),
        package_info=fields.optional_text("package_info"),
    )
