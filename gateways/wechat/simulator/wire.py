"""Both ends of the wire as WeChat Pay keeps them: it believes no unsigned request and signs every good answer."""

import json
import secrets
from collections.abc import Mapping
from urllib.parse import quote

from flask import Request, Response

from gateways.wechat.fields import encode
from gateways.wechat.pay import crypto
from gateways.wechat.simulator.world import Refuse, World

Values = Mapping[str, object]

WINDOW_SECONDS = 300
UNSIGNED_PATHS = ("/v3/billdownload/",)
#: Asked for before anything else on these paths only.
NEEDS_USER_AGENT = ("/v3/certificates", "/v3/refund/")


def signed_target(request: Request) -> str:
    """Path and query exactly as they were sent, as far as the server tells."""
    raw = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI")
    if raw:
        return str(raw)
    path = quote(request.root_path + request.path, safe="/:@!$&'()*+,;=~-._")
    query = request.query_string.decode("latin-1")
    return f"{path}?{query}" if query else path


def check_request(world: World, request: Request) -> None:
    """Refuse a request as WeChat does, in its order: headers, form of the signature, time, serial, signature."""
    if request.path.startswith(NEEDS_USER_AGENT) and not (
        request.headers.get("User-Agent") and request.headers.get("Accept")
    ):
        raise Refuse(400, "INVALID_REQUEST", "Http头缺少Accept或User-Agent")
    parts = crypto.read_authorization(request.headers.get("Authorization", ""))
    if parts is None or parts["mchid"] != world.keys.merchant_id:
        raise Refuse(
            401, "SIGN_ERROR", "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"
        )
    timestamp = parts["timestamp"]
    if not timestamp.isdigit() or abs(world.wire_time() - int(timestamp)) > WINDOW_SECONDS:
        raise Refuse(401, "SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
    if parts["serial_no"] != world.keys.merchant_serial:
        raise Refuse(401, "SIGN_ERROR", "商户证书序列号有误。请使用签名私钥匹配的证书序列号")
    message = crypto.request_message(
        request.method, signed_target(request), timestamp, parts["nonce_str"], request.get_data()
    )
    if not crypto.verify(world.merchant_key, message, parts["signature"]):
        raise Refuse(401, "SIGN_ERROR", "签名错误")


def sign_headers(world: World, body: bytes, serial: str, age_seconds: int = 0) -> dict[str, str]:
    """The five headers by which an answer or a callback is believed."""
    timestamp, nonce = str(world.wire_time() - age_seconds), secrets.token_hex(16)
    key = world.signing_key(serial)
    if key is None:
        raise LookupError(serial)
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": crypto.sign(key, crypto.answer_message(timestamp, nonce, body)),
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature-Type": crypto.SCHEME,
    }


def sign_answer(world: World, request: Request, response: Response) -> Response:
    """Sign a good answer; errors and downloads stay unsigned."""
    response.headers["Request-ID"] = secrets.token_hex(16).upper()
    if response.status_code in (200, 204) and not request.path.startswith(UNSIGNED_PATHS):
        serial = world.answering_serial(request.headers.get("Wechatpay-Serial", ""))
        response.headers.update(sign_headers(world, response.get_data(), serial))
    return response


def json_answer(values: Mapping[str, object], status: int = 200) -> Response:
    """A JSON answer as WeChat writes it."""
    return Response(encode(values), status, mimetype="application/json")


def error_answer(refusal: Refuse) -> Response:
    """An error answer in the documented shape."""
    values: dict[str, object] = {"code": refusal.code, "message": refusal.message}
    if refusal.field:
        values["detail"] = {"field": refusal.field, "issue": refusal.message, "location": "body"}
    return json_answer(values, refusal.status)


def json_body(request: Request) -> Mapping[str, object]:
    """The request's JSON object; PARAM_ERROR for anything else."""
    try:
        values = json.loads(request.get_data())
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise Refuse(400, "PARAM_ERROR", "请求体不是合法的JSON")
    return values
