"""A process that dies between any two statements of a payout leaves the act undone, and nothing is paid twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.payouts import BatchState, BounceReason, PayoutLineState
from flows.running import Running
from models import Incident, PayoutBatch, Posting
from models.base import db, transaction
from models.ledger import LINE_EVENTS
from services import incidents, ledger, payout_decisions, payout_drafts, payout_news, payouts
from tests.machine.deaths import Died
from tests.support.accounts import make_account
from tests.support.payouts import NOTICED, RIPE, TERMS, Office, fund_bank, make_office, wanted
from tests.support.sales import make_sale
from tests.support.world import make_household, make_programme, make_units

Act = Callable[[Session, Office], object]


@contextmanager
def dying_at(statement: int) -> Iterator[None]:
    """The process dies as it sends its n-th statement that writes (from 0 on), or, after them all, the COMMIT."""
    left = [statement]

    def passes(*_: object) -> None:
        left[0] -= 1
        if left[0] == -1:
            raise Died

    def sends(_c: object, _cursor: object, sent: str, *_: object) -> None:
        if sent.lstrip().upper().startswith(("INSERT", "UPDATE", "WITH")):
            passes()

    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", sends)
    sa.event.listen(Session, "before_commit", passes)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", sends)
        sa.event.remove(Session, "before_commit", passes)


def _newest(session: Session) -> int:
    return session.scalars(sa.select(sa.func.max(PayoutBatch.id))).one()


def _references(session: Session) -> list[str]:
    released = sa.select(Posting.reference).where(Posting.event == LINE_EVENTS[0]).order_by(Posting.id)
    return [reference for reference in session.scalars(released) if reference is not None]


def _correct(session: Session, office: Office) -> None:
    """The bank says that what bounced had arrived, two people find that it is so, and it is booked."""
    bounced = _references(session)[1]
    payout_news.contradict_line(session, bounced, said=PayoutLineState.PAID, now=NOTICED)
    number = session.scalars(sa.select(Incident.id)).one()
    for officer in (office.releaser, office.second):
        incidents.resolve(session, number, "银行查明原款已入账", officer=officer, now=NOTICED)
    payout_news.correct_line(session, bounced, now=NOTICED, actor="worker")


ACTS: dict[str, Act] = {
    "draft": lambda session, office: payout_drafts.draft(session, office.maker, wanted(), TERMS, now=RIPE),
    "submit": lambda session, office: payout_decisions.submit(
        session, office.maker, _newest(session), TERMS, now=RIPE
    ),
    "approve": lambda session, office: payout_decisions.approve(
        session, office.approver, _newest(session), now=NOTICED
    ),
    "release": lambda session, office: payout_decisions.release(
        session, office.releaser, _newest(session), TERMS, now=NOTICED
    ),
    "sent": lambda session, _: payouts.mark_sent(session, _newest(session), NOTICED),
    "confirm": lambda session, _: payout_news.confirm_line(
        session, _references(session)[0], amount_fen=600, receipt=None, now=NOTICED, actor="worker"
    ),
    "bounce": lambda session, _: payout_news.bounce_line(
        session, _references(session)[1], reason=BounceReason.OTHER, now=NOTICED, actor="worker"
    ),
    "correct": _correct,
    "return": lambda session, _: payout_news.return_line_after_confirmation(
        session,
        _references(session)[0],
        amount_fen=600,
        reason=BounceReason.OTHER,
        now=NOTICED,
        actor="worker",
    ),
}


def _holds(session: Session) -> tuple[dict[str, int], list[str]]:
    """The book, and what does not add up in it."""
    session.expire_all()
    findings = [f"{finding.rule} {finding.subject}" for finding in ledger.verify(session)]
    return {account: fen for account, fen in ledger.balances(session).items() if fen}, findings


@pytest.fixture
def office(session: Session, parts: Running) -> Office:
    with transaction():
        make_programme(session)
        for trees in (2, 3):
            household = make_household(session)
            make_account(session, household)
            make_sale(session, parts, make_units(session, household, trees))
        fund_bank(session, 1500)
        return make_office(session)


@pytest.mark.long
def test_an_act_that_dies_halfway_is_not_done_and_is_done_once_after(
    session: Session, office: Office
) -> None:
    for act in ACTS.values():
        before, deaths = _holds(session), 0
        assert before[1] == []
        while True:
            try:
                with dying_at(deaths), transaction():
                    act(session, office)
                break
            except Died:
                deaths += 1
                # Nobody has seen anything of it: the database forgets what was not committed.
                assert _holds(session) == before
        assert deaths >= 2
        assert _holds(session)[1] == []
    counted = session.execute(
        sa.select(Posting.event, sa.func.count())
        .where(Posting.event.in_(LINE_EVENTS))
        .group_by(Posting.event)
    )
    assert {event.value: count for event, count in counted} == {
        "batch_released": 2,
        "payout_confirmed": 2,
        "payout_bounced": 1,
        "reversal": 1,
        "payout_returned": 1,
    }
    assert session.get_one(PayoutBatch, _newest(session)).state is BatchState.SETTLED


def test_news_that_comes_after_a_death_is_booked_though_nobody_noted_the_sending(
    session: Session, office: Office
) -> None:
    for name in ("draft", "submit", "approve", "release"):
        with transaction():
            ACTS[name](session, office)
    with pytest.raises(Died), dying_at(0), transaction():
        ACTS["sent"](session, office)
    for _ in range(2):
        with transaction():
            ACTS["confirm"](session, office)
    with transaction():
        assert payouts.mark_sent(session, _newest(session), NOTICED) == 1
    balances, findings = _holds(session)
    assert findings == []
    assert balances["bank"] == -900
