"""What people and time do to simulated WeChat; the control interface offers the same verbs over HTTP."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import httpx
from flask import Flask

from gateways.wechat.settings import WeChatSettings
from gateways.wechat.simulator import (
    app_services,
    app_tokens,
    authorizations,
    certificates,
    complaints,
    faults,
    funds,
    logins,
    misdelivery,
    notices,
    orders,
    refunds,
    transfers,
)
from gateways.wechat.simulator.endpoints import pass_time
from gateways.wechat.simulator.in_process import InProcessTransport
from gateways.wechat.simulator.keys import settings_for
from gateways.wechat.simulator.orders import PaidOrder
from gateways.wechat.simulator.wire import sign_headers
from gateways.wechat.simulator.world import Deliver, World

#: A host that cannot exist, for clients that reach the simulator in process.
IN_PROCESS_URL = "http://wechat.invalid"
MOST_DELIVERIES_AT_ONCE = 100
ANY = "*"


@dataclass(frozen=True)
class Delivery:
    """One delivery of a notice: second, status that came back (0: none), and the way it was spoiled, if any."""

    notice_id: str
    event_type: str
    delivered_at: int
    status: int
    variant: str


class Simulator:
    """One simulated WeChat: `app` is its WSGI application."""

    def __init__(self, world: World, app: Flask) -> None:
        self.world = world
        self.app = app

    # What a client needs.

    def settings(self, public_url: str, base_url: str = IN_PROCESS_URL) -> WeChatSettings:
        """Client settings that match this simulator's keys."""
        return settings_for(self.world.keys, public_url, base_url)

    def transport(self) -> httpx.BaseTransport:
        """A way for the client to reach this simulator in process."""
        return InProcessTransport(self.app)

    def deliver_through(self, deliver: Deliver) -> None:
        """Bring callbacks this way from now on."""
        self.world.deliver = deliver

    def sign(self, body: bytes) -> dict[str, str]:
        """The headers that make any body a callback of this WeChat."""
        return sign_headers(self.world, body, self.world.keys.public_key_id)

    def close(self) -> None:
        """Close this thread's connection to the storage."""
        self.world.storage.close()

    # What buyers do.

    def pay(self, package: str, openid: str | None = None, *, total_fen: int | None = None) -> PaidOrder:
        """Pay a prepared order by its prepay_id or package: written first, then the signed notice is delivered once.

        A delivery that fails stays queued for `deliver_due`. Raises Refuse for an order that cannot be paid.
        """
        notice_id = orders.pay(self.world, package, openid, total_fen)
        return orders.paid_order(self.world, notice_id, notices.deliver(self.world, notice_id))

    def pay_number(
        self, out_trade_no: str, openid: str | None = None, *, total_fen: int | None = None
    ) -> PaidOrder:
        """Pay an order by our own number; LookupError when none was prepared."""
        prepared = self.world.storage.row(
            "SELECT prepay_id FROM prepays WHERE out_trade_no = ? ORDER BY rowid DESC LIMIT 1", out_trade_no
        )
        if prepared is None:
            raise LookupError(out_trade_no)
        return self.pay(prepared["prepay_id"], openid, total_fen=total_fen)

    def pay_at_once(self, out_trade_no: str) -> None:
        """Have an order paid, and its notice delivered, before its first prepay is even answered."""
        self._plan_outcome(out_trade_no, orders.PAID_AT_ONCE)

    def expire_order(self, out_trade_no: str) -> None:
        """Let an unpaid order come to its end now."""
        orders.expire(self.world, out_trade_no)

    def new_code(self, name: str, purpose: str = logins.SIGN_IN) -> str:
        """A real code, good once and for five minutes, for `sign_in` or `phone` (then `name` is the number)."""
        return logins.new_code(self.world, name, purpose)

    def grant_consent(self, openid: str, template_id: str = ANY, times: int = 1) -> None:
        """The user agrees to so many messages of a template, or of any."""
        app_services.grant_consent(self.world, openid, template_id, times)

    def messages(self, openid: str) -> list[dict[str, object]]:
        """The messages a user has received."""
        rows = self.world.storage.rows(
            "SELECT template_id, body FROM messages WHERE openid = ? ORDER BY id", openid
        )
        return [{"template_id": row["template_id"], "data": json.loads(row["body"])} for row in rows]

    def complain(self, out_trade_no: str, detail: str, phone: str = "13800138000") -> str:
        """A buyer complains of a paid order; the complaint's number."""
        return complaints.complain(self.world, out_trade_no, detail, phone)

    def speak_up(self, complaint_id: str, text: str) -> None:
        """The complainant says something more."""
        complaints.speak(self.world, complaint_id, text)

    # What payees do.

    def confirm_transfer(self, out_bill_no: str) -> None:
        """The user takes the money."""
        transfers.confirm(self.world, out_bill_no)

    def refuse_transfer(self, out_bill_no: str, fail_reason: str = "OTHER_FAIL_REASON_TYPE") -> None:
        """A transfer fails for a reason of WeChat's list."""
        transfers.end(self.world, out_bill_no, "FAIL", fail_reason)

    def plan_transfer(self, out_bill_no: str, answer: str) -> None:
        """How the user will answer a transfer still to come: `confirm`, `refuse` or `ignore`."""
        self._plan_outcome(out_bill_no, answer)

    def confirm_authorization(self, out_authorization_no: str) -> None:
        """The user permits to be paid without confirming."""
        authorizations.confirm(self.world, out_authorization_no)

    def close_authorization(self, out_authorization_no: str) -> None:
        """The user ends that permission in WeChat."""
        authorizations.close(self.world, out_authorization_no, authorizations.CLOSED_BY_USER)

    def agree(self, package_info: str) -> None:
        """The user agrees to what a sheet of `requestMerchantTransfer` shows, and we are told: takes a transfer, or
        permits to be paid without confirming.
        """
        transfer = transfers.find(self.world, "package_info", package_info)
        if transfer is not None:
            transfers.confirm(self.world, transfer["out_bill_no"])
        else:
            authorizations.confirm(self.world, authorizations.number_shown(self.world, package_info))
        self.deliver_due()

    # What WeChat does.

    def plan_refund(self, number: str, status: str) -> None:
        """How refunds of an order or refund number still to come will end: SUCCESS, ABNORMAL or CLOSED."""
        if status not in refunds.OUTCOMES:
            raise ValueError(f"a refund ends in one of {refunds.OUTCOMES}")
        self._plan_outcome(number, status)

    def finish_refund(self, out_refund_no: str, status: str = "SUCCESS") -> None:
        """End a refund under way now."""
        refunds.finish(self.world, out_refund_no, status)

    def configure(self, name: str, value: object) -> None:
        """Change the merchant's console or contract: one of the names in `world.DEFAULTS`."""
        self.world.configure(name, value)

    def balance_fen(self, account: str = funds.BASIC) -> int:
        """What an account of the merchant holds."""
        return funds.balance_fen(self.world, account)

    def set_balance(self, account: str, fen: int) -> None:
        """Pay money in or out by hand until an account holds `fen`."""
        funds.set_balance(self.world, account, fen)

    def withdraw(self, fen: int) -> None:
        """Settle `fen` of the basic account to the merchant's bank."""
        funds.withdraw(self.world, fen)

    def rotate_certificate(self) -> str:
        """Sign with a new platform certificate from now on; its serial."""
        return certificates.rotate(self.world)

    def forget_tokens(self) -> None:
        """Make every access token invalid."""
        app_tokens.forget(self.world)

    # Time.

    def advance(self, **span: float) -> None:
        """Move this world's clock ahead by a timedelta's keywords; signatures keep the time of the wire."""
        seconds = int(timedelta(**span).total_seconds())
        self.world.configure("clock_offset", self.world.whole("clock_offset") + seconds)
        pass_time(self.world)

    def deliver_due(self, limit: int = MOST_DELIVERIES_AT_ONCE) -> int:
        """Let time do its work, then deliver the notices that are due on WeChat's schedule; how many were tried."""
        pass_time(self.world)
        return notices.deliver_due(self.world, limit)

    # What goes wrong.

    def fail(
        self, fault: str, endpoint: str = ANY, number: str = ANY, *, times: int = 1, seconds: float = 0.0
    ) -> None:
        """Have the next matching calls suffer a fault (faults.py lists them and endpoints.py the endpoints)."""
        faults.plan(self.world, fault, endpoint=endpoint, number=number, seconds=seconds, times=times)

    def misdeliver(
        self, variant: str, number: str = ANY, event_type: str = ANY, *, value: int = 0, times: int = 1
    ) -> None:
        """Have the next matching notices be spoiled (misdelivery.py lists the ways)."""
        misdelivery.plan(self.world, variant, number=number, event_type=event_type, value=value, times=times)

    def redeliver(self, notice_id: str, variant: str = misdelivery.AS_IT_SHOULD, value: int = 0) -> int:
        """Deliver a notice once more, now; the status that came back."""
        spoiled = misdelivery.Variant(variant, value)
        return misdelivery.send(self.world, notices.find(self.world, notice_id), spoiled)

    def repair(self) -> None:
        """Have nothing go wrong any more."""
        faults.clear(self.world)

    def deliveries(self, number: str = ANY) -> list[Delivery]:
        """Every delivery so far of notices about a number, oldest first."""
        rows = self.world.storage.rows(
            "SELECT deliveries.*, event_type, payload FROM deliveries JOIN notices USING (notice_id) ORDER BY id"
        )
        return [
            Delivery(row["notice_id"], row["event_type"], row["delivered_at"], row["status"], row["variant"])
            for row in rows
            if number == ANY or number in json.loads(row["payload"]).values()
        ]

    def notices(self, number: str = ANY) -> list[str]:
        """The notices about a number, delivered or not, oldest first."""
        rows = self.world.storage.rows("SELECT notice_id, payload FROM notices ORDER BY rowid")
        return [
            row["notice_id"] for row in rows if number == ANY or number in json.loads(row["payload"]).values()
        ]

    def verbs(self) -> dict[str, Callable[..., object]]:
        """What the control interface offers, by name."""
        return {
            verb.__name__: verb
            for verb in (
                self.pay, self.pay_number, self.pay_at_once, self.expire_order, self.new_code, self.grant_consent,
                self.messages, self.complain, self.speak_up, self.confirm_transfer, self.refuse_transfer,
                self.plan_transfer, self.confirm_authorization, self.close_authorization, self.agree,
                self.plan_refund, self.finish_refund, self.configure, self.balance_fen, self.set_balance, self.withdraw,
                self.rotate_certificate, self.forget_tokens, self.advance, self.deliver_due, self.fail,
                self.misdeliver, self.redeliver, self.repair, self.deliveries, self.notices,
            )
        }  # fmt: skip

    def _plan_outcome(self, number: str, outcome: str) -> None:
        self.world.storage.write("INSERT OR REPLACE INTO outcomes VALUES (?, ?)", number, outcome)
