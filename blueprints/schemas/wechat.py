"""What pages inside WeChat's browser ask for."""

from marshmallow import fields, validate

from blueprints.schemas.base import BaseSchema

LONGEST_URL = 1024


class PageArgs(BaseSchema):
    """A page of ours."""

    url = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_URL))


class PageConfigAnswer(BaseSchema):
    """The parameters of wx.config."""

    appId = fields.String(required=True)  # noqa: N815 - WeChat's own spelling
    timestamp = fields.Integer(required=True)
    nonceStr = fields.String(required=True)  # noqa: N815 - WeChat's own spelling
    signature = fields.String(required=True)


class SignInPageArgs(BaseSchema):
    """Where to come back to."""

    return_to = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_URL))


class SignInPageAnswer(BaseSchema):
    """Where to go, and the state that will come back."""

    url = fields.String(required=True)
    state = fields.String(required=True)
