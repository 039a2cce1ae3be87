"""An empty database migrates to exactly what the models say, and back to nothing."""

from collections.abc import Iterator

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from models.base import Base, db


def _differences(app: Flask) -> list[object]:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, Base.metadata))


def _tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


@pytest.fixture
def emptied(app: Flask) -> Iterator[Flask]:
    """The application with its database migrated down to nothing; migrated up again afterwards."""
    with app.app_context():
        flask_migrate.downgrade(revision="base")
    yield app
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


def test_the_migrated_database_is_what_the_models_say(app: Flask) -> None:
    assert _differences(app) == []


def test_every_named_constraint_and_check_is_there(app: Flask) -> None:
    with app.app_context():
        inspector = sa.inspect(db.engine)
        missing = {
            f"{table.name}: {constraint.name}"
            for table in Base.metadata.sorted_tables
            for constraint in table.constraints
            if isinstance(constraint, sa.CheckConstraint)
            and str(constraint.name)
            not in {found["name"] for found in inspector.get_check_constraints(table.name)}
        }
    assert missing == set()


def test_migrations_can_be_taken_back_and_done_again(emptied: Flask) -> None:
    assert _tables(emptied) == set()
    with emptied.app_context():
        flask_migrate.upgrade()
    assert _differences(emptied) == []
    assert _tables(emptied) == {table.name for table in Base.metadata.sorted_tables}


def test_migrations_stand_in_one_line(app: Flask) -> None:
    with app.app_context():
        scripts = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_no_migration_imports_our_code(app: Flask) -> None:
    with app.app_context():
        scripts = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
    ours = {"app", "blueprints", "config", "domain", "flows", "gateways", "jobs", "models", "services"}
    for script in scripts.walk_revisions():
        assert ours & set(vars(script.module)) == set()
