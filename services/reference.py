"""Fill the reference tables: divisions, species, poverty lines and the first version of the programme's parameters."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.regions import LENGTH_BY_LEVEL, RegionLevel, load_regions, short_name
from domain.species import load_species
from models import Programme, Region, SpeciesRow
from services.poverty_lines import seed_lines

#: The parameters DOMAIN.md gives; a later version is a new row, never an edit of this one.
#: Price and grams have been the same since the programme began in 2018.
FIRST_DAY = date(2018, 1, 1)
FIRST_PARAMETERS = {
    "price_fen": 300,
    "flat_sink_g": 10_000,
    "max_trees_per_mu": 225,
    "max_trees_per_household": 450,
    "min_dbh_mm": 50,
    "max_dbh_mm": 80,
    "contract_years": 5,
    "measurement_valid_years": 5,
    "buffer_permille": 50,
    "fair_k": 4,
    "maturity_days": 7,
    "recognised_as": None,
}


@dataclass(frozen=True)
class Seeded:
    """How many rows were written; all zero when everything was there already."""

    regions: int
    species: int
    programmes: int
    poverty_lines: int


def seed_reference(session: Session, now: datetime, *, sponsor: str, merchant_of_record: str) -> Seeded:
    """Bring divisions and species to what the reference tables say, and add the first programme where there is none.

    Doing it twice changes nothing, and what an administrator has set stays. `sponsor` bears the channel's fee,
    `merchant_of_record` receives the buyers' money.
    """
    return Seeded(
        regions=_seed(session, Region, _region_rows()),
        species=_seed(session, SpeciesRow, _species_rows()),
        programmes=seed_programme(session, now, sponsor=sponsor, merchant_of_record=merchant_of_record),
        poverty_lines=seed_lines(session, now),
    )


def _region_rows() -> list[dict[str, object]]:
    county_length = LENGTH_BY_LEVEL[RegionLevel.COUNTY]
    names: dict[str, str] = {}
    rows: list[dict[str, object]] = []
    for region in load_regions():
        above = names[region.parent_code] if region.parent_code and len(region.code) > county_length else ""
        names[region.code] = above + short_name(region.name)
        rows.append(
            {
                "code": region.code,
                "name": region.name,
                "level": region.level.value,
                "parent_code": region.parent_code,
                "path": names[region.code],
            }
        )
    return rows


def _species_rows() -> list[dict[str, object]]:
    return [
        {"code": one.code, "name_zh": one.name_zh, "name_en": one.name_en, "latin": one.latin}
        for one in load_species().values()
    ]


def _seed(session: Session, model: type[Region] | type[SpeciesRow], rows: list[dict[str, object]]) -> int:
    """Insert the rows that are not there and change those that differ; rows nobody names any more stay for history."""
    # The code comes first. As plain tuples, because every start goes through all of them.
    columns = [model.__table__.c[name] for name in rows[0]]
    present = {row[0]: tuple(row) for row in session.execute(sa.select(*columns))}
    missing = [row for row in rows if row["code"] not in present]
    changed = [row for row in rows if row["code"] in present and present[row["code"]] != tuple(row.values())]
    if missing:
        session.execute(sa.insert(model), missing)
    if changed:
        session.execute(sa.update(model), changed)
    return len(missing) + len(changed)


def seed_programme(session: Session, now: datetime, *, sponsor: str, merchant_of_record: str) -> int:
    """Add the first version of the programme's parameters where there is no version yet; how many were added."""
    if session.scalar(sa.select(Programme.id).limit(1)) is not None:
        return 0
    session.add(
        Programme(
            effective_on=FIRST_DAY,
            sponsor=sponsor,
            merchant_of_record=merchant_of_record,
            created_at=now,
            **FIRST_PARAMETERS,
        )
    )
    session.flush()
    return 1
