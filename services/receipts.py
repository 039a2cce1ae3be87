"""Money received at WeChat for an order number, as WeChat states it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.clock import rfc3339


@dataclass(frozen=True, slots=True)
class Receipt:
    """One payment under an order's number; `paid_at` is WeChat's time."""

    number: str
    transaction_id: str
    merchant_id: str
    appid: str
    openid: str
    amount_fen: int
    currency: str
    paid_at: datetime

    def as_facts(self) -> dict[str, object]:
        """The receipt as JSON values."""
        facts: dict[str, object] = {name: getattr(self, name) for name in self.__slots__}
        return {**facts, "paid_at": rfc3339(self.paid_at)}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Receipt":
        """The receipt that `as_facts` wrote down."""
        return cls(**{**facts, "paid_at": datetime.fromisoformat(facts["paid_at"])})
