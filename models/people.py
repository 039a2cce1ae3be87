"""What brings people in: single-use links, and changes of accounts that wait for a second administrator."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.people import LinkKind, ProposalKind, ProposalState
from models.base import Base
from models.types import BigId, UTCDateTime, state_type

_OPEN = sa.text("state = 'open'")


class Invitation(Base):
    """One link by which an officer chooses a password, once; only the hash of its token is kept."""

    __tablename__ = "invitations"
    __table_args__ = (sa.CheckConstraint("created_by_id <> officer_id", name="not_oneself"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    officer_id: Mapped[int] = mapped_column(sa.ForeignKey("officers.id"), index=True)
    kind: Mapped[LinkKind] = mapped_column(state_type(LinkKind, "link_kind"))
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    #: The administrator who was shown the token; None for a command.
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Proposal(Base):
    """One change of an account that takes two administrators, neither of them the person it is about."""

    __tablename__ = "proposals"
    __table_args__ = (
        sa.CheckConstraint("proposed_by_id <> officer_id", name="not_oneself"),
        sa.CheckConstraint("decided_by_id <> officer_id", name="not_for_oneself"),
        sa.CheckConstraint(
            "state <> 'confirmed' OR (decided_by_id IS NOT NULL AND decided_by_id <> proposed_by_id)",
            name="two_people",
        ),
        sa.Index("uq_proposals_open", "officer_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[ProposalKind] = mapped_column(state_type(ProposalKind, "proposal_kind"))
    officer_id: Mapped[int] = mapped_column(sa.ForeignKey("officers.id"))
    #: Roles, region, days: what `kind` needs.
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    state: Mapped[ProposalState] = mapped_column(state_type(ProposalState, "proposal_state"))
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("officers.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
