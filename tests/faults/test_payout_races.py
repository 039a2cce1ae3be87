"""However many decide about a batch at once, each step is taken once; and the race is real, as a copy without guard
shows.
"""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from domain.ledger import Event
from domain.payouts import BatchState
from domain.roles import Role
from flows.running import Running
from models import (
    AuditEntry,
    PayoutBatch,
    PayoutDuty,
    PayoutFile,
    PayoutLine,
    Posting,
    database,
    transaction,
)
from services import ledger, payout_decisions
from tests.faults.meeting import batch_held, wait_until_waiting
from tests.support.accounts import make_account
from tests.support.clock import SteppingClock
from tests.support.payouts import (
    NOTICED,
    RIPE,
    TERMS,
    fund_bank,
    make_approved,
    make_draft,
    make_office,
    make_submitted,
)
from tests.support.people import OFFICER_PASSWORD, make_officer
from tests.support.sales import make_sale
from tests.support.world import COUNTY, make_household, make_programme, make_units

AT_ONCE = 6
URL = "/api/v1/officer/payout-batches"
Answer = tuple[int, str]


class County:
    """Two households that have earned 6 and 9 yuan, a batch of both, and officers who all want to decide about it."""

    def __init__(self, app: Flask, parts: Running, clock: SteppingClock) -> None:
        self.app, self.parts, self.clock = app, parts, clock
        with app.app_context(), transaction() as session:
            make_programme(session)
            for trees in (2, 3):
                household = make_household(session)
                make_account(session, household)
                make_sale(session, parts, make_units(session, household, trees))
            fund_bank(session, 1500)
            self.office = make_office(session)

    def batch(self, step: str) -> int:
        """The batch of both as a step leaves it; its number."""
        make = {"draft": make_draft, "submitted": make_submitted, "approved": make_approved}[step]
        with self.app.app_context(), transaction() as session:
            return make(session, self.office, RIPE).id

    def people(self, role: Role, count: int = AT_ONCE) -> list[FlaskClient]:
        """So many officers of a role, signed in."""
        with self.app.app_context(), transaction() as session:
            names = [make_officer(session, role, COUNTY).username for _ in range(count)]
        return [self.signed_in(name) for name in names]

    def signed_in(self, username: str) -> FlaskClient:
        """An officer who has just signed in."""
        client = self.app.test_client()
        body = {"username": username, "password": OFFICER_PASSWORD}
        token = client.post("/api/v1/officer/session", json=body).get_json()["token"]
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    def at_once(self, batch: int, asked: Sequence[tuple[FlaskClient, str]]) -> Counter[Answer]:
        """Everybody acts while the batch is held, and is let go at the same time; how often each was answered what."""

        def act(who: FlaskClient, what: str) -> Answer:
            body = {"reason": "名单有误"} if what in ("reject", "cancel") else None
            answer = who.post(f"{URL}/{batch}/{what}", json=body)
            told = answer.get_json()
            return answer.status_code, told.get("state") or told["code"]

        with ThreadPoolExecutor(len(asked)) as pool:
            with batch_held(self.app, batch):
                sent = [pool.submit(act, who, what) for who, what in asked]
                wait_until_waiting(self.app, len(asked))
            return Counter(one.result() for one in sent)

    def counted(self, *statements: sa.Select[int]) -> list[int]:
        """What each statement counts; nothing may be wrong in the book."""
        with self.app.app_context():
            assert ledger.verify(database()) == []
            return [database().scalars(statement).one() for statement in statements]


def acts(action: str) -> sa.Select[int]:
    """How often something was written down as done."""
    return sa.select(sa.func.count()).where(AuditEntry.action == action)


@pytest.fixture
def county(app: Flask, parts: Running, clock: SteppingClock) -> County:
    clock.instant = NOTICED
    return County(app, parts, clock)


def test_a_batch_is_submitted_once(county: County) -> None:
    batch = county.batch("draft")
    maker = county.office.maker.username
    told = county.at_once(batch, [(county.signed_in(maker), "submit") for _ in range(AT_ONCE)])
    assert told == {(200, "submitted"): 1, (409, "payout_state"): AT_ONCE - 1}
    assert county.counted(acts("payout_submitted")) == [1]


