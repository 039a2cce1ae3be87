"""The book: postings are only ever added; the database itself refuses to change or remove one."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.ledger import Event
from models.base import Base
from models.types import BigId, UTCDateTime, state_type

_SPONSOR = sa.text("source = 'sponsor' OR destination = 'sponsor'")

#: Events that move what a household has earned: to its payee, back from there, or to another household.
PAYOUT_EVENTS = (
    Event.BATCH_RELEASED,
    Event.PAYOUT_CONFIRMED,
    Event.PAYOUT_BOUNCED,
    Event.PAYOUT_RETURNED,
    Event.HOUSEHOLD_MOVED,
    Event.REVERSAL,
)
_PAYOUT = sa.text("event IN ({})".format(", ".join(f"'{event.value}'" for event in PAYOUT_EVENTS)))

#: Events booked from a bill or a bank statement: once for each reference, whoever brings it again.
REFERENCED_EVENTS = (Event.FEE, Event.FEE_RETURNED, Event.SETTLED, Event.TOPPED_UP, Event.SPONSOR_PAID_IN)
#: Events of one payout line, which is their reference: each happens to it once. The reversal is that of its bounce.
LINE_EVENTS = (
    Event.BATCH_RELEASED,
    Event.PAYOUT_CONFIRMED,
    Event.PAYOUT_BOUNCED,
    Event.PAYOUT_RETURNED,
    Event.REVERSAL,
)
_OF_LINES = sa.text("event IN ({})".format(", ".join(f"'{event.value}'" for event in LINE_EVENTS)))
_REFERENCED = sa.text("event IN ({})".format(", ".join(f"'{event.value}'" for event in REFERENCED_EVENTS)))


class Posting(Base):
    """`amount_fen` moved from `source` to `destination`; a mistake is answered by its reversal."""

    __tablename__ = "postings"
    __table_args__ = (
        sa.CheckConstraint("amount_fen > 0", name="positive"),
        sa.CheckConstraint("source <> destination", name="two_accounts"),
        sa.Index("ix_postings_payout_source", "source", sqlite_where=_PAYOUT, postgresql_where=_PAYOUT),
        sa.Index(
            "ix_postings_payout_destination", "destination", sqlite_where=_PAYOUT, postgresql_where=_PAYOUT
        ),
        sa.Index(
            "uq_postings_reference",
            "event",
            "reference",
            unique=True,
            sqlite_where=_REFERENCED,
            postgresql_where=_REFERENCED,
        ),
        sa.Index(
            "uq_postings_payout_line",
            "event",
            "reference",
            unique=True,
            sqlite_where=_OF_LINES,
            postgresql_where=_OF_LINES,
        ),
        sa.Index("ix_postings_sponsor", "id", sqlite_where=_SPONSOR, postgresql_where=_SPONSOR),
        # Postings lie on the disk in the order of their time, so that a BRIN costs a purchase next to nothing.
        sa.Index("ix_postings_posted_at", "posted_at", postgresql_using="brin"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    posted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    event: Mapped[Event] = mapped_column(state_type(Event, "posting_event"))
    source: Mapped[str] = mapped_column(sa.String(40))
    destination: Mapped[str] = mapped_column(sa.String(40))
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    certificate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("certificates.id"))
    #: What else it refers to: a bill's day, a bank reference, a payout line.
    reference: Mapped[str | None] = mapped_column(sa.String(64))
    #: Tree-years and grams whose price the amount is, where it is one.
    trees: Mapped[int | None]
    sink_g: Mapped[int | None] = mapped_column(sa.BigInteger)
