"""Sensitive fields of requests, encrypted for the key the request names."""

from collections.abc import Mapping

from flask import request

from gateways.wechat.pay.crypto import decrypt_field
from gateways.wechat.simulator.checking import text_in
from gateways.wechat.simulator.world import Refuse, World


def open_field(world: World, values: Mapping[str, object], field: str) -> str:
    """A field in clear; PARAM_ERROR when it was not encrypted for the key named in Wechatpay-Serial."""
    key = world.signing_key(request.headers.get("Wechatpay-Serial", ""))
    if key is None:
        raise Refuse(400, "PARAM_ERROR", "请求头缺少Wechatpay-Serial，或序列号有误", f"/{field}")
    try:
        return decrypt_field(key, text_in(values, field, 1024))
    except ValueError:
        raise Refuse(
            400, "PARAM_ERROR", "敏感信息字段解密失败，请使用微信支付公钥加密", f"/{field}"
        ) from None
