"""The statement that takes a tree is planned once, not for every order."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from models import database, db
from tests.support.buying import Buyer, make_shop

#: PostgreSQL tries a plan for the very values so many times before it may keep one for any.
TRIES = 5


def _taking(app: Flask, orders: int) -> tuple[str, Any]:
    """Place some orders of one tree; the last statement that took one, and its values."""
    buyer, sent = Buyer(app), list[tuple[str, Any]]()
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "UPDATE units" in statement:
            sent.append((statement, values))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        for _ in range(orders):
            buyer.order(count=1)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return sent[-1]


def test_a_plan_for_taking_one_tree_finds_free_trees_by_their_index_and_is_kept(app: Flask) -> None:
    make_shop(app, (400, 400))
    with app.app_context():
        database().execute(sa.text("ANALYZE"))
        database().commit()
        # Plans belong to a connection: from here on there is one, and it has made none.
        db.session.remove()
        db.engine.dispose()
    statement, values = _taking(app, 3 * TRIES)
    with app.app_context():
        connection = database().connection()
        if connection.dialect.name == "postgresql":
            kept = connection.execute(
                sa.text(
                    "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
                    " WHERE statement LIKE '%UPDATE units%' ORDER BY generic_plans DESC LIMIT 1"
                )
            ).one()
            assert kept.generic_plans > 0
            assert kept.custom_plans <= TRIES
        else:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            assert any("ix_units_free" in row[-1] for row in plan), plan
