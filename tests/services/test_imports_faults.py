"""Whatever breaks an import off, the registry has all of a sheet or nothing, and nothing is left lying about."""

import os
import subprocess
import sys
import textwrap
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.reference_tables import REFERENCE_FOLDER
from domain.sheet_problems import SheetKind
from flows.imports import accept_import, clear_stale
from flows.sheet_reading import CHUNK
from models import Import, Measurement, StagedTree
from models.base import database, transaction
from models.imports import ImportState
from services.imports import discard_stale
from services.imports.staging import DELETED_AT_ONCE
from tests.support.clock import START
from tests.support.importing import bring, check, count, make_ground, registry, staged
from tests.support.keeping import Kept
from tests.support.sheets import as_csv, household_row, tree_row
from tests.support.world import make_programme

LATER = START + timedelta(days=1, minutes=1)


def make_households(session: Session) -> None:
    make_ground()
    bring(SheetKind.HOUSEHOLDS, [household_row(1), household_row(2)])


@pytest.fixture(autouse=True)
def households(kept: Kept, session: Session) -> None:
    kept(make_households, session)


def many_trees(rows: int) -> bytes:
    with transaction():
        make_programme(database(), max_trees_per_household=100_000)
    return as_csv([tree_row(n) for n in range(1, rows + 1)])


class Interruption(BaseException):
    """Ctrl-C, as far as the import is concerned."""


def interrupt(_row: int, _expected: int | None) -> None:
    raise Interruption


def test_an_interrupted_check_leaves_nothing_behind(session: Session) -> None:
    with pytest.raises(Interruption):
        check(SheetKind.TREES, many_trees(CHUNK + 1), progress=interrupt)
    assert (registry(session), staged(session)) == ((2, 0), (0, 0))
    states = session.scalars(sa.select(Import.state).order_by(Import.id)).all()
    assert states == [ImportState.ACCEPTED, ImportState.DISCARDED]


CHILD = """
    import io, os, sys
    import sqlalchemy as sa
    from app import create_app
    from config import Settings
    from domain.sheet_problems import SheetKind
    from flows.imports import accept_import, check_sheet
    from models.base import db
    from pathlib import Path
    from tests.support.clock import START

    settings = Settings.load(dict(os.environ), Path(os.environ["INSTANCE"]))
    with create_app(settings).app_context():
        def die(*_given):
            os._exit(9)
        def die_after_trees(connection, cursor, statement, *more):
            if statement.startswith("INSERT INTO trees"):
                os._exit(9)
        at = sys.argv[1]
        if at == "acceptance":
            sa.event.listen(db.engine, "after_cursor_execute", die_after_trees)
        imported = check_sheet(
            io.BytesIO(sys.stdin.buffer.read()),
            kind=SheetKind.TREES,
            file_name="trees.csv",
            now=START,
            random=os.urandom,
            progress=die if at == "staging" else None,
        )
        accept_import(imported.id, now=START, actor="command")
"""


@pytest.mark.one_engine("postgresql")
@pytest.mark.parametrize("at", ["staging", "acceptance"])
def test_a_process_that_dies_leaves_nothing_in_the_registry(
    app: Flask, session: Session, instance: os.PathLike[str], at: str
) -> None:
    content = many_trees(CHUNK + 1)
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    died = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD), at],
        input=content,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": url, "INSTANCE": str(instance)},
        cwd=REFERENCE_FOLDER.parent,
        check=False,
    )
    assert died.returncode == 9
    left = {"staging": (0, CHUNK), "acceptance": (0, CHUNK + 1)}[at]
    assert (registry(session), count(session, Measurement), staged(session)) == ((2, 0), (0,), left)
    session.rollback()
    assert clear_stale(START) == 0
    assert clear_stale(LATER) == left[1]
    assert (registry(session), staged(session)) == ((2, 0), (0, 0))
    session.rollback()
    assert bring(SheetKind.TREES, content).added == CHUNK + 1


def test_stale_staging_is_cleared_a_chunk_at_a_time(session: Session) -> None:
    waiting = check(SheetKind.TREES, many_trees(DELETED_AT_ONCE + 1))
    for deleted in (DELETED_AT_ONCE, 1, 0):
        with transaction():
            assert discard_stale(session, LATER) == deleted
    assert session.get_one(Import, waiting.id).state is ImportState.DISCARDED


def test_staging_that_is_still_waited_for_is_left_alone(session: Session) -> None:
    waiting = check(SheetKind.TREES, [tree_row(1)])
    assert clear_stale(START + timedelta(hours=23)) == 0
    assert accept_import(waiting.id, now=START, actor="command").added == 1


def test_a_sheet_that_waited_too_long_does_not_stand_in_the_way_of_others(session: Session) -> None:
    # Its rows are gone already, yet it is closed, and the ones after it are reached.
    with transaction():
        session.execute(sa.delete(StagedTree))
        empty = Import(
            kind="trees", file_name="", sha256="", state=ImportState.CHECKING, rows=0, added=0, unchanged=0,
            problem_count=0, warning_count=0, officer_id=None, scope=None, created_at=START, accepted_at=None,
        )  # fmt: skip
        session.add(empty)
    check(SheetKind.TREES, [tree_row(1)])
    assert clear_stale(LATER) == 1
    assert staged(session) == (0, 0)
