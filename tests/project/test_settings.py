"""Settings are checked as a whole: production starts with everything in order, or says what is not."""

import base64
import json
import secrets
import stat
from datetime import date
from pathlib import Path

import pytest

from config import PRODUCTION_REQUIRED, SECRETS, ConfigError, Settings
from domain.signing import key_ring_text, make_key
from flows.wiring import wire
from tests.support.production import production_environ

KEY = base64.b64encode(bytes(range(32))).decode()


def _problems(tmp_path: Path, **changes: str | None) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        Settings.load(production_environ(**changes), tmp_path)
    return str(refused.value).splitlines()


def test_production_starts_with_everything_given(tmp_path: Path) -> None:
    settings = Settings.load(production_environ(), tmp_path)
    assert settings.production
    assert not settings.demo
    assert settings.database_url == "postgresql+psycopg://danzhu@db.example.org/danzhu"
    assert wire(settings).sandbox is None


@pytest.mark.parametrize("name", PRODUCTION_REQUIRED)
@pytest.mark.parametrize("given", [None, ""])
def test_production_names_the_setting_that_is_missing(tmp_path: Path, name: str, given: str | None) -> None:
    assert _problems(tmp_path, **{name: given}) == [f"{name} is missing"]


@pytest.mark.parametrize("name", SECRETS)
def test_production_names_the_secret_that_was_made_for_development(tmp_path: Path, name: str) -> None:
    assert f"{name} is the development one" in _problems(
        tmp_path, **{name: "dev-" + production_environ().get(name, KEY)}
    )


def test_production_refuses_each_secret_that_development_made(tmp_path: Path) -> None:
    Settings.load({}, tmp_path)
    made = dict(line.split("=", 1) for line in (tmp_path / "development.env").read_text("utf-8").splitlines())
    shared = {name: value for name, value in made.items() if name in PRODUCTION_REQUIRED}
    assert set(shared) == {"SECRET_KEY", "DATA_KEYS", "INDEX_KEY", "CERTIFICATE_KEYS"}
    for name, value in shared.items():
        assert f"{name} is the development one" in _problems(tmp_path, **{name: value})


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    problems = _problems(
        tmp_path, SECRET_KEY=None, PUBLIC_URL="http://danzhu.example.org", DEMO="1", PORT="eighty"
    )
    assert [problem.split(" ")[0] for problem in problems] == ["PORT", "SECRET_KEY", "DEMO", "PUBLIC_URL"]


@pytest.mark.parametrize("switch", ["DEMO", "DEMO_PUBLIC"])
def test_demo_mode_cannot_be_switched_on_in_production(tmp_path: Path, switch: str) -> None:
    assert _problems(tmp_path, **{switch: "1"}) == [
        "DEMO and DEMO_PUBLIC cannot be switched on in production"
    ]


@pytest.mark.parametrize("given", [None, "", "0", "yes", "true"])
def test_demo_mode_is_never_on_in_production(tmp_path: Path, given: str | None) -> None:
    assert not Settings.load(production_environ(DEMO=given), tmp_path).demo


def test_production_keeps_no_secret_on_the_disk(tmp_path: Path) -> None:
    Settings.load(production_environ(), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY must have at least 32 characters"),
        ("PUBLIC_URL", "http://danzhu.example.org", "PUBLIC_URL must begin with https://"),
        ("RATE_LIMIT_STORE", "", "RATE_LIMIT_STORE must name a store"),
        ("RATE_LIMIT_STORE", "memory://", "RATE_LIMIT_STORE must name a store"),
        ("DATA_KEYS", "not a ring", "DATA_KEYS must be"),
        ("DATA_KEYS", f"0:{KEY}", "DATA_KEYS must be"),
        ("DATA_KEYS", "1:c2hvcnQ=", "DATA_KEYS must be"),
        ("INDEX_KEY", "not base64!", "INDEX_KEY must be"),
        ("INDEX_KEY", "c2hvcnQ=", "INDEX_KEY must be"),
        ("APP_ENV", "prod", "APP_ENV must be development or production"),
        ("APP_ENV", "Production", "APP_ENV must be development or production"),
        ("PORT", "-1", "PORT must be a whole number"),
        ("HOLD_MINUTES", "1.5", "HOLD_MINUTES must be a whole number"),
        ("TRUSTED_PROXIES", "²", "TRUSTED_PROXIES must be a whole number"),
        ("WEB_THREADS", "many", "WEB_THREADS must be a whole number"),
    ],
)  # fmt: skip
def test_an_unusable_setting_is_named(tmp_path: Path, name: str, value: str, problem: str) -> None:
    assert any(found.startswith(problem) for found in _problems(tmp_path, **{name: value}))


