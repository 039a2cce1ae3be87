"""The mini-program services as WeChat answers them: phone, codes and links, content check, messages, shipping info."""

import io
import json
import re
from collections.abc import Mapping

import qrcode

from gateways.wechat.simulator import logins, orders
from gateways.wechat.simulator.logins import error
from gateways.wechat.simulator.world import World, token

SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")
LINK_SECONDS = 30 * 86400
ACTIVE_SECONDS = 2 * 3600
LONGEST_TEXT = 2500
LONGEST_THING = 20
#: Enough words to show all three opinions; WeChat's own list is not public.
RISKY_WORDS = ("赌博", "毒品", "代开发票", "枪支")
REVIEW_WORDS = ("捐赠", "投资", "收益", "抽奖")
OK: dict[str, object] = {"errcode": 0, "errmsg": "ok"}
Values = Mapping[str, object]


def phone_number(world: World, appid: str, values: Values) -> dict[str, object]:
    """The phone number behind a code of the phone button; `demo:<digits>` gives those digits."""
    number = logins.name_behind(world, str(values.get("code", "")), logins.PHONE)
    if isinstance(number, int) or not re.fullmatch(r"\d{5,15}", number):
        return error(40029, "invalid code")
    return OK | {
        "phone_info": {
            "phoneNumber": number,
            "purePhoneNumber": number,
            "countryCode": "86",
            "watermark": {"timestamp": world.now(), "appid": appid},
        }
    }


def code_image(values: Values) -> bytes | dict[str, object]:
    """An image that carries the scene (a QR code here, since the round one is WeChat's own)."""
    scene, page, width = values.get("scene"), values.get("page", ""), values.get("width", 430)
    if not isinstance(scene, str) or not SCENE.fullmatch(scene):
        return error(40129, "invalid scene")
    if not isinstance(page, str) or page.startswith("/"):
        return error(41030, "invalid page")
    if not isinstance(width, int) or not 280 <= width <= 1280:
        return error(40097, "invalid args")
    picture = io.BytesIO()
    qrcode.make(scene).save(picture, "PNG")
    return picture.getvalue()


def link(world: World, values: Values, *, scheme: bool) -> dict[str, object]:
    """A link that opens the mini program for at most thirty days."""
    expires = values.get("expire_time")
    if not isinstance(expires, int) or not world.now() < expires <= world.now() + LINK_SECONDS:
        return error(85401 if scheme else 40212, "time limit between 1min and 1month")
    if scheme:
        return OK | {"openlink": f"weixin://dl/business/?t={token('', 24)}"}
    return OK | {"url_link": f"https://wxaurl.invalid/{token('', 16)}"}


def check_text(world: World, appid: str, values: Values) -> dict[str, object]:
    """What is thought of a text by a user who was seen in the last two hours."""
    text, openid = values.get("content"), values.get("openid")
    if values.get("version") != 2 or values.get("scene") not in (1, 2, 3, 4):
        return error(40097, "invalid args")
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_TEXT:
        return error(44991, "content size out of limit")
    seen = world.storage.row("SELECT seen_at FROM people WHERE openid = ? AND appid = ?", openid, appid)
    if seen is None or world.now() - seen["seen_at"] > ACTIVE_SECONDS:
        return error(61010, "code is expired")
    whole = " ".join(str(values.get(field, "")) for field in ("content", "nickname", "title"))
    suggest, label = "pass", 100
    if any(word in whole for word in RISKY_WORDS):
        suggest, label = "risky", 20006
    elif any(word in whole for word in REVIEW_WORDS):
        suggest, label = "review", 21000
    return OK | {"trace_id": token("", 32), "result": {"suggest": suggest, "label": label}, "detail": []}


def grant_consent(world: World, openid: str, template_id: str, times: int) -> None:
    """The user agrees to messages of a template (`*`: of any)."""
    world.storage.write(
        "INSERT INTO consents VALUES (?, ?, ?)"
        " ON CONFLICT (openid, template_id) DO UPDATE SET left_over = left_over + excluded.left_over",
        openid, template_id, times,
    )  # fmt: skip


def send_message(world: World, values: Values) -> dict[str, object]:
    """Send a message if its values keep the rules and the user has agreed to one more."""
    openid, template_id, told = values.get("touser"), values.get("template_id"), values.get("data")
    if not isinstance(template_id, str) or not template_id:
        return error(40037, "invalid template_id")
    if not isinstance(told, dict) or not all(_keeps_rules(name, entry) for name, entry in told.items()):
        return error(47003, "argument invalid! data value invalid")
    with world.storage.writing():
        for template in (template_id, "*"):
            if world.storage.write(
                "UPDATE consents SET left_over = left_over - 1"
                " WHERE openid = ? AND template_id = ? AND left_over > 0",
                openid, template,
            ):  # fmt: skip
                world.storage.write(
                    "INSERT INTO messages (openid, template_id, body, sent_at) VALUES (?, ?, ?, ?)",
                    openid, template_id, json.dumps(told, ensure_ascii=False), world.now(),
                )  # fmt: skip
                return OK
    return error(43101, "user refuse to accept the msg")


def _keeps_rules(name: object, entry: object) -> bool:
    value = entry.get("value") if isinstance(entry, dict) else None
    if not isinstance(value, str) or not value:
        return False
    return len(value) <= LONGEST_THING if str(name).startswith("thing") else True


def upload_shipping_info(world: World, values: Values) -> dict[str, object]:
    """Note that a paid order is delivered."""
    key, items = values.get("order_key"), values.get("shipping_list")
    if (
        not isinstance(key, dict)
        or not isinstance(items, list)
        or not items
        or not isinstance(items[0], dict)
    ):
        return error(10060012, "invalid args")
    item = items[0].get("item_desc")
    if not isinstance(item, str) or not 0 < len(item) <= 120:
        return error(10060012, "invalid item_desc")
    column = "transaction_id" if key.get("order_number_type") == 2 else "out_trade_no"
    order = orders.find(world, column, str(key.get(column)))
    if order is None:
        return error(10060001, "order not exist")
    if order["state"] not in ("SUCCESS", "REFUND"):
        return error(10060004, "order is not in a shippable state")
    payer = values.get("payer")
    if not isinstance(payer, dict) or payer.get("openid") != order["paid_by"]:
        return error(10060002, "payer does not match")
    world.storage.write(
        "INSERT OR REPLACE INTO shipments VALUES (?, ?, ?)", order["out_trade_no"], world.now(), item
    )
    return OK
