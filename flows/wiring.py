"""Builds the parts of a running application from its settings."""

import json
import os
from dataclasses import replace

from config import ConfigError, Settings
from domain import clock
from domain.clock import Clock
from domain.signing import KeyRingError, parse_key_ring, public_keys, signing_key
from domain.tokens import TokenSigner
from flows.access_tokens import DatabaseTokenStore
from flows.running import Running
from gateways.wechat import App, SettingRefused, WeChat, WeChatSettings, check_for_production, connect
from gateways.wechat.settings import MINIPROGRAM, OFFICIAL_ACCOUNT
from gateways.wechat.simulator import Simulator, create_simulator

SANDBOX = "wechat-sandbox.sqlite3"


def wire(settings: Settings, now: Clock = clock.now) -> Running:
    """The parts for these settings; raises ConfigError naming the setting that cannot be used."""
    try:
        ring = parse_key_ring(settings.certificate_keys)
        signer = TokenSigner.of_key(signing_key(ring, clock.business_day(now())))
    except KeyRingError as error:
        raise ConfigError(f"CERTIFICATE_KEYS: {error}") from error
    sandbox = create_simulator(settings.instance / SANDBOX, now) if settings.demo else None
    return Running(
        settings=settings,
        clock=now,
        random=os.urandom,
        wechat=_wechat(settings, sandbox, now),
        sandbox=sandbox,
        signer=signer,
        public_keys=public_keys(ring),
    )


def _wechat(settings: Settings, sandbox: Simulator | None, now: Clock) -> WeChat:
    if sandbox is not None:
        played = replace(
            sandbox.settings(settings.public_url), verification_files=_verification_files(settings)
        )
        return connect(played, sandbox.transport(), now, DatabaseTokenStore())
    live = _live_settings(settings)
    if settings.production:
        try:
            check_for_production(live)
        except SettingRefused as refused:
            raise ConfigError(f"WeChat setting {refused}") from refused
    return connect(live, now=now, tokens=DatabaseTokenStore())


def _live_settings(settings: Settings) -> WeChatSettings:
    given = settings.environ

    def text(name: str, fallback: str = "") -> str:
        return given.get(name, fallback)

    try:
        keys = json.loads(text("WECHAT_PLATFORM_KEYS", "{}"))
    except ValueError as error:
        raise ConfigError("WECHAT_PLATFORM_KEYS is not JSON {serial: PEM}") from error
    apps = {
        channel: App(text(f"WECHAT_{name}_APPID"), text(f"WECHAT_{name}_SECRET"))
        for channel, name in ((MINIPROGRAM, "MINIPROGRAM"), (OFFICIAL_ACCOUNT, "OFFICIAL_ACCOUNT"))
        if text(f"WECHAT_{name}_APPID")
    }
    defaults = WeChatSettings.__dataclass_fields__
    return WeChatSettings(
        merchant_id=text("WECHAT_MCHID"),
        merchant_serial=text("WECHAT_MERCHANT_SERIAL"),
        merchant_private_key=text("WECHAT_MERCHANT_KEY").replace("\\n", "\n"),
        api_v3_key=text("WECHAT_APIV3_KEY"),
        platform_keys=keys,
        encryption_serial=text("WECHAT_ENCRYPTION_SERIAL", next(iter(keys), "")),
        notify_base_url=settings.public_url,
        apps=apps,
        pay_base_url=text("WECHAT_PAY_URL", str(defaults["pay_base_url"].default)),
        pay_backup_url=text("WECHAT_PAY_BACKUP_URL", str(defaults["pay_backup_url"].default)),
        api_base_url=text("WECHAT_API_URL", str(defaults["api_base_url"].default)),
        verification_files=_verification_files(settings),
    )


def _verification_files(settings: Settings) -> dict[str, str]:
    files: dict[str, str] = json.loads(settings.environ.get("WECHAT_VERIFICATION_FILES", "{}"))
    return files
