"""What every part of the simulator shares: its memory, its parsed keys, its clock, its settings and its way out."""

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.clock import SHANGHAI
from gateways.wechat.pay.crypto import load_private_key
from gateways.wechat.simulator.keys import PlatformCertificate, SimulatorKeys
from gateways.wechat.simulator.storage import Storage

#: Delivers a callback and says which HTTP status came back; raises OSError or returns 0 when nothing did.
Deliver = Callable[[str, Mapping[str, str], bytes], int]

BY_PUBLIC_KEY, BY_CERTIFICATE, BY_BOTH = "pubkey", "cert", "both"

#: What a merchant's console and contract would say; `Simulator.configure` changes them.
DEFAULTS: dict[str, object] = {
    "mode": BY_PUBLIC_KEY,
    "ramp_percent": 50,  # of callbacks signed by the public key while the mode is `both`
    "scenes": ["1000", "1009"],
    "addresses": [],  # callers that may ask for transfers; empty: any
    "fee_rate_bp": 60,
    "fee_fractions": False,  # bills tell fees unrounded, in five decimals
    "opening_fen": {"BASIC": 0, "OPERATION": 10_000_000},
    "refund_seconds": 0,
    "transfer_most_fen": 2_000_000,
    "transfer_daily_fen": 10_000_000,
    "complaint_url": "",
    "clock_offset": 0,
}


class Refuse(Exception):
    """An error answer of WeChat Pay: HTTP status, code and message as documented."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.field = field


class World:
    """One simulated WeChat with one merchant in it."""

    def __init__(
        self, storage: Storage, keys: SimulatorKeys, clock: Callable[[], datetime], deliver: Deliver
    ) -> None:
        self.storage = storage
        self.keys = keys
        self.deliver = deliver
        self.clock = clock
        self.merchant_key = load_private_key(keys.merchant_private_key, own=True).public_key()
        self.cipher = AESGCM(keys.api_v3_key.encode())
        self.appids = {app.appid: channel for channel, app in keys.apps.items()}
        self._signing_keys = {keys.public_key_id: load_private_key(keys.public_key_private, own=True)}

    def now(self) -> int:
        """The present second of the simulated world, which may have been moved ahead of the wire's."""
        return self.wire_time() + self.whole("clock_offset")

    def wire_time(self) -> int:
        """The present second as signatures tell it; never moved, so that callers go on believing them."""
        return int(self.clock().timestamp())

    def setting(self, name: str) -> object:
        """One of DEFAULTS as it is set now."""
        row = self.storage.row("SELECT value FROM settings WHERE name = ?", name)
        return DEFAULTS[name] if row is None else json.loads(row["value"])

    def whole(self, name: str) -> int:
        """A setting that is a whole number."""
        value = self.setting(name)
        assert isinstance(value, int)
        return value

    def text(self, name: str) -> str:
        """A setting that is a text."""
        value = self.setting(name)
        assert isinstance(value, str)
        return value

    def configure(self, name: str, value: object) -> None:
        """Change one of DEFAULTS; ValueError for another name or another type."""
        if name not in DEFAULTS or not isinstance(value, type(DEFAULTS[name])):
            raise ValueError(f"{name} is not a setting, or not of this type")
        self.storage.write("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, json.dumps(value))

    def certificates(self) -> list[PlatformCertificate]:
        """The platform certificates, newest first."""
        rows = self.storage.rows("SELECT * FROM certificates ORDER BY effective_at DESC, rowid DESC")
        later = [PlatformCertificate(row["serial"], row["certificate"], row["private_key"]) for row in rows]
        return [*later, self.keys.certificate]

    def signing_key(self, serial: str) -> RSAPrivateKey | None:
        """The private key behind a certificate serial or the PUB_KEY_ID; None for a serial that is not ours."""
        if serial not in self._signing_keys:
            for certificate in self.certificates():
                if certificate.serial == serial:
                    self._signing_keys[serial] = load_private_key(certificate.private_key, own=True)
        return self._signing_keys.get(serial)

    def answering_serial(self, wanted: str) -> str:
        """The key an answer is signed by: in the mode `both` the one the request named."""
        mode = self.text("mode")
        if mode == BY_PUBLIC_KEY:
            return self.keys.public_key_id
        if mode == BY_BOTH and wanted == self.keys.public_key_id:
            return wanted
        known = {certificate.serial for certificate in self.certificates()}
        return wanted if wanted in known else self.certificates()[0].serial

    def calling_serial(self) -> str:
        """The key a callback is signed by: in the mode `both` some by one and some by the other."""
        mode = self.text("mode")
        by_public_key = mode == BY_PUBLIC_KEY or (
            mode == BY_BOTH and secrets.randbelow(100) < self.whole("ramp_percent")
        )
        return self.keys.public_key_id if by_public_key else self.certificates()[0].serial


def rfc3339(second: int) -> str:
    """A time as WeChat writes it, in the time of China."""
    return datetime.fromtimestamp(second, UTC).astimezone(SHANGHAI).isoformat(timespec="seconds")


def token(prefix: str, length: int) -> str:
    """A fresh name of `length` characters that begins with `prefix`."""
    return prefix + secrets.token_hex(length)[: length - len(prefix)]


def digits(prefix: str, length: int) -> str:
    """A fresh number of `length` digits that begins with `prefix`."""
    return prefix + "".join(secrets.choice("0123456789") for _ in range(length - len(prefix)))
