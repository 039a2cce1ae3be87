"""What a page inside WeChat's browser needs of us."""

from typing import Any

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from blueprints.buyer.guard import buyer_blueprint
from blueprints.schemas.base import QUERY
from blueprints.schemas.wechat import PageArgs, PageConfigAnswer, SignInPageAnswer, SignInPageArgs
from domain.sign_in_states import GOOD_FOR
from flows import wechat_pages
from flows.running import running
from gateways.wechat.mp.official_account import PageConfig

#: The browser's own secret, to which a sign-in state is bound.
COOKIE = "danzhu_sign_in"
COOKIE_PATH = "/api/v1"

public = Blueprint("buyer_wechat_sign_in", __name__, description="Signing in with the official account")
blueprint = buyer_blueprint("buyer_wechat", "Pages inside WeChat's browser")


@blueprint.get("/wechat/jssdk-config")
@blueprint.arguments(PageArgs, **QUERY)
@blueprint.response(200, PageConfigAnswer)
@blueprint.alt_response(503, description="WeChat cannot be reached, or there is no official account")
def get_page_config(args: dict[str, Any]) -> PageConfig:
    """The signed parameters of wx.config for a page of ours, to scan and share."""
    return wechat_pages.page_config(running(), args["url"])


@public.get("/wechat/sign-in-url")
@public.arguments(SignInPageArgs, **QUERY)
@public.response(200, SignInPageAnswer)
@public.alt_response(503, description="There is no official account")
def get_sign_in_page(args: dict[str, Any]) -> Response:
    """Where a browser goes to sign in with the official account; the state is good once, in this browser."""
    parts = running()
    page = wechat_pages.sign_in_page(parts, args["return_to"], request.cookies.get(COOKIE))
    answer = jsonify(url=page.url, state=page.state)
    answer.headers["Cache-Control"] = "no-store"
    answer.set_cookie(
        COOKIE,
        page.browser,
        max_age=GOOD_FOR,
        path=COOKIE_PATH,
        secure=parts.settings.public_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )
    return answer
