"""Arrange a world: `make_*` writes rows as the services would leave them, and flushes; the test commits.

Everything is made up. Each function makes what it stands on if that is not there yet, so that a test names only what
it is about. Times are those of the stepping clock's start (2026-09-01 in Shanghai).
"""

import hashlib
import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.certificates import Basis, Purpose
from domain.masking import public_name
from domain.method_words import METHOD_ID, METHOD_VERSION
from domain.orders import OrderState
from domain.words import WordsState
from models import Household, Lane, Measurement, Order, Tree, Unit, User, Verification
from models.trees import TreeState
from models.types import vault
from models.units import UnitState
from models.verifications import VerificationState
from tests.support.clock import START
from tests.support.ground import (
    COUNTY,
    OTHER_VILLAGE,
    REGIONS,
    SPONSOR,
    TOWNSHIP,
    VILLAGE,
    YEAR,
    make_programme,
    make_region,
    make_regions,
    make_species,
)
from tests.support.people import (
    OFFICER_PASSWORD,
    make_buyer_token,
    make_context,
    make_officer,
    make_officer_token,
    make_user,
    make_verifier,
)

__all__ = [
    "COUNTY",
    "OFFICER_PASSWORD",
    "OTHER_VILLAGE",
    "REGIONS",
    "SPECIES",
    "SPONSOR",
    "TOWNSHIP",
    "VERIFIER_NAME",
    "VILLAGE",
    "YEAR",
    "make_buyer_token",
    "make_context",
    "make_household",
    "make_measurements",
    "make_officer",
    "make_officer_token",
    "make_order",
    "make_programme",
    "make_region",
    "make_regions",
    "make_species",
    "make_trees",
    "make_units",
    "make_user",
    "make_verification",
    "make_verifier",
    "opaque",
]

SPECIES = "SM"
VERIFIER_NAME = "测试核查机构"

_serial = itertools.count(1)


def make_household(session: Session, village: str = VILLAGE, **facts: Any) -> Household:
    """A household of `village` that consented to the sale of its trees; `name_public=True` sets its masked name too."""
    make_regions(session)
    n = next(_serial)
    name = facts.get("head_name", "韦测试")
    identity = facts.get("identity", f"52232619700101{n % 10_000:04d}")
    row: dict[str, Any] = {
        "public_id": opaque("H", n),
        "number": f"{village}{n:04d}",
        "region_code": village,
        "head_name": name,
        "head_name_hash": vault().fingerprint(name, "name"),
        "identity": identity,
        "identity_hash": vault().fingerprint(f"{identity}#{n}", "identity"),
        "phone": "19900000000",
        "category": "其他低收入林户",
        "people": 4,
        "income_per_person_yuan": 6000,
        "forest_right": "望府林证字(2010)第00001号",
        "sale_consent_on": date(YEAR, 3, 15),
        "name_public": False,
        "display_name": public_name(name) if facts.get("name_public") else None,
        "contract_from": date(YEAR, 1, 1),
        "contract_to": date(YEAR + 4, 12, 31),
        "row_hash": hashlib.sha256(str(n).encode()).digest(),
        "created_at": START,
        "import_id": None,
        **facts,
    }
    household = Household(**row)
    session.add(household)
    session.flush()
    return household


def make_trees(session: Session, household: Household, n: int, **facts: Any) -> list[Tree]:
    """`n` growing trees of a household, without measurements."""
    make_species(session)
    rows: list[dict[str, Any]] = []
    for _ in range(n):
        number = next(_serial)
        rows.append(
            {
                "code": opaque("T", number),
                "tag": f"{household.number}-{number:06d}",
                "household_id": household.id,
                "region_code": household.region_code,
                "species_code": SPECIES,
                "planted_year": 2016,
                "project": "退耕还林",
                "position": "106.055738,25.320096",
                "longitude_e2": 10606,
                "latitude_e2": 2532,
                "state": TreeState.GROWING,
                "photo": None,
                "created_at": START,
                "import_id": None,
                **facts,
            }
        )
    return list(session.scalars(sa.insert(Tree).returning(Tree, sort_by_parameter_order=True), rows))


def make_measurements(
    session: Session, trees: Sequence[Tree], *, measured_on: date = date(YEAR, 5, 1), **facts: Any
) -> list[int]:
    """One measurement of each tree; the ids in the order of the trees."""
    rows = [
        {
            "tree_id": tree.id,
            "measured_on": measured_on,
            "dbh_mm": 65,
            "height_cm": 600,
            "surveyor": "调查员01",
            "import_id": None,
            **facts,
        }
        for tree in trees
    ]
    added = sa.insert(Measurement).returning(Measurement.id, sort_by_parameter_order=True)
    return list(session.scalars(added, rows))


