"""Schema base and fields shared by every noun."""

import unicodedata
from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate
from werkzeug.datastructures import FileStorage

from domain.clock import rfc3339

#: The greatest whole number a JavaScript client can hold exactly.
GREATEST = 2**53 - 1


#: For `blueprint.arguments(Schema, **QUERY)`: an argument nobody knows is refused, like a field of a body.
QUERY: dict[str, str] = {"location": "query", "unknown": RAISE}


class BaseSchema(Schema):
    """Unknown fields in a body are refused."""

    class Meta:
        unknown = RAISE


class Whole(fields.Integer):
    """A JSON whole number: no text, no fraction, no true or false."""

    def __init__(self, *, low: int = 0, high: int = GREATEST, **kwargs: Any) -> None:
        checks = [validate.Range(min=low, max=high), *kwargs.pop("more", [])]
        super().__init__(strict=True, validate=checks, **kwargs)

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("Not a whole number.")
        return value


class Flag(fields.Boolean):
    """JSON true or false: no 1 or 0, which Python takes for the same, and no words."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class QueryWhole(fields.Integer):
    """A whole number in a query string."""

    def __init__(self, *, low: int = 0, high: int = GREATEST, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(min=low, max=high), **kwargs)


class Instant(fields.Field[datetime]):
    """An instant, RFC 3339 UTC with `Z`."""

    def _serialize(self, value: datetime | None, *_args: Any, **_kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)


#: Unicode categories of what is not seen: controls, formats, halves of pairs, breaks of line and paragraph.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: Seen by what they join: emoji of several parts, and the scripts that need them.
JOINERS = "\u200c\u200d"


class Line(fields.String):
    """One line of text of bounded length, trimmed, without characters that are not seen or turn the line round."""

    def __init__(self, *, longest: int, shortest: int = 1, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min=shortest, max=longest), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).strip()
        if any(unicodedata.category(character) in UNSEEN and character not in JOINERS for character in text):
            raise ValidationError("Control characters are not allowed.")
        return text


class UploadedFile(fields.Field[FileStorage]):
    """A file of a multipart form; a value that is only called like it is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", "format": "binary"}, **kwargs)

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise ValidationError("Not a file.")
        return value


class ErrorSchema(Schema):
    """The one error shape."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    fields_ = fields.Dict(keys=fields.String(), data_key="fields")
    request_id = fields.String(required=True)


class PageArgs(BaseSchema):
    """Arguments of every list."""

    limit = QueryWhole(low=1, high=100, load_default=20)
    cursor = fields.String(load_default=None, validate=validate.Length(max=200))
