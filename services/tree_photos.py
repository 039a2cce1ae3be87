"""Which photo a tree has."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.permissions import OfficerContext
from models import Tree
from services.audit import record
from services.tree_losses import find_tree

__all__ = ["find_tree", "in_use", "put"]


def put(
    session: Session,
    code: str,
    name: str | None,
    *,
    officer: OfficerContext,
    now: datetime,
    address: str | None = None,
) -> str | None:
    """Give a tree a photo, or (None) take it away; returns the one it had.

    Raises NotFound for a foreign tree as for none. Taking away what is not there changes nothing.
    """
    tree = find_tree(session, code, officer)
    before = tree.photo
    if name is None and before is None:
        return None
    tree.photo = name
    session.flush()
    record(
        session,
        actor=officer.actor,
        action="tree_photo_withdrawn" if name is None else "tree_photo_set",
        subject=f"tree:{tree.id}",
        now=now,
        facts={"photo": name or before},
        address=address,
    )
    return before


def in_use(session: Session, names: Sequence[str]) -> set[str]:
    """Which of these photos a tree names."""
    rows = session.scalars(sa.select(Tree.photo).where(Tree.photo.in_(names)).distinct())
    return {name for name in rows if name is not None}
