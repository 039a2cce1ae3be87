"""The species a tree may be, as rows for keys and names; the parameters stand in data/species.csv."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class SpeciesRow(Base):
    """One species or species group of the methodology."""

    __tablename__ = "species"

    code: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    name_zh: Mapped[str] = mapped_column(sa.String(32))
    name_en: Mapped[str] = mapped_column(sa.String(64))
    latin: Mapped[str] = mapped_column(sa.String(64))
