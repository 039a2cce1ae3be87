"""Taking a backup of a running installation, and bringing one back."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Invalid
from gateways import photo_files
from gateways.backups import BackupBroken, read_lines, writer
from models import database, db, transaction
from services import backups


@dataclass(frozen=True, slots=True)
class Taken:
    """What a backup holds: bytes of the file, photos in it, and photos that trees name and that are not there."""

    size: int
    photos: int
    missing: int


def take(path: Path, key: bytes, now: datetime, folder: Path) -> Taken:
    """Write the database, as it stands at one moment, and the photos its trees name in `folder`, to an encrypted file.

    Writers go on meanwhile: PostgreSQL shows one snapshot, SQLite the state at which reading began.
    """
    found: list[bool] = []

    def files_of(photo: str) -> list[tuple[str, bytes]]:
        files = list(photo_files.with_thumbnail(folder, photo))
        found.append(photo in dict(files))
        return files

    session = database()
    session.rollback()
    if db.engine.dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        with writer(path, key) as file:
            for line in backups.lines(session, now, _revision(session), files_of):
                file.write(line)
    finally:
        session.rollback()
    return Taken(path.stat().st_size, found.count(True), found.count(False))


def restore(path: Path, key: bytes, now: datetime, folder: Path) -> datetime:
    """Fill the empty, migrated database from a backup, all of it or nothing, and write its photos to `folder`; returns
    when the backup was taken.

    Raises Invalid("backup_broken") for a file that does not open, and what services.backups.restore raises.
    """
    try:
        with transaction() as session:
            return backups.restore(
                session,
                read_lines(path, key),
                _revision(session),
                now,
                lambda name, content: photo_files.put_back(folder, name, content),
            )
    except BackupBroken as error:
        raise Invalid("backup_broken", reason=str(error)) from error


def _revision(session: Session) -> str:
    return str(session.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one())