def make_verification(
    session: Session, region: str = VILLAGE, year: int = YEAR, **facts: Any
) -> Verification:
    """An approved verification of a region and year."""
    make_regions(session)
    row: dict[str, Any] = {
        "region_code": region,
        "year": year,
        "state": VerificationState.APPROVED,
        "verifier_id": None,
        "verifier_name": VERIFIER_NAME,
        "method_id": METHOD_ID,
        "method_version": METHOD_VERSION,
        "programme_id": make_programme(session).id,
        "last_measurement_id": 0,
        "units": 0,
        "buffer_units": 0,
        "left_out": {},
        "created_at": START,
        "approved_at": START,
        "withdrawn_at": None,
        **facts,
    }
    verification = Verification(**row)
    session.add(verification)
    session.flush()
    return verification


def make_units(
    session: Session,
    household: Household,
    n: int,
    year: int = YEAR,
    *,
    trees: Sequence[Tree] | None = None,
    verification: Verification | None = None,
    **facts: Any,
) -> list[Unit]:
    """`n` free tree-years of a household with all they stand on: trees, measurements, a verification and the lane."""
    trees = make_trees(session, household, n) if trees is None else trees
    # Before the approval, and another day for another year of the same trees.
    measured_on = min(date(year, 1, 31), START.date() - timedelta(days=year - YEAR))
    measurements = make_measurements(session, trees, measured_on=measured_on)
    verification = verification or make_verification(session, household.region_code, year, units=n)
    rows = [
        {
            "tree_id": tree.id,
            "year": year,
            "household_id": household.id,
            "region_code": tree.region_code,
            "species_code": tree.species_code,
            "measurement_id": measurement,
            "earlier_measurement_id": None,
            "verification_id": verification.id,
            "price_fen": 300,
            "sink_g": 10_000,
            "basis": Basis.EXPECTED,
            "state": UnitState.FREE,
            "order_id": None,
            **facts,
        }
        for tree, measurement in zip(trees, measurements, strict=True)
    ]
    units = list(session.scalars(sa.insert(Unit).returning(Unit, sort_by_parameter_order=True), rows))
    _add_to_lane(session, household, year, sum(unit.state == UnitState.FREE for unit in units))
    return units


def _add_to_lane(session: Session, household: Household, year: int, free: int) -> None:
    lane = session.scalar(sa.select(Lane).where(Lane.household_id == household.id, Lane.year == year))
    if lane is None:
        last = session.scalar(
            sa.select(sa.func.coalesce(sa.func.max(Lane.number), 0)).where(Lane.year == year)
        )
        lane = Lane(
            year=year,
            number=(last or 0) + 1,
            household_id=household.id,
            region_code=household.region_code,
            free=0,
            income_fen=0,
        )
        session.add(lane)
    lane.free += free
    session.flush()


def make_order(
    session: Session,
    units: Sequence[Unit],
    state: OrderState = OrderState.PENDING,
    user: User | None = None,
    **facts: Any,
) -> Order:
    """An order of these free units, which are taken and leave their lanes; no money is booked."""
    user = user or make_user(session, f"buyer{next(_serial)}")[0]
    row: dict[str, Any] = {
        "number": f"T{next(_serial):011d}",
        "user_id": user.id,
        "state": state,
        "purpose": Purpose.PERSONAL,
        "holder_name": "测试持证人",
        "holder_public": False,
        "message": None,
        "words_state": WordsState.PASSED,
        "count": len(units),
        "amount_fen": sum(unit.price_fen for unit in units),
        "sink_g": sum(unit.sink_g for unit in units),
        "year": units[0].year,
        "selection": {"count": len(units)},
        "draw": None,
        "maturity_days": 7,
        "created_at": START,
        "expires_at": START + timedelta(minutes=15),
        "paid_at": None if state is OrderState.PENDING else START,
        "closed_at": None,
        **facts,
    }
    order = Order(**row)
    session.add(order)
    session.flush()
    left: dict[tuple[int, int], list[int]] = {}
    for unit in units:
        unit.state, unit.order_id = UnitState.TAKEN, order.id
        left.setdefault((unit.household_id, unit.year), []).append(unit.price_fen)
    for (household_id, year), prices in left.items():
        session.execute(
            sa.update(Lane)
            .where(Lane.household_id == household_id, Lane.year == year)
            .values(free=Lane.free - len(prices), income_fen=Lane.income_fen + sum(prices))
        )
    session.flush()
    return order


def opaque(prefix: str, n: int) -> str:
    """A code of twelve characters that says nothing of `n` and is another for every `n`."""
    return prefix + hashlib.sha256(f"{prefix}{n}".encode()).hexdigest()[:11].upper()
