"""Bring survey sheets in, as the command and the officers' calls do."""

import io
import os
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.sheet_problems import SheetKind
from flows.imports import accept_import, check_sheet
from models import Household, Import, StagedAccount, StagedConsent, StagedHousehold, StagedTree, Tree
from models.base import transaction
from services.imports import problems
from tests.support.clock import START
from tests.support.sheets import Row, as_csv
from tests.support.world import make_programme, make_region, make_regions, make_species

#: A village of another county, which must learn nothing of ours.
FAR_VILLAGE = "522301001001"


def make_ground() -> None:
    """Divisions, species and a programme: what stands before the first sheet comes."""
    with transaction() as session:
        make_regions(session)
        for code, name, level in (
            ("522301", "兴义市", "county"),
            ("522301001", "黄草街道", "township"),
            (FAR_VILLAGE, "稻子巷居民委员会", "village"),
        ):
            make_region(session, code, name=name, level=level)
        make_species(session)
        make_programme(session)


def check(kind: SheetKind, content: bytes | Sequence[Row], **more: Any) -> Import:
    """Check a sheet, given as bytes or as rows."""
    content = content if isinstance(content, bytes) else as_csv(content)
    given = {"now": START, "random": os.urandom, "file_name": "sheet.csv", **more}
    return check_sheet(io.BytesIO(content), kind=kind, **given)


def bring(kind: SheetKind, content: bytes | Sequence[Row], **more: Any) -> Import:
    """Check a good sheet and accept it."""
    imported = check(kind, content, **more)
    return accept_import(imported.id, now=START, actor="command")


def told(session: Session, imported: Import) -> list[tuple[int, str, str]]:
    """(row, column, code) of every problem of an import."""
    return [(one.row, one.column, one.code) for one in problems(session, imported.id)]


def count(session: Session, *models: type[Any]) -> tuple[int, ...]:
    """How many rows the tables hold."""
    return tuple(session.scalar(sa.select(sa.func.count()).select_from(model)) or 0 for model in models)


def registry(session: Session) -> tuple[int, ...]:
    """How many households and trees are registered."""
    return count(session, Household, Tree)


def staged(session: Session) -> tuple[int, ...]:
    """How many rows wait for the rest of their sheet: of households and of trees."""
    return count(session, StagedHousehold, StagedTree)


def staged_of_people(session: Session) -> tuple[int, ...]:
    """The same of accounts and of consents."""
    return count(session, StagedAccount, StagedConsent)
