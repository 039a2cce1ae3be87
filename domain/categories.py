"""The categories a household may be listed under, by the day: policy renames them, registers keep the old words.

Public words say 农户 and nothing more; these are sealed wherever they are kept.
"""

from datetime import date

#: Since the campaign against poverty ended, households in danger of falling back are watched instead.
_WATCHED_FROM = date(2021, 1, 1)
_WATCHED = ("脱贫户", "脱贫不稳定户", "边缘易致贫户", "突发严重困难户", "其他低收入林户")
_REGISTERED_POOR = ("建档立卡贫困户",)


def categories_on(day: date) -> tuple[str, ...]:
    """The categories in force on a day."""
    return _WATCHED if day >= _WATCHED_FROM else _REGISTERED_POOR
