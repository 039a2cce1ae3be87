"""Photos of trees: uploaded in the field, replaced, withdrawn."""

from typing import Any

from flask import request

from blueprints.bodies import upload
from blueprints.officer.guard import officer, officer_blueprint
from blueprints.schemas.tree_photos import PhotoAnswer, PhotoForm
from domain.photos import photo_url, thumbnail_url
from flows.photos import set_photo, withdraw_photo
from flows.running import running
from gateways.pictures import MOST_BYTES

blueprint = officer_blueprint("tree_photos", "Photos of trees.")

PHOTO = "/officer/trees/<string:code>/photo"
#: What the parts of a multipart form may take beside the file.
AROUND = 16 * 1024


@blueprint.post(PHOTO)
@upload(MOST_BYTES + AROUND)
@blueprint.arguments(PhotoForm, location="multipart")
@blueprint.response(201, PhotoAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(413, description="More than 10 MiB")
def post_photo(form: dict[str, Any], code: str) -> dict[str, object]:
    """Give a tree a photo in place of the one it has: made anew, without place, device or time."""
    name = set_photo(running(), code, form["file"].read(), officer=officer(), address=request.remote_addr)
    return {"code": code, "photo_url": photo_url(name), "thumbnail_url": thumbnail_url(name)}


@blueprint.delete(PHOTO)
@blueprint.response(204)
@blueprint.alt_response(404, response="NOT_FOUND")
def delete_photo(code: str) -> None:
    """Withdraw a tree's photo; copies in browsers are gone within a day."""
    withdraw_photo(running(), code, officer=officer(), address=request.remote_addr)
