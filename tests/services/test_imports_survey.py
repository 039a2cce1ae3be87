"""The survey of 望谟县, whole: 265 households and 92,850 trees, while others go on writing."""

import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.reference_tables import REFERENCE_FOLDER
from domain.sheet_problems import SheetKind
from flows.imports import accept_import, check_sheet
from models import Incident, Measurement, StagedTree
from models.base import db, transaction
from services.incidents import open_incident
from tests.support.clock import START
from tests.support.importing import count, make_ground, registry, staged

SURVEY = REFERENCE_FOLDER / "survey_wangmo"
ROOT = REFERENCE_FOLDER.parent
MOST_MEMORY_KIB = 300 * 1024


@pytest.fixture
def ground(session: Session) -> None:
    make_ground()


def beside(app: Flask, stop: threading.Event, seen: list[int], failures: list[BaseException]) -> None:
    """Write small transactions until told to stop, noting the last row that was staged at each."""
    turn = 0
    last_staged = (
        sa.select(StagedTree.row).order_by(StagedTree.import_id.desc(), StagedTree.row.desc()).limit(1)
    )
    try:
        with app.app_context():
            while not stop.is_set():
                turn += 1
                with transaction() as session:
                    open_incident(session, kind="test", subject=str(turn), now=START)
                    seen.append(session.scalar(last_staged) or 0)
                stop.wait(0.02)
            db.session.remove()
    except BaseException as error:
        failures.append(error)


@pytest.mark.long
def test_the_whole_survey_is_registered_while_others_write(
    app: Flask, session: Session, ground: None
) -> None:
    seen: list[int] = []
    failures: list[BaseException] = []
    stop = threading.Event()
    other = threading.Thread(target=beside, args=(app, stop, seen, failures))
    session.rollback()
    other.start()
    try:
        for kind, name in ((SheetKind.HOUSEHOLDS, "households.csv"), (SheetKind.TREES, "trees.csv.gz")):
            content = io.BytesIO((SURVEY / name).read_bytes())
            imported = check_sheet(content, kind=kind, file_name=name, now=START, random=os.urandom)
            accepted = accept_import(imported.id, now=START, actor="command")
            assert (accepted.added, accepted.unchanged) == (accepted.rows, 0)
    finally:
        stop.set()
        other.join()
    assert failures == []
    assert registry(session) == (265, 92_850)
    assert count(session, Measurement, Incident) == (92_850, len(seen))
    # Others wrote before, between and after the chunks, not only when all was over.
    assert len({row for row in seen if 0 < row < 92_851}) >= 10
    assert staged(session) == (0, 0)


#: Runs a command and prints the KiB it took at most. A process of its own, because Linux counts to a child what its
#: parent had when it was started, and the tests of a whole run have more than the import may take.
MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


@pytest.mark.long
def test_the_command_stays_within_its_memory(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{tmp_path / 'survey.sqlite3'}"}

    def flask(*words: str | Path) -> int:
        command = [sys.executable, "-m", "flask", "--app", "app", *map(str, words)]
        said = subprocess.run(
            [sys.executable, "-c", MEASURE, *command], env=env, cwd=ROOT, check=True, capture_output=True
        )
        return int(said.stdout)

    flask("db", "upgrade")
    flask("seed")
    flask("import", "households", SURVEY / "households.csv")
    assert 0 < flask("import", "trees", SURVEY / "trees.csv.gz") < MOST_MEMORY_KIB
