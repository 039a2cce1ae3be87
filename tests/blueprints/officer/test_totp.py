"""One-time codes over HTTP: enrolled, asked for, taken once, replaced, and compulsory in production."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from domain.one_time_codes import code_of, step_of
from domain.permissions import CALLS, SECOND_FACTOR, WITHOUT_SECOND_FACTOR
from domain.roles import Role
from flows.running import EXTENSION
from models import AuditEntry, OneTimeSecret, RecoveryCode
from models.base import database, db, transaction
from tests.support.clock import SteppingClock
from tests.support.keeping import Kept
from tests.support.world import OFFICER_PASSWORD, make_officer

API = "/api/v1/officer"
Enrol = Callable[..., "Phone"]


class Phone:
    """An officer with an authenticator app."""

    def __init__(self, app: Flask, clock: SteppingClock, roles: Role | Iterable[Role]) -> None:
        with app.app_context(), transaction() as session:
            self.username = make_officer(session, roles).username
        self.app, self.clock, self.secret = app, clock, ""
        self.recovery: list[str] = []

    def sign_in(self, **more: Any) -> Any:
        body = {"username": self.username, "password": OFFICER_PASSWORD, **more}
        return self.app.test_client().post(f"{API}/session", json=body)

    def client(self, **more: Any) -> FlaskClient:
        answer = self.sign_in(**more)
        assert answer.status_code == 201, answer.json
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {answer.json['token']}"
        return client

    def code(self, secret: str | None = None) -> str:
        """The next code, after waiting until there is one that was not shown yet."""
        self.clock.advance(seconds=60)
        return code_of(secret or self.secret, step_of(self.clock()))

    def enrol(self, client: Any, **more: Any) -> Any:
        """Scan the secret and show the first code; the answer to that."""
        begun = client.post(f"{API}/totp", json={"password": OFFICER_PASSWORD, **more})
        assert begun.status_code == 201, begun.json
        answer = client.post(f"{API}/totp/confirm", json={"totp": self.code(begun.json["secret"])})
        assert answer.status_code == 200, answer.json
        self.secret, self.recovery = begun.json["secret"], answer.json["recovery_codes"]
        return begun


def make_enrolled(app: Flask, clock: SteppingClock) -> Phone:
    found = Phone(app, clock, Role.REGISTRAR)
    found.enrol(found.client())
    return found


@pytest.fixture
def phone(kept: Kept, app: Flask, clock: SteppingClock) -> Phone:
    return kept(make_enrolled, app, clock)


@pytest.fixture
def production(app: Flask) -> Iterator[None]:
    parts = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(parts, settings=replace(parts.settings, app_env="production"))
    yield
    app.extensions[EXTENSION] = parts


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, (answer.json or {}).get("code", "")


def test_a_phone_is_enrolled_by_its_first_code(app: Flask, clock: SteppingClock) -> None:
    officer = Phone(app, clock, Role.REGISTRAR)
    other = officer.client()
    begun = officer.enrol(client := officer.client())
    assert begun.json["uri"].startswith(f"otpauth://totp/Danzhu%3A{officer.username}?secret={officer.secret}")
    assert begun.json["qr_svg"].startswith("<svg ")
    assert begun.headers["Cache-Control"] == "no-store"
    assert len(officer.recovery) == 10
    shown = client.get(f"{API}/session").json or {}
    assert (shown["second_factor"], shown["recovery_codes_left"]) == (True, 10)
    # What was opened before is over: it never showed a code.
    assert told(other.get(f"{API}/session")) == (401, "signed_out")


def test_before_its_first_code_a_phone_changes_nothing(app: Flask, clock: SteppingClock) -> None:
    officer = Phone(app, clock, Role.REGISTRAR)
    client = officer.client()
    assert told(client.post(f"{API}/totp/confirm", json={"totp": "123456"})) == (
        409,
        "one_time_code_not_begun",
    )
    begun = client.post(f"{API}/totp", json={"password": OFFICER_PASSWORD}).json or {}
    wrong = f"{(int(code_of(begun['secret'], step_of(clock()))) + 1) % 10**6:06d}"
    refused = client.post(f"{API}/totp/confirm", json={"totp": wrong})
    assert told(refused) == (422, "one_time_code_not_the_phones")
    assert officer.sign_in().status_code == 201


def test_a_code_is_asked_for_only_after_a_right_password(phone: Phone) -> None:
    assert told(phone.sign_in()) == (401, "one_time_code_needed")
    assert told(phone.sign_in(totp="000000")) == (401, "one_time_code_wrong")
    for more in ({}, {"totp": phone.code()}):
        assert told(phone.sign_in(password="wrong password", **more)) == (401, "wrong_credentials")
    answer = phone.sign_in(totp=phone.code())
    assert (answer.status_code, answer.json["second_factor"]) == (201, True)


def test_a_missing_or_wrong_code_counts_as_a_failure(phone: Phone) -> None:
    for n in range(5):
        assert phone.sign_in(**({"totp": "000000"} if n % 2 else {})).status_code == 401
    assert told(phone.sign_in(totp=phone.code())) == (429, "locked_out")


def test_a_code_opens_one_sign_in_only(phone: Phone) -> None:
    code = phone.code()
    assert phone.sign_in(totp=code).status_code == 201
    assert told(phone.sign_in(totp=code)) == (401, "one_time_code_wrong")


def test_the_first_code_of_a_phone_opens_no_sign_in(app: Flask, clock: SteppingClock) -> None:
    officer = Phone(app, clock, Role.REGISTRAR)
    officer.enrol(officer.client())
    again = code_of(officer.secret, step_of(clock()))
    assert told(officer.sign_in(totp=again)) == (401, "one_time_code_wrong")


def test_of_one_code_sent_often_at_once_one_is_taken(phone: Phone) -> None:
    code = phone.code()
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(lambda _: int(phone.sign_in(totp=code).status_code), range(4)))
    assert statuses == [201, 401, 401, 401]


def test_a_recovery_code_is_good_once(phone: Phone) -> None:
    first = phone.recovery[0]
    shown = phone.client(recovery_code=f" {first.lower()} ").get(f"{API}/session").json or {}
    assert (shown["second_factor"], shown["recovery_codes_left"]) == (True, 9)
    assert told(phone.sign_in(recovery_code=first)) == (401, "one_time_code_wrong")
    assert phone.sign_in(recovery_code=phone.recovery[1]).status_code == 201


def test_nobody_uses_the_recovery_code_of_another(app: Flask, clock: SteppingClock, phone: Phone) -> None:
    other = Phone(app, clock, Role.REGISTRAR)
    other.enrol(other.client())
    assert told(other.sign_in(recovery_code=phone.recovery[0])) == (401, "one_time_code_wrong")


def test_another_phone_needs_the_password_and_a_code_of_the_old_one(phone: Phone) -> None:
    client, old = phone.client(totp=phone.code()), phone.secret
    for body, code in (
        ({"password": OFFICER_PASSWORD}, "one_time_code_needed"),
        ({"password": "wrong password", "totp": phone.code()}, "wrong_credentials"),
    ):
        assert told(client.post(f"{API}/totp", json=body)) == (401, code)
    before = phone.recovery
    phone.enrol(client, recovery_code=before[3])
    assert told(phone.sign_in(totp=phone.code(old))) == (401, "one_time_code_wrong")
    assert told(phone.sign_in(recovery_code=before[4])) == (401, "one_time_code_wrong")
    assert phone.sign_in(totp=phone.code()).status_code == 201


def test_the_old_phone_stays_good_until_the_new_one_is(phone: Phone) -> None:
    client = phone.client(totp=phone.code())
    begun = client.post(f"{API}/totp", json={"password": OFFICER_PASSWORD, "totp": phone.code()})
    assert begun.status_code == 201
    assert phone.sign_in(totp=phone.code()).status_code == 201


def test_secrets_and_recovery_codes_are_not_kept_to_be_read(app: Flask, phone: Phone) -> None:
    with app.app_context():
        raw = [
            *database().execute(sa.text("SELECT secret, pending FROM one_time_secrets")).all(),
            *database().execute(sa.text("SELECT code_hash FROM recovery_codes")).all(),
        ]
        facts = repr([entry.facts for entry in database().scalars(sa.select(AuditEntry))])
    for plain in (phone.secret, *phone.recovery):
        assert plain not in facts
        assert not any(plain.encode() in bytes(value) for row in raw for value in row if value is not None)


@pytest.mark.usefixtures("production")
def test_in_production_payout_roles_can_do_nothing_before_they_have_a_code(
    app: Flask, clock: SteppingClock
) -> None:
    officer = Phone(app, clock, Role.MAKER)
    answer = officer.sign_in()
    assert answer.json["must_set_up_code"] is True
    client = officer.client()
    assert told(client.get(f"{API}/income")) == (403, "second_factor_needed")
    assert (client.get(f"{API}/session").json or {})["must_set_up_code"] is True
    officer.enrol(client)
    assert client.get(f"{API}/income").status_code == 200
    again = officer.client(totp=officer.code())
    assert again.get(f"{API}/income").status_code == 200


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("role", Role)
def test_in_production_a_code_is_compulsory_for_those_who_pay_or_look_after_people(
    app: Flask, clock: SteppingClock, role: Role
) -> None:
    answer = Phone(app, clock, role).sign_in()
    compulsory = role in {Role.MAKER, Role.APPROVER, Role.RELEASER, Role.ADMINISTRATOR}
    assert answer.json["must_set_up_code"] is compulsory is (role in SECOND_FACTOR)


def test_what_is_open_without_the_code_touches_nobody_else() -> None:
    assert set(CALLS) >= WITHOUT_SECOND_FACTOR
    assert {path.split("/")[2] for _, path in WITHOUT_SECOND_FACTOR} == {"session", "totp"}


def test_a_password_is_changed_by_who_knows_it_and_other_sign_ins_end(phone: Phone) -> None:
    kept, other = phone.client(totp=phone.code()), phone.client(totp=phone.code())
    wish = {"password": OFFICER_PASSWORD, "new_password": "another long one"}
    assert told(kept.post(f"{API}/password", json=wish)) == (401, "one_time_code_needed")
    weak = {**wish, "new_password": "short", "totp": phone.code()}
    assert told(kept.post(f"{API}/password", json=weak)) == (422, "password_too_weak")
    assert kept.post(f"{API}/password", json={**wish, "totp": phone.code()}).status_code == 204
    assert kept.get(f"{API}/session").status_code == 200
    assert told(other.get(f"{API}/session")) == (401, "signed_out")
    assert told(phone.sign_in(totp=phone.code())) == (401, "wrong_credentials")
    assert phone.sign_in(password="another long one", totp=phone.code()).status_code == 201


def test_guessing_by_way_of_a_stolen_sign_in_locks_too(phone: Phone) -> None:
    client = phone.client(totp=phone.code())
    for n in range(5):
        guess = {"password": OFFICER_PASSWORD, "totp": f"{n:06d}"}
        assert client.post(f"{API}/totp", json=guess).status_code == 401
    more = {"password": OFFICER_PASSWORD, "new_password": "another long one", "totp": phone.code()}
    assert told(client.post(f"{API}/password", json=more)) == (429, "locked_out")


def test_an_officer_sees_and_ends_their_own_sign_ins(app: Flask, clock: SteppingClock) -> None:
    officer, stranger = Phone(app, clock, Role.REGISTRAR), Phone(app, clock, Role.REGISTRAR)
    first, second = officer.client(), officer.client()
    foreign = (stranger.client().get(f"{API}/sessions").json or {})["items"][0]["id"]
    listed = (second.get(f"{API}/sessions").json or {})["items"]
    assert [row["current"] for row in listed] == [True, False]
    assert told(second.delete(f"{API}/sessions/{foreign}")) == (404, "session_not_found")
    assert second.delete(f"{API}/sessions/{listed[1]['id']}").status_code == 204
    assert told(second.delete(f"{API}/sessions/{listed[1]['id']}")) == (404, "session_not_found")
    assert told(first.get(f"{API}/session")) == (401, "signed_out")
    assert len((second.get(f"{API}/sessions").json or {})["items"]) == 1
    with app.app_context():
        written = sa.select(AuditEntry.subject).where(AuditEntry.action == "sign_in_ended")
        assert database().scalars(written).all() == [f"session:{listed[1]['id']}"]


def test_a_secret_in_force_has_been_shown_a_code(app: Flask, phone: Phone) -> None:
    with app.app_context(), pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.execute(sa.update(OneTimeSecret).values(last_step=None))
    with app.app_context():
        assert database().scalar(sa.select(sa.func.count()).select_from(RecoveryCode)) == 10
        db.session.remove()
