"""The keys and names of the simulated merchant, made once and kept beside the storage, readable by their
owner only.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from gateways.wechat.pay.crypto import load_private_key
from gateways.wechat.settings import CHANNELS, App, WeChatSettings

CERTIFICATE_YEARS = 5


@dataclass(frozen=True)
class PlatformCertificate:
    """A certificate of simulated WeChat Pay with its private key; the serial is 40 hexadecimal digits."""

    serial: str
    certificate: str
    private_key: str = field(repr=False)


@dataclass(frozen=True)
class SimulatorKeys:
    """One merchant as WeChat knows it, and the keys by which simulated WeChat is believed."""

    merchant_id: str
    merchant_serial: str
    merchant_private_key: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    public_key_id: str
    public_key_private: str = field(repr=False)
    certificate: PlatformCertificate
    apps: Mapping[str, App]

    def public_key(self) -> str:
        """The PEM public key that goes with `public_key_id`."""
        return _public_pem(self.public_key_private)


def make_keys(now: datetime) -> SimulatorKeys:
    """Fresh keys; the names say `sandbox` wherever production would refuse them for it."""
    return SimulatorKeys(
        merchant_id="1900" + _digits(6),
        merchant_serial=_serial(),
        merchant_private_key=_new_private_pem(),
        api_v3_key="sandbox" + secrets.token_hex(16)[:25],
        public_key_id="PUB_KEY_ID_0" + _digits(24),
        public_key_private=_new_private_pem(),
        certificate=make_certificate(now - timedelta(hours=1)),
        apps={
            channel: App(f"wxsandbox{n}" + secrets.token_hex(4), "sandbox-" + secrets.token_hex(12))
            for n, channel in enumerate(CHANNELS, start=1)
        },
    )


def make_certificate(begins: datetime) -> PlatformCertificate:
    """A platform certificate, valid for five years."""
    private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    serial = _serial()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "WeChat Pay simulator")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(int(serial, 16))
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=365 * CERTIFICATE_YEARS))
        .sign(private_key, SHA256())
    )
    return PlatformCertificate(
        serial, certificate.public_bytes(Encoding.PEM).decode(), _private_pem(private_key)
    )


def keys_for(storage_path: str | Path, now: datetime) -> SimulatorKeys:
    """The keys kept beside a storage, made at the first call; several processes may call at once and all get
    the same.
    """
    path = Path(f"{storage_path}.keys.json")
    if not path.exists():
        _publish(path, json.dumps(asdict(make_keys(now)), indent=1))
    kept = json.loads(path.read_text("utf-8"))
    kept["certificate"] = PlatformCertificate(**kept["certificate"])
    kept["apps"] = {channel: App(**app) for channel, app in kept["apps"].items()}
    return SimulatorKeys(**kept)


def settings_for(keys: SimulatorKeys, public_url: str, base_url: str) -> WeChatSettings:
    """Client settings of this merchant that know both kinds of key, with every WeChat host at `base_url`.

    Browsers, which cannot go where an in-process client goes, find the simulator under `public_url`/sandbox.
    """
    return WeChatSettings(
        merchant_id=keys.merchant_id,
        merchant_serial=keys.merchant_serial,
        merchant_private_key=keys.merchant_private_key,
        api_v3_key=keys.api_v3_key,
        platform_keys={
            keys.public_key_id: keys.public_key(),
            keys.certificate.serial: keys.certificate.certificate,
        },
        encryption_serial=keys.public_key_id,
        notify_base_url=public_url,
        apps=keys.apps,
        pay_base_url=base_url,
        pay_backup_url=base_url,
        api_base_url=base_url,
        open_base_url=f"{public_url.rstrip('/')}/sandbox",
    )


def _publish(path: Path, text: str) -> None:
    """Write a file so that it appears complete or not at all, and leave one that another process published
    first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _new_private_pem() -> str:
    return _private_pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def _private_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public_pem(private_pem: str) -> str:
    public = load_private_key(private_pem, own=True).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _serial() -> str:
    # The first digit keeps the number positive and exactly 40 digits long.
    return "5" + secrets.token_hex(20).upper()[1:]


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))
