"""Money that has been payable for long as a table: one row a household, the oldest first."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from domain.clock import business_day
from domain.money import yuan_text

_HEADERS = {
    "zh": ("户编号", "户主", "所在地", "可发放日期", "天数", "金额（分）", "金额（元）"),
    "en": ("household", "name", "place", "payable_since", "days", "amount_fen", "amount_yuan"),
}


def ageing_table(households: Iterable[Mapping[str, Any]], language: str) -> Iterator[tuple[str | int, ...]]:
    """The header, then every household with its name masked."""
    yield _HEADERS["en" if language == "en" else "zh"]
    for one in households:
        yield (
            one["household_number"],
            one["name"],
            one["place"],
            business_day(one["payable_since"]).isoformat(),
            one["days"],
            one["amount_fen"],
            yuan_text(one["amount_fen"]),
        )
