"""Refunds at WeChat Pay: an answer of 200 means accepted, not done; the notice or a query says how it ended."""

from collections.abc import Mapping
from urllib.parse import quote

from gateways.wechat.pay import crypto, records
from gateways.wechat.pay.session import PaySession

REFUNDS = "/v3/refund/domestic/refunds"

#: WeChat's limits: days after payment, partial refunds an order, seconds between two of them.
REFUND_DAYS = 365
MOST_PARTIAL_REFUNDS = 50
SECONDS_BETWEEN_REFUNDS = 60


class RefundClient:
    """Asks for refunds and after them; every call may raise a PayError.

    After any error of `create` but a definite Refused the refund may exist: query by our number; NotFound
    means that it was not accepted and the same number may be sent again. NotEnough: top up, same number.
    """

    def __init__(self, session: PaySession) -> None:
        self._session = session

    def create(
        self,
        *,
        out_trade_no: str | None = None,
        transaction_id: str | None = None,
        out_refund_no: str,
        refund_fen: int,
        total_fen: int,
        reason: str,
        notify_url: str | None = None,
    ) -> records.Refund:
        """Ask WeChat to give back `refund_fen` of a payment of `total_fen`; repeatable with the same
        parameters.

        The payment is named by our number or, where one number may have been paid twice, by WeChat's.
        The notice address is always sent: without it WeChat may answer with its old XML form.
        """
        body = {
            **({"transaction_id": transaction_id} if transaction_id else {"out_trade_no": out_trade_no}),
            "out_refund_no": out_refund_no,
            "reason": reason,
            "notify_url": notify_url or self._session.settings.notify_url("refunds"),
            "amount": {"refund": refund_fen, "total": total_fen, "currency": "CNY"},
        }
        return self._session.read(records.refund, self._session.post(REFUNDS, body))

    def query(self, out_refund_no: str) -> records.Refund:
        """The refund by our own number; NotFound when it was never accepted."""
        return self._session.read(
            records.refund, self._session.get(f"{REFUNDS}/{quote(out_refund_no, safe='')}")
        )

    def redirect_to_bank_card(
        self, *, refund_id: str, out_refund_no: str, bank_type: str, bank_account: str, real_name: str
    ) -> records.Refund:
        """Send an ABNORMAL refund to a bank card of the user instead; account and name go out encrypted."""
        key = self._session.encryption()
        body = {
            "out_refund_no": out_refund_no,
            "type": "USER_BANK_CARD",
            "bank_type": bank_type,
            "bank_account": crypto.encrypt_field(key.key, bank_account),
            "real_name": crypto.encrypt_field(key.key, real_name),
        }
        return self._redirect(refund_id, body, key.serial)

    def redirect_to_merchant(self, *, refund_id: str, out_refund_no: str) -> records.Refund:
        """Send an ABNORMAL refund to the merchant's own bank account, to be handed over by other means."""
        return self._redirect(refund_id, {"out_refund_no": out_refund_no, "type": "MERCHANT_BANK_CARD"}, None)

    def _redirect(self, refund_id: str, body: Mapping[str, object], serial: str | None) -> records.Refund:
        path = f"{REFUNDS}/{quote(refund_id, safe='')}/apply-abnormal-refund"
        return self._session.read(records.refund, self._session.post(path, body, serial))
