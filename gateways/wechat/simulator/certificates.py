"""Platform certificates: handed out sealed under the APIv3 key, and changed from time to time."""

import secrets
from datetime import UTC, datetime, timedelta

from cryptography.x509 import load_pem_x509_certificate

from gateways.wechat.pay.crypto import seal_resource
from gateways.wechat.simulator.keys import PlatformCertificate, make_certificate
from gateways.wechat.simulator.world import BY_PUBLIC_KEY, Refuse, World, rfc3339


def list_all(world: World) -> dict[str, object]:
    """The certificates in force, newest first; none for a merchant that has gone over to public keys."""
    if world.text("mode") == BY_PUBLIC_KEY:
        raise Refuse(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥")
    return {"data": [_sealed(world, kept) for kept in world.certificates()]}


def _sealed(world: World, kept: PlatformCertificate) -> dict[str, object]:
    nonce = secrets.token_hex(6)
    certificate = load_pem_x509_certificate(kept.certificate.encode())
    return {
        "serial_no": kept.serial,
        "effective_time": rfc3339(int(certificate.not_valid_before_utc.timestamp())),
        "expire_time": rfc3339(int(certificate.not_valid_after_utc.timestamp())),
        "encrypt_certificate": {
            "algorithm": "AEAD_AES_256_GCM",
            "nonce": nonce,
            "associated_data": "certificate",
            "ciphertext": seal_resource(world.cipher, nonce, "certificate", kept.certificate.encode()),
        },
    }


def rotate(world: World) -> str:
    """Sign with a new certificate from now on, while the old one stays listed; the new serial."""
    now = world.wire_time()
    made = make_certificate(datetime.fromtimestamp(now, UTC) - timedelta(minutes=1))
    world.storage.write(
        "INSERT INTO certificates VALUES (?, ?, ?, ?)", made.serial, made.certificate, made.private_key, now
    )
    return made.serial
