"""Every row of every table as lines, and back again; what is sealed stays sealed.

The lines are the same whichever engine they come from: `{"table": …, "columns": […]}` and then one array a row. Bytes
are base64, instants and days ISO 8601. Photos follow: `{"file": …, "content": …}`.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import rfc3339
from domain.errors import Conflict, Invalid
from models import Base, Gate, PayoutBatch, SignInSession, Tree
from models.types import Sealed, SealedBytes, UTCDateTime
from services import audit, batch_numbers, offers
from services.offers import RESTORED

FORMAT = 2
ROWS_AT_ONCE = 2000

#: Names and contents.
Files = Iterable[tuple[str, bytes]]


def _no_files(_photo: str) -> Files:
    return ()


def _keep_no_file(_name: str, _content: bytes) -> None:
    pass


def lines(
    session: Session, now: datetime, revision: str, files_of: Callable[[str], Files] = _no_files
) -> Iterator[bytes]:
    """The whole database as lines, as it stands at one moment: the caller's transaction must see one snapshot.

    After its rows come the files of the photos that its trees name, as `files_of` finds them: a photo that was taken
    away meanwhile may be gone.
    """
    yield _line({"format": FORMAT, "taken_at": rfc3339(now), "revision": revision})
    total = 0
    for table in Base.metadata.sorted_tables:
        plain = _plain(table)
        yield _line({"table": table.name, "columns": [column.name for column in plain.columns]})
        rows = session.execute(
            sa.select(plain).order_by(*plain.primary_key), execution_options={"yield_per": ROWS_AT_ONCE}
        )
        for row in rows:
            yield _line([_out(value) for value in row])
            total += 1
    photos = session.scalars(
        sa.select(Tree.photo).where(Tree.photo.is_not(None)).distinct().order_by(Tree.photo)
    )
    for photo in photos.all():
        for name, content in files_of(str(photo)):
            yield _line({"file": name, "content": base64.b64encode(content).decode()})
    yield _line({"end": total})


def restore(
    session: Session,
    content: Iterable[bytes],
    revision: str,
    now: datetime,
    keep_file: Callable[[str, bytes], None] = _keep_no_file,
) -> datetime:
    """Fill an empty, migrated database from lines and leave it closed; returns when the backup was taken.

    Files are handed to `keep_file` as they come; they are named by what they hold, so bringing one twice is no harm.
    Raises Invalid for lines of another format or revision, or that do not end as they should; Conflict where the
    database is not empty.
    """
    source = iter(content)
    head = json.loads(next(source, b"{}"))
    if head.get("format") != FORMAT or head.get("revision") != revision:
        raise Invalid("backup_of_another_version", {"revision": head.get("revision")})
    _check_empty(session)
    with _triggers_quiet(session):
        _bring(session, source, keep_file)
    _set_sequences(session)
    taken_at = datetime.fromisoformat(head["taken_at"])
    _close(session, taken_at, now)
    return taken_at


@contextmanager
def _triggers_quiet(session: Session) -> Iterator[None]:
    """Let rows be written as they once came to be: a batch that was settled is not a draft again first.

    Foreign keys, constraints and unique indexes stay; a transaction that fails has changed no trigger.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        tables = [table.name for table in Base.metadata.sorted_tables]
        for table in tables:
            connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        yield
        for table in tables:
            connection.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    else:
        kept = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        for name, _ in kept:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        yield
        for _, made in kept:
            connection.exec_driver_sql(made)


def _bring(session: Session, source: Iterator[bytes], keep_file: Callable[[str, bytes], None]) -> None:
    total, ended = 0, None
    table: sa.Table | None = None
    names: list[str] = []
    waiting: list[dict[str, Any]] = []
    for line in source:
        value = json.loads(line)
        if isinstance(value, list):
            assert table is not None
            waiting.append(
                {name: _in(table.c[name].type, cell) for name, cell in zip(names, value, strict=True)}
            )
            total += 1
            if len(waiting) < ROWS_AT_ONCE:
                continue
        if table is not None and waiting:
            session.execute(sa.insert(table), waiting)
            waiting = []
        if isinstance(value, dict) and "table" in value:
            table, names = _plain(Base.metadata.tables[value["table"]]), value["columns"]
        elif isinstance(value, dict) and "file" in value:
            keep_file(value["file"], base64.b64decode(value["content"]))
        elif isinstance(value, dict):
            ended = value.get("end")
    if ended != total:
        raise Invalid("backup_not_whole")


def _close(session: Session, taken_at: datetime, now: datetime) -> None:
    """Nothing is sold, refunded or paid out until a person has opened the gate; and nobody is still signed in."""
    session.execute(sa.delete(Gate).where(Gate.name == RESTORED))
    session.add(
        Gate(name=RESTORED, open=False, reason=f"restored from the backup of {rfc3339(taken_at)}", set_at=now)
    )
    audit.record(
        session,
        actor="command",
        action=RESTORED,
        subject="database",
        now=now,
        facts={
            "taken_at": taken_at.isoformat(),
            batch_numbers.FREE_AFTER: batch_numbers.last_in_doubt(session),
        },
    )
    session.execute(sa.update(SignInSession).where(SignInSession.ended_at.is_(None)).values(ended_at=now))
    session.flush()
    offers.forget()


def _check_empty(session: Session) -> None:
    for table in Base.metadata.sorted_tables:
        if session.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
            raise Conflict("database_not_empty", {"table": table.name}, table=table.name)


def _plain(table: sa.Table) -> sa.Table:
    """The table with its columns as they are stored: sealed values stay bytes, states stay text."""
    columns = [
        sa.Column(column.name, _stored(column.type), primary_key=column.primary_key)
        for column in table.columns
    ]
    return sa.Table(table.name, sa.MetaData(), *columns)


def _stored(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    if isinstance(kind, Sealed | SealedBytes):
        return sa.LargeBinary()
    if isinstance(kind, sa.Enum):
        return sa.String()
    return kind


def _out(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _in(kind: sa.types.TypeEngine[Any], cell: Any) -> Any:
    if cell is None:
        return None
    if isinstance(kind, sa.LargeBinary):
        return base64.b64decode(cell)
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(cell)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(cell)
    return cell


def _set_sequences(session: Session) -> None:
    """Let PostgreSQL number on after the rows that were brought with their numbers, batches after those in doubt."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        keys: Sequence[sa.Column[Any]] = list(table.primary_key)
        if len(keys) == 1 and isinstance(keys[0].type, sa.BigInteger):
            sequence = sa.func.pg_get_serial_sequence(table.name, keys[0].name)
            highest = sa.select(sa.func.max(keys[0])).scalar_subquery()
            session.execute(
                sa.select(sa.func.setval(sequence, sa.func.coalesce(highest, 1), highest.is_not(None)))
            )
    batches = sa.func.pg_get_serial_sequence(PayoutBatch.__tablename__, "id")
    session.execute(sa.select(sa.func.setval(batches, batch_numbers.last_in_doubt(session) + 1)))


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
