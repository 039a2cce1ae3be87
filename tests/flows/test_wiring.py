"""In production every part reaches WeChat itself; nothing that stands in for it can be set."""

from pathlib import Path

import pytest

from config import ConfigError, Settings
from flows.access_tokens import DatabaseTokenStore
from flows.wiring import wire
from tests.support.production import production_environ

SANDBOX = "http://127.0.0.1:8000/sandbox"


def _production(tmp_path: Path, **changes: str) -> Settings:
    return Settings.load(production_environ(**changes), tmp_path)


def test_production_reaches_wechats_own_hosts(tmp_path: Path) -> None:
    wechat = wire(_production(tmp_path)).wechat
    assert wechat.settings.pay_base_url == "https://api.mch.weixin.qq.com"
    assert wechat.settings.pay_backup_url == "https://api2.mch.weixin.qq.com"
    assert wechat.settings.api_base_url == "https://api.weixin.qq.com"
    assert wechat.settings.open_base_url == "https://open.weixin.qq.com"
    assert isinstance(wechat.tokens, DatabaseTokenStore)


def test_production_is_called_back_at_its_own_address(tmp_path: Path) -> None:
    settings = wire(_production(tmp_path)).wechat.settings
    for hook in ("transactions", "refunds", "transfers", "authorizations", "complaints"):
        assert settings.notify_url(hook) == f"https://danzhu.example.org/hooks/wechat-pay/{hook}"


@pytest.mark.parametrize("setting", ["WECHAT_PAY_URL", "WECHAT_PAY_BACKUP_URL", "WECHAT_API_URL"])
@pytest.mark.parametrize(
    "url", [SANDBOX, "https://danzhu.example.org/sandbox", "https://api.weixin.qq.com.example.org"]
)
def test_production_refuses_whatever_is_not_wechat(tmp_path: Path, setting: str, url: str) -> None:
    with pytest.raises(ConfigError, match="WeChat setting"):
        wire(_production(tmp_path, **{setting: url}))


def test_production_refuses_a_verification_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="verification_files"):
        wire(_production(tmp_path, WECHAT_VERIFICATION_FILES='{"index.html": "<script>"}'))
