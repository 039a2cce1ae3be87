"""What the mini program needs of its server: phone number, codes and links, content check, messages,
shipping info.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from domain.clock import SHANGHAI
from gateways.wechat.api import ApiSession
from gateways.wechat.errors import ApiUnavailable, Misconfigured
from gateways.wechat.fields import Fields, Malformed
from gateways.wechat.mp.tokens import SharedToken

Record = TypeVar("Record")

LONGEST_THING = 20
LONGEST_ITEM = 120
LONGEST_TEXT = 2500
#: No parcel: what is sold is delivered without one (logistics_type 3, in one go).
VIRTUAL_DELIVERY = 3
WHOLE_DELIVERY = 1


class Scene(StrEnum):
    """Where a text is going to stand."""

    PROFILE = "1"
    COMMENT = "2"
    FORUM = "3"
    SOCIAL = "4"


class Suggestion(StrEnum):
    """What WeChat suggests about a text; only PASS may be shown."""

    PASS = "pass"  # noqa: S105  # an opinion, not a password
    REVIEW = "review"
    RISKY = "risky"


@dataclass(frozen=True)
class TextVerdict:
    """WeChat's opinion of a text; `label` is WeChat's number of the kind of trouble (100: none)."""

    suggestion: Suggestion
    label: int
    trace_id: str


@dataclass(frozen=True)
class Phone:
    """A phone number that the user let us have."""

    number: str = field(repr=False)
    country_code: str


class MiniProgramClient:
    """Calls that need the mini program's access token; every one may raise an ApiError."""

    def __init__(self, session: ApiSession, appid: str, token: SharedToken) -> None:
        self._session = session
        self._appid = appid
        self._token = token

    def phone_number(self, code: str) -> Phone:
        """The phone number behind a code of the phone button (five minutes, once); CodeRefused for any other
        code.
        """
        info = self._post("/wxa/business/getuserphonenumber", {"code": code}).child("phone_info")
        try:
            if info.child("watermark").text("appid") != self._appid:
                raise Misconfigured(0, "phone_of_another_app")
            return Phone(info.text("purePhoneNumber"), info.text("countryCode"))
        except Malformed as failure:
            raise ApiUnavailable(0, "answer_not_readable") from failure

    def code_image(self, scene: str, page: str | None = None, width_px: int = 430) -> bytes:
        """A mini-program code (an image) that opens `page` with `scene`, which has at most 32 characters."""
        body: dict[str, object] = {"scene": scene, "width": width_px, "check_path": False}
        if page is not None:
            body["page"] = page

        def call(token: str) -> bytes:
            raw = self._session.post_raw("/wxa/getwxacodeunlimit", {"access_token": token}, body)
            if raw.lstrip()[:1] == b"{":
                # Trouble comes as JSON where the image should be.
                self._session.fields(raw)
                raise ApiUnavailable(0, "answer_not_readable")
            return raw

        return self._token.use(call)

    def scheme_link(self, path: str, query: str, expires_at: datetime) -> str:
        """A weixin:// link that opens the mini program from a text message (at most 30 days)."""
        body = {
            "jump_wxa": {"path": path, "query": query},
            "is_expire": True,
            "expire_type": 0,
            "expire_time": int(expires_at.timestamp()),
        }
        return self._read(lambda fields: fields.text("openlink"), self._post("/wxa/generatescheme", body))

    def url_link(self, path: str, query: str, expires_at: datetime) -> str:
        """An https:// link that opens the mini program from a text message (at most 30 days)."""
        body = {"path": path, "query": query, "expire_type": 0, "expire_time": int(expires_at.timestamp())}
        return self._read(lambda fields: fields.text("url_link"), self._post("/wxa/generate_urllink", body))

    def check_text(
        self, openid: str, text: str, scene: Scene, nickname: str | None = None, title: str | None = None
    ) -> TextVerdict:
        """What WeChat thinks of a text of at most 2500 characters by a user who was active in the last two
        hours.

        ApiRefused with `user_not_active` otherwise: then a person must look. Nothing but PASS may be shown.
        """
        if not 0 < len(text) <= LONGEST_TEXT:
            raise ValueError(f"a text has 1 to {LONGEST_TEXT} characters")
        body: dict[str, object] = {"version": 2, "openid": openid, "scene": int(scene), "content": text}
        body |= {name: value for name, value in (("nickname", nickname), ("title", title)) if value}
        return self._read(_verdict, self._post("/wxa/msg_sec_check", body))

    def send_message(
        self, openid: str, template_id: str, values: Mapping[str, str], page: str | None = None
    ) -> None:
        """Send a subscribe message; ApiRefused with `no_consent` is normal (one consent, one message) and
        not retried.
        """
        body: dict[str, object] = {
            "touser": openid,
            "template_id": template_id,
            "data": {key: {"value": value} for key, value in values.items()},
            "miniprogram_state": "formal",
            "lang": "zh_CN",
        }
        if page is not None:
            body["page"] = page
        self._post("/cgi-bin/message/subscribe/send", body)

    def upload_shipping_info(
        self, transaction_id: str, openid: str, item: str, uploaded_at: datetime
    ) -> None:
        """Tell WeChat that a paid order is delivered, without which a trading mini program gets no
        settlement.

        ApiRefused with `not_shippable_yet`: try again later.
        """
        self._post(
            "/wxa/sec/order/upload_shipping_info",
            {
                "order_key": {"order_number_type": 2, "transaction_id": transaction_id},
                "logistics_type": VIRTUAL_DELIVERY,
                "delivery_mode": WHOLE_DELIVERY,
                "shipping_list": [{"item_desc": item[:LONGEST_ITEM]}],
                "upload_time": uploaded_at.astimezone(SHANGHAI).isoformat(timespec="milliseconds"),
                "payer": {"openid": openid},
            },
        )

    def _post(self, path: str, body: Mapping[str, object]) -> Fields:
        return self._token.use(lambda token: self._session.post(path, {"access_token": token}, body))

    @staticmethod
    def _read(build: Callable[[Fields], Record], fields: Fields) -> Record:
        try:
            return build(fields)
        except Malformed as failure:
            raise ApiUnavailable(0, "answer_not_readable") from failure


def thing(text: str) -> str:
    """A text cut to the 20 characters that a `thing` value of a message may have, the last one an ellipsis
    if need be.
    """
    return text if len(text) <= LONGEST_THING else text[: LONGEST_THING - 1] + "…"


def _verdict(fields: Fields) -> TextVerdict:
    result = fields.child("result")
    try:
        suggestion = Suggestion(result.text("suggest"))
    except Malformed:
        raise
    except ValueError:
        # An opinion we have no word for is not a pass.
        suggestion = Suggestion.REVIEW
    return TextVerdict(
        suggestion, result.optional_whole("label") or 0, fields.optional_text("trace_id") or ""
    )
