"""Personal data at rest: opens only with its key, in its column, unchanged; found again only by a keyed hash."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.sealing import SealBroken, Vault

ONE, TWO, INDEX = b"1" * 32, b"2" * 32, b"i" * 32
VAULT = Vault({1: ONE}, 1, INDEX)


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


@given(st.text(max_size=200))
def test_what_is_sealed_opens_as_it_was(text: str) -> None:
    assert VAULT.open(VAULT.seal(text, "households.phone"), "households.phone") == text


def test_a_sealed_value_shows_nothing_of_its_text_and_is_never_the_same_twice() -> None:
    first, second = (
        VAULT.seal("19900000000", "households.phone"),
        VAULT.seal("19900000000", "households.phone"),
    )
    assert first != second
    assert b"1990" not in first


def test_a_value_copied_into_another_column_does_not_open() -> None:
    sealed = VAULT.seal("张三", "households.head_name")
    with pytest.raises(SealBroken):
        VAULT.open(sealed, "households.phone")


@pytest.mark.parametrize("at", range(0, 33, 4))
def test_a_changed_byte_does_not_open(at: int) -> None:
    sealed = bytearray(VAULT.seal("张三张三", "a.b"))
    sealed[at] ^= 1
    with pytest.raises(SealBroken):
        VAULT.open(bytes(sealed), "a.b")


@pytest.mark.parametrize("length", [0, 1, 2, 13, 14, 20])
def test_a_cut_off_value_does_not_open(length: int) -> None:
    with pytest.raises(SealBroken):
        VAULT.open(VAULT.seal("张三", "a.b")[:length], "a.b")


def test_after_rotation_old_values_open_and_new_ones_take_the_new_key() -> None:
    rotated = Vault({1: ONE, 2: TWO}, 2, INDEX)
    assert rotated.open(VAULT.seal("张三", "a.b"), "a.b") == "张三"
    with pytest.raises(SealBroken):
        VAULT.open(rotated.seal("张三", "a.b"), "a.b")


def test_equal_values_of_a_kind_are_found_and_of_other_kinds_and_keys_are_not() -> None:
    known = VAULT.fingerprint("张三", "name")
    assert len(known) == 32
    assert known == VAULT.fingerprint("张三", "name")
    assert known != VAULT.fingerprint("张三", "identity")
    assert known != VAULT.fingerprint("张四", "name")
    assert known != Vault({1: ONE}, 1, b"j" * 32).fingerprint("张三", "name")
    assert VAULT.fingerprint("b", "a") != VAULT.fingerprint("", "a\0b"[:1] + "b")


def test_a_ring_is_read_from_the_settings_and_the_last_key_seals() -> None:
    vault = Vault.from_text(f"1:{encoded(ONE)}, 2:{encoded(TWO)}", encoded(INDEX))
    assert vault.current == 2
    assert vault.seal("x", "a.b")[1] == 2
    assert vault.open(VAULT.seal("x", "a.b"), "a.b") == "x"


@pytest.mark.parametrize(
    ("ring", "index"),
    [
        ("", encoded(INDEX)),
        ("1", encoded(INDEX)),
        ("1:!!!", encoded(INDEX)),
        (f"1:{encoded(b'short')}", encoded(INDEX)),
        (f"0:{encoded(ONE)}", encoded(INDEX)),
        (f"256:{encoded(ONE)}", encoded(INDEX)),
        (f"one:{encoded(ONE)}", encoded(INDEX)),
        (f"1:{encoded(ONE)}", "short"),
        (f"1:{encoded(ONE)}", encoded(b"short")),
    ],
)
def test_a_malformed_ring_is_refused(ring: str, index: str) -> None:
    with pytest.raises(ValueError, match=r"key|literal"):
        Vault.from_text(ring, index)


def test_a_key_that_is_current_must_be_there() -> None:
    with pytest.raises(ValueError, match="not in the ring"):
        Vault({1: ONE}, 2, INDEX)


def test_keys_do_not_show_when_a_vault_is_printed() -> None:
    assert "1111" not in repr(VAULT)
    assert "iiii" not in repr(VAULT)
