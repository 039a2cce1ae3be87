"""The CBOR of the tokens agrees with RFC 8949 and has one spelling a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cbor import CborError, Tagged, Value, decode, encode

# RFC 8949, appendix A, the rows of the kinds we use.
RFC_8949_EXAMPLES: list[tuple[Value, str]] = [
    (0, "00"),
    (10, "0a"),
    (23, "17"),
    (24, "1818"),
    (100, "1864"),
    (1000, "1903e8"),
    (1000000, "1a000f4240"),
    (1000000000000, "1b000000e8d4a51000"),
    (18446744073709551615, "1bffffffffffffffff"),
    (-1, "20"),
    (-10, "29"),
    (-100, "3863"),
    (-1000, "3903e7"),
    (-18446744073709551616, "3bffffffffffffffff"),
    (b"", "40"),
    (b"\x01\x02\x03\x04", "4401020304"),
    ("", "60"),
    ("IETF", "6449455446"),
    ("\u00fc", "62c3bc"),
    ("\u6c34", "63e6b0b4"),
    ([], "80"),
    ([1, 2, 3], "83010203"),
    ([1, [2, 3], [4, 5]], "8301820203820405"),
    ({}, "a0"),
    ({1: 2, 3: 4}, "a201020304"),
    (Tagged(1, 1363896240), "c11a514b67b0"),
]


@pytest.mark.parametrize(("value", "spelt"), RFC_8949_EXAMPLES)
def test_the_examples_of_the_rfc_are_written_and_read(value: Value, spelt: str) -> None:
    assert encode(value).hex() == spelt
    assert decode(bytes.fromhex(spelt)) == value


def test_map_keys_stand_in_bytewise_order() -> None:
    assert encode({-1: 0, 100: 0, 10: 0}).hex() == "a30a0018640020" + "00"


@pytest.mark.parametrize(
    ("spelt", "why"),
    [
        ("", "ends too early"),
        ("1817", "deterministic"),
        ("1903", "ends too early"),
        ("0000", "deterministic"),
        ("4401", "ends too early"),
        ("62c328", "UTF-8"),
        ("5f41ff", "open-ended"),
        ("9bffffffffffffffff", "ends too early"),
        ("a203040102", "deterministic"),
        ("a201020103", "deterministic"),
        ("a1413000", "map key"),
        ("f5", "simple values"),
        ("fb3ff199999999999a", "simple values"),
        ("81" * 50 + "00", "too deeply"),
    ],
)
def test_what_is_not_deterministic_is_refused(spelt: str, why: str) -> None:
    with pytest.raises(CborError, match=why):
        decode(bytes.fromhex(spelt))


def test_a_number_beyond_64_bits_is_refused() -> None:
    with pytest.raises(CborError, match="64 bits"):
        encode(1 << 64)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_back_to_themselves_or_refused(noise: bytes) -> None:
    try:
        value = decode(noise)
    except CborError:
        return
    assert encode(value) == noise
