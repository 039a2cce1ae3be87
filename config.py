"""Settings: read once from the environment, checked as a whole, then never changed.

In production every secret must be given and none may be the development one; `Settings.load` refuses to go on and
names each setting that is wrong. Every setting stands in .env.example and docs/configuration.md.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from domain import clock
from domain.bank_files import BankFileEncoding
from domain.errands import TOLD
from domain.sealing import Vault
from domain.signing import key_ring_text, make_key

ROOT = Path(__file__).resolve().parent
INSTANCE = ROOT / "instance"

#: Settings production cannot start without, beside the rules of `_problems`.
PRODUCTION_REQUIRED = (
    "DATABASE_URL",
    "SECRET_KEY",
    "PUBLIC_URL",
    "DATA_KEYS",
    "INDEX_KEY",
    "CERTIFICATE_KEYS",
    "METRICS_TOKEN",
    "SPONSOR",
    "MERCHANT_OF_RECORD",
    "SUPERVISED_ACCOUNT",
    "WECHAT_MCHID",
    "WECHAT_MERCHANT_SERIAL",
    "WECHAT_MERCHANT_KEY",
    "WECHAT_APIV3_KEY",
    "WECHAT_PLATFORM_KEYS",
    "WECHAT_MINIPROGRAM_APPID",
    "WECHAT_MINIPROGRAM_SECRET",
)
#: Settings that are secret; a value that begins like this was made for development.
SECRETS = (
    "SECRET_KEY",
    "DATA_KEYS",
    "INDEX_KEY",
    "CERTIFICATE_KEYS",
    "BACKUP_KEY",
    "METRICS_TOKEN",
    "WECHAT_APIV3_KEY",
)
DEVELOPMENT_MARK = "dev-"
DEFAULT_MESSAGE_VALUES = '{"thing1": "title", "character_string2": "serial", "thing3": "trees"}'
ANY_KEY = base64.b64encode(bytes(32)).decode()


class ConfigError(Exception):
    """The settings cannot be used; the message names every one that is wrong."""


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between two installations."""

    app_env: str
    database_url: str
    secret_key: str = field(repr=False)
    public_url: str
    port: int
    web_concurrency: int
    trusted_proxies: int
    demo: bool
    demo_public: bool
    data_keys: str = field(repr=False)
    index_key: str = field(repr=False)
    certificate_keys: str = field(repr=False)
    backup_key: str = field(repr=False)
    metrics_token: str = field(repr=False)
    rate_limit_store: str
    hold_minutes: int
    gift_days: int
    idempotency_days: int
    max_body_bytes: int
    sponsor: str
    merchant_of_record: str
    supervised_account: str
    account_name: str
    #: Where anybody may object to a payout, printed on its notice; empty leaves lines to be filled in by hand.
    objections_at: str
    sponsor_fee_days: int
    channel_fee_permille: int
    #: Days a payout's public notice stands, from which fen on two people approve it, and days a new account is locked.
    payout_notice_days: int
    payout_second_approval_fen: int
    account_lock_days: int
    #: How the text of the file that goes to the bank is written.
    payout_file_encoding: BankFileEncoding
    #: Template of the message that a certificate is there, and which of domain.errands.TOLD each of its values tells.
    message_template: str
    message_values: Mapping[str, str]
    instance: Path
    environ: Mapping[str, str] = field(repr=False)

    @property
    def production(self) -> bool:
        """Whether real people and real money are behind this process."""
        return self.app_env == "production"

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, instance: Path = INSTANCE) -> "Settings":
        """Read and check the settings; raises ConfigError naming everything that is wrong."""
        given = dict(os.environ if environ is None else environ)
        problems = _problems(given)
        if problems:
            raise ConfigError("\n".join(problems))
        production = given.get("APP_ENV", "development") == "production"
        made = {} if production else _development_secrets(given, instance)
        values = {**made, **{name: value for name, value in given.items() if value}}
        port = int(values.get("PORT", "8000"))
        return cls(
            app_env=values.get("APP_ENV", "development"),
            database_url=_driver(values.get("DATABASE_URL") or f"sqlite:///{instance / 'danzhu.sqlite3'}"),
            secret_key=values["SECRET_KEY"],
            public_url=values.get("PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"),
            port=port,
            web_concurrency=int(values.get("WEB_CONCURRENCY", "2")),
            trusted_proxies=int(values.get("TRUSTED_PROXIES", "0")),
            demo=not production and values.get("DEMO", "1") == "1",
            demo_public=values.get("DEMO_PUBLIC", "0") == "1",
            data_keys=values["DATA_KEYS"].removeprefix(DEVELOPMENT_MARK),
            index_key=values["INDEX_KEY"].removeprefix(DEVELOPMENT_MARK),
            certificate_keys=values["CERTIFICATE_KEYS"],
            backup_key=values.get("BACKUP_KEY", "").removeprefix(DEVELOPMENT_MARK),
            metrics_token=values.get("METRICS_TOKEN", ""),
            rate_limit_store=values.get("RATE_LIMIT_STORE", "memory://"),
            hold_minutes=int(values.get("HOLD_MINUTES", "15")),
            gift_days=int(values.get("GIFT_DAYS", "30")),
            idempotency_days=int(values.get("IDEMPOTENCY_DAYS", "30")),
            max_body_bytes=int(values.get("MAX_BODY_BYTES", str(1 << 20))),
            sponsor=values.get("SPONSOR", "示例手续费资助单位（演示）"),
            merchant_of_record=values.get("MERCHANT_OF_RECORD", "示例运营主体（演示）"),
            supervised_account=values.get("SUPERVISED_ACCOUNT", "示例监管账户（演示）"),
            account_name=values.get("ACCOUNT_NAME", "单株碳汇（演示）"),
            objections_at=values.get("OBJECTIONS_AT", ""),
            sponsor_fee_days=int(values.get("SPONSOR_FEE_DAYS", "3")),
            channel_fee_permille=int(values.get("CHANNEL_FEE_PERMILLE", "6")),
            payout_notice_days=int(values.get("PAYOUT_NOTICE_DAYS", "7")),
            payout_second_approval_fen=int(values.get("PAYOUT_SECOND_APPROVAL_FEN", "5000000")),
            account_lock_days=int(values.get("ACCOUNT_LOCK_DAYS", "30")),
            payout_file_encoding=BankFileEncoding(values.get("PAYOUT_FILE_ENCODING", "gb18030").lower()),
            message_template=values.get("WECHAT_MESSAGE_TEMPLATE", ""),
            message_values=json.loads(values.get("WECHAT_MESSAGE_VALUES", DEFAULT_MESSAGE_VALUES)),
            instance=instance,
            environ=values,
        )


