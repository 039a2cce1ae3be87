"""What a merchant has to know about itself before WeChat will talk to it, and what production refuses."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateways.wechat.pay.crypto import load_public_key

MINIPROGRAM = "miniprogram"
OFFICIAL_ACCOUNT = "official_account"
CHANNELS = (MINIPROGRAM, OFFICIAL_ACCOUNT)
HOOKS = ("transactions", "refunds", "transfers", "authorizations", "complaints")

LONGEST_NOTIFY_URL = 255


@dataclass(frozen=True)
class App:
    """One registered app of the merchant: the mini program, or the official account."""

    appid: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class WeChatSettings:
    """Everything the client needs; secrets never appear in its repr.

    `platform_keys` maps a platform certificate serial or a PUB_KEY_ID to a PEM (certificate or public key);
    `encryption_serial` names the one we encrypt with and announce with every request (of certificates the newest in
    force is taken instead). Time limits are seconds. `verification_files` {name: content} are what WeChat gave for the
    rule 扫普通链接二维码打开小程序, to be served from the directory of the rule.
    """

    merchant_id: str
    merchant_serial: str
    merchant_private_key: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    platform_keys: Mapping[str, str]
    encryption_serial: str
    notify_base_url: str
    apps: Mapping[str, App]
    pay_base_url: str = "https://api.mch.weixin.qq.com"
    pay_backup_url: str = "https://api2.mch.weixin.qq.com"
    api_base_url: str = "https://api.weixin.qq.com"
    open_base_url: str = "https://open.weixin.qq.com"
    connect_timeout: float = 3.0
    read_timeout: float = 10.0
    verification_files: Mapping[str, str] = field(default_factory=dict)

    def notify_url(self, hook: str) -> str:
        """The address WeChat is to call for one of HOOKS."""
        if hook not in HOOKS:
            raise ValueError(f"no such hook: {hook}")
        return f"{self.notify_base_url.rstrip('/')}/hooks/wechat-pay/{hook}"


class SettingRefused(ValueError):
    """A setting that must not be used in production; `setting` names it."""

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(f"{setting}: {reason}")
        self.setting = setting
        self.reason = reason


def check_for_production(settings: WeChatSettings) -> None:
    """Refuse settings that would not reach WeChat itself as a real merchant, naming the first wrong one."""
    for name in ("pay_base_url", "pay_backup_url"):
        _check_host(name, getattr(settings, name), r"[a-z0-9-]+\.mch\.weixin\.qq\.com")
    _check_host("api_base_url", settings.api_base_url, r"api\.weixin\.qq\.com")
    _check_host("open_base_url", settings.open_base_url, r"open\.weixin\.qq\.com")
    _check_notify_url(settings)
    _check_merchant(settings)
    _check_keys(settings)
    _check_apps(settings)
    _check_verification_files(settings)


def _check_host(name: str, url: str, pattern: str) -> None:
    parts = urlsplit(url)
    if (
        parts.scheme != "https"
        or parts.netloc != (parts.hostname or "")
        or parts.path not in ("", "/")
        or parts.query
    ):
        raise SettingRefused(name, "must be https://<host of WeChat> and nothing more")
    if not re.fullmatch(pattern, parts.hostname or ""):
        raise SettingRefused(name, f"{parts.hostname} is not a host of WeChat")


def _check_notify_url(settings: WeChatSettings) -> None:
    parts = urlsplit(settings.notify_base_url)
    host = parts.hostname or ""
    if parts.scheme != "https" or not host:
        raise SettingRefused("notify_base_url", "WeChat calls https addresses only")
    if parts.query or parts.fragment:
        raise SettingRefused("notify_base_url", "must carry no query string")
    if len(settings.notify_url("authorizations")) > LONGEST_NOTIFY_URL:
        raise SettingRefused(
            "notify_base_url", f"a callback address has at most {LONGEST_NOTIFY_URL} characters"
        )
    if _is_address(host) or "." not in host or host.endswith((".local", ".localhost", ".internal")):
        raise SettingRefused("notify_base_url", f"{host} cannot be reached from outside by its name")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_merchant(settings: WeChatSettings) -> None:
    if not re.fullmatch(r"\d{8,10}", settings.merchant_id):
        raise SettingRefused("merchant_id", "must be the 8 to 10 digits of the merchant number")
    if not re.fullmatch(r"[0-9A-F]{40}", settings.merchant_serial):
        raise SettingRefused(
            "merchant_serial",
            "must be the 40 hexadecimal digits (capital letters) of the merchant certificate",
        )
    try:
        key = load_pem_private_key(settings.merchant_private_key.encode(), password=None)
    except (ValueError, TypeError):
        raise SettingRefused("merchant_private_key", "is not a readable PEM private key") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < 2048:
        raise SettingRefused("merchant_private_key", "must be an RSA key of at least 2048 bits")
    if not settings.api_v3_key.isascii() or len(settings.api_v3_key) != 32:
        raise SettingRefused("api_v3_key", "must be 32 ASCII characters")
    if "sandbox" in settings.api_v3_key.lower():
        raise SettingRefused("api_v3_key", "belongs to the simulator")


def _check_keys(settings: WeChatSettings) -> None:
    if not settings.platform_keys:
        raise SettingRefused(
            "platform_keys", "at least one key of WeChat Pay is needed to believe its answers"
        )
    for serial, pem in settings.platform_keys.items():
        try:
            load_public_key(pem)
        except ValueError:
            raise SettingRefused(
                "platform_keys", f"the key {serial} is not a readable RSA key or certificate"
            ) from None
    if settings.encryption_serial not in settings.platform_keys:
        raise SettingRefused("encryption_serial", "is not one of platform_keys")


def _check_apps(settings: WeChatSettings) -> None:
    if not settings.apps:
        raise SettingRefused("apps", "at least one of mini program and official account is needed")
    for channel, app in settings.apps.items():
        if channel not in CHANNELS:
            raise SettingRefused("apps", f"{channel} is not a channel")
        if not re.fullmatch(r"wx[0-9a-f]{16}", app.appid):
            raise SettingRefused("apps", f"the appid of {channel} is not one given by WeChat")
        if not re.fullmatch(r"[0-9a-f]{32}", app.secret):
            raise SettingRefused("apps", f"the secret of {channel} is not one given by WeChat")


def _check_verification_files(settings: WeChatSettings) -> None:
    for name, content in settings.verification_files.items():
        if not re.fullmatch(r"[A-Za-z0-9_]{1,64}\.txt", name) or not re.fullmatch(
            r"[A-Za-z0-9_]{1,128}", content.strip()
        ):
            raise SettingRefused("verification_files", f"{name} is not a verification file of WeChat")
