"""Ways of sending statements that both engines understand."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.base import Base


def table_of(model: type[Base]) -> sa.Table:
    """The table behind a model, for statements over sets of rows and for the busiest paths."""
    return cast(sa.Table, model.__table__)


def insert_for(dialect: str, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what to do ON CONFLICT, in the words of an engine."""
    return postgresql.insert(table_of(model)) if dialect == "postgresql" else sqlite.insert(table_of(model))


class Together:
    """Statements none of which reads what another writes, built once and sent together.

    `last` is run when the statement before it has locked its rows, and only if it RETURNs one.

    PostgreSQL gets them as one statement, in one round trip; SQLite, which is in our own process, one after another.
    Values come as named parameters (`sa.bindparam`). Building a statement costs more than sending it, so those of the
    busiest paths are module constants.
    """

    def __init__(self, *statements: sa.Insert | sa.Update, last: sa.Update | None = None) -> None:
        parts = [one.cte(f"step_{n}") for n, one in enumerate(statements)]
        whole = sa.select(sa.literal(1))
        if last is not None:
            # PostgreSQL would run the last one first: naming the step before it makes it wait for that step's locks.
            whole = sa.select(last.where(sa.exists().select_from(parts[-1])).cte("last"))
        self._whole = whole.add_cte(*parts)
        self._steps = [(one, _parameters(one)) for one in (*statements, *([] if last is None else [last]))]
        self._returns = last is not None

    def run(self, session: Session, values: Mapping[str, object]) -> Sequence[sa.Row[Any]]:
        """Send them; the rows the last one RETURNs."""
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            return connection.execute(self._whole, values).all()
        for statement, names in self._steps:
            result = connection.execute(statement, {name: values[name] for name in names})
        return result.all() if self._returns else []


def _parameters(statement: sa.Insert | sa.Update) -> frozenset[str]:
    return frozenset(name for name, bind in statement.compile().binds.items() if bind.required)
