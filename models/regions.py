"""Administrative divisions, from province to village."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Region(Base):
    """One division; its code begins with its parent's code (2/4/6/9/12 digits)."""

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    level: Mapped[str] = mapped_column(sa.String(12))
    parent_code: Mapped[str | None] = mapped_column(sa.ForeignKey("regions.code"), index=True)
    #: Names from the county down, for people: 望谟县蔗香镇 ….
    path: Mapped[str] = mapped_column(sa.String(200))
