"""What the case is played on: a campaign of every household, each with an account, and money at the bank."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.campaign import Campaign, published_campaign
from domain.ledger import Event
from domain.payouts import AccountOrigin, AccountState, PayoutChannel
from models import Household, HouseholdAccount, table_of
from models.types import vault
from services import ledger as book

#: Trees each household has sold: a line of the batch pays so many credits.
SOLD_EACH = 10
#: An account must have stood so long that no lock holds it back.
KNOWN_FOR = timedelta(days=200)


def campaign(households: int) -> Campaign:
    """So many households of the published campaign, with few trees: what a payout costs grows with its lines."""
    whole = published_campaign()
    part = whole.scaled(whole.trees * households // whole.households)
    sold = part.households * SOLD_EACH
    return replace(part, trees=sold, sold=sold)


def give_accounts(session: Session, now: datetime) -> None:
    """An account of its own for every household, as the register brings them."""
    found = session.execute(sa.select(Household.id, Household.head_name, Household.head_name_hash)).all()
    rows: list[dict[str, Any]] = [
        {
            "household_id": household_id,
            "channel": PayoutChannel.BANK,
            "bank": "示例农村信用合作联社",
            "holder_name": name,
            "holder_name_hash": name_hash,
            "account": f"20{household_id:013d}",
            "account_hash": vault().fingerprint(f"20{household_id:013d}", "account"),
            "origin": AccountOrigin.REGISTRATION,
            "state": AccountState.CONFIRMED,
            "proposed_at": now - KNOWN_FOR,
            "started_at": now - KNOWN_FOR,
        }
        for household_id, name, name_hash in found
    ]
    session.execute(sa.insert(table_of(HouseholdAccount)), rows)


def settle_at_the_bank(session: Session, fen: int, now: datetime) -> None:
    """WeChat has settled so much to the bank, which the batch is paid from."""
    posting = ledger.Posting(Event.SETTLED, ledger.BANK, ledger.WECHAT, fen)
    book.post(session, [posting], now=now, reference="bench settled")
