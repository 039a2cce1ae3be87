"""Yesterday's bills: asked for, downloaded, checked against their hash, read."""

import gzip
import hashlib
import hmac
import zlib
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from gateways.wechat.errors import EmptyDay, ProtocolError
from gateways.wechat.fields import Fields, Malformed
from gateways.wechat.pay.bill_rows import (
    EMPTY_FUND_BILL,
    EMPTY_TRADE_BILL,
    FundBill,
    TradeBill,
    read_fund_bill,
    read_trade_bill,
)
from gateways.wechat.pay.session import PaySession

Bill = TypeVar("Bill")


def _ticket(fields: Fields) -> tuple[str, str, str]:
    return fields.text("hash_type"), fields.text("hash_value"), fields.text("download_url")


class BillClient:
    """The bill of a business day (Asia/Shanghai), there from 10:00 on the next day and for three months.

    Every call may raise a PayError: NotReady while the bill is being made (ask again in half an hour). A day on which
    nothing happened is an empty bill.
    """

    def __init__(self, session: PaySession) -> None:
        self._session = session

    def trade_bill(self, day: date) -> TradeBill:
        """All payments and refunds of a day."""
        raw = self.download_trade_bill(day)
        return EMPTY_TRADE_BILL if raw is None else self._read(read_trade_bill, raw)

    def fund_bill(self, day: date, account: str = "BASIC") -> FundBill:
        """All movements of an account (BASIC, OPERATION or FEES) on a day."""
        raw = self.download_fund_bill(day, account)
        return EMPTY_FUND_BILL if raw is None else self._read(read_fund_bill, raw)

    def download_trade_bill(self, day: date, kind: str = "ALL") -> bytes | None:
        """The trade bill (ALL, SUCCESS or REFUND) as WeChat wrote it, uncompressed; None for an empty day."""
        return self._download("/v3/bill/tradebill", {"bill_date": day.isoformat(), "bill_type": kind})

    def download_fund_bill(self, day: date, account: str = "BASIC") -> bytes | None:
        """The fund-flow bill as WeChat wrote it, uncompressed; None for an empty day."""
        return self._download(
            "/v3/bill/fundflowbill", {"bill_date": day.isoformat(), "account_type": account}
        )

    def _download(self, path: str, params: dict[str, str]) -> bytes | None:
        try:
            answer = self._session.get(path, params | {"tar_type": "GZIP"})
        except EmptyDay:
            return None
        kind, expected, url = self._session.read(_ticket, answer)
        try:
            raw = gzip.decompress(self._session.download(url))
        except (OSError, EOFError, zlib.error) as failure:
            raise ProtocolError("BILL_NOT_READABLE", "the bill is not compressed as asked for") from failure
        # WeChat's choice of hash; it is taken over the bytes as they were before compression.
        actual = hashlib.sha1(raw, usedforsecurity=False).hexdigest()
        if kind != "SHA1" or not hmac.compare_digest(actual, expected.lower()):
            raise ProtocolError("BILL_HASH_DIFFERS", "the downloaded bill is not the one WeChat spoke of")
        return raw

    @staticmethod
    def _read(read: Callable[[bytes], Bill], raw: bytes) -> Bill:
        try:
            return read(raw)
        except Malformed as failure:
            raise ProtocolError("BILL_NOT_READABLE", str(failure)) from failure
