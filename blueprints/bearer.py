"""What the guards of signed-in audiences share: the Authorization header, the last use, the document."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from flask import Request, request
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict

from domain.errors import Unauthorised
from models.base import transaction
from models.sessions import Audience
from services.sessions import USE_NOTED_EVERY, note_use

#: A token has 43 characters; what is much longer is no token and is not worth hashing.
LONGEST_TOKEN = 200


class FormParser(FlaskParser):
    """Reads a multipart form, its values and its files, as one set of arguments."""

    __location_map__ = {**FlaskParser.__location_map__, "multipart": "load_multipart"}  # noqa: RUF012 - as its parent has it

    def load_multipart(self, req: Request, schema: Schema) -> Any:
        """The values and files of a form; a name that stands twice is refused as a list where one was meant."""
        return self._makeproxy(MultiDict([*req.form.items(multi=True), *req.files.items(multi=True)]), schema)


class BearerBlueprint(Blueprint):
    """Calls of one signed-in audience: guarded once, and described as such."""

    ARGUMENTS_PARSER = FormParser()
    DEFAULT_LOCATION_CONTENT_TYPE_MAPPING: ClassVar[dict[str, str]] = {
        **Blueprint.DEFAULT_LOCATION_CONTENT_TYPE_MAPPING,
        "multipart": "multipart/form-data",
    }

    def __init__(self, name: str, *, audience: Audience, guard: Callable[[], None], description: str) -> None:
        super().__init__(name, __name__, description=description)
        self._audience = audience
        self.before_request(guard)
        self._prepare_doc_cbks.append(self._document_guard)

    def arguments(self, schema: type[Schema] | Schema, **options: Any) -> Callable[..., Any]:
        """As smorest's, with the schema built once: it would be built anew for every request."""
        built = schema() if isinstance(schema, type) else schema
        wrap: Callable[..., Any] = super().arguments(built, **options)
        return wrap

    def _document_guard(self, doc: dict[str, Any], _info: Any, **_context: Any) -> dict[str, Any]:
        doc["security"] = [{self._audience.value: []}]
        doc.setdefault("responses", {}).setdefault("401", "UNAUTHORIZED")
        return doc


def bearer_token() -> str:
    """The token of `Authorization: Bearer <token>`; raises Unauthorised where there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorised("signed_out")
    return usable(token.strip())


def usable(token: str) -> str:
    """The token, if it may be one of ours; raises Unauthorised where looking it up is not worth the trouble."""
    if not token or len(token) > LONGEST_TOKEN or not token.isascii():
        raise Unauthorised("signed_out")
    return token


def note_if_due(
    session_id: int, audience: Audience, *, created_at: datetime, used_at: datetime, now: datetime
) -> None:
    """Write down that a sign-in is in use, if that was not done lately."""
    if now - used_at >= USE_NOTED_EVERY:
        with transaction() as session:
            note_use(session, session_id, audience, created_at, now)
