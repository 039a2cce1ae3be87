"""Officers: sign-in with lock-out, passwords, roles and leaving, as rules on rows."""

import os
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, Invalid, NotFound, TooMany, Unauthorised
from domain.lockouts import ADDRESS, NAME, LockRule
from domain.roles import Role
from flows.officer_sign_in import OfficerSignIn, Proof, sign_in
from flows.running import Running
from models import AuditEntry, Officer, SignInLock
from models.base import transaction
from services import officers, passwords
from services.demo_officers import DEMO_OFFICERS, seed_demo_officers
from services.passwords import check_new_password, hash_password, needs_new_hash, password_matches
from services.sign_in_locks import count_guess, forget_old_guesses, name_hash
from tests.support.clock import START, SteppingClock
from tests.support.people import REAL_HASHER
from tests.support.world import COUNTY, OFFICER_PASSWORD, make_officer, make_officer_token, make_regions

WRONG = "not the password"


def enter(parts: Running, username: str, password: str, address: str | None) -> OfficerSignIn:
    return sign_in(parts, Proof(username, password, address=address))


def fail(parts: Running, username: str, times: int, address: str = "192.0.2.1") -> None:
    for _ in range(times):
        with pytest.raises(Unauthorised, match="wrong_credentials"):
            enter(parts, username, WRONG, address)


def entries(session: Session, action: str) -> list[AuditEntry]:
    return list(session.scalars(sa.select(AuditEntry).where(AuditEntry.action == action)))


def add(session: Session, **changes: Any) -> Officer:
    facts: dict[str, Any] = {
        "username": "wei.li",
        "display_name": "韦莉",
        "password": "long enough to keep",
        "roles": [Role.REGISTRAR],
        "region_code": COUNTY,
        "actor": "command",
        "now": START,
        "random": os.urandom,
        **changes,
    }
    return officers.add_officer(session, **facts)


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [
        (1, None),
        (4, None),
        (5, 15),
        (6, None),
        (10, 30),
        (15, 60),
        (20, 120),
        (25, 240),
        (35, 720),
        (500, 720),
    ],
)
def test_every_fifth_failure_locks_twice_as_long(failures: int, minutes: int | None) -> None:
    assert NAME.lock_after(failures) == (None if minutes is None else timedelta(minutes=minutes))


def test_the_right_password_opens_a_session_and_is_audited(session: Session, parts: Running) -> None:
    with transaction():
        officer = make_officer(session, Role.REGISTRAR)
    opened = enter(parts, f" {officer.username.upper()} ", OFFICER_PASSWORD, "192.0.2.1")
    found = officers.signed_in(session, opened.token, START)
    assert found is not None
    assert found.officer.username == officer.username
    assert found.officer.roles == {Role.REGISTRAR}
    [entry] = entries(session, "officer_signed_in")
    assert (entry.actor, entry.address) == (f"officer:{officer.id}", "192.0.2.1")
    assert opened.token not in repr(entry.facts) + entry.subject


def test_the_fifth_failure_locks_the_name_even_for_the_right_password(
    session: Session, parts: Running, clock: SteppingClock
) -> None:
    with transaction():
        officer = make_officer(session, Role.REGISTRAR)
    fail(parts, officer.username, 5)
    with pytest.raises(TooMany, match="locked_out") as locked:
        enter(parts, officer.username, OFFICER_PASSWORD, None)
    assert locked.value.fields == {"retry_after_seconds": 900}
    clock.advance(minutes=15)
    assert enter(parts, officer.username, OFFICER_PASSWORD, None).token
    kept = sa.select(SignInLock).where(SignInLock.subject_hash == name_hash(officer.username))
    assert session.scalars(kept).all() == []


def test_locks_grow_while_failures_go_on(session: Session, parts: Running, clock: SteppingClock) -> None:
    with transaction():
        officer = make_officer(session, Role.REGISTRAR)
    waits = []
    for _ in range(3):
        fail(parts, officer.username, 5)
        with pytest.raises(TooMany) as locked:
            enter(parts, officer.username, OFFICER_PASSWORD, None)
        assert locked.value.fields is not None
        waits.append(locked.value.fields["retry_after_seconds"])
        clock.advance(seconds=float(str(waits[-1])))
    assert waits == [900, 1800, 3600]


def test_an_unknown_name_is_locked_like_a_known_one(session: Session, parts: Running) -> None:
    fail(parts, "nobody", 5)
    with pytest.raises(TooMany, match="locked_out"):
        enter(parts, "nobody", WRONG, None)
    assert {entry.subject for entry in entries(session, "officer_sign_in_failed")} == {"officer:unknown"}


