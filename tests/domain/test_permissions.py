"""The table of who may call what, and the officer it is asked about."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import Forbidden, Invalid, NotFound
from domain.permissions import (
    BANK_READERS,
    CALLS,
    EVERY_OFFICER,
    PAYOUT,
    REVEALERS,
    WITHOUT_SECOND_FACTOR,
    OfficerContext,
    check_roles,
)
from domain.roles import Role
from tests.support.clock import START

TOWNSHIP = "522326107"


def officer(*roles: Role, region: str = TOWNSHIP) -> OfficerContext:
    return OfficerContext(7, "li", "李", frozenset(roles), region, 9)


@pytest.mark.parametrize("region", [TOWNSHIP, "522326107213"])
def test_a_region_and_all_below_it_is_in_scope(region: str) -> None:
    assert officer().in_scope(region) == region


def test_without_a_region_the_officers_own_is_meant() -> None:
    assert officer().in_scope(None) == TOWNSHIP


@pytest.mark.parametrize("region", ["52", "522326", "522326108", "522327", "522326108213"])
def test_what_lies_above_or_beside_does_not_exist(region: str) -> None:
    with pytest.raises(NotFound):
        officer().in_scope(region)


@pytest.mark.parametrize("region", ["", "5", "522326107abc", "５２２３２６１０７２１３"])
def test_a_malformed_region_is_refused(region: str) -> None:
    with pytest.raises(Invalid, match="region_code_malformed"):
        officer().in_scope(region)


def test_a_call_that_is_not_in_the_table_is_open_to_nobody() -> None:
    with pytest.raises(Forbidden):
        officer(*Role).need_call("GET", "/officer/everything")


def test_a_role_opens_its_own_calls_only() -> None:
    officer(Role.MAKER).need_call("GET", "/officer/income")
    with pytest.raises(Forbidden):
        officer(Role.SURVEYOR).need_call("GET", "/officer/income")
    with pytest.raises(Forbidden):
        officer().need_call("GET", "/officer/session")


def test_an_officer_is_told_exactly_the_calls_that_are_let_through() -> None:
    for role in Role:
        told = officer(role).calls(code_asked=False)
        for call, roles in CALLS.items():
            assert (call in told) == (role in roles)


def test_who_must_set_a_code_up_is_told_of_nothing_else() -> None:
    maker = officer(Role.MAKER)
    assert maker.calls(code_asked=True) == WITHOUT_SECOND_FACTOR
    assert maker.calls(code_asked=False) == replace(maker, second_factor=True).calls(code_asked=True)
    assert ("GET", "/officer/households") in officer(Role.REGISTRAR).calls(code_asked=True)


def test_an_administrator_sees_no_household() -> None:
    theirs = {path for (_, path), roles in CALLS.items() if Role.ADMINISTRATOR in roles}
    assert not {path for path in theirs if "household" in path or "income" in path or "trees" in path}


def test_surveyors_and_verifiers_see_no_bank_data() -> None:
    assert not BANK_READERS & {Role.SURVEYOR, Role.VERIFIER, Role.ADMINISTRATOR}
    assert not REVEALERS["account"] & {Role.SURVEYOR, Role.VERIFIER, Role.ADMINISTRATOR}


def test_an_auditor_sees_nothing_in_full() -> None:
    assert all(Role.AUDITOR not in roles for roles in REVEALERS.values())


def test_the_roles_of_a_payout_may_be_listed_for_one_login() -> None:
    # Within one batch they are still different people: the database sees to that.
    assert check_roles([Role.MAKER, Role.RELEASER]) == {Role.MAKER, Role.RELEASER}


def test_the_audit_names_an_officer_by_number() -> None:
    assert officer().actor == "officer:7"


UNTIL = START + timedelta(hours=72)


def held(*roles: Role) -> OfficerContext:
    return replace(officer(*roles), payouts_held_until=UNTIL)


@pytest.mark.parametrize("role", sorted(PAYOUT))
def test_after_a_reset_nobody_does_what_only_a_payout_role_may(role: Role) -> None:
    acts = [call for call, roles in CALLS.items() if role in roles and roles != EVERY_OFFICER]
    stopped = [call for call in acts if call[0] != "GET" or call[1].startswith("/officer/payout")]
    assert stopped
    for method, path in stopped:
        with pytest.raises(Forbidden, match="payouts_held"):
            held(role).need_free_hands(method, path, START)
        held(role).need_free_hands(method, path, UNTIL)


def test_what_another_role_opens_is_not_held() -> None:
    both = held(Role.MAKER, Role.REGISTRAR)
    both.need_free_hands("POST", "/officer/households/{public_id}/reveal", START)
    both.need_free_hands("GET", "/officer/income", START)
    both.need_free_hands("DELETE", "/officer/session", START)
    with pytest.raises(Forbidden, match="payouts_held"):
        both.need_free_hands("POST", "/officer/incidents/{incident_id}/resolve", START)


def test_whatever_stands_below_payouts_is_held_even_to_be_read() -> None:
    with pytest.raises(Forbidden, match="payouts_held"):
        held(Role.RELEASER).need_free_hands("GET", "/officer/payout-batches/{batch_id}/file.csv", START)
