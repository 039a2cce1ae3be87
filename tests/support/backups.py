"""What tests of backups share."""

import sqlalchemy as sa

from models import Base, db

_TRIGGERS = sa.text("SELECT name FROM sqlite_master WHERE type='trigger'")


def empty() -> None:
    """The database as a fresh installation has it after migrating."""
    with db.engine.connect().execution_options(write=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        else:
            connection.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
            for name in connection.execute(_TRIGGERS).scalars().all():
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(sa.delete(table))
