"""Trees and what was measured on them."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, Sealed, UTCDateTime, state_type


class TreeState(StrEnum):
    """Whether a tree still stands."""

    GROWING = "growing"
    DEAD = "dead"
    FELLED = "felled"


_HAS_PHOTO = sa.text("photo IS NOT NULL")


class Tree(Base):
    """One tree: `code` is public and opaque, `tag` is the plate on the trunk and stays with officers and its buyer."""

    __tablename__ = "trees"
    __table_args__ = (
        # Before a photo's file is deleted, no tree may name it any more.
        sa.Index("ix_trees_photo", "photo", sqlite_where=_HAS_PHOTO, postgresql_where=_HAS_PHOTO),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(16), unique=True)
    tag: Mapped[str] = mapped_column(sa.String(40), unique=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"), index=True)
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("regions.code"), index=True)
    species_code: Mapped[str] = mapped_column(sa.ForeignKey("species.code"))
    planted_year: Mapped[int]
    project: Mapped[str] = mapped_column(sa.String(40))
    #: "longitude,latitude" in WGS-84, as surveyed.
    position: Mapped[str] = mapped_column(Sealed("trees.position"))
    #: The same rounded to 0.01 degree, in hundredths: what the public may know.
    longitude_e2: Mapped[int]
    latitude_e2: Mapped[int]
    state: Mapped[TreeState] = mapped_column(state_type(TreeState, "tree_state"))
    photo: Mapped[str | None] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("imports.id"))


class Measurement(Base):
    """Diameter at breast height (mm) and height (cm) of one tree on one day."""

    __tablename__ = "measurements"
    __table_args__ = (sa.UniqueConstraint("tree_id", "measured_on"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tree_id: Mapped[int] = mapped_column(sa.ForeignKey("trees.id"))
    measured_on: Mapped[date]
    dbh_mm: Mapped[int]
    height_cm: Mapped[int]
    surveyor: Mapped[str] = mapped_column(sa.String(32))
    #: Keyed hash of the sheet row it came from, so that the same row again is seen to change nothing.
    row_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("imports.id"))
