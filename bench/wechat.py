"""A WeChat Pay merchant of the benchmark's own: its settings for the server, and notices signed with its key.

Signing takes most of a millisecond of the cores that are being measured, so it is done between the timed spans.
"""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain import clock
from gateways.wechat.pay import crypto
from gateways.wechat.settings import MINIPROGRAM
from gateways.wechat.simulator import SimulatorKeys, make_keys

PATH = "/hooks/wechat-pay/transactions"


@dataclass(frozen=True, slots=True)
class Paid:
    """An order as its payer sees it."""

    number: str
    amount_fen: int
    openid: str


class Merchant:
    """One merchant and the WeChat Pay that serves it."""

    def __init__(self) -> None:
        self._keys: SimulatorKeys = make_keys(clock.now())
        self._sign = crypto.load_private_key(self._keys.public_key_private, own=True)
        self._cipher = AESGCM(self._keys.api_v3_key.encode())

    @property
    def appid(self) -> str:
        """The mini program buyers sign in from."""
        return self._keys.apps[MINIPROGRAM].appid

    def settings(self) -> Mapping[str, str]:
        """The settings by which a server believes this merchant's notices."""
        app = self._keys.apps[MINIPROGRAM]
        return {
            "WECHAT_MCHID": self._keys.merchant_id,
            "WECHAT_MERCHANT_SERIAL": self._keys.merchant_serial,
            "WECHAT_MERCHANT_KEY": self._keys.merchant_private_key,
            "WECHAT_APIV3_KEY": self._keys.api_v3_key,
            "WECHAT_PLATFORM_KEYS": json.dumps({self._keys.public_key_id: self._keys.public_key()}),
            "WECHAT_ENCRYPTION_SERIAL": self._keys.public_key_id,
            "WECHAT_MINIPROGRAM_APPID": app.appid,
            "WECHAT_MINIPROGRAM_SECRET": app.secret,
        }

    def notice(self, paid: Paid) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the notice that an order was paid in full, just now."""
        moment = clock.now().astimezone(clock.SHANGHAI).isoformat(timespec="seconds")
        transaction = {
            "mchid": self._keys.merchant_id,
            "appid": self.appid,
            "out_trade_no": paid.number,
            "transaction_id": "42" + "".join(secrets.choice("0123456789") for _ in range(26)),
            "trade_type": "JSAPI",
            "trade_state": "SUCCESS",
            "trade_state_desc": "支付成功",
            "bank_type": "OTHERS",
            "attach": "",
            "success_time": moment,
            "payer": {"openid": paid.openid},
            "amount": {
                "total": paid.amount_fen,
                "payer_total": paid.amount_fen,
                "currency": "CNY",
                "payer_currency": "CNY",
            },
        }
        nonce = secrets.token_hex(6)
        plain = json.dumps(transaction, ensure_ascii=False).encode()
        body = json.dumps(
            {
                "id": f"EV-{secrets.token_hex(16)}",
                "create_time": moment,
                "resource_type": "encrypt-resource",
                "event_type": "TRANSACTION.SUCCESS",
                "summary": "支付成功",
                "resource": {
                    "original_type": "transaction",
                    "algorithm": "AEAD_AES_256_GCM",
                    "ciphertext": crypto.seal_resource(self._cipher, nonce, "transaction", plain),
                    "associated_data": "transaction",
                    "nonce": nonce,
                },
            },
            ensure_ascii=False,
        ).encode()
        return body, self._headers(body)

    def _headers(self, body: bytes) -> dict[str, str]:
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        return {
            "Content-Type": "application/json",
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": crypto.sign(self._sign, crypto.answer_message(timestamp, nonce, body)),
            "Wechatpay-Serial": self._keys.public_key_id,
            "Wechatpay-Signature-Type": crypto.SCHEME,
        }
