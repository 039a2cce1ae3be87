"""What tests of backups share."""

from collections.abc import Sequence

import sqlalchemy as sa

from models import Base, db

_TRIGGERS = sa.text("SELECT name, sql FROM sqlite_master WHERE type='trigger'")


def empty() -> None:
    """The database as a fresh installation has it after migrating."""
    with db.engine.connect().execution_options(write=True) as connection, connection.begin():
        kept: Sequence[sa.Row[str, str]] = ()
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        else:
            connection.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
            kept = connection.execute(_TRIGGERS).all()
            for name, _ in kept:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(sa.delete(table))
        for _, made in kept:
            connection.exec_driver_sql(made)
