"""Numbers with check digits: one wrong or swapped character is noticed."""

import csv
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.identity import (
    check_account_number,
    check_credit_code,
    check_identity_number,
    credit_code_check_character,
    identity_check_character,
    luhn_holds,
)
from domain.reference_tables import REFERENCE_FOLDER

TODAY = date(2026, 7, 1)
# The worked examples of the two standards: GB 11643-1999 annex A, and a code issued under GB 32100.
IDENTITY = "11010519491231002X"
CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODE = "91350100M000100Y43"
CARD = "6217990000000000311"


def refused_as(code: str) -> "pytest.RaisesExc[Invalid]":
    return pytest.RaisesExc(Invalid, check=lambda refusal: refusal.code == code)


def identity_number(region: str, born: str, order: str = "001") -> str:
    first = region + born + order
    return first + identity_check_character(first)


def test_the_example_of_the_standard_is_accepted_in_either_case() -> None:
    assert check_identity_number(IDENTITY, TODAY) == IDENTITY
    assert check_identity_number(f" {IDENTITY.lower()} ", TODAY) == IDENTITY


def test_every_sample_person_has_possible_numbers() -> None:
    with (REFERENCE_FOLDER / "survey_wangmo/households.csv").open(encoding="utf-8-sig", newline="") as lines:
        people = list(csv.DictReader(lines))
    assert len(people) == 265
    for person in people:
        assert check_identity_number(person["身份证号"], TODAY) == person["身份证号"]
        assert check_account_number(person["银行账号"]) == person["银行账号"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105491231002", "identity_number_length"),
        ("", "identity_number_length"),
        ("1101051949123100XX", "identity_number_characters"),
        ("11010519491231002Y", "identity_number_characters"),
        ("１1010519491231002X", "identity_number_characters"),
        ("110105194912310021", "identity_number_check_digit"),
        (identity_number("010105", "19491231"), "identity_number_region"),
        (identity_number("522326", "19990229"), "identity_number_birth_date"),
        (identity_number("522326", "18991231"), "identity_number_birth_date"),
        (identity_number("522326", "20260702"), "identity_number_birth_date"),
    ],
)
def test_an_impossible_identity_number_is_refused_for_its_reason(number: str, code: str) -> None:
    with refused_as(code):
        check_identity_number(number, TODAY)


def test_a_child_born_today_can_have_a_number() -> None:
    number = identity_number("522326", "20260701")
    assert check_identity_number(number, TODAY) == number


def test_a_refusal_never_carries_the_number() -> None:
    with pytest.raises(Invalid) as refusal:
        check_identity_number("110105194912310021", TODAY)
    assert "1101051949" not in repr((refusal.value.args, refusal.value.details, refusal.value.fields))


@given(st.integers(0, 16), st.integers(1, 9))
def test_any_single_wrong_digit_breaks_the_identity_check(place: int, shift: int) -> None:
    wrong = str((int(IDENTITY[place]) + shift) % 10)
    assert identity_check_character(IDENTITY[:place] + wrong + IDENTITY[place + 1 : 17]) != "X"


@pytest.mark.parametrize("code", [CREDIT_CODE, "9144030071526726XG", "91330100799655058B"])
def test_real_credit_codes_are_accepted(code: str) -> None:
    assert check_credit_code(code.lower()) == code


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("91350100M000100Y4", "credit_code_length"),
        ("91350100M000100I43", "credit_code_characters"),
        ("9135O100M000100Y43", "credit_code_characters"),
        ("91350A00M000100Y43", "credit_code_characters"),
        ("91350100M000100Y34", "credit_code_check_digit"),
        ("91350100M000100Y42", "credit_code_check_digit"),
    ],
)
def test_an_impossible_credit_code_is_refused_for_its_reason(number: str, code: str) -> None:
    with refused_as(code):
        check_credit_code(number)


@given(st.text(CREDIT_CODE_ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 30))
def test_any_single_wrong_character_breaks_the_credit_code(first: str, place: int, shift: int) -> None:
    wrong = CREDIT_CODE_ALPHABET[(CREDIT_CODE_ALPHABET.index(first[place]) + shift) % 31]
    changed = first[:place] + wrong + first[place + 1 :]
    assert credit_code_check_character(changed) != credit_code_check_character(first)


def test_a_card_is_accepted_with_spaces_and_refused_with_a_wrong_digit() -> None:
    assert check_account_number("6217 9900 0000 0000 311") == CARD
    with refused_as("account_number_check_digit"):
        check_account_number("6217990000000000312")


def test_a_passbook_account_needs_no_check_digit() -> None:
    assert not luhn_holds("2402010101001234567")
    assert check_account_number("2402010101001234567") == "2402010101001234567"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "account_number_characters"),
        ("6217.99E17", "account_number_characters"),
        ("６217990000000000311", "account_number_characters"),
        ("12345678", "account_number_length"),
        ("1" * 31, "account_number_length"),
    ],
)
def test_text_that_is_no_account_is_refused_for_its_reason(number: str, code: str) -> None:
    with refused_as(code):
        check_account_number(number)
