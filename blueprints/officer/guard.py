"""The one guard of every officer's call: who is asking, in which roles, for which region.

A route of this audience hangs on `officer_blueprint(...)` and stands in the table of domain/permissions.py; without a
line there nobody may call it.
"""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

from flask import g, request

from blueprints.bearer import BearerBlueprint, note_if_due
from blueprints.officer.cookie import READING, asking_token
from domain.errors import Unauthorised
from domain.permissions import OfficerContext
from domain.roles import Role
from flows.running import running
from models.base import database
from models.sessions import Audience
from services import officers

API = "/api/v1"
_CONVERTER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


class OfficerBlueprint(BearerBlueprint):
    """Calls that take the console's cookie as well as a token, and say so."""

    def _document_guard(self, doc: dict[str, Any], _info: Any, **_context: Any) -> dict[str, Any]:
        doc = super()._document_guard(doc, _info, **_context)
        reading = str(_context["method"]).upper() in READING
        doc["security"].append({"officer_cookie": []} | ({} if reading else {"officer_csrf": []}))
        doc["responses"].setdefault("403", "FORBIDDEN")
        return doc


def officer_blueprint(name: str, description: str) -> OfficerBlueprint:
    """A blueprint behind this guard."""
    return OfficerBlueprint(name, audience=Audience.OFFICER, guard=guard, description=description)


def guard() -> None:
    """Find the officer in one statement, then the call in the table; raises Unauthorised, then Forbidden."""
    now = running().clock()
    found = officers.signed_in(database(), asking_token(), now)
    if found is None:
        raise Unauthorised("signed_out")
    g.officer = replace(found.officer, address=request.remote_addr)
    if request.method != "OPTIONS" and request.url_rule is not None:
        method = "GET" if request.method == "HEAD" else request.method
        path = table_path(request.url_rule.rule)
        found.officer.need_call(method, path)
        found.officer.need_free_hands(method, path, now)
        if running().settings.production:
            found.officer.need_second_factor(method, path)
    note_if_due(
        found.officer.session_id,
        Audience.OFFICER,
        created_at=found.created_at,
        used_at=found.used_at,
        now=now,
    )


def officer() -> OfficerContext:
    """The officer who is asking."""
    return cast(OfficerContext, g.officer)


def need(*roles: Role) -> None:
    """Raise Forbidden unless the officer has one of these roles, where the table alone cannot tell."""
    officer().need(*roles)


def in_scope(region_code: str | None) -> str:
    """The region asked for, or the officer's own when None; raises NotFound for a foreign one."""
    return officer().in_scope(region_code)


@lru_cache(maxsize=512)
def table_path(rule: str) -> str:
    """A routing rule as the table of permissions writes it: without /api/v1, and `{name}` for a part that varies."""
    return _CONVERTER.sub(r"{\1}", rule).removeprefix(API)
