"""Changes in households: a new head, trees that go to another household, households that become one, contract dates."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, Sealed, UTCDateTime, state_type

_PROPOSED = sa.text("state = 'proposed'")


class ChangeKind(StrEnum):
    """What changes: the head (also by death), some trees' household, all of a household, or its contract."""

    SUCCESSION = "succession"
    SPLIT = "split"
    MERGE = "merge"
    CONTRACT = "contract"


class ChangeState(StrEnum):
    """One officer proposes, a second one decides."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class HouseholdChange(Base):
    """One change, as proposed and as decided; what was before stays here, sealed where it names people."""

    __tablename__ = "household_changes"
    __table_args__ = (
        sa.CheckConstraint("decider_id IS NULL OR decider_id <> proposer_id", name="two_people"),
        sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        sa.Index(
            "uq_household_changes_proposed",
            "household_id",
            unique=True,
            sqlite_where=_PROPOSED,
            postgresql_where=_PROPOSED,
        ),
        sa.Index("ix_household_changes_household_id_id", "household_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"))
    #: To whom trees go.
    other_id: Mapped[int | None] = mapped_column(sa.ForeignKey("households.id"))
    kind: Mapped[ChangeKind] = mapped_column(state_type(ChangeKind, "household_change_kind"))
    state: Mapped[ChangeState] = mapped_column(state_type(ChangeState, "household_change_state"))
    effective_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(200))
    head_name: Mapped[str | None] = mapped_column(Sealed("households.head_name"))
    identity: Mapped[str | None] = mapped_column(Sealed("households.identity"))
    phone: Mapped[str | None] = mapped_column(Sealed("households.phone"))
    sale_consent_on: Mapped[date | None]
    contract_from: Mapped[date | None]
    contract_to: Mapped[date | None]
    #: Codes of the trees of a split.
    trees: Mapped[list[str]] = mapped_column(sa.JSON)
    previous_head_name: Mapped[str | None] = mapped_column(Sealed("households.head_name"))
    previous_identity: Mapped[str | None] = mapped_column(Sealed("households.identity"))
    #: What the change has moved, in numbers: trees, tree-years, fen, and fen that stayed.
    outcome: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    proposer_id: Mapped[int] = mapped_column(sa.ForeignKey("officers.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PastOwner(Base):
    """Whose a tree was until a day: together with the household it names now, the whole history of a tree."""

    __tablename__ = "past_owners"

    tree_id: Mapped[int] = mapped_column(sa.ForeignKey("trees.id"), primary_key=True)
    change_id: Mapped[int] = mapped_column(sa.ForeignKey("household_changes.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"), index=True)
    until_on: Mapped[date]
