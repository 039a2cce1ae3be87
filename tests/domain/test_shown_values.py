"""A refused value shows enough to find the mistake, and never a whole person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shown_values import LONGEST, shown

IDENTITY = "522399195208254603"
ACCOUNT = "6217990000000000311"


@pytest.mark.parametrize(
    ("field", "cell", "told"),
    [
        ("head_name", "陈国光", "陈*光"),
        ("identity", IDENTITY, "522***********4603"),
        ("identity", " ５２２３９９195208254603", "522***********4603"),
        ("phone", "19900000001", "199****0001"),
        ("account", ACCOUNT, "6217***********0311"),
        ("category", "贫困户", "贫*"),
        ("longitude", "106.055738", "106.055…"),
        ("latitude", 25.320096, "25.320…"),
        ("tag", "5223261072130001-001", "5223261072130001-001"),
        ("number", "5223261072130001", "5223261072130001"),
        ("region_code", "522326107213", "522326107213"),
        ("dbh_mm", "73cm", "73cm"),
        ("measured_on", "20261301", "20261301"),
        ("head_name", None, ""),
    ],
    ids=repr,
)
def test_sensitive_values_are_masked_and_others_shown(field: str, cell: object, told: str) -> None:
    assert shown(field, cell) == told


@pytest.mark.parametrize(
    ("field", "cell", "hidden"),
    [
        ("people", IDENTITY, "1952"),
        ("number", IDENTITY, "1952"),
        ("tag", ACCOUNT, "0000000"),
        ("forest_right", f"证 {ACCOUNT} 号", "0000000"),
        ("region_code", "陈国光", "国光"),
        ("people", "陈国光", "国光"),
        ("measured_on", "25.320096", "0096"),
        ("surveyor", IDENTITY, "1952"),
    ],
    ids=repr,
)
def test_a_value_that_slipped_into_another_column_is_masked_there_too(
    field: str, cell: str, hidden: str
) -> None:
    assert hidden not in shown(field, cell)


@given(st.sampled_from(["number", "identity", "people", "tag", "header"]), st.text())
def test_any_text_is_shown_short_and_printable(field: str, cell: str) -> None:
    told = shown(field, cell)
    assert len(told) <= LONGEST
    assert told == "" or told.isprintable()


@given(
    st.sampled_from(["people", "surveyor", "forest_right", "bank"]), st.text(max_size=9), st.text(max_size=9)
)
def test_an_identity_number_is_never_shown_whole(field: str, before: str, after: str) -> None:
    assert IDENTITY not in shown(field, f"{before}{IDENTITY}{after}")
