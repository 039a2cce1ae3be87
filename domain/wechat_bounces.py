"""Why a transfer to a wallet failed, in the words of payouts.

Source: `fail_reason` in WeChat Pay's description of 商家转账, 2025-01. What is not listed there or here is `other`.
"""

from domain.payouts import BounceReason
from domain.transfers import TransferState

BOUNCES: dict[str, BounceReason] = {
    "ACCOUNT_NOT_EXIST": BounceReason.ACCOUNT_UNKNOWN,
    "OPENID_INVALID": BounceReason.ACCOUNT_UNKNOWN,
    "ACCOUNT_FROZEN": BounceReason.ACCOUNT_FROZEN,
    "PAYEE_ACCOUNT_ABNORMAL": BounceReason.ACCOUNT_FROZEN,
    "RECEIVE_ACCOUNT_NOT_PERMMIT": BounceReason.ACCOUNT_FROZEN,
    "TRANSFER_RISK": BounceReason.ACCOUNT_FROZEN,
    "NAME_NOT_CORRECT": BounceReason.NAME_MISMATCH,
    "ID_CARD_NOT_CORRECT": BounceReason.NAME_MISMATCH,
    "REAL_NAME_CHECK_FAIL": BounceReason.NAME_MISMATCH,
    "TRANSFER_QUOTA_EXCEED": BounceReason.LIMIT_EXCEEDED,
    "DAY_RECEIVED_COUNT_EXCEED": BounceReason.LIMIT_EXCEEDED,
    "DAY_RECEIVED_QUOTA_EXCEED": BounceReason.LIMIT_EXCEEDED,
    "MONTH_RECEIVED_QUOTA_EXCEED": BounceReason.LIMIT_EXCEEDED,
    "REALNAME_ACCOUNT_RECEIVED_QUOTA_EXCEED": BounceReason.LIMIT_EXCEEDED,
    "OVERDUE_CLOSE": BounceReason.NOT_COLLECTED,
    "MCH_CANCEL": BounceReason.CANCELLED,
}


def bounce_of(state: TransferState, fail_reason: str | None) -> BounceReason:
    """Why the line of a transfer bounced that was cancelled, or failed for a reason WeChat gave."""
    if state is TransferState.CANCELLED:
        return BounceReason.CANCELLED
    return BOUNCES.get(fail_reason or "", BounceReason.OTHER)
