"""The settings of a production installation that may start: complete, and of nobody."""

import base64
import json
import secrets
from datetime import date
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from domain.signing import key_ring_text, make_key

_WECHAT_KEY = "PUB_KEY_ID_0114232134912410000000000000"


@cache
def _merchant_keys() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return private, public


def production_environ(**changes: str | None) -> dict[str, str]:
    """Every setting production needs; `changes` replace some, and None leaves one out."""
    private, public = _merchant_keys()
    environ: dict[str, str | None] = {
        "APP_ENV": "production",
        "DATABASE_URL": "postgresql://danzhu@db.example.org/danzhu",
        "SECRET_KEY": secrets.token_urlsafe(32),
        "PUBLIC_URL": "https://danzhu.example.org",
        "DATA_KEYS": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "CERTIFICATE_KEYS": key_ring_text([make_key("2026a", secrets.token_bytes, date(2026, 1, 1))]),
        "METRICS_TOKEN": secrets.token_urlsafe(24),
        "RATE_LIMIT_STORE": "redis://cache.example.org/0",
        "SPONSOR": "某支持单位",
        "MERCHANT_OF_RECORD": "某收款主体",
        "SUPERVISED_ACCOUNT": "某监管账户",
        "WECHAT_MCHID": "1900007291",
        "WECHAT_MERCHANT_SERIAL": "408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB",
        "WECHAT_MERCHANT_KEY": private,
        "WECHAT_APIV3_KEY": secrets.token_hex(16),
        "WECHAT_PLATFORM_KEYS": json.dumps({_WECHAT_KEY: public}),
        "WECHAT_MINIPROGRAM_APPID": "wx2421b1c4370ec43b",
        "WECHAT_MINIPROGRAM_SECRET": secrets.token_hex(16),
        **changes,
    }
    return {name: value for name, value in environ.items() if value is not None}
