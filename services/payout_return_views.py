"""Return files as they are read afterwards: how many rows of each outcome, and every row with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.return_reasons import return_reason
from models import Officer, PayoutReturn, PayoutReturnRow, RowOutcome

#: What is told of a file beside who brought it.
SHOWN = ("id", "sha256", "brought_at", "paid", "bounced", "returned", "unchanged", "refused")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of a return file with its reason in words."""

    row: PayoutReturnRow
    reason: str | None


def listed(session: Session, batch_id: int, *, before: int | None, limit: int) -> Sequence[PayoutReturn]:
    """Up to limit + 1 return files of a batch, newest first, before the one a page ended with."""
    statement = sa.select(PayoutReturn).where(PayoutReturn.batch_id == batch_id)
    if before is not None:
        statement = statement.where(PayoutReturn.id < before)
    return session.scalars(statement.order_by(PayoutReturn.id.desc()).limit(limit + 1)).all()


def find(session: Session, batch_id: int, return_id: int) -> PayoutReturn:
    """One return file of a batch; raises NotFound."""
    found = session.get(PayoutReturn, return_id)
    if found is None or found.batch_id != batch_id:
        raise NotFound("payout_return_not_found")
    return found


def shown(session: Session, files: Sequence[PayoutReturn]) -> list[dict[str, object]]:
    """Return files with the names of the officers who brought them, or `command`."""
    ids = {
        int(number) for one in files if (number := one.brought_by.removeprefix("officer:")) != one.brought_by
    }
    named = session.execute(sa.select(Officer.id, Officer.display_name).where(Officer.id.in_(ids)))
    names = {f"officer:{officer}": name for officer, name in named}
    return [
        {
            **{name: getattr(one, name) for name in SHOWN},
            "brought_by": names.get(one.brought_by, one.brought_by),
        }
        for one in files
    ]


def rows(
    session: Session,
    return_id: int,
    language: str,
    *,
    outcome: RowOutcome | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> list[ShownRow]:
    """Rows of a return file in their order, one more than `limit` (None: all), after the one a page ended with."""
    statement = sa.select(PayoutReturnRow).where(PayoutReturnRow.return_id == return_id)
    if outcome is not None:
        statement = statement.where(PayoutReturnRow.outcome == outcome)
    if after is not None:
        statement = statement.where(PayoutReturnRow.id > after)
    if limit is not None:
        statement = statement.limit(limit + 1)
    return [
        ShownRow(row, None if row.code is None else return_reason(row.code, row.details, language))
        for row in session.scalars(statement.order_by(PayoutReturnRow.id))
    ]


def refused(session: Session, return_id: int) -> list[tuple[PayoutReturnRow, str | None, str | None]]:
    """The rows of a return file that were not believed, with their reasons in Chinese and in English."""
    both = (rows(session, return_id, language, outcome=RowOutcome.REFUSED) for language in ("zh", "en"))
    return [(chinese.row, chinese.reason, english.reason) for chinese, english in zip(*both, strict=True)]
