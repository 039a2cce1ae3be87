"""The addresses of api.weixin.qq.com and open.weixin.qq.com: sign-in, tokens and the mini-program services."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from gateways.wechat.settings import MINIPROGRAM, OFFICIAL_ACCOUNT
from gateways.wechat.simulator import app_services, app_tokens, faults, logins, wire
from gateways.wechat.simulator.world import Refuse, World

Answer = dict[str, object]
Service = Callable[[str, wire.Values], Answer | bytes]


def app_api(world: World) -> Blueprint:
    """All of the app APIs that the simulator knows; every answer has HTTP status 200, as WeChat's have."""
    api = Blueprint("apps", __name__)
    _guard(api, world)
    _sign_in(api, world)
    _tokens(api, world)
    _services(api, world)
    return api


def _guard(api: Blueprint, world: World) -> None:
    @api.before_request
    def suffer() -> Response | None:
        g.fault = faults.take(world, request)
        return faults.before(request, g.fault[0]) if g.fault else None

    @api.after_request
    def spoil(response: Response) -> Response:
        return faults.after(world, request, response, *g.fault) if g.fault else response

    @api.errorhandler(Refuse)
    def refuse(refusal: Refuse) -> Response:
        if refusal.status == 400:
            return _told(logins.error(47001, "data format error"))
        return Response(status=refusal.status)


def _told(values: Answer) -> Response:
    # WeChat says text/plain here, so the client must not go by the content type.
    response = wire.json_answer(values)
    response.mimetype = "text/plain"
    return response


def _sign_in(api: Blueprint, world: World) -> None:
    def answer(channel: str, code: str) -> Response:
        args = request.args
        return _told(logins.exchange(world, channel, args.get("appid", ""), args.get("secret", ""), code))

    @api.get("/sns/jscode2session")
    def mini_program_sign_in() -> Response:
        return answer(MINIPROGRAM, request.args.get("js_code", ""))

    @api.get("/sns/oauth2/access_token")
    def official_account_sign_in() -> Response:
        return answer(OFFICIAL_ACCOUNT, request.args.get("code", ""))

    @api.get("/connect/oauth2/authorize")
    def ask_to_sign_in() -> AnyResponse:
        """Everybody agrees at once: the browser goes back with a code for the name in `as` (or `visitor`)."""
        app = world.keys.apps.get(OFFICIAL_ACCOUNT)
        target = request.args.get("redirect_uri", "")
        if (
            app is None
            or request.args.get("appid") != app.appid
            or not target.startswith(("http://", "https://"))
        ):
            return Response("redirect_uri 参数错误", 400)
        code = logins.new_code(world, request.args.get("as", "visitor"), logins.SIGN_IN)
        query = urlencode({"code": code, "state": request.args.get("state", "")})
        return redirect(f"{target}{'&' if '?' in target else '?'}{query}")


def _tokens(api: Blueprint, world: World) -> None:
    @api.post("/cgi-bin/stable_token")
    def stable_token() -> Response:
        return _told(app_tokens.stable_token(world, wire.json_body(request)))

    @api.get("/cgi-bin/token")
    def simple_token() -> Response:
        args = request.args
        return _told(app_tokens.simple_token(world, args.get("appid", ""), args.get("secret", "")))

    @api.get("/cgi-bin/ticket/getticket")
    def page_ticket() -> Response:
        appid = app_tokens.app_of(world, request.args.get("access_token", ""))
        return _told(appid if isinstance(appid, dict) else app_tokens.ticket(world, appid))


def _services(api: Blueprint, world: World) -> None:
    services: dict[str, tuple[str, Service]] = {
        "/wxa/business/getuserphonenumber": (
            "phone_number",
            lambda appid, values: app_services.phone_number(world, appid, values),
        ),
        "/wxa/getwxacodeunlimit": ("code_image", lambda _, values: app_services.code_image(values)),
        "/wxa/generatescheme": (
            "scheme_link",
            lambda _, values: app_services.link(world, values, scheme=True),
        ),
        "/wxa/generate_urllink": (
            "url_link",
            lambda _, values: app_services.link(world, values, scheme=False),
        ),
        "/wxa/msg_sec_check": (
            "check_text",
            lambda appid, values: app_services.check_text(world, appid, values),
        ),
        "/cgi-bin/message/subscribe/send": (
            "send_message",
            lambda _, values: app_services.send_message(world, values),
        ),
        "/wxa/sec/order/upload_shipping_info": (
            "upload_shipping_info",
            lambda _, values: app_services.upload_shipping_info(world, values),
        ),
    }
    for path, (name, service) in services.items():
        api.add_url_rule(path, name, _with_token(world, service), methods=["POST"])


def _with_token(world: World, service: Service) -> Callable[[], Response]:
    def view() -> Response:
        appid = app_tokens.app_of(world, request.args.get("access_token", ""))
        if isinstance(appid, dict):
            return _told(appid)
        answer = service(appid, wire.json_body(request))
        if isinstance(answer, bytes):
            return Response(answer, mimetype="image/png")
        return _told(answer)

    return view
