"""Bank statements beside the book: each line found by its number and amount, and nothing booked by itself."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.bank_lines import DAY, BankMovement, Span
from domain.clock import business_day, day_start
from domain.errors import Conflict
from domain.ledger import Event
from domain.reconciliations import Source, Verdict
from models import BankLine, BankPeriod, BankStatement, Difference, Posting, insert_for
from services import audit, differences
from services.differences import Found

#: Postings that the bank must show: what comes in, and what goes out.
INCOMING = (Event.SETTLED, Event.SPONSOR_PAID_IN)
OUTGOING = (Event.PAYOUT_CONFIRMED, Event.TOPPED_UP)
#: Days a transfer may take until the bank shows it.
ON_THE_WAY = timedelta(days=3)
CHUNK = 500


def accept(
    session: Session,
    movements: Sequence[BankMovement],
    span: Span,
    *,
    sha256: str,
    actor: str,
    now: datetime,
) -> BankStatement:
    """Keep a statement's lines, each once by the bank's own number, and what days it tells of as it is brought now.

    Raises Conflict("bank_line_changed") when the bank tells another day or amount under a number it gave before.
    """
    statement = session.scalar(sa.select(BankStatement).where(BankStatement.sha256 == sha256))
    if statement is None:
        statement = BankStatement(
            sha256=sha256,
            first_day=span.first,
            last_day=span.last,
            row_count=len(movements),
            brought_at=now,
            brought_by=actor,
        )
        session.add(statement)
        session.flush()
        for start in range(0, len(movements), CHUNK):
            _add(session, statement.id, movements[start : start + CHUNK])
    if span.told >= span.first:
        session.add(
            BankPeriod(
                statement_id=statement.id,
                first_day=span.first,
                last_day=span.told,
                told_at=now,
                told_by=actor,
            )
        )
    audit.record(
        session,
        actor=actor,
        action="bank_statement_brought",
        subject=f"bank_statement:{statement.id}",
        now=now,
        facts={"rows": len(movements), "from": str(span.first), "to": str(span.last)},
    )
    return statement


def told_until(session: Session, first: date) -> date:
    """The last day up to which statements tell of every day from `first` on; the day before `first` where none does."""
    reached = first - DAY
    periods = sa.select(BankPeriod).where(BankPeriod.last_day >= first)
    for period in session.scalars(periods.order_by(BankPeriod.first_day)):
        if period.first_day > reached + DAY:
            break
        reached = max(reached, period.last_day)
    return reached


def _add(session: Session, statement_id: int, movements: Sequence[BankMovement]) -> None:
    session.execute(
        insert_for(session.get_bind().dialect.name, BankLine)
        .values(
            [
                {
                    "statement_id": statement_id,
                    "day": movement.day,
                    "serial": movement.serial,
                    "reference": movement.reference,
                    "is_income": movement.is_income,
                    "amount_fen": movement.amount_fen,
                }
                for movement in movements
            ]
        )
        .on_conflict_do_nothing(index_elements=["serial"])
    )
    said = {movement.serial: movement for movement in movements}
    for line in session.scalars(sa.select(BankLine).where(BankLine.serial.in_(said))):
        movement = said[line.serial]
        if (line.day, line.is_income, line.amount_fen) != (
            movement.day,
            movement.is_income,
            movement.amount_fen,
        ):
            raise Conflict("bank_line_changed", {"serial": line.serial}, serial=line.serial)


def compare(session: Session, now: datetime) -> list[Found]:
    """Look for every line that has not been found in the book yet, and for postings the bank should have shown."""
    found = _lines(session) + _postings(session)
    differences.replace(session, found, now, Difference.source == Source.BANK)
    return found


def _lines(session: Session) -> list[Found]:
    taken = set(session.scalars(sa.select(BankLine.posting_id).where(BankLine.posting_id.is_not(None))))
    rows = session.execute(
        sa.select(BankLine, Posting)
        .outerjoin(
            Posting,
            sa.and_(
                sa.or_(Posting.reference == BankLine.reference, Posting.reference == BankLine.serial),
                sa.or_(
                    sa.and_(BankLine.is_income, Posting.event.in_(INCOMING), Posting.source == ledger.BANK),
                    sa.and_(
                        ~BankLine.is_income, Posting.event.in_(OUTGOING), Posting.destination == ledger.BANK
                    ),
                ),
            ),
        )
        .where(sa.or_(BankLine.verdict.is_(None), BankLine.verdict != Verdict.BOTH))
        # Where several fit, the one with the same amount comes first.
        .order_by(BankLine.id, Posting.amount_fen != BankLine.amount_fen, Posting.id)
        .with_for_update(of=BankLine)
    ).all()
    found: dict[int, Found] = {}
    for line, posting in rows:
        if line.verdict is Verdict.BOTH or (posting is not None and posting.id in taken):
            continue
        if posting is not None and posting.amount_fen == line.amount_fen:
            line.verdict, line.posting_id = Verdict.BOTH, posting.id
            taken.add(posting.id)
            found.pop(line.id, None)
        elif line.id not in found:
            found[line.id] = _unlike(line, posting)
    # A line whose only counterpart was taken by another line is as good as unknown.
    for line, _ in rows:
        if line.verdict is not Verdict.BOTH and line.id not in found:
            found[line.id] = _unlike(line, None)
        if line.id in found:
            line.verdict = found[line.id].verdict
    session.flush()
    return list(found.values())


def _unlike(line: BankLine, posting: Posting | None) -> Found:
    facts: dict[str, object] = {"bank_fen": line.amount_fen, "reference": line.reference}
    if posting is None:
        verdict, incident = Verdict.THEIRS_ONLY, "bank_unknown"
    else:
        verdict, incident = Verdict.AMOUNT_DIFFERS, "bank_amount_differs"
        facts |= {"booked_fen": posting.amount_fen, "posting": posting.id}
    return Found(line.day, Source.BANK, verdict, f"bank:{line.serial}", incident, facts)


def _postings(session: Session) -> list[Found]:
    covered = session.execute(
        sa.select(sa.func.min(BankStatement.first_day), sa.func.max(BankStatement.last_day))
    ).one()
    first, last = covered
    if first is None or last is None:
        return []
    rows = session.scalars(
        sa.select(Posting)
        .where(
            sa.or_(
                sa.and_(Posting.event.in_(INCOMING), Posting.source == ledger.BANK),
                sa.and_(Posting.event.in_(OUTGOING), Posting.destination == ledger.BANK),
            ),
            Posting.posted_at >= day_start(first),
            Posting.posted_at < day_start(_last_due(last)),
            ~sa.exists().where(BankLine.posting_id == Posting.id),
        )
        .order_by(Posting.id)
    )
    differing = set(
        session.scalars(
            sa.select(BankLine.reference).where(
                BankLine.verdict == Verdict.AMOUNT_DIFFERS, BankLine.reference.is_not(None)
            )
        )
    )
    return [
        Found(
            business_day(posting.posted_at),
            Source.BANK,
            Verdict.OURS_ONLY,
            f"posting:{posting.id}",
            "bank_missing",
            {"booked_fen": posting.amount_fen, "reference": posting.reference, "posting": posting.id},
        )
        for posting in rows
        if posting.reference not in differing
    ]


def _last_due(last: date) -> date:
    """The day before which every posting must be on a statement that goes to `last`."""
    return last - ON_THE_WAY + DAY
