"""From the staged rows into the registry: a few statements in one transaction, all of the sheet or nothing of it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import business_day
from domain.errors import Conflict, NotFound
from domain.sheet_problems import SheetKind
from models import Household, HouseholdAccount, Import, Measurement, StagedHousehold, StagedTree, Tree, Upload
from models.imports import ImportState, Outcome
from models.trees import TreeState
from models.types import UTCDateTime
from services import consents
from services.accounts import REGISTERED
from services.audit import record
from services.imports.checks import people_problems
from services.imports.entering import give_consents, lock_households, propose_accounts
from services.imports.loading import run
from services.imports.staging import judge
from services.imports.tree_checks import too_many_trees
from services.imports.villages import choose, concerns, keep_accepted, staged_of, village_column
from services.programmes import current_programme

#: Acceptances take turns on PostgreSQL, so that two sheets together cannot pass a household's cap.
_TURN = 7_305_209
_BRINGS = (Outcome.NEW.value, Outcome.MEASURED.value)
_GOOD = (*_BRINGS, Outcome.UNCHANGED.value)


def accept(
    session: Session, import_id: int, *, now: datetime, actor: str, region: str | None = None
) -> Import:
    """Register everything a checked sheet brings, or nothing of it; of an uploaded sheet, village by village.

    `region` chooses the villages of an uploaded sheet; None chooses all that no problem keeps out. Raises NotFound
    import_unknown; Conflict import_state unless the sheet is checked and waiting, and import_overtaken when the
    registry has changed since in a way that the sheet no longer fits; what services.imports.villages.choose raises.
    """
    imported = session.get(Import, import_id, populate_existing=True)
    if imported is None:
        raise NotFound("import_unknown")
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))
    taken = session.execute(
        sa.update(Import)
        .where(Import.id == import_id, Import.state == ImportState.CHECKED)
        .values(accepted_at=now)
        .returning(Import.id)
    ).first()
    session.refresh(imported)
    if taken is None:
        raise Conflict("import_state", {"state": imported.state.value})
    by_village = session.get(Upload, import_id) is not None
    chosen = choose(session, imported, region) if by_village else None
    if imported.kind in (SheetKind.TREES, SheetKind.MEASUREMENTS):
        added = _accept_trees(session, imported, chosen, now)
    else:
        added = _accept_people(session, imported, chosen, now)
    if chosen is None:
        imported.added, imported.unchanged = added, imported.rows - added
        done = True
    else:
        done = keep_accepted(session, imported, chosen, now)
    if done:
        imported.state = ImportState.ACCEPTED
    record(
        session,
        actor=actor,
        action="import_accepted",
        subject=f"import:{import_id}",
        now=now,
        facts={
            "kind": imported.kind,
            "sha256": imported.sha256,
            "rows": imported.rows,
            "added": added,
            "unchanged": imported.unchanged,
            **({} if chosen is None else {"villages": chosen}),
        },
    )
    session.flush()
    return imported


def _of(imported: Import, chosen: list[str] | None) -> sa.ColumnElement[bool]:
    """The staged rows of an import, or of some of its villages."""
    whole = staged_of(imported.kind).import_id == imported.id
    return whole if chosen is None else sa.and_(whole, village_column(imported.kind).in_(chosen))


def _judge_again(session: Session, imported: Import, rows: sa.ColumnElement[bool]) -> None:
    """The registry may have changed since the check."""
    staged = staged_of(imported.kind)
    first, last = session.execute(
        sa.select(sa.func.min(staged.row), sa.func.max(staged.row)).where(rows)
    ).one()
    judge(session, imported.id, imported.kind, first or 0, last or 0)


def _accept_people(session: Session, imported: Import, chosen: list[str] | None, now: datetime) -> int:
    rows_of = _of(imported, chosen)
    if imported.kind == SheetKind.CONSENTS:
        lock_households(session, rows_of)
    _judge_again(session, imported, rows_of)
    if concerns(session, imported, people_problems(session, imported), chosen):
        raise Conflict("import_overtaken")
    if imported.kind == SheetKind.ACCOUNTS:
        return propose_accounts(session, imported, rows_of, now)
    if imported.kind == SheetKind.CONSENTS:
        return give_consents(session, rows_of, now)
    return _register_households(session, imported, rows_of, now)


def _register_households(
    session: Session, imported: Import, rows_of: sa.ColumnElement[bool], now: datetime
) -> int:
    staged = StagedHousehold
    copied = (
        "public_id",
        "number",
        "region_code",
        "head_name",
        "head_name_hash",
        "identity",
        "identity_hash",
        "phone",
        "category",
        "people",
        "income_per_person_yuan",
        "forest_right",
        "sale_consent_on",
        "name_public",
        "display_name",
        "contract_to",
        "row_hash",
    )
    rows = (
        sa.select(
            *(getattr(staged, name) for name in copied),
            staged.sale_consent_on.label("contract_from"),
            sa.literal(now, UTCDateTime).label("created_at"),
            staged.import_id,
        )
        .where(rows_of, staged.outcome == Outcome.NEW.value)
        .order_by(staged.row)
    )
    added = run(
        session, sa.insert(Household).from_select([*copied, "contract_from", "created_at", "import_id"], rows)
    )
    consents.enter_from_sheet(session, rows_of, now)
    accounts = (
        sa.select(
            Household.id,
            staged.bank,
            Household.head_name,
            Household.head_name_hash,
            staged.account,
            staged.account_hash,
            sa.literal(imported.officer_id, sa.BigInteger).label("editor_id"),
            sa.literal(now, UTCDateTime).label("proposed_at"),
            sa.literal(now, UTCDateTime).label("started_at"),
            *(sa.literal(value, getattr(HouseholdAccount, name).type) for name, value in REGISTERED.items()),
        )
        .join(Household, Household.number == staged.number)
        .where(rows_of, staged.outcome == Outcome.NEW.value, staged.account.is_not(None))
        .order_by(staged.row)
    )
    run(
        session,
        sa.insert(HouseholdAccount).from_select(
            [
                "household_id",
                "bank",
                "holder_name",
                "holder_name_hash",
                "account",
                "account_hash",
                "editor_id",
                "proposed_at",
                "started_at",
                *REGISTERED,
            ],
            accounts,
        ),
    )
    return added


def _accept_trees(session: Session, imported: Import, chosen: list[str] | None, now: datetime) -> int:
    staged = StagedTree
    rows_of = _of(imported, chosen)
    if chosen is not None:
        # What waited for days is looked at again; the command accepts as soon as it has checked.
        _judge_again(session, imported, rows_of)
    programme = current_programme(session, business_day(now))
    crowded = too_many_trees(session, imported, programme.max_trees_per_household)
    if concerns(session, imported, crowded, chosen):
        raise Conflict("import_overtaken")
    copied = (
        "code",
        "tag",
        "species_code",
        "planted_year",
        "project",
        "position",
        "longitude_e2",
        "latitude_e2",
        "import_id",
    )
    rows = (
        sa.select(
            *(getattr(staged, name) for name in copied),
            Household.id.label("household_id"),
            Household.region_code,
            sa.literal(TreeState.GROWING, Tree.state.type).label("state"),
            sa.literal(now, UTCDateTime).label("created_at"),
        )
        .join(Household, Household.number == staged.household_number)
        .where(rows_of, staged.outcome == Outcome.NEW.value)
        .order_by(staged.row)
    )
    run(
        session,
        sa.insert(Tree).from_select([*copied, "household_id", "region_code", "state", "created_at"], rows),
    )
    taken = ("measured_on", "dbh_mm", "height_cm", "surveyor", "import_id")
    # The row of a measurement sheet says less than that of a tree sheet, so the two are compared by their values.
    hashed = sa.null() if imported.kind == SheetKind.MEASUREMENTS else staged.row_hash
    measurements = (
        sa.select(
            Tree.id.label("tree_id"), *(getattr(staged, name) for name in taken), hashed.label("row_hash")
        )
        .join(Tree, Tree.tag == staged.tag)
        .where(rows_of, staged.outcome.in_(_BRINGS))
        .order_by(staged.row)
    )
    added = run(session, sa.insert(Measurement).from_select(["tree_id", *taken, "row_hash"], measurements))
    judged = dict(
        session.execute(
            sa.select(staged.outcome, sa.func.count()).where(rows_of).group_by(staged.outcome)
        ).all()
    )
    # A household that has gone meanwhile would drop its rows without a word.
    if added != sum(judged.get(outcome, 0) for outcome in _BRINGS) or set(judged) - set(_GOOD):
        raise Conflict("import_overtaken")
    return added
