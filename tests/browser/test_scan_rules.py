"""What the scanner decides alone is what domain/ decides: serials, tokens, links, held against Python's own answers."""

import random
from base64 import b32decode, b32encode
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page

from domain.errors import Invalid
from domain.serials import ALPHABET, check_serial, make_serial
from domain.signing import RingKey, keys_document, make_key, public_keys
from domain.tokens import TokenError, TokenSigner, claims_of, verify
from tests.support.certificates import OTHER_SERIAL, SERIAL, make_face

FIRST_DAY, LAST_DAY = date(2026, 1, 1), date(2026, 12, 31)


def make_ring_key(kid: str, seed: int) -> RingKey:
    return make_key(kid, random.Random(seed).randbytes, FIRST_DAY)


KEY, TEST_KEY, NEW_KEY = make_ring_key("2026a", 1), make_ring_key("test-2026a", 2), make_ring_key("2026b", 3)
OLD_KEY = replace(make_ring_key("2025z", 4), not_after=date(2026, 6, 30))
KEYS = public_keys([KEY, TEST_KEY, OLD_KEY])
PINNED = {str(key["kid"]): key for key in keys_document(KEYS)["keys"]}
CLAIMS = claims_of(make_face())
GOOD = TokenSigner.of_key(KEY).sign(CLAIMS)
OF_TEST = TokenSigner.of_key(TEST_KEY).sign(CLAIMS)

#: What came in, what the phone knows, and the verdict with why there is none or the day whose status is told.
TRUTH: dict[str, tuple[dict[str, Any], tuple[str | None, str | None]]] = {
    "a good token": ({"token": GOOD}, ("signed_offline", "2026-11-20")),
    "a good token in small letters, serial as typed": (
        {"token": GOOD.lower(), "serial": SERIAL.lower().replace("-", " ")},
        ("signed_offline", "2026-11-20"),
    ),
    "one that the server called valid": (
        {"token": GOOD, "known": {"verdict": "valid", "checked": "2026-12-03"}},
        ("signed_offline", "2026-12-03"),
    ),
    "one that the server called revoked": (
        {"token": GOOD, "known": {"verdict": "revoked", "checked": "2026-12-03"}},
        ("revoked", "2026-12-03"),
    ),
    "a test key in production": ({"token": OF_TEST}, ("test", "2026-11-20")),
    "a test key in the demo": ({"token": OF_TEST, "production": False}, ("signed_offline", "2026-11-20")),
    "the serial of another certificate": ({"token": GOOD, "serial": OTHER_SERIAL}, ("forged", None)),
    "a changed signature": ({"token": GOOD[:-9] + "AAAAAAAAA"}, ("forged", None)),
    "no token at all in the place of one": ({"token": "HELLO"}, ("forged", None)),
    "a key that could not sign that day": (
        {"token": TokenSigner.of_key(OLD_KEY).sign(CLAIMS)},
        ("forged", None),
    ),
    "another key under a known id": (
        {"token": TokenSigner.of_key(make_ring_key("2026a", 99)).sign(CLAIMS)},
        ("forged", None),
    ),
    "a newer key than this phone knows": (
        {"token": TokenSigner.of_key(NEW_KEY).sign(CLAIMS)},
        (None, "new_key"),
    ),
    "a test key nobody knows": (
        {"token": TokenSigner.of_key(make_ring_key("test-2027a", 5)).sign(CLAIMS)},
        ("test", None),
    ),
    "a serial alone": ({"token": None}, (None, "no_token")),
    "a phone without keys": ({"token": GOOD, "keys": None}, (None, "no_keys")),
    "a mistyped serial": ({"token": GOOD, "serial": "7K3M-9QX2-VB8T-CN4R"}, ("mistyped", None)),
}

_JUDGE = """async ({cases, keys}) => {
  const {judgeOffline} = await import('/static/scan/judging.js');
  return Promise.all(cases.map(async ({serial, token, known, production, ...given}) => {
    const found = await judgeOffline({serial, token}, 'keys' in given ? given.keys : keys, {known, production});
    return [found.verdict, found.asOf ?? found.why ?? null];
  }));
}"""
_VERIFY = """async ({tokens, keys}) => {
  const {verify} = await import('/static/scan/token.js');
  return Promise.all(tokens.map((token) => verify(token, keys).then(
    (c) => [c.serial, c.holder, c.count, c.sink_g, c.years, c.basis, c.issued_on, c.kid],
    ({fault}) => fault)));
}"""
_SERIALS = """async (texts) => {
  const {checkSerial} = await import('/static/scan/serial.js');
  return texts.map(checkSerial);
}"""
_LINKS = """async (texts) => {
  const {readCode} = await import('/static/scan/link.js');
  const read = texts.map((text) => readCode(text, ['danzhu.example.cn']));
  return read.map(({kind, host, serial, token}) => [kind, host ?? serial ?? null, token ?? null]);
}"""


