"""Access tokens and page tickets as WeChat lends them."""

import hmac
from collections.abc import Mapping

from gateways.wechat.simulator.logins import error
from gateways.wechat.simulator.world import World, token

LIFE_SECONDS = 7200
#: In its last five minutes a token is replaced; the old one lives on for as long.
OVERLAP_SECONDS = 300
FORCED_A_DAY = 20
FORCED_PAUSE_SECONDS = 30
STABLE, SIMPLE, FORCED, TICKET = "stable", "simple", "forced", "ticket"


def stable_token(world: World, values: Mapping[str, object]) -> dict[str, object]:
    """The same token for everybody while it is good; a new one near its end, or by force."""
    refused = _check_app(world, str(values.get("appid")), str(values.get("secret")))
    if refused:
        return refused
    appid = str(values["appid"])
    now = world.now()
    with world.storage.writing():
        if values.get("force_refresh") is True:
            if not _may_force(world, appid):
                return error(45009, "reach max api daily quota limit")
            _shorten(world, appid, now)
            return _new(world, appid, FORCED)
        kept = world.storage.row(
            "SELECT * FROM tokens WHERE appid = ? AND kind IN ('stable', 'forced') AND expires_at > ?"
            " ORDER BY expires_at DESC LIMIT 1",
            appid, now + OVERLAP_SECONDS,
        )  # fmt: skip
        if kept is not None:
            return {"access_token": kept["token"], "expires_in": kept["expires_at"] - now}
        return _new(world, appid, STABLE)


def simple_token(world: World, appid: str, secret: str) -> dict[str, object]:
    """A new token every time, which ends the one before within minutes; not the stable ones."""
    refused = _check_app(world, appid, secret)
    if refused:
        return refused
    with world.storage.writing():
        world.storage.write(
            "UPDATE tokens SET expires_at = MIN(expires_at, ?) WHERE appid = ? AND kind = 'simple'",
            world.now() + OVERLAP_SECONDS, appid,
        )  # fmt: skip
        return _new(world, appid, SIMPLE)


def ticket(world: World, appid: str) -> dict[str, object]:
    """The ticket a page's signature is made with; the same for everybody while it is good."""
    now = world.now()
    with world.storage.writing():
        kept = world.storage.row(
            "SELECT * FROM tokens WHERE appid = ? AND kind = 'ticket' AND expires_at > ?",
            appid, now + OVERLAP_SECONDS,
        )  # fmt: skip
        if kept is not None:
            return {
                "errcode": 0,
                "errmsg": "ok",
                "ticket": kept["token"],
                "expires_in": kept["expires_at"] - now,
            }
        made = _new(world, appid, TICKET)
    return {"errcode": 0, "errmsg": "ok", "ticket": made["access_token"], "expires_in": LIFE_SECONDS}


def app_of(world: World, access_token: str) -> str | dict[str, object]:
    """The appid a token speaks for, or the error WeChat gives for it."""
    kept = world.storage.row("SELECT * FROM tokens WHERE token = ? AND kind != 'ticket'", access_token)
    if kept is None:
        return error(40001, "invalid credential, access_token is invalid or not latest")
    if kept["expires_at"] <= world.now():
        return error(42001, "access_token expired")
    return str(kept["appid"])


def forget(world: World) -> None:
    """Make every token invalid, as WeChat does when a secret is reset."""
    world.storage.write("DELETE FROM tokens")


def _check_app(world: World, appid: str, secret: str) -> dict[str, object] | None:
    channel = world.appids.get(appid)
    if channel is None:
        return error(40013, "invalid appid")
    if not hmac.compare_digest(secret.encode(), world.keys.apps[channel].secret.encode()):
        return error(40125, "invalid appsecret")
    return None


def _may_force(world: World, appid: str) -> bool:
    now = world.now()
    forced = world.storage.rows(
        "SELECT made_at FROM tokens WHERE appid = ? AND kind = 'forced' AND made_at > ?", appid, now - 86400
    )
    return len(forced) < FORCED_A_DAY and all(now - row["made_at"] >= FORCED_PAUSE_SECONDS for row in forced)


def _shorten(world: World, appid: str, now: int) -> None:
    world.storage.write(
        "UPDATE tokens SET expires_at = MIN(expires_at, ?) WHERE appid = ? AND kind IN ('stable', 'forced')",
        now + OVERLAP_SECONDS, appid,
    )  # fmt: skip


def _new(world: World, appid: str, kind: str) -> dict[str, object]:
    value, now = token("", 136), world.now()
    world.storage.write(
        "INSERT INTO tokens VALUES (?, ?, ?, ?, ?)", value, appid, kind, now, now + LIFE_SECONDS
    )
    return {"access_token": value, "expires_in": LIFE_SECONDS}
