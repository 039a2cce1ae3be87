"""The files by which WeChat knows this domain to be ours, in the directories of its rules."""

from flask import Blueprint, Response

from domain.errors import NotFound
from flows.running import running

blueprint = Blueprint("verification_files", __name__)


@blueprint.get("/<string:name>.txt")
@blueprint.get("/c/<string:name>.txt")
def verification_file(name: str) -> Response:
    """One file as WeChat gave it to us."""
    content = running().wechat.settings.verification_files.get(f"{name}.txt")
    if content is None:
        raise NotFound("not_found")
    return Response(content, mimetype="text/plain")
