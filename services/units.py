"""Write tree-years: what an approval makes sellable, keeps as buffer, or takes back while unsold."""

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from domain.certificates import Basis
from domain.regions import village_bounds
from domain.verifications import buffer_choice, buffer_size
from models import Import, Measurement, Programme, Tree, Unit, Verification, table_of
from models.units import UnitState

#: Identifiers named in one statement.
ID_CHUNK = 1_000

_U = table_of(Unit)
#: What an approval writes of a tree-year beside its key.
_WRITTEN = (
    "household_id",
    "region_code",
    "species_code",
    "measurement_id",
    "earlier_measurement_id",
    "verification_id",
    "price_fen",
    "sink_g",
    "basis",
    "state",
)


def units_of(verification: Verification) -> tuple[sa.ColumnElement[bool], ...]:
    """Conditions for the units of one approval, in the order of the index they are found by."""
    lowest, highest = village_bounds(verification.region_code)
    return (
        _U.c.year == verification.year,
        _U.c.region_code.between(lowest, highest),
        _U.c.verification_id == verification.id,
    )


def add_units(
    session: Session,
    verification: Verification,
    programme: Programme,
    sellable: sa.Select[tuple[object, ...]],
) -> None:
    """Insert one unit for each tree of `sellable`; a unit withdrawn earlier gets a new life instead of a second row."""
    trees = sellable.subquery("sellable")
    frozen: dict[str, object] = {
        "year": verification.year,
        "verification_id": verification.id,
        "price_fen": programme.price_fen,
        "basis": Basis.EXPECTED,
        "state": UnitState.FREE,
    }
    columns = ("tree_id", "year", *_WRITTEN)
    chosen = [
        sa.literal(frozen[name], _U.c[name].type) if name in frozen else trees.c[name] for name in columns
    ]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # In the order of the opaque codes, so that neither ids nor the public list tell which trees are one household's.
    # SQLite would read ON CONFLICT after a bare SELECT as part of a join; a WHERE ends it.
    rows = sa.select(*chosen).where(sa.true()).order_by(trees.c.code)
    statement = insert(_U).from_select(columns, rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["tree_id", "year"],
            set_={name: statement.excluded[name] for name in _WRITTEN},
            where=_U.c.state == UnitState.WITHDRAWN,
        )
    )


def count_by_village(session: Session, verification: Verification) -> dict[str, int]:
    """How many units an approval has, by village code."""
    counted = (
        sa.select(_U.c.region_code, sa.func.count())
        .where(*units_of(verification))
        .group_by(_U.c.region_code)
        .order_by(_U.c.region_code)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def set_buffer_aside(
    session: Session, verification: Verification, by_village: dict[str, int], permille: int
) -> int:
    """Keep `permille` thousandths of every village's units unsold, chosen by nobody; returns how many."""
    chosen: list[int] = []
    for village, units in by_village.items():
        size = buffer_size(units, permille)
        if size:
            rows = session.execute(
                sa.select(Tree.code, _U.c.id)
                .join(Tree, Tree.id == _U.c.tree_id)
                .where(*units_of(verification), _U.c.region_code == village)
            )
            by_code: dict[str, int] = {row[0]: row[1] for row in rows}
            chosen += (by_code[code] for code in buffer_choice(by_code, size, verification.id))
    for start in range(0, len(chosen), ID_CHUNK):
        session.execute(
            sa.update(_U).where(_U.c.id.in_(chosen[start : start + ID_CHUNK])).values(state=UnitState.BUFFER)
        )
    return len(chosen)


def is_involved(
    session: Session, verification: Verification, officer_id: int, names: tuple[str, ...]
) -> bool:
    """Whether the officer imported, or under one of these names surveyed, a measurement the units stand on."""
    own_imports = sa.select(Import.id).where(Import.officer_id == officer_id)
    found = session.scalar(
        sa.select(Measurement.id)
        .join(_U, Measurement.id.in_((_U.c.measurement_id, _U.c.earlier_measurement_id)))
        .where(
            *units_of(verification),
            sa.or_(Measurement.import_id.in_(own_imports), Measurement.surveyor.in_(names)),
        )
        .limit(1)
    )
    return found is not None


def withdraw_free(session: Session, verification: Verification) -> Counter[int]:
    """Withdraw the free units of an approval, and count them by household; the caller holds the households' lanes.

    A unit that a purchase is just taking is passed over: that purchase is waiting for the lane, and will have it.
    """
    free = (
        sa.select(_U.c.id)
        .where(*units_of(verification), _U.c.state == UnitState.FREE)
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    rows = session.scalars(
        sa.update(_U)
        .where(_U.c.id.in_(sa.select(free.c.id)))
        .values(state=UnitState.WITHDRAWN)
        .returning(_U.c.household_id)
    )
    return Counter(rows)


def withdraw_buffer(session: Session, verification: Verification) -> int:
    """Withdraw the buffer units of an approval; returns how many."""
    result = session.execute(
        sa.update(_U)
        .where(*units_of(verification), _U.c.state == UnitState.BUFFER)
        .values(state=UnitState.WITHDRAWN)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