def test_a_day_without_failures_forgets_them(session: Session, parts: Running, clock: SteppingClock) -> None:
    with transaction():
        officer = make_officer(session, Role.REGISTRAR)
    fail(parts, officer.username, 4)
    clock.advance(hours=25)
    fail(parts, officer.username, 4)
    assert enter(parts, officer.username, OFFICER_PASSWORD, None).token


def test_old_counts_are_swept_and_standing_locks_stay(
    session: Session, parts: Running, clock: SteppingClock
) -> None:
    fail(parts, "once", 1)
    clock.advance(hours=25)
    fail(parts, "locked", 5)
    with transaction():
        assert forget_old_guesses(session, clock()) == 1
    with pytest.raises(TooMany):
        enter(parts, "locked", WRONG, None)


def test_what_was_typed_is_never_kept(session: Session, parts: Running) -> None:
    fail(parts, "my secret password", 1)
    kept = [
        *session.execute(sa.select(SignInLock)).scalars(),
        *session.execute(sa.select(AuditEntry)).scalars(),
    ]
    assert len(kept) == 3
    for row in kept:
        assert "secret" not in repr({name: value for name, value in vars(row).items() if name[0] != "_"})


def test_an_officer_who_has_left_is_as_unknown(session: Session, parts: Running) -> None:
    with transaction():
        officer = make_officer(session, Role.REGISTRAR)
        token = make_officer_token(session, officer)
        officers.end_officer(session, officer.username, actor="command", now=START)
    assert officers.signed_in(session, token, START) is None
    fail(parts, officer.username, 1)
    assert entries(session, "officer_ended")[0].subject == f"officer:{officer.id}"


def test_a_password_change_ends_every_sign_in(session: Session, parts: Running) -> None:
    with transaction():
        officer = make_officer(session, Role.REGISTRAR)
        token = make_officer_token(session, officer)
        officers.change_password(
            session, officer.username, "another long one", actor="command", now=START, random=os.urandom
        )
    assert officers.signed_in(session, token, START) is None
    assert enter(parts, officer.username, "another long one", None).token


def test_a_hash_of_old_parameters_is_renewed_at_sign_in(session: Session, parts: Running) -> None:
    with transaction():
        officer = make_officer(session, Role.REGISTRAR)
    assert needs_new_hash(officer.password_hash)
    enter(parts, officer.username, OFFICER_PASSWORD, None)
    session.expire_all()
    kept = session.get_one(Officer, officer.id).password_hash
    assert kept.startswith("$argon2id$")
    assert not needs_new_hash(kept)


def test_a_guess_costs_what_owasp_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", REAL_HASHER)
    kept = hash_password("correct horse", os.urandom)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert password_matches(kept, "correct horse")


def test_nothing_matches_where_no_password_is_kept() -> None:
    assert not password_matches(None, "nobody's password")
    kept = hash_password("correct horse", os.urandom)
    assert password_matches(kept, "correct horse")
    assert not password_matches(kept, "correct horse ")
    assert not password_matches("not a hash", "correct horse")


