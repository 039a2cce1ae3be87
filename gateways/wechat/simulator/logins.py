"""Sign-in as WeChat answers it; the code `demo:<name>` signs in as <name>, the same person every time."""

import base64
import hashlib
import secrets

from gateways.wechat.settings import MINIPROGRAM
from gateways.wechat.simulator.world import World, token

DEMO = "demo:"
LONGEST_NAME = 64
CODE_SECONDS = 300
SIGN_IN, PHONE = "sign_in", "phone"


def openid_of(appid: str, name: str) -> str:
    """The openid of a person in an app: 28 characters, stable."""
    return "o" + _digest(f"{appid}|{name}")[:27]


def unionid_of(name: str) -> str:
    """The id that joins a person across the merchant's apps."""
    return "u" + _digest(f"union|{name}")[:27]


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()


def new_code(world: World, name: str, purpose: str) -> str:
    """A real code: good once, for five minutes."""
    code = token("0", 32)
    world.storage.write(
        "INSERT INTO codes (code, purpose, name, expires_at) VALUES (?, ?, ?, ?)",
        code, purpose, name, world.now() + CODE_SECONDS,
    )  # fmt: skip
    return code


def name_behind(world: World, code: str, purpose: str) -> str | int:
    """The name behind a code, or the errcode of one that is wrong, too old or used."""
    if code.startswith(DEMO):
        name = code.removeprefix(DEMO)
        return name if 0 < len(name) <= LONGEST_NAME else 40029
    kept = world.storage.row("SELECT * FROM codes WHERE code = ? AND purpose = ?", code, purpose)
    if kept is None or kept["expires_at"] <= world.now():
        return 40029
    if not world.storage.write("UPDATE codes SET used = 1 WHERE code = ? AND used = 0", code):
        return 40163
    return str(kept["name"])


def exchange(world: World, channel: str, appid: str, secret: str, code: str) -> dict[str, object]:
    """The answer to a sign-in code on a channel, or the errcode WeChat gives."""
    app = world.keys.apps[channel]
    if appid != app.appid:
        return error(40013, "invalid appid")
    if secret != app.secret:
        return error(40125, "invalid appsecret")
    name = name_behind(world, code, SIGN_IN)
    if isinstance(name, int):
        return error(name, "invalid code" if name == 40029 else "code been used")
    openid = openid_of(appid, name)
    world.storage.write(
        "INSERT INTO people VALUES (?, ?, ?, ?)"
        " ON CONFLICT (openid, appid) DO UPDATE SET seen_at = excluded.seen_at",
        appid, openid, name, world.now(),
    )  # fmt: skip
    answer: dict[str, object] = {"openid": openid, "unionid": unionid_of(name)}
    if channel == MINIPROGRAM:
        answer["session_key"] = base64.b64encode(secrets.token_bytes(16)).decode()
    else:
        answer |= {
            "access_token": secrets.token_urlsafe(48),
            "expires_in": 7200,
            "refresh_token": secrets.token_urlsafe(48),
            "scope": "snsapi_base",
        }
    return answer


def error(errcode: int, errmsg: str) -> dict[str, object]:
    """An error answer, which comes with HTTP status 200."""
    return {"errcode": errcode, "errmsg": f"{errmsg}, rid: {secrets.token_hex(12)}"}
