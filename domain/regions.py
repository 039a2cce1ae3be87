"""Administrative divisions: a code is its parent's code with digits added, so "lies in" is "begins with".

Lengths: province 2, prefecture 4, county 6, township 9, village 12.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Invalid
from domain.reference_tables import reference_rows


class RegionLevel(StrEnum):
    """The five levels of divisions, from the widest to the narrowest."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


LEVEL_BY_LENGTH = {
    2: RegionLevel.PROVINCE,
    4: RegionLevel.PREFECTURE,
    6: RegionLevel.COUNTY,
    9: RegionLevel.TOWNSHIP,
    12: RegionLevel.VILLAGE,
}
LENGTH_BY_LEVEL = {level: length for length, level in LEVEL_BY_LENGTH.items()}
_LENGTHS = tuple(LEVEL_BY_LENGTH)
#: The length of a code -> that of its parent's; a province has none.
_PARENT_LENGTH = dict(zip(_LENGTHS[1:], _LENGTHS, strict=False))
VILLAGE_CODE_LENGTH = LENGTH_BY_LEVEL[RegionLevel.VILLAGE]

#: The division that is the whole programme.
PROGRAMME = "52"

_VILLAGE_COMMITTEES = ("村民委员会", "村委会")
_RESIDENTS_COMMITTEES = ("居民委员会", "居委会")


@dataclass(frozen=True, slots=True)
class Region:
    """One division as data/regions_guizhou.csv.gz gives it; `parent_code` is None for the province."""

    code: str
    name: str
    level: RegionLevel
    parent_code: str | None


def level_of(code: str) -> RegionLevel:
    """The level a code belongs to by its length; raises Invalid `region_code_malformed` unless 2, 4, 6, 9
    or 12 digits.
    """
    level = LEVEL_BY_LENGTH.get(len(code))
    if level is None or not (code.isascii() and code.isdigit()):
        raise Invalid("region_code_malformed", value=code)
    return level


def parent_of(code: str) -> str | None:
    """The code one level up, None for a province; raises Invalid `region_code_malformed`."""
    level_of(code)
    length = _PARENT_LENGTH.get(len(code))
    return None if length is None else code[:length]


def ancestors_of(code: str) -> tuple[str, ...]:
    """Every code that contains this one, province first, itself not among them; raises Invalid
    `region_code_malformed`.
    """
    level_of(code)
    return tuple(code[:length] for length in LEVEL_BY_LENGTH if length < len(code))


def contains(scope: str, code: str) -> bool:
    """Whether a division lies in a scope or is it; raises Invalid `region_code_malformed`, so that no empty
    scope sees everything.
    """
    level_of(scope)
    level_of(code)
    return code.startswith(scope)


def village_bounds(scope: str) -> tuple[str, str]:
    """The lowest and highest 12-digit village code a scope can hold, both inclusive, for a range over an
    index.
    """
    level_of(scope)
    return scope.ljust(VILLAGE_CODE_LENGTH, "0"), scope.ljust(VILLAGE_CODE_LENGTH, "9")


def short_name(name: str) -> str:
    """A division's name without its committee, as said: 打狼村村民委员会 or 打狼村委会 -> 打狼村."""
    for ending in _VILLAGE_COMMITTEES:
        if name.endswith(ending):
            return name.removesuffix(ending).removesuffix("村") + "村"
    for ending in _RESIDENTS_COMMITTEES:
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def load_regions() -> Iterator[Region]:
    """All 19,572 divisions of Guizhou, parents before children; ValueError when a row's level or parent
    disagrees with its code.
    """
    for row in sorted(reference_rows("regions_guizhou.csv.gz"), key=lambda row: row["code"]):
        code, parent = row["code"], row["parent_code"] or None
        level = level_of(code)
        if level != row["level"] or parent_of(code) != parent or not row["name"]:
            raise ValueError(f"division {code} disagrees with its level or parent")
        yield Region(code=code, name=row["name"], level=level, parent_code=parent)