@pytest.mark.parametrize("password", ["short", "x" * 129, "aaaaaaaaaaaaaaa", "my-Wei.Li-password"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match="password_too_weak"):
        check_new_password(password, "wei.li")


@pytest.mark.parametrize("username", ["", "Li", "1li", "l", "a" * 33, "li wei", "李伟", "li\n"])
def test_a_malformed_user_name_is_refused(session: Session, username: str) -> None:
    make_regions(session)
    with pytest.raises(Invalid, match="username_malformed"):
        add(session, username=username)


def test_a_name_is_used_once_for_ever(session: Session) -> None:
    make_regions(session)
    add(session)
    officers.end_officer(session, "wei.li", actor="command", now=START)
    with pytest.raises(Conflict, match="username_taken"):
        add(session)


def test_an_officer_needs_a_region_that_exists(session: Session) -> None:
    make_regions(session)
    with pytest.raises(Invalid, match="region_unknown"):
        add(session, region_code="529999")


@pytest.mark.parametrize(
    "roles",
    [
        [],
        [Role.VERIFIER, Role.REGISTRAR],
        [Role.AUDITOR, Role.MAKER],
        [Role.ADMINISTRATOR, Role.RELEASER],
        [Role.VERIFIER, Role.AUDITOR],
    ],
)
def test_roles_that_watch_one_another_do_not_meet_in_one_person(session: Session, roles: list[Role]) -> None:
    make_regions(session)
    with pytest.raises(Invalid, match="roles_cannot_combine"):
        add(session, roles=roles)


def test_a_township_clerk_may_survey_and_register(session: Session) -> None:
    with transaction():
        make_regions(session)
        officer = add(session, roles=[Role.SURVEYOR, Role.REGISTRAR])
    assert {row.role for row in officer.roles} == {Role.SURVEYOR, Role.REGISTRAR}
    [entry] = entries(session, "officer_added")
    assert entry.facts == {"roles": ["registrar", "surveyor"], "region": COUNTY}


def test_an_unknown_officer_cannot_be_ended(session: Session) -> None:
    with pytest.raises(NotFound, match="officer_not_found"):
        officers.end_officer(session, "nobody", actor="command", now=START)


def test_demo_officers_are_added_once_and_follow_the_password(session: Session, parts: Running) -> None:
    with transaction():
        make_regions(session)
        assert seed_demo_officers(session, "first", START, os.urandom) == list(DEMO_OFFICERS)
    with transaction():
        seed_demo_officers(session, "second", START, os.urandom)
    assert len(officers.list_officers(session)) == len(DEMO_OFFICERS)
    token = enter(parts, "county", "second", None).token
    found = officers.signed_in(session, token, START)
    assert found is not None
    assert found.officer.roles == {Role.REGISTRAR}
    assert found.officer.region_code == COUNTY
    with pytest.raises(Unauthorised):
        enter(parts, "county", "first", None)


@pytest.mark.parametrize("rule", [NAME, ADDRESS])
def test_the_longest_lock_ends_before_failures_are_forgotten(rule: LockRule) -> None:
    assert rule.lock_after(1000 * rule.failures_a_lock) == rule.longest < rule.forgotten_after


def guess_names(session: Session, times: int, address: str = "192.0.2.1") -> None:
    """Count so many failures under as many names."""
    for n in range(times):
        with transaction():
            count_guess(session, f"name{n}", address.format(n), START)


def test_one_address_that_tries_many_names_is_locked_for_all_of_them(
    session: Session, parts: Running, clock: SteppingClock
) -> None:
    with transaction():
        officer = make_officer(session, Role.REGISTRAR)
    guess_names(session, ADDRESS.failures_a_lock - 1)
    fail(parts, "nobody", 1)
    with pytest.raises(TooMany, match="address_locked_out") as locked:
        enter(parts, officer.username, OFFICER_PASSWORD, "192.0.2.1")
    assert locked.value.fields == {"retry_after_seconds": 900}
    assert enter(parts, officer.username, OFFICER_PASSWORD, "192.0.2.2").token
    clock.advance(minutes=15)
    assert enter(parts, officer.username, OFFICER_PASSWORD, "192.0.2.1").token


def test_one_good_login_does_not_clear_its_address(session: Session, parts: Running) -> None:
    with transaction():
        officer = make_officer(session, Role.REGISTRAR)
    guess_names(session, ADDRESS.failures_a_lock - 1)
    for _ in range(2):
        assert enter(parts, officer.username, OFFICER_PASSWORD, "192.0.2.1").token
    guess_names(session, 1)
    with pytest.raises(TooMany, match="address_locked_out"):
        enter(parts, officer.username, OFFICER_PASSWORD, "192.0.2.1")


def test_the_addresses_of_one_ipv6_customer_are_one(session: Session) -> None:
    guess_names(session, ADDRESS.failures_a_lock, "2001:db8:0:7::{:x}")
    with pytest.raises(TooMany, match="address_locked_out"):
        guess_names(session, 1, "2001:db8:0:7:ffff::1")
    guess_names(session, 1, "2001:db8:0:8::1")


def test_neither_name_nor_address_can_be_read_in_the_counts(session: Session, parts: Running) -> None:
    fail(parts, "nobody", 1, "198.51.100.77")
    kept = repr([row.subject_hash for row in session.scalars(sa.select(SignInLock))])
    assert "nobody" not in kept
    assert "198.51" not in kept


def test_a_password_changed_while_the_old_one_was_being_checked_opens_nothing(
    session: Session, parts: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction():
        officer = make_officer(session, Role.REGISTRAR)

    def slow(kept: str | None, password: str) -> bool:
        with transaction() as other:
            officers.change_password(
                other, officer.username, "another long one", actor="command", now=START, random=os.urandom
            )
        return password_matches(kept, password)

    monkeypatch.setattr("flows.officer_sign_in.password_matches", slow)
    with pytest.raises(Unauthorised, match="wrong_credentials"):
        enter(parts, officer.username, OFFICER_PASSWORD, None)
