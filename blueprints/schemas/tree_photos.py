"""Photos of trees as they come in and are answered for."""

from marshmallow import fields

from blueprints.schemas.base import BaseSchema, UploadedFile


class PhotoForm(BaseSchema):
    """A JPEG, PNG or WebP of at most 10 MiB and 60 million pixels."""

    file = UploadedFile(required=True)


class PhotoAnswer(BaseSchema):
    """Where the photo is found."""

    code = fields.String(required=True)
    photo_url = fields.String(required=True)
    thumbnail_url = fields.String(required=True)
