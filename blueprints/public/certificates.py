"""Verdicts on certificates, for anybody."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from blueprints import limits
from blueprints.buyer.guard import owner_id
from blueprints.failures import failure
from blueprints.schemas.certificates import VerdictAnswer, VerdictArgs
from domain.certificates import Verdict
from domain.signing import keys_document
from flows.running import running
from models import database
from services import certificate_views, certificates

blueprint = Blueprint("verdicts", __name__, description="Verdicts on certificates")


@blueprint.get("/certificates/<string:serial>")
@limits.look_up
@blueprint.arguments(VerdictArgs, location="query")
@blueprint.response(200, VerdictAnswer)
@blueprint.alt_response(404, description="No certificate has this serial number: `verdict` is `unknown`")
@blueprint.alt_response(422, description="The check character is wrong: `serial_mistyped`")
def get_verdict(args: dict[str, Any], serial: str) -> Response:
    """Is this certificate genuine and still good, and what exactly was bought?"""
    parts = running()
    judged = certificates.judge(
        database(), serial, args["t"], keys=parts.public_keys, production=parts.settings.production
    )
    if judged.verdict is Verdict.UNKNOWN:
        answer = failure(404, "certificate_unknown")
        answer.set_data(jsonify({**answer.get_json(), "verdict": judged.verdict.value}).get_data())
        return answer
    shown = certificate_views.verdict(
        database(), judged, certificate_views.imprint(parts.settings), reader_id=owner_id()
    )
    response = jsonify(VerdictAnswer().dump(shown))
    response.set_etag(certificate_views.etag(shown), weak=True)
    # A revocation must show at once.
    response.headers["Cache-Control"] = "no-cache"
    return response


def keys() -> Response:
    """GET /.well-known/danzhu-keys.json: the public keys that certificates are signed with."""
    response = jsonify(keys_document(running().public_keys))
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
