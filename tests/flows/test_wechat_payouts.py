"""A payout to WeChat is one transfer a line: paid once whatever dies or answers, and its end told to the line once."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.payouts import BounceReason, PayoutChannel, PayoutLineState
from domain.transfers import TransferState
from flows import transfer_authorizations, wechat_payouts
from flows.running import Running
from models import HouseholdBinding, PayoutLine, database, transaction
from models.sessions import Audience
from services import transfer_authorizations as permissions
from services import transfers as requests
from services.sessions import open_session
from services.transfers import Told
from tests.machine.deaths import Died, Fate, Place
from tests.support.between import between
from tests.support.binding import make_binding
from tests.support.buying import faults_found
from tests.support.clock import SteppingClock
from tests.support.keeping import Kept
from tests.support.payouts import RIPE, Office, make_office, make_released
from tests.support.sales import make_sale
from tests.support.transferring import Desk, desk_of
from tests.support.world import (
    make_household,
    make_units,
    make_user,
)

ON_THE_DAY = RIPE + timedelta(days=30)


@dataclass
class County:
    """A county whose two households, bound and confirmed at START, are owed 6 and 3 yuan, released to WeChat."""

    desk: Desk
    office: Office
    headers: dict[str, dict[str, str]]

    @property
    def app(self) -> Flask:
        """The application it is in."""
        return self.desk.app

    def lines(self) -> list[PayoutLine]:
        """The lines as they stand, the greater first."""
        with self.app.app_context():
            return list(database().scalars(sa.select(PayoutLine).order_by(PayoutLine.amount_fen.desc())))

    def states(self) -> list[str]:
        """Their states."""
        return [line.state.value for line in self.lines()]

    def request(self, parts: Running | None = None) -> int:
        """One turn of the job that asks for transfers."""
        with self.app.app_context():
            return wechat_payouts.request_due(parts or self.desk.parts)

    def turn(self, parts: Running | None = None) -> None:
        """One turn of every job about payouts to WeChat."""
        used = parts or self.desk.parts
        self.request(used)
        self.desk.work(used)
        with self.app.app_context():
            wechat_payouts.withdraw_unbound(used)


@pytest.fixture
def desk(app: Flask, parts: Running, clock: SteppingClock) -> Iterator[Desk]:
    with desk_of(app, parts, clock) as made:
        yield made


def make_county(app: Flask, parts: Running, clock: SteppingClock) -> tuple[Office, dict[str, dict[str, str]]]:
    """The office of a county, and what its two people sign in by."""
    with app.app_context(), transaction() as session:
        office = make_office(session)
        people = {}
        for name, trees in (("wei", 2), ("chen", 1)):
            household = make_household(session, head_name=f"韦{name}")
            make_sale(session, parts, make_units(session, household, trees))
            user, identity = make_user(session, name)
            people[name] = (user.id, identity.id)
            make_binding(session, household, bound_by=(user, identity), confirmed=True)
        batch = make_released(session, office, ON_THE_DAY, channel=PayoutChannel.WECHAT)
        assert batch.line_count == 2
    clock.instant = ON_THE_DAY + timedelta(days=9)
    with app.app_context(), transaction() as session:
        return office, {
            name: {"Authorization": f"Bearer {_token(session, clock(), *who)}"}
            for name, who in people.items()
        }


def _token(session: Session, now: datetime, user_id: int, identity_id: int) -> str:
    token, _ = open_session(
        session,
        audience=Audience.BUYER,
        now=now,
        random=os.urandom,
        user_id=user_id,
        identity_id=identity_id,
    )
    return token


@pytest.fixture
def county(kept: Kept, desk: Desk) -> County:
    return County(desk, *kept(make_county, desk.app, desk.parts, desk.clock))


def test_each_line_is_one_transfer_that_its_household_accepts(county: County) -> None:
    assert county.request() == 2
    assert county.states() == ["sent", "sent"]
    assert county.request() == 0
    county.desk.submit()
    for line in county.lines():
        transfer = county.desk.of(line.reference)
        assert (transfer.amount_fen, transfer.scene_id) == (line.amount_fen, "1009")
        assert transfer.user_name == line.payee_name
        county.desk.sandbox.confirm_transfer(line.reference)
    county.desk.deliver()
    assert county.states() == ["paid", "paid"]
    assert [line.receipt for line in county.lines()] == [
        county.desk.of(line.reference).transfer_bill_no for line in county.lines()
    ]
    assert county.desk.paid_fen() == 900
    assert faults_found(county.app) == []


def test_a_household_accepts_in_its_own_view(county: County) -> None:
    county.request()
    county.desk.submit()
    phone = county.app.test_client()
    headers = county.headers["wei"]
    [payout] = phone.get("/api/v1/household/payouts", headers=headers).get_json()["items"]
    assert (payout["state"], payout["amount_fen"]) == ("to_collect", 600)
    sheet = phone.post(f"/api/v1/household/payouts/{payout['id']}/collect", headers=headers).get_json()
    line = county.lines()[0]
    assert sheet["package"] == county.desk.of(line.reference).package_info
    county.desk.sandbox.confirm_transfer(line.reference)
    county.desk.deliver()
    [payout] = phone.get("/api/v1/household/payouts", headers=headers).get_json()["items"]
    assert (payout["state"], payout["sentence"]) == ("paid", "6.00 元已发到您的微信零钱。")
    again = phone.post(f"/api/v1/household/payouts/{payout['id']}/collect", headers=headers)
    assert (again.status_code, again.get_json()["code"]) == (409, "transfer_state")


def test_with_a_permission_nobody_has_to_accept(county: County) -> None:
    number = county.desk.permit("wei")
    county.desk.work()
    county.desk.sandbox.confirm_authorization(number)
    county.desk.deliver()
    county.request()
    county.desk.submit()
    assert county.states() == ["paid", "sent"]


def test_a_permission_ends_with_the_binding(county: County) -> None:
    number = county.desk.permit("wei")
    county.desk.work()
    county.desk.sandbox.confirm_authorization(number)
    county.desk.deliver()

    def state() -> str:
        with county.app.app_context():
            assert transfer_authorizations.close_unbound(county.desk.parts) == ended
            return permissions.find(database(), number).state.value

    ended = 0
    assert state() == "taking_effect"
    with county.app.app_context(), transaction() as session:
        session.execute(
            sa.update(HouseholdBinding).values(ended_at=county.desk.clock(), ended_by="officer:1")
        )
    ended = 1
    assert state() == "closed"
    ended = 0
    assert state() == "closed"


@pytest.mark.parametrize(
    ("fail_reason", "reason"),
    [
        ("NAME_NOT_CORRECT", BounceReason.NAME_MISMATCH),
        ("ACCOUNT_FROZEN", BounceReason.ACCOUNT_FROZEN),
        ("DAY_RECEIVED_QUOTA_EXCEED", BounceReason.LIMIT_EXCEEDED),
        ("SOMETHING_NEW", BounceReason.OTHER),
    ],
)
def test_a_failure_bounces_its_line_for_a_reason_of_ours(
    county: County, fail_reason: str, reason: BounceReason
) -> None:
    county.request()
    county.desk.submit()
    county.desk.sandbox.refuse_transfer(county.lines()[0].reference, fail_reason)
    county.desk.deliver()
    bounced, other = county.lines()
    assert (bounced.state, bounced.bounce_reason) == (PayoutLineState.BOUNCED, reason)
    assert other.state is PayoutLineState.SENT
    assert faults_found(county.app) == []


def test_what_nobody_accepts_within_a_day_is_owed_again(county: County) -> None:
    county.request()
    county.desk.submit()
    county.desk.clock.advance(hours=25)
    county.desk.work()
    county.desk.deliver()
    assert {line.bounce_reason for line in county.lines()} == {BounceReason.NOT_COLLECTED}
    assert county.desk.paid_fen() == 0
    assert faults_found(county.app) == []


def test_news_of_another_amount_books_nothing_and_goes_to_two_people(county: County) -> None:
    county.request()
    county.desk.submit()
    line = county.lines()[0]
    with county.app.app_context(), transaction() as session:
        told = Told(line.reference, TransferState.SUCCESS, amount_fen=line.amount_fen + 1)
        requests.learn(session, told, county.desk.clock())
    assert county.states() == ["sent", "sent"]
    assert county.desk.incidents() == [("transfer_differs", f"transfer:{line.reference}")]


def test_the_same_end_told_again_is_booked_once(county: County) -> None:
    county.request()
    county.desk.submit()
    line = county.lines()[0]
    county.desk.sandbox.confirm_transfer(line.reference)
    county.desk.deliver()
    before = county.lines()[0].paid_at
    county.desk.clock.advance(hours=1)
    with county.app.app_context(), transaction() as session:
        told = Told(line.reference, TransferState.SUCCESS, amount_fen=line.amount_fen)
        requests.learn(session, told, county.desk.clock())
    assert county.lines()[0].paid_at == before
    assert faults_found(county.app) == []


def test_whoever_is_unbound_is_not_paid_and_what_waits_is_withdrawn(county: County) -> None:
    phone = county.app.test_client()
    wei, chen = county.headers["wei"], county.headers["chen"]
    assert phone.delete("/api/v1/me", headers=chen).status_code == 204
    county.request()
    assert county.states() == ["sent", "bounced"]
    county.desk.submit()
    assert phone.delete("/api/v1/me", headers=wei).status_code == 204
    county.turn()
    county.desk.deliver()
    county.desk.clock.advance(minutes=5)
    county.turn()
    county.desk.deliver()
    assert [line.bounce_reason for line in county.lines()] == [
        BounceReason.CANCELLED,
        BounceReason.ACCOUNT_CLOSED,
    ]
    assert county.desk.paid_fen() == 0
    assert faults_found(county.app) == []


@pytest.mark.parametrize(
    ("place", "passings"),
    [
        *((place, 0) for place in Place),
        *(
            pytest.param(place, passings, marks=pytest.mark.long)
            for place, all_passings in (
                (Place.BEGIN, (2, 3)),
                (Place.COMMIT, (2, 3, 4)),
                (Place.CALL, (1,)),
                (Place.ANSWER, (1,)),
            )
            for passings in all_passings
        ),
    ],
)
def test_a_worker_that_dies_anywhere_pays_nobody_twice(county: County, place: Place, passings: int) -> None:
    fate = Fate()
    with fate.over_transactions(), between(county.app, fate.calls, fate.answered) as parts:
        fate.plan(place, passings)
        with suppress(Died):
            county.turn(parts)
        assert fate.deaths == 1
    # Another worker comes and finds what the dead one left.
    for _ in range(4):
        county.desk.clock.advance(minutes=2)
        county.turn()
        for line in county.lines():
            if county.desk.of(line.reference).state.value == "wait_user_confirm":
                county.desk.sandbox.confirm_transfer(line.reference)
        county.desk.deliver()
    assert county.states() == ["paid", "paid"]
    assert county.desk.paid_fen() == 900
    assert len(county.desk.sandbox.world.storage.rows("SELECT out_bill_no FROM transfers")) == 2
    assert faults_found(county.app) == []
