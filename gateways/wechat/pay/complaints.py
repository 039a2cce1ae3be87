"""Consumer complaints (消费者投诉 2.0): a merchant is told of them, reads them, replies, and says when they are
settled.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import quote

from gateways.wechat.errors import NotFound, ProtocolError
from gateways.wechat.fields import Fields, Malformed
from gateways.wechat.pay.session import PaySession

COMPLAINTS = "/v3/merchant-service/complaints-v2"
NOTIFICATIONS = "/v3/merchant-service/complaint-notifications"
PAGE = 50
LONGEST_REPLY = 200


class ComplaintState(StrEnum):
    """How a complaint stands."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    PROCESSED = "PROCESSED"


@dataclass(frozen=True)
class Complaint:
    """A complaint; the phone number is the complainant's and never shows in a repr."""

    complaint_id: str
    made_at: datetime
    detail: str
    state: ComplaintState
    openid: str | None
    phone: str | None = field(repr=False)
    out_trade_nos: tuple[str, ...]
    is_fully_refunded: bool
    has_new_user_message: bool


@dataclass(frozen=True)
class ComplaintStep:
    """One step in the history of a complaint."""

    operator: str
    at: datetime
    kind: str
    text: str


class ComplaintClient:
    """Reads and answers complaints; every call may raise a PayError."""

    def __init__(self, session: PaySession) -> None:
        self._session = session

    def between(self, first: date, last: date) -> Iterator[Complaint]:
        """The complaints made from `first` to `last` (at most 30 days), page by page."""
        offset = 0
        while True:
            params = {
                "limit": str(PAGE),
                "offset": str(offset),
                "begin_date": first.isoformat(),
                "end_date": last.isoformat(),
                "complainted_mchid": self._session.settings.merchant_id,
            }
            answer = self._session.get(COMPLAINTS, params)
            page = self._session.read(lambda fields: fields.children("data"), answer)
            for entry in page:
                yield self._session.read(self._complaint, entry)
            if len(page) < PAGE:
                return
            offset += PAGE

    def get(self, complaint_id: str) -> Complaint:
        """One complaint."""
        return self._session.read(self._complaint, self._session.get(self._path(complaint_id)))

    def history(self, complaint_id: str) -> tuple[ComplaintStep, ...]:
        """What was said and done, newest first as WeChat tells it (at most 300 steps)."""
        params = {"limit": "300", "offset": "0"}
        answer = self._session.get(f"{self._path(complaint_id)}/negotiation-historys", params)
        return self._session.read(lambda fields: tuple(map(_step, fields.children("data"))), answer)

    def reply(self, complaint_id: str, text: str) -> None:
        """Answer the complainant in at most 200 characters."""
        if not 0 < len(text) <= LONGEST_REPLY:
            raise ValueError(f"a reply has 1 to {LONGEST_REPLY} characters")
        body = {"complainted_mchid": self._session.settings.merchant_id, "response_content": text}
        self._session.post(f"{self._path(complaint_id)}/response", body)

    def finish(self, complaint_id: str) -> None:
        """Tell WeChat that the complaint is settled."""
        body = {"complainted_mchid": self._session.settings.merchant_id}
        self._session.post(f"{self._path(complaint_id)}/complete", body)

    def listen(self) -> str:
        """Have complaints announced to our complaints hook from now on; the address."""
        url = self._session.settings.notify_url("complaints")
        known = self.listening_at()
        if known is None:
            self._session.change("POST", NOTIFICATIONS, {"url": url})
        elif known != url:
            self._session.change("PUT", NOTIFICATIONS, {"url": url})
        return url

    def listening_at(self) -> str | None:
        """The address complaints are announced to, or None."""
        try:
            answer = self._session.get(NOTIFICATIONS)
        except NotFound:
            return None
        return self._session.read(lambda fields: fields.optional_text("url"), answer)

    def stop_listening(self) -> None:
        """Have complaints announced no more."""
        self._session.change("DELETE", NOTIFICATIONS)

    def _complaint(self, fields: Fields) -> Complaint:
        phone = fields.optional_text("payer_phone")
        try:
            state = ComplaintState(fields.text("complaint_state"))
            opened = self._session.decrypt_field(phone) if phone else None
        except Malformed:
            raise
        except ValueError as failure:
            raise ProtocolError("ANSWER_NOT_READABLE", "state or phone of a complaint") from failure
        return Complaint(
            complaint_id=fields.text("complaint_id"),
            made_at=fields.time("complaint_time"),
            detail=fields.text("complaint_detail"),
            state=state,
            openid=fields.optional_text("payer_openid"),
            phone=opened,
            out_trade_nos=tuple(
                order.text("out_trade_no") for order in fields.children("complaint_order_info")
            ),
            is_fully_refunded=fields.values.get("complaint_full_refunded") is True,
            has_new_user_message=fields.values.get("incoming_user_response") is True,
        )

    @staticmethod
    def _path(complaint_id: str) -> str:
        return f"{COMPLAINTS}/{quote(complaint_id, safe='')}"


def _step(fields: Fields) -> ComplaintStep:
    return ComplaintStep(
        operator=fields.optional_text("operator") or "",
        at=fields.time("operate_time"),
        kind=fields.text("operate_type"),
        text=fields.optional_text("operate_details") or "",
    )