def test_a_problem_never_shows_a_secret(tmp_path: Path) -> None:
    hidden = "correct-horse-battery-staple"
    for name in SECRETS:
        with pytest.raises(ConfigError) as refused:
            Settings.load(production_environ(**{name: f"dev-{hidden}"}), tmp_path)
        assert hidden not in str(refused.value)


def test_settings_never_show_a_secret_when_printed(tmp_path: Path) -> None:
    environ = production_environ()
    printed = repr(Settings.load(environ, tmp_path))
    hidden = [
        name
        for name in (*SECRETS, "WECHAT_MERCHANT_KEY", "WECHAT_MINIPROGRAM_SECRET")
        if environ.get(name, "none given") in printed
    ]
    assert hidden == []


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("CERTIFICATE_KEYS", "[]", "CERTIFICATE_KEYS"),
        ("CERTIFICATE_KEYS", "{", "CERTIFICATE_KEYS"),
        ("WECHAT_PLATFORM_KEYS", "{", "WECHAT_PLATFORM_KEYS"),
        ("WECHAT_PLATFORM_KEYS", json.dumps({"PUB_KEY_ID_1": "no key"}), "platform_keys"),
        ("WECHAT_PAY_URL", "http://127.0.0.1:8000/sandbox", "pay_base_url"),
        ("WECHAT_MERCHANT_KEY", "no key", "merchant_private_key"),
        ("WECHAT_APIV3_KEY", "sandbox0123456789abcdef012345678", "api_v3_key"),
        ("PUBLIC_URL", "https://10.0.0.7", "notify_base_url"),
    ],
)
def test_the_parts_are_not_wired_with_keys_that_cannot_be_used(
    tmp_path: Path, name: str, value: str, named: str
) -> None:
    settings = Settings.load(production_environ(**{name: value}), tmp_path)
    with pytest.raises(ConfigError, match=named):
        wire(settings)


def test_a_ring_whose_only_key_is_retired_cannot_sign(tmp_path: Path) -> None:
    future = key_ring_text([make_key("2099a", secrets.token_bytes, date(2099, 1, 1))])
    with pytest.raises(ConfigError, match="CERTIFICATE_KEYS"):
        wire(Settings.load(production_environ(CERTIFICATE_KEYS=future), tmp_path))


def test_development_needs_nothing_and_keeps_what_it_made(tmp_path: Path) -> None:
    first, second = Settings.load({}, tmp_path), Settings.load({}, tmp_path)
    assert first.demo
    assert first.database_url == f"sqlite:///{tmp_path / 'danzhu.sqlite3'}"
    assert first.public_url == "http://127.0.0.1:8000"
    assert (first.secret_key, first.data_keys, first.index_key, first.certificate_keys) == (
        second.secret_key, second.data_keys, second.index_key, second.certificate_keys,
    )  # fmt: skip
    assert first.environ["DEMO_PASSWORD"] == second.environ["DEMO_PASSWORD"]


def test_what_development_made_is_for_its_owner_only(tmp_path: Path) -> None:
    Settings.load({}, tmp_path)
    assert stat.S_IMODE((tmp_path / "development.env").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["development.env"]


def test_what_is_given_wins_over_what_was_made(tmp_path: Path) -> None:
    Settings.load({}, tmp_path)
    assert Settings.load({"SECRET_KEY": "dev-given"}, tmp_path).secret_key == "dev-given"
    assert Settings.load({"SECRET_KEY": ""}, tmp_path).secret_key != ""


def test_two_installations_make_different_secrets(tmp_path: Path) -> None:
    one, two = Settings.load({}, tmp_path / "one"), Settings.load({}, tmp_path / "two")
    assert one.secret_key != two.secret_key
    assert one.data_keys != two.data_keys
    assert one.environ["DEMO_PASSWORD"] != two.environ["DEMO_PASSWORD"]


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:////srv/danzhu.sqlite3", "sqlite:////srv/danzhu.sqlite3"),
    ],
)
def test_any_way_to_write_a_postgresql_address_gets_our_driver(tmp_path: Path, given: str, used: str) -> None:
    assert Settings.load({"DATABASE_URL": given}, tmp_path).database_url == used
