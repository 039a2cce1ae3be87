"""What an officer may have meant by the words typed into the search for households."""

import re
from dataclasses import dataclass

from domain.cell_errors import CellError
from domain.spreadsheet_people import person_name
from domain.spreadsheet_text import cleaned

_IDENTITY = re.compile(r"\d{17}[\dX]", re.ASCII)


@dataclass(frozen=True, slots=True)
class LookUp:
    """A full name, a full identity number or the beginning of a household number: whatever the words can be."""

    name: str | None
    identity: str | None
    number_prefix: str | None

    @property
    def kind(self) -> str:
        """The kind of look-up, as the audit names it."""
        if self.identity:
            return "identity"
        return "name" if self.name else "number"


def read_look_up(words: str) -> LookUp:
    """The look-up that typed words stand for, in the written form in which the register keeps names and numbers."""
    said = cleaned(words)
    joined = said.replace(" ", "").upper()
    identity = joined if _IDENTITY.fullmatch(joined) else None
    try:
        name = person_name(said)
    except CellError:
        name = None
    prefix = joined if joined.isascii() and not identity else None
    return LookUp(name, identity, prefix)
