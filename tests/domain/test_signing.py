"""The key ring: what is signed with, what is published, how it is rotated."""

import json
import random
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import date

import pytest

from domain.signing import (
    KeyRingError,
    RingKey,
    key_ring_text,
    keys_document,
    make_key,
    parse_key_ring,
    public_keys,
    rotate,
    signing_key,
)

TODAY = date(2026, 11, 20)
# RFC 8032, section 7.1, test 1
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")


def make_ring(rotations: int = 1, *, demo: bool = False) -> tuple[RingKey, ...]:
    source = random.Random(7)
    ring: tuple[RingKey, ...] = ()
    for _ in range(rotations):
        ring = rotate(ring, source.randbytes, TODAY, demo=demo)
    return ring


def test_a_key_is_that_of_rfc_8032() -> None:
    assert make_key("2026a", lambda _count: SEED, TODAY).public == PUBLIC


def test_rotation_names_keys_by_year_and_letter() -> None:
    assert [key.kid for key in make_ring(3)] == ["2026a", "2026b", "2026c"]
    assert [key.kid for key in make_ring(2, demo=True)] == ["test-2026a", "test-2026b"]


def test_rotation_leaves_the_public_half_of_old_keys_and_nothing_to_sign_with() -> None:
    old = make_ring(1)[0]
    first, second = rotate(make_ring(1), random.Random(8).randbytes, date(2027, 3, 1), demo=False)
    assert first == replace(old, private=None, not_after=date(2027, 3, 1))
    assert (second.kid, second.not_before, second.not_after) == ("2027a", date(2027, 3, 1), None)


def test_a_key_retired_earlier_keeps_its_last_day() -> None:
    ring = rotate(make_ring(2), random.Random(8).randbytes, date(2027, 3, 1), demo=False)
    assert [key.not_after for key in ring] == [TODAY, date(2027, 3, 1), None]


def test_a_year_has_no_more_keys_than_letters() -> None:
    with pytest.raises(KeyRingError, match="26 keys"):
        rotate(make_ring(26), random.Random(1).randbytes, TODAY, demo=False)


def test_the_newest_key_signs() -> None:
    assert signing_key(make_ring(3), TODAY).kid == "2026c"


@pytest.mark.parametrize("day", [date(2026, 11, 19), date(2027, 1, 2)])
def test_no_key_signs_outside_its_days(day: date) -> None:
    ring = (replace(make_ring(1)[0], not_after=date(2027, 1, 1)),)
    with pytest.raises(KeyRingError, match="no key"):
        signing_key(ring, day)


def test_a_ring_survives_its_journey_through_the_settings() -> None:
    ring = make_ring(2)
    assert parse_key_ring(key_ring_text(ring)) == ring
    assert "\n" not in key_ring_text(ring)


def test_the_published_document_lets_a_stranger_verify() -> None:
    document = keys_document(public_keys([make_key("test-2026a", lambda _count: SEED, TODAY)]))
    (key,) = json.loads(json.dumps(document))["keys"]
    assert urlsafe_b64decode(key["x"] + "=") == PUBLIC
    assert {name: key[name] for name in ("kty", "crv", "alg", "use", "kid", "not_before", "not_after")} == {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "EdDSA",
        "use": "sig",
        "kid": "test-2026a",
        "not_before": "2026-11-20",
        "not_after": None,
    }
    assert key["environment"] == "demo"


def test_the_published_document_holds_no_private_key() -> None:
    ring = make_ring(2)
    published = json.dumps(keys_document(public_keys(ring)))
    private = json.loads(key_ring_text(ring))[1]["private_b64"]
    assert private not in published
    assert '"d"' not in published


GOOD = json.loads(key_ring_text((make_key("2026a", lambda _count: SEED, TODAY),)))[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("{}", "array"),
        ('["2026a"]', "array"),
        (json.dumps([GOOD, GOOD]), "same kid"),
        (json.dumps([{**GOOD, "kid": ""}]), "kid"),
        (json.dumps([{**GOOD, "kid": "钥匙"}]), "kid"),
        (json.dumps([{**GOOD, "kid": "k" * 25}]), "kid"),
        (json.dumps([{**GOOD, "public_b64": "AAAA"}]), "32-byte"),
        (json.dumps([{**GOOD, "private_b64": "AAAA"}]), "32-byte"),
        (json.dumps([{**GOOD, "public_b64": "A" * 43}]), "not its private half's"),
        (json.dumps([{**GOOD, "not_before": "yesterday"}]), "cannot be read"),
        (json.dumps([{name: value for name, value in GOOD.items() if name != "public_b64"}]), "lacks"),
    ],
)
def test_a_ring_that_cannot_be_used_is_refused_and_never_shown(text: str, why: str) -> None:
    with pytest.raises(KeyRingError, match=why) as caught:
        parse_key_ring(text)
    assert GOOD["private_b64"] not in str(caught.value)
