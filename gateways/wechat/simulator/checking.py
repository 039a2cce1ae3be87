"""The checks WeChat makes on a request's fields; what fails them is PARAM_ERROR about that field."""

import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from gateways.wechat.simulator.world import Refuse

#: Our own twin may live on the same machine; WeChat itself calls no such address.
LOOPBACK = ("localhost", "127.0.0.1", "::1")
NUMBER = r"[0-9A-Za-z_\-|*]{6,32}"
REFUND_NUMBER = r"[0-9A-Za-z_\-|*@]{1,64}"
BILL_NUMBER = r"[0-9A-Za-z]{1,32}"


def refuse_parameter(field: str, message: str) -> Refuse:
    """PARAM_ERROR about one field."""
    return Refuse(400, "PARAM_ERROR", message, f"/{field}")


def text_in(values: Mapping[str, object], field: str, longest: int, pattern: str = r"[\s\S]+") -> str:
    """A text within its length and alphabet."""
    value = values.get(field)
    if not isinstance(value, str) or not value or len(value) > longest or not re.fullmatch(pattern, value):
        raise refuse_parameter(field, f"输入源“/body/{field}”不符合要求")
    return value


def optional_text_in(values: Mapping[str, object], field: str, longest: int) -> str | None:
    """A text within its length, or None where it is not sent."""
    return text_in(values, field, longest) if field in values else None


def whole_in(values: Mapping[str, object], field: str, least: int) -> int:
    """A whole number of at least `least`."""
    value = values.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise refuse_parameter(field, f"输入源“/body/{field}”必须是不小于{least}的整数")
    return value


def object_in(values: Mapping[str, object], field: str) -> Mapping[str, object]:
    """An object."""
    value = values.get(field)
    if not isinstance(value, dict):
        raise refuse_parameter(field, f"输入源“/body/{field}”必须是对象")
    return value


def objects_in(values: Mapping[str, object], field: str) -> list[Mapping[str, object]]:
    """A list of objects."""
    value = values.get(field)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise refuse_parameter(field, f"输入源“/body/{field}”必须是对象数组")
    return value


def notify_url_in(values: Mapping[str, object], field: str = "notify_url") -> str:
    """A callback address: https save on this machine, at most 255 characters, without a query."""
    url = text_in(values, field, 255)
    parts = urlsplit(url)
    if parts.query or not parts.hostname or not (parts.scheme == "https" or parts.hostname in LOOPBACK):
        raise refuse_parameter(field, "回调地址必须为https的完整地址，不能携带参数")
    return url


def canonical(values: Mapping[str, object], *ignored: str) -> str:
    """A request in the form in which a repetition is compared with the first."""
    kept = {name: value for name, value in values.items() if name not in ignored}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False)


def refuse_other_parameters() -> Refuse:
    """The same number with other parameters."""
    return Refuse(400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致")
