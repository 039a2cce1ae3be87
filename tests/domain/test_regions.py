"""A division lies in every division whose code begins its own."""

from collections import Counter

import pytest

from domain.errors import Invalid
from domain.regions import (
    RegionLevel,
    ancestors_of,
    contains,
    level_of,
    load_regions,
    parent_of,
    short_name,
    village_bounds,
)


def test_all_divisions_of_guizhou_are_loaded_parents_first() -> None:
    seen: set[str] = set()
    levels: Counter[str] = Counter()
    for region in load_regions():
        assert region.parent_code is None or region.parent_code in seen
        seen.add(region.code)
        levels[region.level] += 1
    assert levels == {"province": 1, "prefecture": 9, "county": 88, "township": 1510, "village": 17964}


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("52", RegionLevel.PROVINCE, None),
        ("5223", RegionLevel.PREFECTURE, "52"),
        ("522326", RegionLevel.COUNTY, "5223"),
        ("522326107", RegionLevel.TOWNSHIP, "522326"),
        ("522326107213", RegionLevel.VILLAGE, "522326107"),
    ],
)
def test_the_length_of_a_code_tells_level_and_parent(
    code: str, level: RegionLevel, parent: str | None
) -> None:
    assert level_of(code) is level
    assert parent_of(code) == parent


def test_a_village_has_four_ancestors() -> None:
    assert ancestors_of("522326107213") == ("52", "5223", "522326", "522326107")


@pytest.mark.parametrize(
    ("scope", "code", "inside"),
    [
        ("52", "522326107213", True),
        ("522326", "522326", True),
        ("522326", "522327", False),
        ("522326107", "5223", False),
        ("522326107213", "522326107214", False),
    ],
)
def test_a_scope_holds_itself_and_everything_below(scope: str, code: str, inside: bool) -> None:
    assert contains(scope, code) is inside


@pytest.mark.parametrize(
    "code", ["", "5", "522", "5223261", "52232610721３", "52a326", "%%", "522326107213 "]
)
def test_a_malformed_scope_or_code_is_refused_and_never_sees_everything(code: str) -> None:
    for scope, place in ((code, "522326"), ("522326", code)):
        with pytest.raises(Invalid) as refusal:
            contains(scope, place)
        assert refusal.value.code == "region_code_malformed"


def test_the_bounds_of_a_scope_hold_its_villages_and_no_others() -> None:
    low, high = village_bounds("522326")
    assert low <= "522326107213" <= high
    assert not low <= "522327001001" <= high
    assert village_bounds("522326107213") == ("522326107213", "522326107213")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("打狼村村民委员会", "打狼村"),
        ("养马村委会", "养马村"),
        ("九洲巷社区居民委员会", "九洲巷社区"),
        ("田湾社区居委会", "田湾社区"),
        ("石屯镇", "石屯镇"),
    ],
)
def test_a_short_name_leaves_the_committee_out(name: str, short: str) -> None:
    assert short_name(name) == short
