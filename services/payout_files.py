"""The bank file of a batch: frozen when it is released, taken by a releaser, every time written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.bank_files import BankFileEncoding, BankFileLine, bank_file, digest_of, rare_names
from domain.errors import Conflict, NotFound
from domain.payouts import PayoutChannel, PayoutLineState, batch_number
from domain.permissions import OfficerContext
from models import PayoutBatch, PayoutFile, PayoutLine
from services import audit, payouts

#: What the household reads on the statement of its account, before the batch's number.
PURPOSE = "单株碳汇收入"


@dataclass(frozen=True, slots=True)
class Taken:
    """A bank file that was taken, and whether somebody had taken it before."""

    file: PayoutFile
    content: bytes
    times: int

    @property
    def again(self) -> bool:
        """Whether this is not the first time: the same file sent twice is paid twice by a careless bank."""
        return self.times > 1


def freeze(
    session: Session,
    batch: PayoutBatch,
    *,
    now: datetime,
    encoding: BankFileEncoding = BankFileEncoding.GB18030,
) -> PayoutFile:
    """Write the file of a batch that is being released, once; raises Invalid("bank_file_impossible").

    To be called in the transaction that releases the batch, after its lines have been.
    """
    lines = _lines(session, batch.id)
    file = bank_file(
        lines,
        batch_number=batch_number(batch.id),
        purpose=f"{PURPOSE}{batch_number(batch.id)}",
        encoding=encoding,
    )
    row = PayoutFile(
        batch_id=batch.id,
        encoding=encoding,
        sha256=file.sha256,
        content=file.content,
        line_count=file.line_count,
        amount_fen=file.amount_fen,
        rare_names=rare_names(lines),
        made_at=now,
        downloads=0,
    )
    session.add(row)
    session.flush()
    return row


def _lines(session: Session, batch_id: int) -> Sequence[BankFileLine]:
    rows = session.scalars(
        sa.select(PayoutLine)
        .where(PayoutLine.batch_id == batch_id, PayoutLine.state != PayoutLineState.WITHDRAWN)
        .order_by(PayoutLine.id)
    )
    return [
        BankFileLine(row.reference, row.payee_name, row.account, row.bank, row.amount_fen) for row in rows
    ]


def find(session: Session, batch_id: int) -> PayoutFile:
    """The file of a batch; raises NotFound("payout_file_not_found") where none has been made."""
    found = session.get(PayoutFile, batch_id, populate_existing=True)
    if found is None:
        raise NotFound("payout_file_not_found")
    return found


def take(
    session: Session,
    officer: OfficerContext,
    batch: PayoutBatch,
    *,
    now: datetime,
    address: str | None = None,
) -> Taken:
    """Give a releaser the file, count it and write it down; with the first time its payments count as sent.

    Raises NotFound where there is none, Conflict("payout_file_changed") where its bytes are not those that were frozen.
    """
    if batch.channel is not PayoutChannel.BANK:
        raise NotFound("payout_file_not_found")
    file = find(session, batch.id)
    content = file.content
    if digest_of(content) != file.sha256:
        raise Conflict("payout_file_changed")
    times = session.execute(
        sa.update(PayoutFile)
        .where(PayoutFile.batch_id == batch.id)
        .values(
            downloads=PayoutFile.downloads + 1,
            first_taken_at=sa.func.coalesce(
                PayoutFile.first_taken_at, sa.bindparam("now", now, PayoutFile.made_at.type)
            ),
        )
        .returning(PayoutFile.downloads)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    if times == 1:
        payouts.mark_sent(session, batch.id, now)
    audit.record(
        session,
        actor=officer.actor,
        action="payout_file_taken" if times == 1 else "payout_file_taken_again",
        subject=f"payout:{batch.id}",
        now=now,
        facts={
            "sha256": file.sha256,
            "times": times,
            "lines": file.line_count,
            "amount_fen": file.amount_fen,
        },
        address=address,
    )
    session.refresh(file)
    return Taken(file, content, times)
