"""Orders at WeChat Pay: prepay, the payment sheet's signature, query, close, and reading callbacks."""

import secrets
from datetime import datetime
from typing import TypedDict
from urllib.parse import quote

from domain.clock import SHANGHAI
from gateways.wechat.pay import crypto, records
from gateways.wechat.pay.notices import AnyNotice, Headers, NoticeReader
from gateways.wechat.pay.session import PaySession

ORDERS = "/v3/pay/transactions"


class PaySheet(TypedDict):
    """The five signed parameters of wx.requestPayment (and of WeixinJSBridge, which also wants the appId)."""

    timeStamp: str
    nonceStr: str
    package: str
    signType: str
    paySign: str


class PayClient:
    """What a shop needs of WeChat Pay for its orders; every call may raise a PayError."""

    def __init__(self, session: PaySession) -> None:
        self._session = session
        self._reader = NoticeReader(session.keys, session.settings.api_v3_key)

    @property
    def merchant_id(self) -> str:
        """The merchant number every order, notice and bill row must carry."""
        return self._session.settings.merchant_id

    def prepay_jsapi(
        self,
        *,
        appid: str,
        openid: str,
        out_trade_no: str,
        description: str,
        total_fen: int,
        time_expire: datetime,
        attach: str | None = None,
        notify_url: str | None = None,
    ) -> str:
        """The prepay_id (valid 2 hours) under which the payer can pay `total_fen` until `time_expire`.

        Repeatable with exactly the same parameters; any other parameter under the same number is NumberUsed
        or Refused. `notify_url` is our transactions hook unless the order froze another.
        """
        settings = self._session.settings
        body: dict[str, object] = {
            "appid": appid,
            "mchid": settings.merchant_id,
            "description": description,
            "out_trade_no": out_trade_no,
            "time_expire": time_expire.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "notify_url": notify_url or settings.notify_url("transactions"),
            "amount": {"total": total_fen, "currency": "CNY"},
            "payer": {"openid": openid},
        }
        if attach is not None:
            body["attach"] = attach
        answer = self._session.post(f"{ORDERS}/jsapi", body)
        return self._session.read(lambda fields: fields.text("prepay_id"), answer)

    def pay_sign(self, appid: str, prepay_id: str) -> PaySheet:
        """The signed parameters that open the payment sheet; the time is text, as the client demands."""
        timestamp, nonce = str(int(self._session.now().timestamp())), secrets.token_hex(16)
        package = f"prepay_id={prepay_id}"
        return {
            "timeStamp": timestamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": self._session.sign(crypto.pay_message(appid, timestamp, nonce, package)),
        }

    def query_by_number(self, out_trade_no: str) -> records.Transaction:
        """The order by our own number; NotFound when no prepay ever reached WeChat."""
        return self._order(f"out-trade-no/{quote(out_trade_no, safe='')}")

    def query_by_transaction(self, transaction_id: str) -> records.Transaction:
        """The order by WeChat's number."""
        return self._order(f"id/{quote(transaction_id, safe='')}")

    def close(self, out_trade_no: str) -> None:
        """Close an unpaid order (repeatable); AlreadyPaid when it was paid: then query and fulfil.

        Only a return from this call means that no money can arrive any more.
        """
        path = f"{ORDERS}/out-trade-no/{quote(out_trade_no, safe='')}/close"
        self._session.post(path, {"mchid": self.merchant_id})

    def read_notice(self, headers: Headers, raw_body: bytes, now: datetime) -> AnyNotice:
        """The notice a callback carries; NoticeRefused for every callback that is not to be believed.

        A serial nobody knows may cause one question to WeChat, so this must stand outside any transaction.
        """
        return self._reader.read(headers, raw_body, now)

    def _order(self, rest: str) -> records.Transaction:
        answer = self._session.get(f"{ORDERS}/{rest}", {"mchid": self.merchant_id})
        return self._session.read(records.transaction, answer)
