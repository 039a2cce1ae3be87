"""Photos of trees at the addresses the catalogue gives."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from domain.photos import PHOTOS
from flows.photos import folder_of
from flows.running import running
from gateways import photo_files

#: Seconds: a name never means another picture, but a picture may be withdrawn.
KEPT = 86_400

blueprint = Blueprint("photos", __name__)


@blueprint.get(f"{PHOTOS}<string:name>")
def get_photo(name: str) -> Response:
    """One photo or thumbnail; 404 in the one error shape for what is not, or no longer, there."""
    content = photo_files.read(folder_of(running()), name)
    if content is None:
        raise NotFound
    answer = Response(content, mimetype="image/jpeg")
    answer.headers["Cache-Control"] = f"public, max-age={KEPT}"
    # The name is made from what the file holds.
    answer.set_etag(name)
    answer.make_conditional(request)
    return answer
