"""Survey sheets on their way in: the file, its problems, and the rows staged until all of it is good."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, Sealed, UTCDateTime, state_type


class ImportState(StrEnum):
    """How far a sheet has come."""

    CHECKING = "checking"
    CHECKED = "checked"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    #: A dry run, or a sheet nobody accepted in time.
    DISCARDED = "discarded"


class Outcome(StrEnum):
    """What accepting a staged row would do; anything else in its place is the code of the problem it met."""

    NEW = "new"
    MEASURED = "measured"
    UNCHANGED = "unchanged"


class Import(Base):
    """One sheet somebody brought, known by the SHA-256 of its bytes."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    file_name: Mapped[str] = mapped_column(sa.String(200))
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    state: Mapped[ImportState] = mapped_column(state_type(ImportState, "import_state"))
    rows: Mapped[int]
    #: Rows that add something (would add, before acceptance), and rows the registry holds already.
    added: Mapped[int]
    unchanged: Mapped[int]
    #: Problems that keep the sheet out, and remarks that do not.
    problem_count: Mapped[int]
    warning_count: Mapped[int]
    officer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    #: The division whose households the sheet may touch; None for the command line.
    scope: Mapped[str | None] = mapped_column(sa.String(12))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ImportProblem(Base):
    """One thing wrong in one cell (row 0: in the whole file); a sensitive value is kept masked."""

    __tablename__ = "import_problems"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id"), index=True)
    row: Mapped[int]
    column: Mapped[str] = mapped_column(sa.String(80))
    value: Mapped[str] = mapped_column(sa.String(80))
    code: Mapped[str] = mapped_column(sa.String(40))
    #: What the sentence of the code is filled with.
    details: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    blocks: Mapped[bool]


class StagedHousehold(Base):
    """A household row that waits for the rest of its sheet; a cell that could not be read is NULL."""

    __tablename__ = "staged_households"
    __table_args__ = ({"sqlite_with_rowid": False},)

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: An Outcome, or the code of a problem with what is registered.
    outcome: Mapped[str] = mapped_column(sa.String(40))
    public_id: Mapped[str] = mapped_column(sa.String(16))
    number: Mapped[str | None] = mapped_column(sa.String(32))
    region_code: Mapped[str | None] = mapped_column(sa.String(12))
    head_name: Mapped[str | None] = mapped_column(Sealed("households.head_name"))
    head_name_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    identity: Mapped[str | None] = mapped_column(Sealed("households.identity"))
    identity_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    phone: Mapped[str | None] = mapped_column(Sealed("households.phone"))
    category: Mapped[str | None] = mapped_column(Sealed("households.category"))
    people: Mapped[int | None]
    income_per_person_yuan: Mapped[int | None]
    forest_right: Mapped[str | None] = mapped_column(sa.String(64))
    sale_consent_on: Mapped[date | None]
    contract_to: Mapped[date | None]
    name_public: Mapped[bool | None]
    display_name: Mapped[str | None] = mapped_column(sa.String(32))
    bank: Mapped[str | None] = mapped_column(sa.String(64))
    account: Mapped[str | None] = mapped_column(Sealed("household_accounts.account"))
    account_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    row_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


class StagedAccount(Base):
    """An account row that waits for the rest of its sheet; a cell that could not be read is NULL."""

    __tablename__ = "staged_accounts"
    __table_args__ = ({"sqlite_with_rowid": False},)

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: An Outcome, or the code of a problem with what is registered.
    outcome: Mapped[str] = mapped_column(sa.String(40))
    #: As the sheet has it, or that of the household whose head the identity number names.
    household_number: Mapped[str | None] = mapped_column(sa.String(32))
    identity: Mapped[str | None] = mapped_column(Sealed("households.identity"))
    identity_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    bank: Mapped[str | None] = mapped_column(sa.String(64))
    holder_name: Mapped[str | None] = mapped_column(Sealed("households.head_name"))
    holder_name_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    account: Mapped[str | None] = mapped_column(Sealed("household_accounts.account"))
    account_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))


class StagedConsent(Base):
    """A consent row that waits for the rest of its sheet; a cell that could not be read is NULL."""

    __tablename__ = "staged_consents"
    __table_args__ = ({"sqlite_with_rowid": False},)

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: An Outcome, or the code of a problem with what is registered.
    outcome: Mapped[str] = mapped_column(sa.String(40))
    household_number: Mapped[str | None] = mapped_column(sa.String(32))
    kind: Mapped[str | None] = mapped_column(sa.String(20))
    text_version: Mapped[str | None] = mapped_column(sa.String(16))
    given_on: Mapped[date | None]
    #: Until when a contract runs that begins on that day.
    contract_to: Mapped[date | None]
    witness: Mapped[str | None] = mapped_column(Sealed("consents.witness"))


class StagedTree(Base):
    """A tree row that waits for the rest of its sheet; a cell that could not be read is NULL."""

    __tablename__ = "staged_trees"
    __table_args__ = ({"sqlite_with_rowid": False},)

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: An Outcome, or the code of a problem with what is registered.
    outcome: Mapped[str] = mapped_column(sa.String(40))
    code: Mapped[str] = mapped_column(sa.String(16))
    tag: Mapped[str | None] = mapped_column(sa.String(40))
    household_number: Mapped[str | None] = mapped_column(sa.String(32))
    species_code: Mapped[str | None] = mapped_column(sa.String(8))
    dbh_mm: Mapped[int | None]
    height_cm: Mapped[int | None]
    planted_year: Mapped[int | None]
    project: Mapped[str] = mapped_column(sa.String(40))
    position: Mapped[str | None] = mapped_column(Sealed("trees.position"))
    longitude_e2: Mapped[int | None]
    latitude_e2: Mapped[int | None]
    measured_on: Mapped[date | None]
    surveyor: Mapped[str | None] = mapped_column(sa.String(32))
    row_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