@pytest.fixture
def scanner(page: Page) -> Page:
    page.goto("/scan")
    return page


def test_every_row_of_the_verdicts_without_a_network(scanner: Page) -> None:
    cases = [{"serial": SERIAL, "production": True, "known": None, **given} for given, _ in TRUTH.values()]
    found = scanner.evaluate(_JUDGE, {"cases": cases, "keys": PINNED})
    assert {name: tuple(row) for name, row in zip(TRUTH, found, strict=True)} == {
        name: expected for name, (_, expected) in TRUTH.items()
    }


def test_a_token_is_believed_exactly_when_the_server_would(scanner: Page) -> None:
    encoded = b32decode(GOOD + "=" * (-len(GOOD) % 8))
    flipped = (
        bytes([*encoded[:place], encoded[place] ^ 1 << place % 8, *encoded[place + 1 :]])
        for place in range(len(encoded))
    )
    faces = (
        make_face(holder="王*", count=100_000, sink_g=1_000_000_000, years=(2026, 2027, 2030)),
        make_face(holder="岜赖村*🌲", sink_g=1, issued_on=LAST_DAY),
    )
    signer = TokenSigner.of_key(KEY)
    tokens = [
        GOOD,
        *(signer.sign(claims_of(face)) for face in faces),
        *(b32encode(one).rstrip(b"=").decode() for one in flipped),
        *(GOOD[:length] for length in range(0, len(GOOD), 20)),
        GOOD + "A",
        GOOD[:-1] + ("B" if GOOD[-1] == "A" else "A"),
        "",
    ]
    found = scanner.evaluate(_VERIFY, {"tokens": tokens, "keys": PINNED})
    assert found == [_in_python(token) for token in tokens]
    assert sum(isinstance(one, list) for one in found) == 3


def _in_python(token: str) -> list[object] | str:
    try:
        claims = verify(token, KEYS)
    except TokenError as error:
        return error.fault.value
    return [
        claims.serial, claims.holder, claims.count, claims.sink_g, list(claims.years),
        claims.basis.value, claims.issued_on.isoformat(), claims.kid,
    ]  # fmt: skip


def test_a_serial_is_accepted_exactly_when_the_server_would(scanner: Page) -> None:
    draw = random.Random(7)
    serials = [make_serial(draw.randbytes) for _ in range(50)]
    slips = [
        serial[:place] + draw.choice(ALPHABET) + serial[place + 1 :]
        for serial in serials
        for place in (0, 6, 18)
    ]
    typed = [
        "",
        "7k3m9qx2vb8tcn4q",
        "７Ｋ３Ｍ 9QX2_VB8T.CN4Q",
        "7K3M–9QX2—VB8T−CN4Q",
        "OIL-SU",
        SERIAL + "0",
        "树",
    ]
    texts = [*serials, *slips, *typed, *(serial.replace("1", "l").replace("0", "o") for serial in serials)]
    assert scanner.evaluate(_SERIALS, texts) == [_checked(text) for text in texts]


def _checked(text: str) -> str | None:
    try:
        return check_serial(text)
    except Invalid:
        return None


def test_only_a_certificates_link_on_our_own_host_is_ours(scanner: Page) -> None:
    ours = "https://danzhu.example.cn"
    expected = {
        f"{ours}/c/{SERIAL}?t={GOOD}": ["certificate", SERIAL, GOOD],
        f" {ours}/c/{SERIAL}\n": ["certificate", SERIAL, None],
        SERIAL.lower(): ["certificate", SERIAL, None],
        f"{ours}/c/nonsense": ["certificate", "nonsense", None],
        f"{ours}/c/100%": ["certificate", "100%", None],
        f"{ours}/gift/{SERIAL}": ["foreign", "danzhu.example.cn", None],
        f"https://evil.example/c/{SERIAL}?t={GOOD}": ["foreign", "evil.example", None],
        f"https://danzhu.example.cn@evil.example/c/{SERIAL}": ["foreign", "evil.example", None],
        f"https://somebody@danzhu.example.cn/c/{SERIAL}": ["foreign", "danzhu.example.cn", None],
        f"https://danzhu.example.cn.evil.example/c/{SERIAL}": ["foreign", "danzhu.example.cn.evil.example", None],
        f"https://danzhu.example.cn:8443/c/{SERIAL}": ["foreign", "danzhu.example.cn:8443", None],
        f"ftp://danzhu.example.cn/c/{SERIAL}": ["foreign", "danzhu.example.cn", None],
        "javascript:alert(1)": ["foreign", "javascript", None],
        "weixin://wxpay/bizpayurl?pr=1": ["foreign", "wxpay", None],
        "WIFI:S:cafe;;": ["foreign", "wifi", None],
        "随便写的": ["foreign", None, None],
    }  # fmt: skip
    assert dict(zip(expected, scanner.evaluate(_LINKS, list(expected)), strict=True)) == expected
