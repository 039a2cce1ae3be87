"""Callbacks of WeChat Pay: believed only after headers, time, key, signature, JSON and decryption have all
been checked, in that order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateways.wechat.errors import NoticeRefused, RefusalReason
from gateways.wechat.fields import Fields, Malformed
from gateways.wechat.pay import crypto, records
from gateways.wechat.pay.keys import KeyMap, UnknownSerial
from gateways.wechat.pay.session import is_stale

SIGNED_HEADERS = ("Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial")


class Headers(Protocol):
    """A mapping of header names; a plain dict must use WeChat's spelling or lower case."""

    def get(self, name: str, /) -> str | None:
        """The header's value, or None."""
        ...


@dataclass(frozen=True)
class Notice:
    """What every callback carries; `notice_id` is the same in every repetition of it."""

    notice_id: str
    event_type: str
    original_type: str
    created_at: datetime | None
    summary: str


@dataclass(frozen=True)
class TransactionNotice(Notice):
    """An order was paid."""

    transaction: records.Transaction


@dataclass(frozen=True)
class RefundNotice(Notice):
    """A refund ended: SUCCESS, ABNORMAL or CLOSED."""

    refund: records.Refund


@dataclass(frozen=True)
class TransferNotice(Notice):
    """A merchant transfer ended."""

    transfer: records.Transfer


@dataclass(frozen=True)
class AuthorizationNotice(Notice):
    """A user gave or closed the permission to be paid without confirming."""

    authorization: records.Authorization


@dataclass(frozen=True)
class ComplaintNotice(Notice):
    """A complaint was made or moved on; `action` is WeChat's word for what happened."""

    complaint_id: str
    action: str


@dataclass(frozen=True)
class OtherNotice(Notice):
    """A believable callback about something this gateway has no word for."""

    payload: Mapping[str, object]


AnyNotice = (
    TransactionNotice | RefundNotice | TransferNotice | AuthorizationNotice | ComplaintNotice | OtherNotice
)
Head = tuple[str, str, str, datetime | None, str]
Build = Callable[[Head, Fields], AnyNotice]


def _transaction(head: Head, body: Fields) -> TransactionNotice:
    return TransactionNotice(*head, records.transaction(body))


def _refund(head: Head, body: Fields) -> RefundNotice:
    return RefundNotice(*head, records.refund(body))


def _transfer(head: Head, body: Fields) -> TransferNotice:
    return TransferNotice(*head, records.transfer(body))


def _authorization(head: Head, body: Fields) -> AuthorizationNotice:
    return AuthorizationNotice(*head, records.authorization(body))


def _complaint(head: Head, body: Fields) -> ComplaintNotice:
    return ComplaintNotice(*head, body.text("complaint_id"), body.optional_text("action_type") or "")


#: (event_type, original_type) decides, never event_type alone: a profit-sharing notice also says
#: TRANSACTION.SUCCESS.
KINDS: dict[tuple[str, str], Build] = {
    ("TRANSACTION.SUCCESS", "transaction"): _transaction,
    ("REFUND.SUCCESS", "refund"): _refund,
    ("REFUND.ABNORMAL", "refund"): _refund,
    ("REFUND.CLOSED", "refund"): _refund,
    ("MCHTRANSFER.BILL.FINISHED", "mch_payment"): _transfer,
    ("MCHTRANSFER.AUTHORIZATION.CONFIRMED", "mch_payment"): _authorization,
    ("MCHTRANSFER.AUTHORIZATION.CLOSED", "mch_payment"): _authorization,
    ("COMPLAINT.CREATE", "complaint"): _complaint,
    ("COMPLAINT.STATE_CHANGE", "complaint"): _complaint,
}


class NoticeReader:
    """Checks and opens callbacks; keys are parsed when it is made, so that one reading costs a verification
    and a decryption.
    """

    def __init__(self, keys: KeyMap, api_v3_key: str) -> None:
        self._keys = keys
        self._cipher = AESGCM(api_v3_key.encode())

    def read(self, headers: Headers, raw_body: bytes, now: datetime) -> AnyNotice:
        """The notice a callback carries; NoticeRefused with the reason for anything not to be believed.

        Signature probes of WeChat are refused like any wrong signature.
        """
        self._check_signature(headers, raw_body, now)
        try:
            envelope = Fields.parse(raw_body)
        except Malformed as failure:
            # A refund made by hand in the console may be announced in the old XML form.
            raise NoticeRefused(RefusalReason.NOT_JSON) from failure
        try:
            return self._open(envelope)
        except Malformed as failure:
            raise NoticeRefused(RefusalReason.MALFORMED) from failure

    def _check_signature(self, headers: Headers, raw_body: bytes, now: datetime) -> None:
        values = [headers.get(name) or headers.get(name.lower()) for name in SIGNED_HEADERS]
        timestamp, nonce, signature, serial = (value or "" for value in values)
        if not (timestamp and nonce and signature and serial):
            raise NoticeRefused(RefusalReason.MISSING_HEADER)
        if is_stale(timestamp, now):
            raise NoticeRefused(RefusalReason.STALE)
        try:
            key = self._keys.key(serial)
        except UnknownSerial as failure:
            raise NoticeRefused(RefusalReason.UNKNOWN_SERIAL) from failure
        if not crypto.verify(key, crypto.answer_message(timestamp, nonce, raw_body), signature):
            raise NoticeRefused(RefusalReason.BAD_SIGNATURE)

    def _open(self, envelope: Fields) -> AnyNotice:
        resource = envelope.child("resource")
        original_type = resource.optional_text("original_type") or ""
        event_type = envelope.text("event_type")
        head = (
            envelope.text("id"),
            event_type,
            original_type,
            envelope.optional_time("create_time"),
            envelope.optional_text("summary") or "",
        )
        if resource.text("algorithm") != "AEAD_AES_256_GCM":
            raise NoticeRefused(RefusalReason.CANNOT_DECRYPT)
        try:
            plain = crypto.open_resource(
                self._cipher,
                resource.text("nonce"),
                resource.optional_text("associated_data") or "",
                resource.text("ciphertext"),
            )
        except Malformed:
            raise
        except ValueError as failure:
            raise NoticeRefused(RefusalReason.CANNOT_DECRYPT) from failure
        body = Fields.parse(plain)
        build = KINDS.get((event_type, original_type))
        return build(head, body) if build else OtherNotice(*head, body.values)
