"""Binding a household's WeChat over HTTP: one code, one household, one user, and no way to guess."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain.binding_codes import TRIES, binding_code, read_binding_code
from domain.payouts import AccountState
from models import AuditEntry, BindingCode, HouseholdAccount, HouseholdBinding, database, transaction
from tests.support.binding import Counter
from tests.support.buying import API, Buyer
from tests.support.clock import SteppingClock
from tests.support.world import make_household

#: Some other code than any that was issued, and one that begins like a given code.
STRANGE = binding_code(lambda count: b"\x01" * count)


def beginning_like(code: str, n: int = 1) -> str:
    """A well-formed code with the same first group that was never issued."""
    number = int(read_binding_code(code))
    other = number + 7 * n if str(number + 7 * n).zfill(16)[:4] == code[:4] else number - 7 * n
    return f"{other:016d}"


def household(app: Flask) -> str:
    with app.app_context(), transaction() as session:
        return make_household(session).public_id


@pytest.fixture
def counter(app: Flask) -> Counter:
    return Counter(app, household(app))


def bind(phone: Buyer, code: str) -> TestResponse:
    return phone.post("/household/bind", {"code": code})


def refusal(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def said(answer: TestResponse) -> dict[str, object]:
    """Everything a client can tell two refusals apart by."""
    return {name: value for name, value in answer.get_json().items() if name != "request_id"}


def entries(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context():
        about = sa.or_(*(AuditEntry.action.contains(part) for part in ("bind", "bound", "account")))
        found = sa.select(AuditEntry).where(about).order_by(AuditEntry.id)
        return [(row.action, row.subject, row.actor.partition(":")[0]) for row in database().scalars(found)]


def test_a_code_binds_its_household_once(app: Flask, counter: Counter) -> None:
    code, phone = counter.code(), Buyer(app, "wei")
    assert phone.get("/household/income").status_code == 404
    answer = bind(phone, code)
    assert answer.status_code == 201
    assert answer.get_json()["confirmed_at"] is None
    assert answer.get_json()["payable_from"] is None
    assert phone.get("/household/income").status_code == 200
    assert refusal(bind(Buyer(app, "chen"), code)) == (404, "binding_code_refused")
    subject = f"household:{counter.public_id}"
    assert entries(app)[:2] == [
        ("binding_code_issued", subject, "officer"),
        ("household_bound", subject, "user"),
    ]


def test_an_answer_that_was_lost_is_given_again(app: Flask, counter: Counter) -> None:
    code, phone = counter.code(), Buyer(app, "wei")
    first = bind(phone, code)
    assert bind(phone, code).get_json() == first.get_json()
    with app.app_context():
        assert database().scalar(sa.select(sa.func.count()).select_from(HouseholdBinding)) == 1


def test_the_code_is_kept_as_a_hash_and_shown_once(app: Flask, counter: Counter) -> None:
    code = counter.code()
    with app.app_context():
        row = database().scalars(sa.select(BindingCode)).one()
        kept = " ".join(str(value) for value in vars(row).values())
        audited = " ".join(str(entry.facts) for entry in database().scalars(sa.select(AuditEntry)))
    shown = counter.client.get(counter.url()).get_data(as_text=True)
    for form in (code, read_binding_code(code)):
        assert form not in kept + audited + shown


def test_used_expired_withdrawn_worn_out_and_unknown_codes_are_refused_alike(
    app: Flask, clock: SteppingClock
) -> None:
    used, expired, withdrawn, replaced, worn = (Counter(app, household(app)) for _ in range(5))
    codes = [counter.code() for counter in (used, expired, withdrawn, replaced, worn)]
    assert bind(Buyer(app, "wei"), codes[0]).status_code == 201
    assert withdrawn.client.post(withdrawn.url("-codes/withdraw")).status_code == 200
    replaced.code()
    for n in range(TRIES):
        assert bind(Buyer(app, f"guess{n}"), beginning_like(codes[4], n + 1)).status_code == 404
    answers = [bind(Buyer(app, f"late{n}"), codes[n]) for n in (0, 2, 3, 4)]
    clock.advance(hours=24)
    answers += [bind(Buyer(app, "later"), codes[1]), bind(Buyer(app, "last"), STRANGE)]
    assert {answer.status_code for answer in answers} == {404}
    assert all(said(answer) == said(answers[0]) for answer in answers)


def test_five_wrong_codes_and_a_user_rests_for_a_day(
    app: Flask, counter: Counter, clock: SteppingClock
) -> None:
    phone, code = Buyer(app, "wei"), counter.code()
    for _ in range(TRIES):
        assert refusal(bind(phone, STRANGE)) == (404, "binding_code_refused")
    locked = bind(phone, code)
    assert refusal(locked) == (429, "binding_locked")
    assert locked.get_json()["fields"]["retry_after_seconds"] == 24 * 3600
    clock.advance(hours=24)
    assert bind(phone, counter.code()).status_code == 201
    assert [row[0] for row in entries(app)].count("household_bind_refused") == TRIES


def test_the_fifth_try_may_still_be_right_and_clears_the_count(app: Flask, counter: Counter) -> None:
    phone = Buyer(app, "wei")
    for _ in range(TRIES - 1):
        bind(phone, STRANGE)
    assert bind(phone, counter.code()).status_code == 201


def test_a_slip_of_the_finger_costs_no_try(app: Flask, counter: Counter) -> None:
    phone, code = Buyer(app, "wei"), counter.code()
    slip = code[:-1] + str((int(code[-1]) + 1) % 10)
    for _ in range(TRIES + 1):
        assert refusal(bind(phone, slip)) == (422, "binding_code_mistyped")
    assert bind(phone, code).status_code == 201


def test_wrong_tries_of_many_people_wear_one_code_out(app: Flask, counter: Counter) -> None:
    code = counter.code()
    for n in range(TRIES):
        bind(Buyer(app, f"guess{n}"), beginning_like(code, n + 1))
    assert refusal(bind(Buyer(app, "wei"), code)) == (404, "binding_code_refused")
    assert counter.client.get(counter.url()).get_json()["code"] is None


def test_guesses_sent_at_once_are_all_counted(app: Flask, counter: Counter) -> None:
    code = counter.code()
    phones = [Buyer(app, f"guess{n}") for n in range(TRIES)]
    together = Barrier(len(phones))

    def guess(n: int) -> int:
        together.wait()
        return bind(phones[n], beginning_like(code, n + 1)).status_code

    with ThreadPoolExecutor(len(phones)) as pool:
        assert set(pool.map(guess, range(len(phones)))) == {404}
    with app.app_context():
        assert database().scalars(sa.select(BindingCode.tries)).one() == TRIES


def test_two_people_with_one_code_are_one_household(app: Flask, counter: Counter) -> None:
    code, phones = counter.code(), [Buyer(app, name) for name in ("wei", "chen")]
    together = Barrier(2)

    def use(phone: Buyer) -> int:
        together.wait()
        return bind(phone, code).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(use, phones)) == [201, 404]
    assert sorted(phone.get("/household/income").status_code for phone in phones) == [200, 404]


def test_a_user_has_one_household_and_a_household_one_user(app: Flask, counter: Counter) -> None:
    other = Counter(app, household(app))
    phone = counter.bound()
    assert refusal(bind(phone, other.code())) == (409, "already_bound")
    assert refusal(counter.client.post(counter.url("-codes"))) == (409, "household_bound")


def test_another_officer_confirms_and_money_may_go_there_after_thirty_days(
    app: Flask, counter: Counter, clock: SteppingClock
) -> None:
    phone = counter.bound()
    clock.advance(days=2)
    assert refusal(counter.client.post(counter.url("/confirm"))) == (409, "account_needs_second")
    confirmed = counter.second().client.post(counter.url("/confirm"))
    assert confirmed.status_code == 200
    shown = confirmed.get_json()["binding"]
    assert shown["issued_by"] != shown["confirmed_by"]
    assert (shown["confirmed_at"], shown["payable_from"]) == ("2026-09-03T02:00:00Z", "2026-10-03T02:00:00Z")
    assert refusal(counter.second().client.post(counter.url("/confirm"))) == (409, "account_decided")
    assert phone.get("/household/income").get_json()["binding"]["payable_from"] == shown["payable_from"]
    assert entries(app)[-1][0] == "account_confirmed"


def test_the_database_lets_nobody_confirm_alone(app: Flask, counter: Counter) -> None:
    counter.bound()
    with app.app_context(), pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.execute(
            sa.update(HouseholdAccount).values(
                state=AccountState.CONFIRMED,
                confirmer_id=HouseholdAccount.editor_id,
                started_at=HouseholdAccount.proposed_at,
            )
        )


def test_once_unbound_nothing_is_shown_any_more(app: Flask, counter: Counter) -> None:
    phone = counter.bound()
    ended = counter.client.post(counter.url("/end"), json={"reason": "手机遗失，家人代报"})
    assert (ended.status_code, ended.get_json()["binding"]) == (200, None)
    for path in ("/household/income", "/household/trees"):
        assert refusal(phone.get(path)) == (404, "household_not_bound")
    assert refusal(counter.client.post(counter.url("/end"), json={"reason": "再次解除"})) == (
        409,
        "binding_none",
    )
    assert counter.bound("chen").get("/household/income").status_code == 200


def test_a_refused_wechat_is_bound_no_longer(app: Flask, counter: Counter) -> None:
    phone = counter.bound()
    accounts = f"{API}/officer/households/{counter.public_id}/accounts"
    second = counter.second()
    [proposed] = second.client.get(accounts).get_json()["items"]
    assert second.client.post(f"{accounts}/{proposed['id']}/refuse").status_code == 200
    assert refusal(phone.get("/household/income")) == (404, "household_not_bound")
    assert counter.client.get(counter.url()).get_json()["binding"] is None
    assert counter.bound("chen").get("/household/income").status_code == 200


def test_a_reason_names_nobody(counter: Counter) -> None:
    counter.bound()
    for reason in ("本人来电 13812341234", "卡号 6217 9900 0000 0000 311"):
        assert counter.client.post(counter.url("/end"), json={"reason": reason}).status_code == 422
    assert counter.client.get(counter.url()).get_json()["binding"] is not None


def test_whoever_deletes_the_account_is_bound_no_longer(app: Flask, counter: Counter) -> None:
    phone = counter.bound()
    assert phone.client.delete(f"{API}/me", headers=phone.headers).status_code == 204
    assert counter.client.get(counter.url()).get_json()["binding"] is None
    assert phone.get("/household/income").status_code == 401


def test_there_is_nothing_to_withdraw_or_confirm_before_there_is_something(counter: Counter) -> None:
    client: FlaskClient = counter.client
    assert refusal(client.post(counter.url("-codes/withdraw"))) == (409, "binding_code_none")
    assert refusal(client.post(counter.url("/confirm"))) == (409, "binding_none")
    assert client.get(counter.url()).get_json() == {
        "public_id": counter.public_id,
        "code": None,
        "binding": None,
    }