def _driver(url: str) -> str:
    """The same database by the driver we use: psycopg 3 for any PostgreSQL address."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _problems(given: Mapping[str, str]) -> list[str]:
    problems = []
    env = given.get("APP_ENV", "development")
    if env not in ("development", "production"):
        problems.append(f"APP_ENV must be development or production, not {env!r}")
    for name in (
        "PORT",
        "WEB_CONCURRENCY",
        "WEB_THREADS",
        "TRUSTED_PROXIES",
        "HOLD_MINUTES",
        "GIFT_DAYS",
        "IDEMPOTENCY_DAYS",
        "MAX_BODY_BYTES",
        "SPONSOR_FEE_DAYS",
        "CHANNEL_FEE_PERMILLE",
        "PAYOUT_NOTICE_DAYS",
        "PAYOUT_SECOND_APPROVAL_FEN",
        "ACCOUNT_LOCK_DAYS",
    ):
        if given.get(name) and not (given[name].isascii() and given[name].isdigit()):
            problems.append(f"{name} must be a whole number, not {given[name]!r}")
    encoding, known = given.get("PAYOUT_FILE_ENCODING", ""), [one.value for one in BankFileEncoding]
    if encoding and encoding.lower() not in known:
        problems.append(f"PAYOUT_FILE_ENCODING must be {' or '.join(known)}, not {encoding!r}")
    if env == "production":
        problems += _production_problems(given)
    return problems + _key_problems(given) + _wechat_problems(given)


def _key_problems(given: Mapping[str, str]) -> list[str]:
    """Keys that were given but cannot be used; what is wrong with them never shows what they are."""
    ring, index = (given.get(name, "").removeprefix(DEVELOPMENT_MARK) for name in ("DATA_KEYS", "INDEX_KEY"))
    problems = []
    # Each is tried beside a good one, so that the problem names the right setting.
    for name, keys in (("DATA_KEYS", (ring, ANY_KEY)), ("INDEX_KEY", (f"1:{ANY_KEY}", index))):
        try:
            if given.get(name):
                Vault.from_text(*keys)
        except ValueError:
            form = "1:<base64>,2:<base64>" if name == "DATA_KEYS" else "<base64>"
            problems.append(f"{name} must be {form}, each key the base64 of 32 random bytes")
    return problems


def _wechat_problems(given: Mapping[str, str]) -> list[str]:
    """Texts in JSON that cannot be used."""
    problems = []
    told = _texts(given.get("WECHAT_MESSAGE_VALUES") or "{}")
    if told is None or set(told.values()) - set(TOLD):
        problems.append(f'WECHAT_MESSAGE_VALUES must be JSON {{"thing1": "title", …}} with {", ".join(TOLD)}')
    if _texts(given.get("WECHAT_VERIFICATION_FILES") or "{}") is None:
        problems.append('WECHAT_VERIFICATION_FILES must be JSON {"<name>.txt": "<content>", …}')
    return problems


def _texts(given: str) -> dict[str, str] | None:
    """A JSON object of texts; None for anything else."""
    try:
        found = json.loads(given)
    except ValueError:
        return None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        return None
    return found


def _production_problems(given: Mapping[str, str]) -> list[str]:
    problems = [f"{name} is missing" for name in PRODUCTION_REQUIRED if not given.get(name)]
    problems += [
        f"{name} is the development one"
        for name in SECRETS
        if given.get(name, "").startswith(DEVELOPMENT_MARK) or '"test-' in given.get(name, "")
    ]
    if given.get("DEMO") == "1" or given.get("DEMO_PUBLIC") == "1":
        problems.append("DEMO and DEMO_PUBLIC cannot be switched on in production")
    if given.get("PUBLIC_URL") and not given["PUBLIC_URL"].startswith("https://"):
        problems.append("PUBLIC_URL must begin with https://")
    if given.get("SECRET_KEY") and len(given["SECRET_KEY"]) < 32:
        problems.append("SECRET_KEY must have at least 32 characters")
    if (given.get("WEB_CONCURRENCY") or "2") != "1" and (
        given.get("RATE_LIMIT_STORE") or "memory://"
    ).startswith("memory"):
        problems.append("RATE_LIMIT_STORE must name a store that all processes share (redis://…)")
    return problems


def _development_secrets(given: Mapping[str, str], instance: Path) -> dict[str, str]:
    """The secrets of a development installation: made once, kept under instance/ and readable by its owner only."""
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / "development.env"
    known = _read_env(path)
    today = clock.business_day(clock.now())
    fresh = {
        "SECRET_KEY": DEVELOPMENT_MARK + secrets.token_urlsafe(32),
        "DATA_KEYS": DEVELOPMENT_MARK + "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "INDEX_KEY": DEVELOPMENT_MARK + base64.b64encode(secrets.token_bytes(32)).decode(),
        "CERTIFICATE_KEYS": key_ring_text(
            [make_key(f"test-{today.year}a", secrets.token_bytes, date(today.year - 1, 1, 1))]
        ),
        "BACKUP_KEY": DEVELOPMENT_MARK + base64.b64encode(secrets.token_bytes(32)).decode(),
        "DEMO_PASSWORD": secrets.token_urlsafe(9),
    }
    missing = {name: value for name, value in fresh.items() if name not in known and not given.get(name)}
    if missing:
        known |= missing
        _write_private(path, "".join(f"{name}={value}\n" for name, value in known.items()))
    return known


def _read_env(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text("utf-8").splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}


def _write_private(path: Path, text: str) -> None:
    beside = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
