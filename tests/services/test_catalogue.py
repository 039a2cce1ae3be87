"""Which trees the public may see, in which order, and how fast."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.permissions import OfficerContext
from models import Tree, Unit
from models.base import db, transaction
from models.units import UnitState
from services import catalogue
from services.catalogue import Wanted
from tests.support.approvals import approve, draft, measured
from tests.support.asking import asked_of
from tests.support.world import (
    OTHER_VILLAGE,
    VILLAGE,
    YEAR,
    make_household,
    make_measurements,
    make_order,
    make_programme,
    make_trees,
    make_units,
    make_verifier,
)


def codes(session: Session, wanted: Wanted, limit: int = 100) -> list[str]:
    return [row.code for row in catalogue.listed(session, wanted, after=None, limit=limit)]


def code_of(session: Session, unit: Unit) -> str:
    return session.get_one(Tree, unit.tree_id).code


@pytest.mark.parametrize("state", [UnitState.BUFFER, UnitState.WITHDRAWN])
def test_what_is_kept_or_withdrawn_is_not_shown(session: Session, state: UnitState) -> None:
    with transaction():
        unit = make_units(session, make_household(session), 1, state=state)[0]
    assert codes(session, Wanted(YEAR)) == []
    with pytest.raises(NotFound, match="tree_not_found"):
        catalogue.find(session, code_of(session, unit))


def test_a_tree_is_public_only_with_consent_to_its_sale(session: Session) -> None:
    with transaction():
        household = make_household(session, sale_consent_on=None)
        unit = make_units(session, household, 1)[0]
        sold = make_units(session, household, 1)
        make_order(session, sold)
    assert codes(session, Wanted(YEAR)) == []
    for one in (unit, sold[0]):
        with pytest.raises(NotFound, match="tree_not_found"):
            catalogue.find(session, code_of(session, one))


def test_a_tree_that_nobody_verified_is_not_found(session: Session) -> None:
    with transaction():
        tree = make_trees(session, make_household(session), 1)[0]
    for code in (tree.code, tree.tag, "NONE"):
        with pytest.raises(NotFound, match="tree_not_found"):
            catalogue.find(session, code)


def test_the_list_is_narrowed_by_region_species_year_and_availability(session: Session) -> None:
    with transaction():
        here, there = make_household(session), make_household(session, OTHER_VILLAGE)
        fir = make_units(session, here, 2)
        pine = make_units(
            session, here, 1, trees=make_trees(session, here, 1, species_code="MWS"), species_code="MWS"
        )
        other = make_units(session, there, 1)
        later = make_units(session, here, 1, year=YEAR + 1)
        make_order(session, fir[:1])
        names = {unit.id: code_of(session, unit) for unit in (*fir, *pine, *other, *later)}

    def found(**narrowed: Any) -> set[str]:
        return set(codes(session, Wanted(**{"year": YEAR, **narrowed})))

    def expected(*units: Unit) -> set[str]:
        return {names[unit.id] for unit in units}

    assert found() == expected(*fir, *pine, *other)
    assert found(region=VILLAGE) == expected(*fir, *pine)
    assert found(region=VILLAGE[:9]) == found(region="52") == found()
    assert found(species="MWS") == expected(*pine)
    assert found(species="BM") == set()
    assert found(year=YEAR + 1) == expected(*later)
    assert found(available=True) == expected(fir[1], *pine, *other)
    assert found(available=True, region=VILLAGE, species="SM") == expected(fir[1])


@pytest.mark.parametrize("available", [True, False])
def test_pages_together_show_every_tree_once(session: Session, available: bool) -> None:
    with transaction():
        for village in (OTHER_VILLAGE, VILLAGE, OTHER_VILLAGE):
            make_units(session, make_household(session, village), 5)
        make_order(session, list(session.scalars(sa.select(Unit).limit(4))))
    wanted = Wanted(YEAR, available=available)
    seen: list[str] = []
    after: tuple[str, int] | None = None
    while True:
        rows = catalogue.listed(session, wanted, after=after, limit=4)
        seen += [row.code for row in rows[:4]]
        if len(rows) <= 4:
            break
        after = (rows[3].region_code, rows[3].id)
    assert seen == codes(session, wanted)
    assert len(seen) == len(set(seen)) == (11 if available else 15)


def test_a_household_s_trees_do_not_stand_together_in_the_list(session: Session) -> None:
    with transaction():
        make_programme(session)
        verifier: OfficerContext = make_verifier(session)
        owner: dict[str, int] = {}
        for household in (make_household(session), make_household(session)):
            owner |= {tree.code: household.id for tree in measured(session, household, 60)}
    approve(session, verifier, draft(session, verifier))
    shown = codes(session, Wanted(YEAR), limit=200)
    assert shown == sorted(shown)
    changes = sum(owner[one] != owner[other] for one, other in pairwise(shown))
    assert changes > 20


def test_a_name_is_shown_only_with_consent_to_that(session: Session) -> None:
    with transaction():
        named = make_household(session, head_name="覃花平", name_public=True)
        silent = make_household(session, head_name="覃花平", display_name="覃*")
        make_units(session, named, 1)
        make_units(session, silent, 1)
    rows = catalogue.listed(session, Wanted(YEAR), after=None, limit=10)
    assert [row.display_name for row in rows] == ["覃*", None]
    assert [catalogue.find(session, row.code).tree.display_name for row in rows] == ["覃*", None]


def test_a_list_takes_as_many_statements_for_a_hundred_as_for_one(session: Session) -> None:
    with transaction():
        for _ in range(10):
            make_order(session, make_units(session, make_household(session), 10)[:5])
    wanted = Wanted(YEAR, region=VILLAGE, species="SM")
    for limit in (1, 100):
        with asked_of(db.engine) as seen:
            catalogue.listed(session, wanted, after=None, limit=limit)
        assert len(seen) == 2
    with asked_of(db.engine) as seen:
        catalogue.find(session, codes(session, Wanted(YEAR), limit=1)[0])
    assert len(seen) == 4


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(YEAR, available=True), "ix_units_on_sale"),
        (Wanted(YEAR, region=VILLAGE, available=True), "ix_units_on_sale"),
        (Wanted(YEAR, species="SM", available=True), "ix_units_on_sale_species"),
        (Wanted(YEAR), "ix_units_listing"),
        (Wanted(YEAR, region=VILLAGE, species="SM"), "ix_units_listing"),
    ],
)
def test_every_page_is_found_by_an_index_in_its_order(session: Session, wanted: Wanted, index: str) -> None:
    with transaction():
        make_units(session, make_household(session), 300)
    postgresql = db.engine.dialect.name == "postgresql"
    with db.engine.connect() as connection:
        if postgresql:
            # A table of 300 rows is read whole unless that is forbidden; a big one is not.
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
            connection.execute(sa.text("SET LOCAL enable_bitmapscan = off"))
            connection.execute(sa.text("SET LOCAL enable_sort = off"))
        asked = catalogue.page_of(wanted, after=(VILLAGE, 1), limit=20)
        literal = asked.compile(db.engine, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN" if postgresql else "EXPLAIN QUERY PLAN"
        plan = connection.exec_driver_sql(f"{explain} {literal}".replace("%", "%%")).all()
    text = "\n".join(" ".join(map(str, row)) for row in plan)
    assert f"{index} " in text
    assert "Sort" not in text
    assert "TEMP B-TREE" not in text


def test_the_growth_between_two_measurements_explains_the_grams(session: Session) -> None:
    with transaction():
        make_programme(session)
        verifier = make_verifier(session)
        tree = measured(
            session, make_household(session), 1, measured_on=date(2025, 5, 1), dbh_mm=60, height_cm=550
        )
        make_measurements(session, tree, measured_on=date(2026, 5, 1), dbh_mm=64, height_cm=570)
    approve(session, verifier, draft(session, verifier))
    found = catalogue.find(session, tree[0].code)
    assert found.years[0].earlier_measurement_id == found.measurements[1].id
    assert 0 < found.years[0].sink_g < 10_000
