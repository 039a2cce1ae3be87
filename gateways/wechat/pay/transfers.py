"""Merchant transfers (商家转账): to a user who confirms each one, or who has permitted it once and for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from domain.transfers import SCENES, name_to_send
from gateways.wechat.fields import Fields
from gateways.wechat.pay import crypto, records
from gateways.wechat.pay.session import PaySession

TRANSFERS = "/v3/fund-app/mch-transfer/transfer-bills"
AUTHORIZATIONS = "/v3/fund-app/mch-transfer/user-confirm-authorization"


@dataclass(frozen=True)
class TransferOrder:
    """What a transfer is: frozen under its number, because WeChat takes the same number only with the same
    parameters.

    `report` fills the scene's info types in the order of SCENES. `user_name` is checked by WeChat against
    the account.
    """

    out_bill_no: str
    appid: str
    openid: str
    amount_fen: int
    remark: str
    scene_id: str
    report: Sequence[str]
    user_name: str | None = None
    notify_url: str | None = None


class TransferClient:
    """Asks for transfers and after them; every call may raise a PayError.

    After any error of a call that creates, the transfer may exist: query by our number, and take a new
    number only after FAIL or CANCELLED. Keep `package_info` of a create answer whatever the state: no query
    gives it again.
    """

    def __init__(self, session: PaySession) -> None:
        self._session = session

    def create(self, order: TransferOrder) -> records.Transfer:
        """Ask for a transfer the user confirms within 24 hours."""
        body, serial = self._body(order)
        return self._transfer(self._session.post(TRANSFERS, body | {"openid": order.openid}, serial))

    def create_authorized(self, order: TransferOrder, out_authorization_no: str) -> records.Transfer:
        """Transfer under a standing permission; only an answer with state SUCCESS is a payment."""
        body, serial = self._body(order)
        body["out_authorization_no"] = out_authorization_no
        return self._transfer(self._session.post(f"{TRANSFERS}/transfer", body, serial))

    def create_and_authorize(
        self, order: TransferOrder, out_authorization_no: str, user_display_name: str
    ) -> records.Transfer:
        """Ask for a transfer whose confirmation gives the standing permission as well."""
        body, serial = self._body(order)
        body |= {
            "openid": order.openid,
            "authorization_info": {
                "out_authorization_no": out_authorization_no,
                "user_display_name": user_display_name,
                "authorization_notify_url": self._session.settings.notify_url("authorizations"),
            },
        }
        return self._transfer(
            self._session.post(f"{TRANSFERS}/pre-transfer-with-authorization", body, serial)
        )

    def query(self, out_bill_no: str) -> records.Transfer:
        """The transfer by our own number (kept 30 days); NotFound when it was never accepted."""
        return self._transfer(self._session.get(f"{TRANSFERS}/out-bill-no/{quote(out_bill_no, safe='')}"))

    def query_by_bill(self, transfer_bill_no: str) -> records.Transfer:
        """The transfer by WeChat's number (kept 30 days)."""
        path = f"{TRANSFERS}/transfer-bill-no/{quote(transfer_bill_no, safe='')}"
        return self._transfer(self._session.get(path))

    def cancel(self, out_bill_no: str) -> records.TransferState:
        """Withdraw a transfer nobody has confirmed yet; it is done only when a query says CANCELLED."""
        path = f"{TRANSFERS}/out-bill-no/{quote(out_bill_no, safe='')}/cancel"
        answer = self._session.post(path)
        return self._session.read(records.transfer_state, answer)

    def confirm_sheet(self, appid: str, package_info: str) -> dict[str, str]:
        """The parameters of wx.requestMerchantTransfer, with which the user confirms; its success is no
        proof of payment.
        """
        return {"mchId": self._session.settings.merchant_id, "appId": appid, "package": package_info}

    def authorize(
        self, *, out_authorization_no: str, appid: str, openid: str, scene_id: str, user_display_name: str
    ) -> records.Authorization:
        """Ask a user for the standing permission, to be given within 24 hours by the answer's
        `package_info`.
        """
        body = {
            "out_authorization_no": out_authorization_no,
            "appid": appid,
            "openid": openid,
            "transfer_scene_id": scene_id,
            "user_display_name": user_display_name,
            "authorization_notify_url": self._session.settings.notify_url("authorizations"),
        }
        return self._authorization(self._session.post(AUTHORIZATIONS, body))

    def query_authorization(self, out_authorization_no: str) -> records.Authorization:
        """The standing permission by our own number."""
        return self._authorization(self._session.get(self._authorization_path(out_authorization_no)))

    def close_authorization(self, out_authorization_no: str) -> records.Authorization:
        """End a standing permission; transfers fall back to being confirmed."""
        path = f"{self._authorization_path(out_authorization_no)}/close"
        return self._authorization(self._session.post(path))

    def _body(self, order: TransferOrder) -> tuple[dict[str, object], str | None]:
        wanted = SCENES.get(order.scene_id, ())
        if len(wanted) != len(order.report):
            raise ValueError(f"scene {order.scene_id} reports {len(wanted)} facts, not {len(order.report)}")
        body: dict[str, object] = {
            "appid": order.appid,
            "out_bill_no": order.out_bill_no,
            "transfer_scene_id": order.scene_id,
            "transfer_amount": order.amount_fen,
            "transfer_remark": order.remark,
            "notify_url": order.notify_url or self._session.settings.notify_url("transfers"),
            "transfer_scene_report_infos": [
                {"info_type": kind, "info_content": text}
                for kind, text in zip(wanted, order.report, strict=True)
            ],
        }
        name = name_to_send(order.amount_fen, order.user_name)
        if name is None:
            return body, None
        key = self._session.encryption()
        body["user_name"] = crypto.encrypt_field(key.key, name)
        return body, key.serial

    def _transfer(self, answer: Fields) -> records.Transfer:
        return self._session.read(records.transfer, answer)

    def _authorization(self, answer: Fields) -> records.Authorization:
        return self._session.read(records.authorization, answer)

    @staticmethod
    def _authorization_path(out_authorization_no: str) -> str:
        return f"{AUTHORIZATIONS}/out-authorization-no/{quote(out_authorization_no, safe='')}"
