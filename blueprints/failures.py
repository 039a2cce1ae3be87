"""One shape for every failure: `{code, message, fields?, request_id}`."""

import logging
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, jsonify, request
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from blueprints.field_words import in_chinese
from domain.cell_errors import CellError
from domain.errors import Refusal, Unavailable
from domain.messages import message

log = logging.getLogger("danzhu.failures")

#: Codes for what the edge itself refuses, by HTTP status.
EDGE_CODES = {
    400: "bad_request",
    401: "signed_out",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "invalid_fields",
    429: "too_many_requests",
}


def language() -> str:
    """`en` when the client asks for English first, else `zh`."""
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh-CN")
    return "en" if best == "en" else "zh"


def failure(
    status: int,
    code: str,
    fields: Mapping[str, object] | None = None,
    details: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    at: str | None = None,
) -> Response:
    """The answer for one failure; its sentence stands at the field `at` too."""
    shown = {**(fields or {}), **(details or {})}
    body: dict[str, Any] = {"code": code, "message": message(code, language(), shown)}
    if fields or at:
        told = {
            name: [value.reason(language())] if isinstance(value, CellError) else value
            for name, value in (fields or {}).items()
        }
        body["fields"] = told | ({at: [body["message"]]} if at else {})
    body["request_id"] = g.get("request_id", "")
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def register_failures(app: Flask) -> None:
    """Answer every exception in the one shape."""
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(HTTPException, http_failure)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(OperationalError, _operational)
    app.register_error_handler(PoolTimeout, _operational)
    app.register_error_handler(Exception, _unexpected)


def _refusal(refusal: Refusal) -> Response:
    headers = {"Retry-After": str(refusal.retry_after_seconds)} if isinstance(refusal, Unavailable) else None
    return failure(refusal.status, refusal.code, refusal.fields, refusal.details, headers, at=refusal.at)


def http_failure(error: HTTPException) -> Response:
    """What werkzeug, Flask or the argument parser refused, in the one shape; redirects stay redirects."""
    if error.response is not None and error.code is None:
        return failure(400, "bad_request")
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()  # type: ignore[return-value]  # werkzeug's redirect is a Flask-compatible response
    kept = {k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After", "WWW-Authenticate")}
    if isinstance(error, RequestEntityTooLarge):
        # What is left of the body is not worth reading.
        kept["Connection"] = "close"
    messages = getattr(error, "data", {}).get("messages") if hasattr(error, "data") else None
    if status == 400 and _is_json_error(messages):
        return failure(400, "invalid_json", headers=kept)
    code = EDGE_CODES.get(status, "internal_error" if status >= 500 else "bad_request")
    return failure(status, code, _said(_flat(messages)) if messages else None, headers=kept)


def _is_json_error(messages: Any) -> bool:
    return isinstance(messages, dict) and "Invalid JSON body." in messages.get("json", [])


def _flat(messages: Any) -> dict[str, object]:
    """Field errors without the name of the place they were found in (json, query)."""
    if isinstance(messages, dict) and set(messages) <= {
        "json",
        "query",
        "path",
        "headers",
        "files",
        "form",
        "multipart",
    }:
        merged: dict[str, object] = {}
        for place in messages.values():
            merged.update(place if isinstance(place, dict) else {"_body": place})
        return {str(name): problem for name, problem in merged.items()}
    return messages if isinstance(messages, dict) else {"_body": messages}


def _said(problems: Mapping[str, object]) -> dict[str, object]:
    """Field errors in the reader's language."""
    chinese = language() == "zh"
    return {name: in_chinese(problem) if chinese else problem for name, problem in problems.items()}


def _integrity(error: IntegrityError) -> Response:
    # A unique constraint is the last line of defence; which one it was belongs in the log, not in the answer.
    log.warning("constraint refused a write", extra={"constraint": type(error.orig).__name__}, exc_info=error)
    return failure(409, "conflict")


def _operational(error: Exception) -> Response:
    log.error("database unavailable", exc_info=error)
    return failure(503, "database_unavailable", headers={"Retry-After": "2"})


def _unexpected(error: Exception) -> Response:
    log.error("unexpected failure", exc_info=error)
    return failure(500, "internal_error")
