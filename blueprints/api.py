"""The smorest API: our error shape, and the OpenAPI document at /api/v1/openapi.json."""

from typing import Any

from flask import Flask, Response
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from blueprints.failures import http_failure
from blueprints.officer.cookie import CSRF_HEADER, NAME, PRODUCTION_NAME
from blueprints.schemas.base import ErrorSchema

VERSION = "1.0.0"


class DanzhuApi(Api):
    """smorest with the one error shape in its document and in its answers."""

    ERROR_SCHEMA = ErrorSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        return http_failure(error)


def api_settings() -> dict[str, Any]:
    """Flask settings smorest reads."""
    return {
        "API_TITLE": "Danzhu 单株碳汇",
        "API_VERSION": VERSION,
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {
            "info": {"description": "Carbon sink of single trees: the whole price belongs to the household."},
            "components": {
                "securitySchemes": {
                    "buyer": {"type": "http", "scheme": "bearer"},
                    "officer": {"type": "http", "scheme": "bearer"},
                    "officer_cookie": {
                        "type": "apiKey",
                        "in": "cookie",
                        "name": NAME,
                        "description": f"Set by signing in with `cookie`; in production `{PRODUCTION_NAME}`. An"
                        " Authorization header, where there is one, is looked at instead.",
                    },
                    "officer_csrf": {
                        "type": "apiKey",
                        "in": "header",
                        "name": CSRF_HEADER,
                        "description": "Beside the cookie: `csrf_token` of the sign-in. Else 403 `csrf_token_wrong`.",
                    },
                }
            },
        },
    }


def make_api(app: Flask) -> DanzhuApi:
    """The API object of one application."""
    return DanzhuApi(app)
