"""Rows of a sheet that say again what an earlier row has said."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Import


def repeats(
    session: Session,
    imported: Import,
    staged: Any,
    value: InstrumentedAttribute[Any],
    *keys: InstrumentedAttribute[Any],
) -> sa.Result[Any]:
    """(row, value, first) of every staged row whose keys stand in an earlier row, `first`, too."""
    firsts = (
        sa.select(*keys, sa.func.min(staged.row).label("first"))
        .where(staged.import_id == imported.id, *(key.is_not(None) for key in keys))
        .group_by(*keys)
        .having(sa.func.count() > 1)
        .subquery()
    )
    same = sa.and_(*(key == firsts.c[key.key] for key in keys))
    return session.execute(
        sa.select(staged.row, value.label("value"), firsts.c.first)
        .join(firsts, same)
        .where(staged.import_id == imported.id, staged.row > firsts.c.first)
        .order_by(staged.row)
    )
