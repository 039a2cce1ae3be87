"""What one posting does to a household's income: the rule by which every figure of a report is added up.

Money is earned when the book owes it to the household, released when it leaves for the payee, and paid when the bank
or WeChat confirms it. So `released - paid` is in transit and `earned - released` is the balance of the household's
account, whatever happened in between. Source: the money table of docs/domain.md.
"""

from dataclasses import dataclass

from domain.ledger import CASH, Event, Posting

HOUSEHOLD_ACCOUNT = "household:"
PAYOUT_ACCOUNT = "payout:"


@dataclass(frozen=True, slots=True)
class Flow:
    """Fen by which a posting raises (or, below zero, lowers) what one household has earned, been released and paid."""

    earned_fen: int = 0
    released_fen: int = 0
    paid_fen: int = 0


def is_payout(account: str) -> bool:
    """Whether an account holds money in transit."""
    return account.startswith(PAYOUT_ACCOUNT)


def flow_into(posting: Posting) -> Flow:
    """What a posting into a household's account does to that household."""
    fen = posting.amount_fen
    if is_payout(posting.source):
        return Flow(released_fen=-fen)
    if posting.event is Event.PAYOUT_RETURNED:
        return Flow(released_fen=-fen, paid_fen=-fen)
    return Flow(earned_fen=fen)


def flow_out_of(posting: Posting) -> Flow:
    """What a posting out of a household's account does to that household."""
    fen = posting.amount_fen
    return Flow(released_fen=fen) if is_payout(posting.destination) else Flow(earned_fen=-fen)


def flow_beyond(posting: Posting) -> Flow:
    """What a posting between money in transit and cash does to the household whose release has its reference."""
    if is_payout(posting.source) and posting.destination in CASH:
        return Flow(paid_fen=posting.amount_fen)
    if is_payout(posting.destination) and posting.source in CASH:
        return Flow(paid_fen=-posting.amount_fen)
    return Flow()