@pytest.mark.parametrize("needed", [1, 2])
def test_a_batch_is_approved_by_as_many_as_it_takes_and_by_nobody_more(county: County, needed: int) -> None:
    batch = county.batch("draft")
    terms = replace(TERMS, second_approval_fen=1501 if needed == 1 else 1500)
    with county.app.app_context(), transaction() as session:
        payout_decisions.submit(session, county.office.maker, batch, terms, now=RIPE)
    told = county.at_once(batch, [(who, "approve") for who in county.people(Role.APPROVER)])
    assert told[200, "approved"] == 1
    assert told[200, "submitted"] == needed - 1
    assert told[409, "payout_state"] == AT_ONCE - needed
    approvers = sa.select(sa.func.count()).where(PayoutDuty.duty == "approver")
    assert county.counted(approvers, acts("payout_approved")) == [needed, needed]


def test_a_batch_is_released_once_and_its_money_leaves_once(county: County) -> None:
    batch = county.batch("approved")
    told = county.at_once(batch, [(who, "release") for who in county.people(Role.RELEASER)])
    assert told == {(200, "released"): 1, (409, "payout_state"): AT_ONCE - 1}
    posted = sa.select(sa.func.count()).where(Posting.event == Event.BATCH_RELEASED)
    fen = sa.select(sa.func.sum(Posting.amount_fen)).where(Posting.event == Event.BATCH_RELEASED)
    files = sa.select(sa.func.count()).select_from(PayoutFile)
    assert county.counted(posted, fen, files, acts("payout_released")) == [2, 1500, 1, 1]


def test_of_an_approval_a_refusal_and_a_withdrawal_one_is_done(county: County) -> None:
    batch = county.batch("submitted")
    approver, other = county.people(Role.APPROVER, 2)
    maker = county.signed_in(county.office.maker.username)
    told = county.at_once(batch, [(approver, "approve"), (other, "reject"), (maker, "cancel")])
    # After an approval a batch may still be refused or taken back; after either nothing follows.
    assert told[200, "rejected"] == 1
    assert told[200, "approved"] + told[409, "payout_state"] == 2
    withdrawn = sa.select(sa.func.count()).where(PayoutLine.state == "withdrawn")
    assert county.counted(withdrawn) == [2]


def test_two_drafts_of_the_same_money_are_not_both_submitted(county: County) -> None:
    drafts = [county.batch("draft"), county.batch("draft")]
    maker = county.office.maker.username
    clients = [county.signed_in(maker) for _ in drafts]
    together = Barrier(len(drafts))

    def submit(place: int) -> Answer:
        together.wait()
        answer = clients[place].post(f"{URL}/{drafts[place]}/submit")
        return answer.status_code, answer.get_json().get("state") or answer.get_json()["code"]

    with ThreadPoolExecutor(len(drafts)) as pool:
        told = Counter(pool.map(submit, range(len(drafts))))
    assert told[200, "submitted"] == 1
    assert told[409, "payout_stale"] + told[409, "payout_empty"] == 1
    assert county.counted(acts("payout_submitted")) == [1]


def _submit_in_two_steps(county: County, meet: Barrier, batch: int, guarded: bool) -> bool:
    """A submission as it must not be written: look, wait until the others have looked, then write what was seen.

    Guarded, the writing holds on to the state that was looked at, as services/payouts.py does.
    """
    with county.app.app_context(), transaction() as session:
        seen = session.scalars(sa.select(PayoutBatch.state).where(PayoutBatch.id == batch)).one()
    meet.wait()
    now = county.clock()
    write = (
        sa.update(PayoutBatch)
        .where(PayoutBatch.id == batch)
        .values(state=BatchState.SUBMITTED, submitted_at=now, objections_until=now)
        .returning(PayoutBatch.id)
    )
    if guarded:
        write = write.where(PayoutBatch.state == seen)
    with county.app.app_context(), transaction() as session:
        return session.scalars(write).first() is not None


@pytest.mark.parametrize(("guarded", "winners"), [(False, AT_ONCE), (True, 1)])
def test_without_the_condition_in_the_move_everybody_would_submit(
    county: County, guarded: bool, winners: int
) -> None:
    batch, meet = county.batch("draft"), Barrier(AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        won = pool.map(lambda _: _submit_in_two_steps(county, meet, batch, guarded), range(AT_ONCE))
        assert sum(won) == winners
