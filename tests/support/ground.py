"""The ground every world stands on: programme parameters, two villages with all that contains them, species."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.regions import ancestors_of
from domain.species import load_species
from models import Programme, Region, SpeciesRow
from services.reference import FIRST_PARAMETERS
from tests.support.clock import START

YEAR = 2026
COUNTY = "522326"
TOWNSHIP = "522326107"
#: Two villages of 石屯镇, 望谟县, with their real codes.
VILLAGE = "522326107213"
OTHER_VILLAGE = "522326107214"
SPONSOR = "测试手续费资助单位"

#: (code, name, level, path)
REGIONS = (
    ("52", "贵州省", "province", "贵州省"),
    ("5223", "黔西南布依族苗族自治州", "prefecture", "黔西南布依族苗族自治州"),
    (COUNTY, "望谟县", "county", "望谟县"),
    (TOWNSHIP, "石屯镇", "township", "望谟县石屯镇"),
    (VILLAGE, "打狼村村民委员会", "village", "望谟县石屯镇打狼村"),
    (OTHER_VILLAGE, "新合村村民委员会", "village", "望谟县石屯镇新合村"),
)


def make_programme(session: Session, **changes: Any) -> Programme:
    """The first parameters, in force from 1 January 2026, with `changes` (made to the present row, if there is one)."""
    facts: dict[str, Any] = {
        **FIRST_PARAMETERS,
        "effective_on": date(YEAR, 1, 1),
        "sponsor": SPONSOR,
        "merchant_of_record": "测试运营主体",
        "created_at": START,
        **changes,
    }
    present = session.scalar(sa.select(Programme).where(Programme.effective_on == facts["effective_on"]))
    if present is not None:
        for name, value in changes.items():
            setattr(present, name, value)
        session.flush()
        return present
    programme = Programme(**facts)
    session.add(programme)
    session.flush()
    return programme


def make_regions(session: Session) -> None:
    """Two villages (VILLAGE, OTHER_VILLAGE) and all that contains them."""
    # Asked for by nearly everything that is made: a statement in all, not one a region.
    present = set(
        session.scalars(sa.select(Region.code).where(Region.code.in_([code for code, *_ in REGIONS])))
    )
    missing = [_division(*region) for region in REGIONS if region[0] not in present]
    if missing:
        session.execute(sa.insert(Region), missing)


def make_region(session: Session, code: str, *, name: str, level: str, path: str | None = None) -> None:
    """One division, whose parents are there already; nothing where it is there itself."""
    if session.get(Region, code) is None:
        session.execute(sa.insert(Region), [_division(code, name, level, path or name)])


def _division(code: str, name: str, level: str, path: str) -> dict[str, Any]:
    parent = ancestors_of(code)[-1] if len(code) > 2 else None
    return {"code": code, "name": name, "level": level, "parent_code": parent, "path": path}


def make_species(session: Session) -> None:
    """All species of the reference table."""
    present = set(session.scalars(sa.select(SpeciesRow.code)))
    missing = [
        {"code": one.code, "name_zh": one.name_zh, "name_en": one.name_en, "latin": one.latin}
        for one in load_species().values()
        if one.code not in present
    ]
    if missing:
        session.execute(sa.insert(SpeciesRow), missing)
