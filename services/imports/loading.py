"""Many rows into one table at the speed the engine allows, every value through its column's type (so sealed)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


def load(session: Session, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Add rows that all give the same columns: COPY on PostgreSQL, one prepared statement for all on SQLite."""
    if session.get_bind().dialect.name == "postgresql":
        _copy(session, table, rows)
    else:
        session.execute(table.insert(), rows)


def run(session: Session, statement: Any) -> int:
    """Run a statement that writes many rows; returns how many."""
    # Without the option the driver's count of an INSERT is lost on PostgreSQL.
    result = session.execute(statement, execution_options={"preserve_rowcount": True})
    return int(result.rowcount)  # type: ignore[attr-defined]  # an INSERT gives a CursorResult


def _copy(session: Session, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    connection = session.connection()
    dialect = connection.dialect
    columns = [table.c[name] for name in rows[0]]
    types = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    bound = [(column.name, process) for column, process in zip(columns, types, strict=True)]
    quote = dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in columns)
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] if process is None else process(row[name]) for name, process in bound])
