"""Payouts: the states of a batch and of its lines, who may do what with one batch, and why a household is left out.

A batch pays what is owed to the households of a division. What is sent for one household is a *line*: an amount, the
payee as they were when the batch was drafted, and a reference that is used once. Source of the rules: "Payout" in
docs/domain.md.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.bank_files import BankFileEncoding
from domain.errors import Conflict


class PayoutChannel(StrEnum):
    """By what money reaches a household."""

    BANK = "bank"
    WECHAT = "wechat"


class AccountOrigin(StrEnum):
    """How an account version came: with the household's registration, by an officer's edit, or by binding WeChat."""

    REGISTRATION = "registration"
    EDIT = "edit"
    BINDING = "binding"


class AccountState(StrEnum):
    """`proposed` by one officer until another has confirmed or refused it; only a confirmed one is paid to."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Duty(StrEnum):
    """What a person did for one batch; nobody does two. `account`: edited or confirmed an account it pays."""

    MAKER = "maker"
    APPROVER = "approver"
    RELEASER = "releaser"
    ACCOUNT = "account"


class BatchState(StrEnum):
    """From being drafted to having nothing open any more; `rejected` by an approver, or cancelled by its maker."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RELEASED = "released"
    SETTLED = "settled"
    REJECTED = "rejected"


class BatchEvent(StrEnum):
    """What can happen to a batch."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    RELEASE = "release"
    SETTLE = "settle"


BATCH_MOVES: dict[tuple[BatchState, BatchEvent], BatchState] = {
    (BatchState.DRAFT, BatchEvent.SUBMIT): BatchState.SUBMITTED,
    (BatchState.DRAFT, BatchEvent.CANCEL): BatchState.REJECTED,
    (BatchState.SUBMITTED, BatchEvent.APPROVE): BatchState.APPROVED,
    (BatchState.SUBMITTED, BatchEvent.REJECT): BatchState.REJECTED,
    (BatchState.SUBMITTED, BatchEvent.CANCEL): BatchState.REJECTED,
    (BatchState.APPROVED, BatchEvent.RELEASE): BatchState.RELEASED,
    (BatchState.APPROVED, BatchEvent.REJECT): BatchState.REJECTED,
    (BatchState.APPROVED, BatchEvent.CANCEL): BatchState.REJECTED,
    (BatchState.RELEASED, BatchEvent.SETTLE): BatchState.SETTLED,
}


class PayoutLineState(StrEnum):
    """`prepared` before release, then `requested` and `sent` until it is known what became of it.

    `bounced` came back before it was confirmed, `returned` after; `withdrawn` was never released.
    """

    PREPARED = "prepared"
    REQUESTED = "requested"
    SENT = "sent"
    PAID = "paid"
    BOUNCED = "bounced"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class LineEvent(StrEnum):
    """What can happen to a line."""

    WITHDRAW = "withdraw"
    RELEASE = "release"
    SEND = "send"
    CONFIRM = "confirm"
    BOUNCE = "bounce"
    RETURN = "return"
    CORRECT = "correct"


#: News of the end may come before we know that it was sent: whoever sent it may have died before writing that down.
#: A bounce is corrected where it turned out that the money had arrived.
LINE_MOVES: dict[tuple[PayoutLineState, LineEvent], PayoutLineState] = {
    (PayoutLineState.PREPARED, LineEvent.WITHDRAW): PayoutLineState.WITHDRAWN,
    (PayoutLineState.PREPARED, LineEvent.RELEASE): PayoutLineState.REQUESTED,
    (PayoutLineState.REQUESTED, LineEvent.SEND): PayoutLineState.SENT,
    (PayoutLineState.REQUESTED, LineEvent.CONFIRM): PayoutLineState.PAID,
    (PayoutLineState.SENT, LineEvent.CONFIRM): PayoutLineState.PAID,
    (PayoutLineState.REQUESTED, LineEvent.BOUNCE): PayoutLineState.BOUNCED,
    (PayoutLineState.SENT, LineEvent.BOUNCE): PayoutLineState.BOUNCED,
    (PayoutLineState.PAID, LineEvent.RETURN): PayoutLineState.RETURNED,
    (PayoutLineState.BOUNCED, LineEvent.CORRECT): PayoutLineState.PAID,
}

