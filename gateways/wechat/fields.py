"""Reading JSON that somebody else wrote: every value is asked for by name and type, and a wrong one is
Malformed.
"""

import json
from collections.abc import Mapping
from datetime import datetime


class Malformed(ValueError):
    """The text is not JSON, or a field is missing or of another type than agreed; the message names the
    field.
    """


class Fields:
    """A JSON object, read field by field."""

    def __init__(self, values: Mapping[str, object], where: str = "") -> None:
        self._values = values
        self._where = where

    @classmethod
    def parse(cls, raw: bytes) -> "Fields":
        """The JSON object in `raw`, which is UTF-8 whatever its content type says."""
        try:
            values = json.loads(raw.decode("utf-8-sig"))
        except ValueError:
            raise Malformed("not JSON") from None
        if not isinstance(values, dict):
            raise Malformed("not a JSON object")
        return cls(values)

    @property
    def values(self) -> Mapping[str, object]:
        """The object as it came."""
        return self._values

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def text(self, name: str) -> str:
        """A text that must be there."""
        value = self._values.get(name)
        if not isinstance(value, str):
            raise Malformed(f"{self._where}{name} is not a text")
        return value

    def optional_text(self, name: str) -> str | None:
        """A text, or None where it is absent or empty."""
        return (self.text(name) or None) if name in self else None

    def whole(self, name: str) -> int:
        """A whole number that must be there."""
        value = self._values.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Malformed(f"{self._where}{name} is not a whole number")
        return value

    def optional_whole(self, name: str) -> int | None:
        """A whole number, or None where it is absent."""
        return self.whole(name) if name in self else None

    def time(self, name: str) -> datetime:
        """An RFC 3339 time that must be there."""
        try:
            value = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise Malformed(f"{self._where}{name} is not a time") from None
        if value.tzinfo is None:
            raise Malformed(f"{self._where}{name} has no time zone")
        return value

    def optional_time(self, name: str) -> datetime | None:
        """An RFC 3339 time, or None where it is absent or empty."""
        return self.time(name) if self.optional_text(name) else None

    def child(self, name: str) -> "Fields":
        """An object inside; an absent one reads as an empty object."""
        value = self._values.get(name)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise Malformed(f"{self._where}{name} is not an object")
        return Fields(value, f"{self._where}{name}.")

    def children(self, name: str) -> list["Fields"]:
        """A list of objects; an absent one reads as an empty list."""
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise Malformed(f"{self._where}{name} is not a list of objects")
        return [Fields(item, f"{self._where}{name}[{n}].") for n, item in enumerate(value)]


def encode(values: Mapping[str, object]) -> bytes:
    """JSON as it is sent: written once, and signed as exactly these bytes."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
