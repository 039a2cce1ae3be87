"""What may go wrong with a call on purpose, per endpoint and per number.

drop · drop_after              no answer; nothing was done · all was done
500 · 502 · 503 · 429 · 202    that status; nothing was done
500_after … 202_after          that status; all was done
empty_404                      nothing was done, and nothing is said of it
slow                           all was done, the answer comes after `seconds`
malformed                      all was done, the answer is not JSON (but signed)
wrong_signature · stale · unknown_serial    all was done, the answer is not to be believed
"""

import secrets
import socket
import time
from collections.abc import Iterable

from flask import Request, Response

from gateways.wechat.simulator.wire import sign_headers
from gateways.wechat.simulator.world import Refuse, World

BEFORE = ("drop", "500", "502", "503", "429", "202", "empty_404")
AFTER = (
    "drop_after", "500_after", "502_after", "503_after", "429_after", "202_after", "slow", "malformed",
    "wrong_signature", "stale", "unknown_serial",
)  # fmt: skip
NUMBERS = ("out_trade_no", "out_refund_no", "out_bill_no", "out_authorization_no")
CODES = {
    500: ("SYSTEM_ERROR", "系统异常，请用相同参数重新调用"),
    502: ("SERVICE_UNAVAILABLE", "服务不可用"),
    503: ("SERVICE_UNAVAILABLE", "服务不可用"),
    429: ("FREQUENCY_LIMITED", "频率超限"),
    202: ("", ""),
}
#: Set by the in-process transport, which keeps no time limit of its own.
IN_PROCESS = "wechat_simulator.in_process"


class Dropped(ConnectionError):
    """The connection ends without an answer; servers close it when they see a ConnectionError."""


def plan(world: World, fault: str, *, endpoint: str, number: str, seconds: float, times: int) -> None:
    """Have the next `times` matching calls go wrong; `*` matches any endpoint or number."""
    if fault not in BEFORE + AFTER:
        raise ValueError(f"{fault} is none of {BEFORE + AFTER}")
    world.storage.write(
        "INSERT INTO faults (endpoint, number, fault, seconds, times) VALUES (?, ?, ?, ?, ?)",
        endpoint, number, fault, seconds, times,
    )  # fmt: skip


def clear(world: World) -> None:
    """Have nothing go wrong any more."""
    world.storage.write("DELETE FROM faults")
    world.storage.write("DELETE FROM plans")


def take(world: World, request: Request) -> tuple[str, float] | None:
    """The fault this call is to suffer, if any; it is used up."""
    planned = world.storage.rows("SELECT * FROM faults WHERE times > 0 ORDER BY id")
    if not planned:
        return None
    endpoint = (request.endpoint or "").rpartition(".")[2]
    numbers = set(_numbers(request)) | {"*"}
    for row in planned:
        if (
            row["endpoint"] in (endpoint, "*")
            and row["number"] in numbers
            and world.storage.write(
                "UPDATE faults SET times = times - 1 WHERE id = ? AND times > 0", row["id"]
            )
        ):
            return row["fault"], row["seconds"]
    return None


def _numbers(request: Request) -> Iterable[object]:
    yield from (request.view_args or {}).values()
    values = request.get_json(silent=True, force=True)
    if isinstance(values, dict):
        yield from (values[name] for name in NUMBERS if name in values)


def before(request: Request, fault: str) -> Response | None:
    """Spoil a call before anything is done; None when its turn comes later."""
    if fault not in BEFORE:
        return None
    if fault == "drop":
        raise _cut(request, "dropped before anything was done")
    if fault == "empty_404":
        return Response(status=404)
    raise _refusal(fault)


def after(world: World, request: Request, response: Response, fault: str, seconds: float) -> Response:
    """Spoil the answer of a call that was carried out."""
    if fault in BEFORE:
        return response
    if fault == "drop_after":
        raise _cut(request, "dropped after everything was done")
    if fault == "slow":
        if request.environ.get(IN_PROCESS):
            raise Dropped("answered too late")
        time.sleep(seconds)
        return response
    if fault == "malformed":
        response.set_data(b'{"prepay_id": ')
        serial = response.headers.get("Wechatpay-Serial")
        if serial:
            response.headers.update(sign_headers(world, response.get_data(), serial))
    elif fault == "stale":
        serial = response.headers.get("Wechatpay-Serial", world.keys.public_key_id)
        response.headers.update(sign_headers(world, response.get_data(), serial, age_seconds=400))
    elif fault == "unknown_serial":
        response.headers["Wechatpay-Serial"] = "7" + secrets.token_hex(20).upper()[1:]
    elif fault == "wrong_signature":
        serial = response.headers.get("Wechatpay-Serial", world.keys.public_key_id)
        other = sign_headers(world, response.get_data() + b" ", serial)
        response.headers["Wechatpay-Signature"] = other["Wechatpay-Signature"]
    else:
        refusal = _refusal(fault.removesuffix("_after"))
        return Response(status=refusal.status)
    return response


def _cut(request: Request, reason: str) -> Dropped:
    """Hang up on the caller, where the server lets us reach its socket."""
    for server in ("werkzeug.socket", "gunicorn.socket"):
        connection = request.environ.get(server)
        if isinstance(connection, socket.socket):
            connection.shutdown(socket.SHUT_RDWR)
    return Dropped(reason)


def _refusal(status_text: str) -> Refuse:
    status = int(status_text)
    code, message = CODES[status]
    return Refuse(status, code, message)
