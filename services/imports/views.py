"""Imports as officers see them: those of their region, of the kinds they may bring or read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.permissions import IMPORT_READERS, IMPORTERS, OfficerContext
from domain.regions import PROGRAMME
from domain.roles import Role
from domain.sheet_problems import SheetKind, reason
from models import Import, ImportProblem, ImportVillage, Officer, Region, Upload
from services.imports.problems import ToldProblem


@dataclass(frozen=True, slots=True)
class ShownVillage:
    """The part of a sheet that belongs to one village; `region` is None where there is no such village."""

    row: ImportVillage
    region: Region | None

    @property
    def state(self) -> str:
        """`blocked`, `ready` or `accepted`."""
        if self.row.accepted_at is not None:
            return "accepted"
        return "blocked" if self.row.blocked else "ready"


@dataclass(frozen=True, slots=True)
class ShownImport:
    """An import with how far its check is, who brought it, and (of a single one) its villages."""

    row: Import
    upload: Upload | None
    officer: str | None
    villages: Sequence[ShownVillage] = ()

    @property
    def rows_read(self) -> int:
        """Rows read so far."""
        return self.row.rows if self.upload is None else self.upload.rows_read

    @property
    def rows_expected(self) -> int | None:
        """About how many rows there are, as long as that is known."""
        return None if self.upload is None else self.upload.rows_expected


@dataclass(frozen=True, slots=True)
class NumberedProblem:
    """A problem with the id it is paged by."""

    id: int
    told: ToldProblem


def find(session: Session, import_id: int, officer: OfficerContext) -> Import:
    """An import within an officer's region and kinds; raises NotFound for any other as for none."""
    imported = session.scalars(_visible(officer).where(Import.id == import_id)).first()
    if imported is None:
        raise NotFound("import_unknown")
    return imported


def find_to_change(session: Session, import_id: int, officer: OfficerContext) -> Import:
    """The same for somebody who is going to accept it or let it go; raises Forbidden for another's kind too."""
    imported = find(session, import_id, officer)
    officer.need(*IMPORTERS[SheetKind(imported.kind)])
    return imported


def shown(session: Session, imported: Import) -> ShownImport:
    """One import with its villages."""
    found = session.execute(
        sa.select(ImportVillage, Region)
        .outerjoin(Region, Region.code == ImportVillage.region_code)
        .where(ImportVillage.import_id == imported.id)
        .order_by(ImportVillage.region_code)
    )
    villages = [ShownVillage(row, region) for row, region in found]
    return ShownImport(
        imported,
        session.get(Upload, imported.id, populate_existing=True),
        session.scalar(sa.select(Officer.username).where(Officer.id == imported.officer_id)),
        villages,
    )


def listed(
    session: Session, officer: OfficerContext, *, kind: SheetKind | None, before: int | None, limit: int
) -> list[ShownImport]:
    """Imports of the officer's region, newest first, one more than `limit`."""
    wanted = (
        _visible(officer)
        .add_columns(Upload, Officer.username)
        .outerjoin(Upload, Upload.import_id == Import.id)
        .outerjoin(Officer, Officer.id == Import.officer_id)
        .order_by(Import.id.desc())
        .limit(limit + 1)
    )
    if kind is not None:
        wanted = wanted.where(Import.kind == kind.value)
    if before is not None:
        wanted = wanted.where(Import.id < before)
    return [ShownImport(row, upload, username) for row, upload, username in session.execute(wanted)]


def problem_page(
    session: Session, import_id: int, *, after: tuple[int, int] | None, limit: int, language: str
) -> list[NumberedProblem]:
    """The problems of an import in the order of its rows, one more than `limit`; `after` is (row, id)."""
    wanted = sa.select(ImportProblem).where(ImportProblem.import_id == import_id)
    if after is not None:
        wanted = wanted.where(sa.tuple_(ImportProblem.row, ImportProblem.id) > after)
    rows = session.scalars(wanted.order_by(ImportProblem.row, ImportProblem.id).limit(limit + 1))
    return [
        NumberedProblem(
            one.id,
            ToldProblem(
                one.row, one.column, one.value, one.code, reason(one.code, one.details, language), one.blocks
            ),
        )
        for one in rows
    ]


def _visible(officer: OfficerContext) -> sa.Select[Import]:
    return sa.select(Import).where(_open_to(officer, _READERS))


def may_bring(officer: OfficerContext) -> sa.ColumnElement[bool]:
    """The condition on Import that the officer may accept it: a kind they may bring, within their region."""
    return _open_to(officer, IMPORTERS)


def _open_to(officer: OfficerContext, by_kind: Mapping[SheetKind, frozenset[Role]]) -> sa.ColumnElement[bool]:
    kinds = [kind.value for kind, roles in by_kind.items() if officer.may_be(roles)]
    # What the command line brings in may touch the whole programme.
    scope = sa.func.coalesce(Import.scope, PROGRAMME)
    return sa.and_(scope.startswith(officer.region_code), Import.kind.in_(kinds))


_READERS: Mapping[SheetKind, frozenset[Role]] = {
    kind: frozenset(IMPORT_READERS | roles) for kind, roles in IMPORTERS.items()
}
