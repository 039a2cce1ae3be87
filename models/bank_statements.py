"""Bank statements somebody brought, and their lines: day, number and amount, and nobody's name or account."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.reconciliations import Verdict
from models.base import Base
from models.types import BigId, UTCDateTime, state_type


class BankStatement(Base):
    """One file, known by its content, so that bringing it again changes nothing."""

    __tablename__ = "bank_statements"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    first_day: Mapped[date] = mapped_column(sa.Date)
    last_day: Mapped[date] = mapped_column(sa.Date)
    row_count: Mapped[int]
    brought_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: `officer:<id>` or `command`.
    brought_by: Mapped[str] = mapped_column(sa.String(32))


class BankPeriod(Base):
    """Days a statement tells wholly of, told once as it was brought: later the same file tells no more."""

    __tablename__ = "bank_periods"
    __table_args__ = (sa.CheckConstraint("first_day <= last_day", name="in_order"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    statement_id: Mapped[int] = mapped_column(sa.ForeignKey("bank_statements.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date] = mapped_column(sa.Date, index=True)
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: `officer:<id>` or `command`.
    told_by: Mapped[str] = mapped_column(sa.String(32))


class BankLine(Base):
    """One movement of the bank account, once, in however many statements it stands."""

    __tablename__ = "bank_lines"
    __table_args__ = (sa.CheckConstraint("amount_fen > 0", name="positive"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    statement_id: Mapped[int] = mapped_column(sa.ForeignKey("bank_statements.id"), index=True)
    day: Mapped[date] = mapped_column(sa.Date, index=True)
    #: The bank's own serial number of the movement.
    serial: Mapped[str] = mapped_column(sa.String(64), unique=True)
    #: What the payer or we wrote beside it: the number by which it is found in our book.
    reference: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    is_income: Mapped[bool]
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    verdict: Mapped[Verdict | None] = mapped_column(state_type(Verdict, "bank_verdict"))
    posting_id: Mapped[int | None] = mapped_column(sa.ForeignKey("postings.id"), unique=True)
