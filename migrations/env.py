"""Runs the migrations with the application's own engine."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from models.types import BigId, Sealed, SealedBytes, UTCDateTime

database = current_app.extensions["migrate"].db


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:  # noqa: ARG001 - Alembic's signature
    """Write our own column types as the plain types they are stored as: a migration never imports our code."""
    if kind != "type":
        return False
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Sealed | SealedBytes):
        return "sa.LargeBinary()"
    if item is BigId or (isinstance(item, sa.BigInteger) and item._variant_mapping):
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    return False


def run() -> None:
    """Migrate in one transaction; a second process that starts at the same time waits for the first."""
    with database.engine.connect().execution_options(write=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=render_item,
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7305208)"))
            context.run_migrations()
        connection.commit()


run()