#: Released, and nobody knows yet what became of it: its money stands in `payout:<batch>`.
OPEN_LINES = frozenset({PayoutLineState.REQUESTED, PayoutLineState.SENT})
#: Its credits are owed again: a follow-up may pay them.
FAILED_LINES = frozenset({PayoutLineState.BOUNCED, PayoutLineState.RETURNED, PayoutLineState.WITHDRAWN})


class BounceReason(StrEnum):
    """Why money came back."""

    ACCOUNT_UNKNOWN = "account_unknown"
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_FROZEN = "account_frozen"
    NAME_MISMATCH = "name_mismatch"
    LIMIT_EXCEEDED = "limit_exceeded"
    NOT_COLLECTED = "not_collected"
    CANCELLED = "cancelled"
    OTHER = "other"


class SoftLock(StrEnum):
    """Why a household is left out of a batch for now; the first that holds, in this order."""

    #: Consent to the use of the account was taken back, or ended with the head who gave it, and not given again.
    CONSENT_WITHDRAWN = "consent_withdrawn"
    UNCONFIRMED_ACCOUNT = "unconfirmed_account"
    NO_ACCOUNT = "no_account"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_SHARED = "account_shared"
    NAME_DIFFERS = "name_differs"
    ATTEMPT_PENDING = "attempt_pending"
    MAKER_INVOLVED = "maker_involved"


@dataclass(frozen=True, slots=True)
class PayoutTerms:
    """What an office may set: days of a public notice, from which fen on two approve, days an account is locked, and
    how the bank reads its file.
    """

    notice_days: int = 7
    second_approval_fen: int = 5_000_000
    account_lock_days: int = 30
    file_encoding: BankFileEncoding = BankFileEncoding.GB18030

    def unlocked_since(self, now: datetime) -> datetime:
        """Accounts that were changed after this instant are locked."""
        return now - timedelta(days=self.account_lock_days)


#: Days owed money may be ripe before it is listed in the next bucket; beyond the last a person is told.
AGE_BUCKETS = (30, 60, 90)


def move_batch(state: BatchState, event: BatchEvent) -> BatchState:
    """The state after an event; raises Conflict payout_state for a move that is not in the table."""
    try:
        return BATCH_MOVES[state, event]
    except KeyError:
        raise Conflict("payout_state", {"state": state.value}, state=state.value) from None


def batch_states_before(event: BatchEvent) -> tuple[BatchState, ...]:
    """The states an event may find a batch in."""
    return tuple(state for state, known in BATCH_MOVES if known is event)


def line_states_before(event: LineEvent) -> tuple[PayoutLineState, ...]:
    """The states an event may find a line in."""
    return tuple(state for state, known in LINE_MOVES if known is event)


def approvals_needed(amount_fen: int, second_approval_fen: int) -> int:
    """How many different people must approve a batch: two from `second_approval_fen` on."""
    return 2 if amount_fen >= second_approval_fen else 1


def objections_until(submitted_at: datetime, days: int) -> datetime:
    """Until when anybody may object to a public notice; from that instant on a batch may be approved."""
    return submitted_at + timedelta(days=days)


def batch_number(batch_id: int) -> str:
    """What people and banks call a batch."""
    return f"P{batch_id:08d}"


def line_reference(batch_id: int, place: int) -> str:
    """The reference of the line at a place (from 1 on) of a batch: what a bank or WeChat gives back with its news.

    Letters and digits only, at most 32. It follows from the batch, so that a line asked for again is the same line.
    """
    return f"{batch_number(batch_id)}L{place}"


def age_bucket(days: int) -> int | None:
    """The greatest of AGE_BUCKETS that so many days have passed; None while the money is not late."""
    return max((least for least in AGE_BUCKETS if days >= least), default=None)
