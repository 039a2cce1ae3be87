"""A household's word about its payments: each once, silence none, and a contest out of the hands of those who paid."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pypdfium2 import PdfDocument
from werkzeug.test import TestResponse

from domain.payouts import BounceReason, Duty, PayoutLineState
from domain.roles import Role
from flows.running import Running
from models import AuditEntry, Incident, Officer, PayoutAnswer, PayoutDuty, PayoutLine, database, transaction
from tests.support.accounts import make_account
from tests.support.binding import make_bound_token
from tests.support.buying import API
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.paying import make_paid, make_released
from tests.support.sales import make_sale
from tests.support.world import make_household, make_officer, make_officer_token, make_units

PAYOUTS = f"{API}/household/payouts"
REASON = "说是发了，我没收到，问过侄子小三了"


class Home:
    """A household that was paid 6 yuan to its bank account, and is about to be paid 3 more; and a neighbour."""

    def __init__(self, app: Flask, parts: Running) -> None:
        self.app = app
        with app.app_context(), transaction() as session:
            owner, neighbour = make_household(session), make_household(session)
            units = make_units(session, owner, 3)
            account = make_account(session, owner)
            make_sale(session, parts, units[:2])
            paid = make_paid(session, make_released(session, owner, account))
            make_sale(session, parts, units[2:])
            coming = make_released(session, owner, account)
            self.owner = owner.public_id
            self.paid, self.coming, self.reference, self.batch = (
                paid.id,
                coming.id,
                paid.reference,
                paid.batch_id,
            )
            self.client = self._phone(make_bound_token(session, owner))
            self.other = self._phone(make_bound_token(session, neighbour))

    def _phone(self, token: str) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    def say(self, what: str, line: int | None = None, client: FlaskClient | None = None) -> TestResponse:
        """Confirm or contest a payment."""
        body = {"reason": REASON} if what == "contest" else None
        return (client or self.client).post(f"{PAYOUTS}/{line or self.paid}/{what}", json=body)

    def officer(self, role: Role) -> FlaskClient:
        """Somebody who had no part in any payment, signed in."""
        with self.app.app_context(), transaction() as session:
            return self._phone(make_officer_token(session, make_officer(session, role)))

    def staff(self, duty: Duty) -> Officer:
        """Who had a duty in the payment that arrived."""
        with self.app.app_context():
            return (
                database()
                .scalars(
                    sa.select(Officer)
                    .join(PayoutDuty, PayoutDuty.officer_id == Officer.id)
                    .where(PayoutDuty.batch_id == self.batch, PayoutDuty.duty == duty)
                )
                .one()
            )

    def signed_in(self, officer: Officer) -> FlaskClient:
        """An officer, signed in."""
        with self.app.app_context(), transaction() as session:
            return self._phone(make_officer_token(session, officer))

    def incident(self) -> Incident:
        """The one incident about a payment."""
        with self.app.app_context():
            return database().scalars(sa.select(Incident).where(Incident.kind == "payout_contested")).one()


@pytest.fixture
def home(kept: Kept, app: Flask, parts: Running) -> Home:
    return kept(Home, app, parts)


def refusal(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_payments_are_told_in_plain_words_newest_first(home: Home) -> None:
    coming, paid = home.client.get(PAYOUTS).get_json()["items"]
    assert (coming["state"], coming["sentence"]) == ("on_its_way", "3.00 元正在发给您。")
    assert (paid["state"], paid["sentence"]) == ("paid", "6.00 元已发到您的银行账户。")
    assert [one["may_confirm"] for one in (coming, paid)] == [True, True]
    first = home.client.get(f"{PAYOUTS}?limit=1").get_json()
    rest = home.client.get(f"{PAYOUTS}?cursor={first['next_cursor']}").get_json()["items"]
    assert [one["id"] for one in first["items"] + rest] == [home.coming, home.paid]


def test_silence_is_not_confirmation_and_each_word_is_said_once(home: Home) -> None:
    assert home.client.get(PAYOUTS).get_json()["items"][1]["confirmed_at"] is None
    said = home.say("confirm")
    assert said.status_code == 200
    assert said.get_json()["confirmed_at"] is not None
    assert (said.get_json()["may_confirm"], said.get_json()["may_contest"]) == (False, True)
    assert refusal(home.say("confirm")) == (409, "payout_answered")
    assert home.say("contest").status_code == 200
    assert refusal(home.say("contest")) == (409, "payout_answered")


def test_anothers_payment_does_not_exist(home: Home) -> None:
    assert home.other.get(PAYOUTS).get_json()["items"] == []
    for what in ("confirm", "contest", "collect"):
        assert refusal(home.say(what, client=home.other)) == (404, "household_payout_not_found")
    assert refusal(home.say("confirm", line=9_007_199_254_740_991)) == (404, "household_payout_not_found")


def test_what_came_back_is_nobodys_to_confirm(app: Flask, home: Home) -> None:
    with app.app_context(), transaction() as session:
        line = session.get_one(PayoutLine, home.coming)
        line.state, line.bounce_reason = PayoutLineState.BOUNCED, BounceReason.ACCOUNT_CLOSED
    shown = home.client.get(PAYOUTS).get_json()["items"][0]
    assert (shown["state"], shown["may_confirm"], shown["may_contest"]) == ("came_back", False, False)
    assert refusal(home.say("confirm", line=home.coming)) == (409, "payout_not_answerable")
    assert refusal(home.say("contest", line=home.coming)) == (409, "payout_not_answerable")


def test_a_payment_to_the_bank_is_not_accepted_in_wechat(home: Home) -> None:
    assert refusal(home.say("collect")) == (404, "transfer_not_found")


def test_a_contest_goes_to_a_person_without_the_households_words(app: Flask, home: Home) -> None:
    home.say("contest")
    incident = home.incident()
    assert incident.subject == f"payout:{home.reference}"
    assert REASON not in str(incident.facts)
    with app.app_context():
        entry = database().scalars(sa.select(AuditEntry).where(AuditEntry.action == "payout_contested")).one()
        assert (entry.subject, entry.facts) == (f"household:{home.owner}", {"reference": home.reference})
        kept = database().execute(sa.text("SELECT reason FROM payout_answers")).scalar_one()
        assert REASON.encode() not in bytes(kept)
    url = f"{API}/officer/households/{home.owner}/payout-answers"
    answers = home.officer(Role.MAKER).get(url).get_json()["items"]
    assert [(one["kind"], one["reason"]) for one in answers] == [("contested", REASON)]


@pytest.mark.parametrize("duty", [Duty.MAKER, Duty.APPROVER, Duty.RELEASER])
def test_the_payments_own_staff_cannot_close_a_contest(home: Home, duty: Duty) -> None:
    home.say("contest")
    url = f"{API}/officer/incidents/{home.incident().id}"
    answer = home.signed_in(home.staff(duty)).post(
        f"{url}/resolve", json={"resolution": "已与农户核实，款项已到"}
    )
    assert refusal(answer) == (403, "incident_own_payout")
    assert home.incident().resolved_at is None


def test_somebody_who_had_no_part_closes_it(home: Home) -> None:
    home.say("contest")
    stranger = home.officer(Role.APPROVER)
    url = f"{API}/officer/incidents/{home.incident().id}"
    answer = stranger.post(f"{url}/resolve", json={"resolution": "银行回单与农户存折核对一致"})
    assert answer.status_code == 200
    assert home.incident().resolved_at is not None


@pytest.mark.parametrize("duty", [Duty.MAKER, Duty.RELEASER])
def test_a_contest_is_not_given_to_the_payments_own_staff(home: Home, duty: Duty) -> None:
    home.say("contest")
    url = f"{API}/officer/incidents/{home.incident().id}/assign"
    body = {"username": home.staff(duty).username}
    stranger = home.officer(Role.ADMINISTRATOR)
    assert refusal(stranger.post(url, json=body)) == (403, "incident_own_payout")
    choice = {one["username"] for one in stranger.get(f"{url}ees").get_json()["items"]}
    assert stranger.get(f"{API}/officer/session").get_json()["username"] in choice
    assert not choice & {home.staff(one).username for one in (Duty.MAKER, Duty.APPROVER, Duty.RELEASER)}


def test_the_database_too_keeps_the_staff_out_and_the_words_in(app: Flask, home: Home) -> None:
    home.say("contest")
    incident = home.incident().id
    with app.app_context():
        staff = (
            database()
            .scalars(sa.select(PayoutDuty.officer_id).where(PayoutDuty.batch_id == home.batch))
            .first()
        )
    attempts = (
        sa.update(Incident).where(Incident.id == incident).values(resolved_by_id=staff),
        sa.update(Incident).where(Incident.id == incident).values(resolved_at=START),
        sa.update(Incident).where(Incident.id == incident).values(kind="complaint"),
        sa.delete(Incident).where(Incident.id == incident),
        sa.update(PayoutAnswer).values(answered_at=START),
        sa.delete(PayoutAnswer),
    )
    for attempt in attempts:
        with app.app_context(), pytest.raises(sa.exc.IntegrityError), transaction() as session:
            session.execute(attempt)


def test_the_statement_says_what_the_household_said(home: Home) -> None:
    home.say("confirm")
    home.say("contest")
    clerk = home.officer(Role.REGISTRAR)
    url = f"{API}/officer/households/{home.owner}/income"
    payouts = clerk.get(url).get_json()["payouts"]
    assert [one["said"] for one in payouts if one["state"] == "released"] == [["confirmed", "contested"], []]
    assert "本人已确认; 本人有异议" in clerk.get(f"{url}.csv").get_data(as_text=True)
    assert clerk.get(f"{url}.pdf").status_code == 200


def test_whoever_takes_their_data_along_gets_what_they_said(home: Home) -> None:
    home.say("contest")
    export = home.client.get(f"{API}/me/export").get_json()
    assert [(one["kind"], one["reason"]) for one in export["payout_answers"]] == [("contested", REASON)]
    assert [one["ended_at"] for one in export["household_bindings"]] == [None]


def test_a_household_takes_the_receipt_of_what_arrived_and_of_nothing_else(home: Home) -> None:
    answer = home.client.get(f"{PAYOUTS}/{home.paid}/receipt.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="receipt-{home.reference}.pdf"'
    page = "".join(PdfDocument(answer.get_data())[0].get_textpage().get_text_bounded().split())
    assert home.reference in page
    assert "6.00元" in page
    refused = [
        home.client.get(f"{PAYOUTS}/{home.coming}/receipt.pdf"),
        home.other.get(f"{PAYOUTS}/{home.paid}/receipt.pdf"),
    ]
    assert [(one.status_code, (one.json or {})["code"]) for one in refused] == [
        (404, "payout_receipt_not_found"),
        (404, "household_payout_not_found"),
    ]
