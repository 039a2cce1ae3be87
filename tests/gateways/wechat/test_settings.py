"""Production settings reach WeChat itself as a real merchant, or are refused by name."""

from dataclasses import replace

import pytest

from gateways.wechat import App, SettingRefused, WeChatSettings, check_for_production
from gateways.wechat.simulator import Simulator, SimulatorKeys


@pytest.fixture
def live(keys: SimulatorKeys) -> WeChatSettings:
    return WeChatSettings(
        merchant_id="1900007291",
        merchant_serial="408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB",
        merchant_private_key=keys.merchant_private_key,
        api_v3_key="0123456789abcdef0123456789abcdef",
        platform_keys={"PUB_KEY_ID_0114232134912410000000000000": keys.public_key()},
        encryption_serial="PUB_KEY_ID_0114232134912410000000000000",
        notify_base_url="https://danzhu.example.org",
        apps={"miniprogram": App("wx2421b1c4370ec43b", "0123456789abcdef0123456789abcdef")},
    )


def test_the_defaults_are_the_hosts_of_wechat(live: WeChatSettings) -> None:
    check_for_production(live)
    assert live.pay_base_url == "https://api.mch.weixin.qq.com"
    assert live.pay_backup_url == "https://api2.mch.weixin.qq.com"
    assert live.api_base_url == "https://api.weixin.qq.com"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("pay_base_url", "http://127.0.0.1:8000/sandbox"),
        ("pay_base_url", "https://api.mch.weixin.qq.com.evil.example"),
        ("pay_base_url", "https://api.mch.weixin.qq.com@evil.example"),
        ("pay_base_url", "https://api.mch.weixin.qq.com:8443"),
        ("pay_base_url", "http://api.mch.weixin.qq.com"),
        ("pay_base_url", "https://api.mch.weixin.qq.com/sandboxnew"),
        ("pay_backup_url", "https://mch.example.org"),
        ("api_base_url", "https://api.mch.weixin.qq.com"),
        ("notify_base_url", "http://danzhu.example.org"),
        ("notify_base_url", "https://10.0.0.7"),
        ("notify_base_url", "https://localhost"),
        ("notify_base_url", "https://danzhu.example.org/?a=b"),
        ("notify_base_url", f"https://danzhu.example.org/{'a' * 240}"),
        ("merchant_id", ""),
        ("merchant_serial", "abc"),
        ("merchant_private_key", "not a key"),
        ("api_v3_key", "too short"),
        ("api_v3_key", "sandbox0123456789abcdef012345678"),
        ("platform_keys", {}),
        ("platform_keys", {"PUB_KEY_ID_1": "not a key"}),
        ("encryption_serial", "PUB_KEY_ID_2"),
        ("apps", {}),
        ("apps", {"miniprogram": App("wx2421b1c4370ec43b", "")}),
        ("apps", {"telegram": App("wx2421b1c4370ec43b", "0123456789abcdef0123456789abcdef")}),
    ],
)
def test_a_wrong_production_setting_is_refused_by_name(
    live: WeChatSettings, setting: str, value: object
) -> None:
    with pytest.raises(SettingRefused) as refused:
        check_for_production(replace(live, **{setting: value}))  # type: ignore[arg-type]  # any field in turn
    assert refused.value.setting == setting


def test_the_settings_of_the_simulator_are_refused_in_production(simulator: Simulator) -> None:
    with pytest.raises(SettingRefused) as refused:
        check_for_production(simulator.settings("https://danzhu.example.org"))
    assert refused.value.setting == "pay_base_url"


def test_the_merchant_of_the_simulator_is_refused_even_at_the_real_hosts(
    simulator: Simulator, live: WeChatSettings
) -> None:
    sandbox = simulator.settings("https://danzhu.example.org")
    for setting in ("api_v3_key", "apps"):
        with pytest.raises(SettingRefused) as refused:
            check_for_production(replace(live, **{setting: getattr(sandbox, setting)}))
        assert refused.value.setting == setting


def test_secrets_do_not_show_in_a_repr(live: WeChatSettings) -> None:
    shown = repr(live)
    assert live.api_v3_key not in shown
    assert "PRIVATE KEY" not in shown
    assert live.apps["miniprogram"].secret not in shown


def test_callback_addresses_hang_under_the_public_address(live: WeChatSettings) -> None:
    assert live.notify_url("refunds") == "https://danzhu.example.org/hooks/wechat-pay/refunds"
    with pytest.raises(ValueError, match="no such hook"):
        live.notify_url("anything")
