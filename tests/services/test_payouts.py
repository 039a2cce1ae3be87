"""The payout cycle: who decides, what news is booked, and where the money is at each step."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import business_day
from domain.consents import CURRENT, ConsentKind, Given
from domain.errors import Conflict, Refusal
from domain.payouts import BatchState, BounceReason, PayoutLineState, PayoutTerms, SoftLock
from domain.permissions import OfficerContext
from domain.roles import Role
from flows.running import Running
from models import (
    AuditEntry,
    Gate,
    Incident,
    PayoutBatch,
)
from models.base import transaction
from models.credits import CreditState
from services import consents, incidents, income, payout_decisions, payout_news
from services.payout_news import News
from tests.support.accounts import make_changed_account
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.payout_world import World, book, findings, propose_change, states
from tests.support.payouts import (
    NOTICED,
    RIPE,
    TERMS,
    Office,
    fund_bank,
    lines_of,
    make_approved,
    make_draft,
    make_office,
    make_released,
    make_submitted,
)
from tests.support.world import VILLAGE, make_context


@pytest.fixture
def world(kept: Kept, session: Session, parts: Running) -> World:
    return kept(World, session, parts)


def test_a_batch_is_paid_from_draft_to_settled(session: Session, world: World) -> None:
    first, second = f"household:{world.first.id}", f"household:{world.second.id}"
    with transaction():
        batch = make_submitted(session, world.office)
    assert states(session) == [CreditState.RESERVED] * 2
    assert book(session) == {first: 600, second: 900, "wechat": -1500}
    assert findings(session) == set()
    with transaction():
        fund_bank(session, 1500)
        payout_decisions.approve(session, world.office.approver, batch.id, now=NOTICED)
        payout_decisions.release(session, world.office.releaser, batch.id, TERMS, now=NOTICED)
    transit = f"payout:{batch.id}"
    assert states(session) == [CreditState.IN_TRANSIT] * 2
    assert book(session) == {"bank": -1500, transit: 1500}
    assert findings(session) == set()
    one, two = lines_of(session, batch)
    with transaction():
        paid = payout_news.confirm_line(
            session, one.reference, amount_fen=600, receipt="B1", now=NOTICED, actor="officer:1"
        )
    assert (paid, batch.state) == (News.MOVED, BatchState.RELEASED)
    assert book(session) == {"bank": -900, transit: 900}
    with transaction():
        payout_news.bounce_line(
            session, two.reference, reason=BounceReason.ACCOUNT_CLOSED, now=NOTICED, actor="officer:1"
        )
    assert book(session) == {"bank": -900, second: 900}
    assert states(session) == [CreditState.PAID, CreditState.OWED]
    assert findings(session) == set()
    assert session.get_one(PayoutBatch, batch.id, populate_existing=True).state is BatchState.SETTLED


def test_income_and_payouts_agree_at_every_step(session: Session, world: World) -> None:
    officer, told = world.office.maker, []

    def look() -> None:
        session.expire_all()
        found = income.statement(session, officer, world.second.public_id, NOTICED)
        assert found.agrees_with_ledger
        figures = found.earnings
        told.append((figures.balance_fen, figures.in_transit_fen, figures.paid_fen))

    with transaction():
        batch = make_approved(session, world.office)
    look()
    with transaction():
        fund_bank(session, 1500)
        payout_decisions.release(session, world.office.releaser, batch.id, TERMS, now=NOTICED)
    look()
    line = lines_of(session, batch)[1]
    with transaction():
        payout_news.confirm_line(
            session, line.reference, amount_fen=900, receipt=None, now=NOTICED, actor="worker"
        )
    look()
    with transaction():
        payout_news.return_line_after_confirmation(
            session,
            line.reference,
            amount_fen=900,
            reason=BounceReason.ACCOUNT_FROZEN,
            now=NOTICED,
            actor="worker",
        )
    look()
    assert told == [(900, 0, 0), (0, 900, 0), (0, 0, 900), (900, 0, 0)]
    assert findings(session) == set()


def test_nobody_approves_while_objections_may_come(session: Session, world: World) -> None:
    with transaction():
        batch = make_submitted(session, world.office)
    with pytest.raises(Conflict) as refused, transaction():
        payout_decisions.approve(
            session, world.office.approver, batch.id, now=RIPE + timedelta(days=7, seconds=-1)
        )
    assert refused.value.code == "payout_notice_running"
    with transaction():
        payout_decisions.approve(session, world.office.approver, batch.id, now=RIPE + timedelta(days=7))
    assert batch.state is BatchState.APPROVED


def test_above_the_tier_two_approve(session: Session, world: World) -> None:
    terms = PayoutTerms(second_approval_fen=1500)
    with transaction():
        batch = make_draft(session, world.office)
        payout_decisions.submit(session, world.office.maker, batch.id, terms, now=RIPE)
        payout_decisions.approve(session, world.office.approver, batch.id, now=NOTICED)
    assert batch.state is BatchState.SUBMITTED
    with pytest.raises(Conflict) as refused, transaction():
        payout_decisions.approve(session, world.office.approver, batch.id, now=NOTICED)
    assert refused.value.code == "duties_not_separate"
    with transaction():
        batch = payout_decisions.approve(session, world.office.second, batch.id, now=NOTICED)
    assert batch.state is BatchState.APPROVED


def _refusal(act: object, *args: object, **more: object) -> str:
    with pytest.raises(Refusal) as refused, transaction():
        act(*args, **more)  # type: ignore[operator]  # one of the acts below
    return refused.value.code


def test_no_person_does_two_things_for_a_batch(session: Session, world: World) -> None:
    office = world.office
    with transaction():
        version = make_changed_account(session, world.first, at=START - timedelta(days=60))
        batch = make_submitted(session, office)
    assert version.editor_id is not None
    assert version.confirmer_id is not None
    for officer_id in (office.maker.id, version.editor_id, version.confirmer_id):
        somebody = OfficerContext(officer_id, "x", "x", office.maker.roles, "52", 0)
        assert (
            _refusal(payout_decisions.approve, session, somebody, batch.id, now=NOTICED)
            == "duties_not_separate"
        )
    with transaction():
        payout_decisions.approve(session, office.approver, batch.id, now=NOTICED)
        fund_bank(session, 1500)
    for officer_id in (office.maker.id, office.approver.id, version.editor_id, version.confirmer_id):
        somebody = OfficerContext(officer_id, "x", "x", office.maker.roles, "52", 0)
        code = _refusal(payout_decisions.release, session, somebody, batch.id, TERMS, now=NOTICED)
        assert code == "duties_not_separate"


def test_only_its_maker_submits_and_cancels(session: Session, world: World) -> None:
    with transaction():
        batch = make_draft(session, world.office)
        other = make_office(session).maker
    assert _refusal(payout_decisions.submit, session, other, batch.id, TERMS, now=RIPE) == "payout_of_another"
    assert (
        _refusal(payout_decisions.cancel, session, other, batch.id, "算错了", now=RIPE) == "payout_of_another"
    )


@pytest.mark.parametrize("make", [make_draft, make_submitted, make_approved])
def test_a_batch_that_is_cancelled_owes_everything_again(
    session: Session, world: World, make: object
) -> None:
    with transaction():
        batch = make(session, world.office)  # type: ignore[operator]  # one of the three
        payout_decisions.cancel(session, world.office.maker, batch.id, "算错了", now=NOTICED)
    assert states(session) == [CreditState.OWED] * 2
    assert (batch.state, batch.reason, batch.amount_fen) == (BatchState.REJECTED, "算错了", 1500)
    assert findings(session) == set()
    with transaction():
        again = make_released(session, world.office, NOTICED, up_to=business_day(NOTICED))
    assert again.amount_fen == 1500
    assert findings(session) == set()


def test_a_batch_that_is_rejected_owes_everything_again(session: Session, world: World) -> None:
    with transaction():
        batch = make_submitted(session, world.office)
        payout_decisions.reject(session, world.office.approver, batch.id, "公示有异议", now=NOTICED)
    assert states(session) == [CreditState.OWED] * 2
    assert findings(session) == set()
    assert _refusal(payout_decisions.approve, session, world.office.second, batch.id, now=NOTICED) == (
        "payout_state"
    )


def test_what_was_released_is_not_cancelled(session: Session, world: World) -> None:
    with transaction():
        batch = make_released(session, world.office)
    for act, officer in (
        (payout_decisions.cancel, world.office.maker),
        (payout_decisions.reject, world.office.second),
    ):
        assert _refusal(act, session, officer, batch.id, "太晚了", now=NOTICED) == "payout_state"


def test_nothing_is_released_that_the_bank_does_not_hold(session: Session, world: World) -> None:
    with transaction():
        batch = make_approved(session, world.office)
        fund_bank(session, 1499)
    code = _refusal(payout_decisions.release, session, world.office.releaser, batch.id, TERMS, now=NOTICED)
    assert code == "payout_not_covered"
    assert findings(session) == set()


def test_nothing_is_released_after_a_restore(session: Session, world: World) -> None:
    with transaction():
        batch = make_approved(session, world.office)
        fund_bank(session, 1500)
        session.add(Gate(name="restored", open=False, reason="由备份恢复", set_at=NOTICED))
    code = _refusal(payout_decisions.release, session, world.office.releaser, batch.id, TERMS, now=NOTICED)
    assert code == "closed_for_now"


def test_an_account_that_changes_before_release_is_set_aside(session: Session, world: World) -> None:
    with transaction():
        batch = make_approved(session, world.office)
        propose_change(session, world)
        fund_bank(session, 1500)
        payout_decisions.release(session, world.office.releaser, batch.id, TERMS, now=NOTICED)
    one, two = lines_of(session, batch)
    assert (one.state, one.withdrawn_for) == (PayoutLineState.WITHDRAWN, SoftLock.UNCONFIRMED_ACCOUNT)
    assert two.state is PayoutLineState.REQUESTED
    assert (batch.amount_fen, batch.line_count) == (900, 1)
    assert states(session) == [CreditState.OWED, CreditState.IN_TRANSIT]
    assert findings(session) == set()


def test_a_household_that_takes_its_consent_back_is_set_aside_at_release(
    session: Session, world: World
) -> None:
    day = business_day(START)
    with transaction():
        registrar, public_id = make_context(session, Role.REGISTRAR), world.first.public_id
        given = Given(ConsentKind.PAYEE_DATA, CURRENT, day, "村干部乙")
        consents.give(session, registrar, public_id, given, START)
        batch = make_approved(session, world.office)
        consents.withdraw(session, registrar, public_id, ConsentKind.PAYEE_DATA, day, now=START)
        fund_bank(session, 1500)
        payout_decisions.release(session, world.office.releaser, batch.id, TERMS, now=NOTICED)
    one, two = lines_of(session, batch)
    assert (one.state, one.withdrawn_for) == (PayoutLineState.WITHDRAWN, SoftLock.CONSENT_WITHDRAWN)
    assert (two.state, states(session)) == (
        PayoutLineState.REQUESTED,
        [CreditState.OWED, CreditState.IN_TRANSIT],
    )


def released_line(session: Session, office: Office) -> str:
    with transaction():
        batch = make_released(session, office)
    return lines_of(session, batch)[0].reference


def test_the_same_news_is_booked_once(session: Session, world: World) -> None:
    reference = released_line(session, world.office)
    told = []
    for _ in range(2):
        with transaction():
            told.append(
                payout_news.confirm_line(
                    session, reference, amount_fen=600, receipt=None, now=NOTICED, actor="worker"
                )
            )
    assert told == [News.MOVED, News.KNOWN]
    assert book(session)["bank"] == -900
    assert findings(session) == set()


def test_another_amount_books_nothing_and_needs_two_people(session: Session, world: World) -> None:
    reference = released_line(session, world.office)
    with transaction():
        told = payout_news.confirm_line(
            session, reference, amount_fen=601, receipt=None, now=NOTICED, actor="worker"
        )
    assert told is News.DIFFERS
    assert book(session)["bank"] == -1500
    assert session.scalars(sa.select(Incident.kind)).all() == ["payout_amount_differs"]


def test_news_against_what_is_booked_goes_to_a_person(session: Session, world: World) -> None:
    reference = released_line(session, world.office)
    with transaction():
        payout_news.bounce_line(session, reference, reason=BounceReason.OTHER, now=NOTICED, actor="worker")
        told = payout_news.confirm_line(
            session, reference, amount_fen=600, receipt=None, now=NOTICED, actor="worker"
        )
    assert told is News.DIFFERS
    assert session.scalars(sa.select(Incident.kind)).all() == ["payout_news_differs"]
    assert findings(session) == set()


def test_a_follow_up_pays_what_bounced_and_nothing_before_it_has(session: Session, world: World) -> None:
    reference = released_line(session, world.office)
    with pytest.raises(Conflict) as refused, transaction():
        make_draft(session, world.office, NOTICED, region_code=VILLAGE)
    assert refused.value.code == "nothing_to_pay"
    with transaction():
        payout_news.bounce_line(
            session, reference, reason=BounceReason.ACCOUNT_FROZEN, now=NOTICED, actor="worker"
        )
        again = make_released(session, world.office, NOTICED, region_code=VILLAGE)
    (line,) = lines_of(session, again)
    assert (line.amount_fen, line.reference != reference) == (600, True)
    assert findings(session) == set()


def test_nothing_more_is_paid_while_two_people_ask_what_became_of_a_payment(
    session: Session, world: World
) -> None:
    reference = released_line(session, world.office)
    with transaction():
        payout_news.bounce_line(session, reference, reason=BounceReason.OTHER, now=NOTICED, actor="worker")
        payout_news.confirm_line(
            session, reference, amount_fen=600, receipt=None, now=NOTICED, actor="worker"
        )
    with pytest.raises(Conflict) as refused, transaction():
        make_draft(session, world.office, NOTICED, region_code=VILLAGE)
    assert refused.value.fields == {"left_out": {"attempt_pending": {"households": 1, "amount_fen": 600}}}
    for officer in (world.office.releaser, world.office.second):
        with transaction():
            [incident] = session.scalars(sa.select(Incident)).all()
            incidents.resolve(session, incident.id, "银行确认已入账", officer=officer, now=NOTICED)
    # Settled is not booked: what arrived must not be paid once more before the bank's file has said so.
    with pytest.raises(Conflict) as refused, transaction():
        make_draft(session, world.office, NOTICED, region_code=VILLAGE)
    assert refused.value.fields == {"left_out": {"attempt_pending": {"households": 1, "amount_fen": 600}}}
    with transaction():
        assert payout_news.correct_line(session, reference, now=NOTICED, actor="worker") is News.MOVED
    assert (book(session)["bank"], findings(session)) == (-900, set())


def test_every_act_is_written_down(session: Session, world: World) -> None:
    with transaction():
        batch = make_released(session, world.office)
    written = session.execute(
        sa.select(AuditEntry.action, AuditEntry.actor)
        .where(AuditEntry.subject == f"payout:{batch.id}")
        .order_by(AuditEntry.id)
    ).all()
    office = world.office
    assert [tuple(row) for row in written] == [
        ("payout_drafted", office.maker.actor),
        ("payout_submitted", office.maker.actor),
        ("payout_approved", office.approver.actor),
        ("payout_released", office.releaser.actor),
    ]
