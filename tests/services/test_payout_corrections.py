"""A payment booked as bounced that had arrived: put right by two people and the bank's file, and never paid twice."""

import hashlib
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.errors import Conflict, Forbidden
from domain.payouts import BounceReason, PayoutLineState, batch_number
from domain.permissions import OfficerContext
from domain.return_headers import open_return
from domain.return_lines import SentLine
from domain.roles import Role
from flows.payout_returns import LIMITS
from flows.running import Running
from gateways.spreadsheets import open_sheet
from models import AuditEntry, Incident, PayoutBatch, PayoutLine, PayoutReturnRow, Posting, RowOutcome
from models.base import transaction
from models.credits import CreditState
from models.ledger import LINE_EVENTS
from services import incidents, income, payout_decisions, payout_news, payout_returns
from tests.support.keeping import Kept
from tests.support.payout_world import World, book, findings, states
from tests.support.payouts import (
    NOTICED,
    TERMS,
    lines_of,
    make_draft,
    make_released,
    make_submitted,
)
from tests.support.people import make_context
from tests.support.returning import answer_row, return_csv
from tests.support.world import COUNTY, VILLAGE

BOUNCED: dict[str, Any] = {"处理结果": "失败", "失败原因": "户名不符"}
LATER = NOTICED + timedelta(days=1)


class Story(World):
    """A batch of which the bank said that the first household's payment had failed."""

    def __init__(self, session: Session, parts: Running) -> None:
        super().__init__(session, parts)
        self._session = session
        with transaction():
            self.batch: PayoutBatch = make_released(session, self.office)
        self.line: PayoutLine = lines_of(session, self.batch)[0]
        assert self.told(NOTICED, **BOUNCED) == (RowOutcome.BOUNCED, None)

    def told(
        self,
        at: datetime,
        *,
        line: PayoutLine | None = None,
        by: OfficerContext | None = None,
        **said: object,
    ) -> tuple[RowOutcome, str | None]:
        """Bring a file with one row about a line, the first one's that it arrived, and say what followed from it."""
        line, by = line or self.line, by or self.office.releaser
        sent = SentLine(line.reference, line.payee_name, line.account, line.amount_fen)
        content = return_csv([answer_row(sent, batch_number(line.batch_id), **said)]) + b"\r\n" * at.hour
        with transaction():
            brought = payout_returns.bring(
                self._session,
                line.batch_id,
                open_return(open_sheet(io.BytesIO(content), LIMITS).rows),
                sha256=hashlib.sha256(content + str(at).encode()).hexdigest(),
                scope=COUNTY,
                actor=by.actor,
                officer_id=by.id,
                now=at,
            )
        kept = sa.select(PayoutReturnRow).where(PayoutReturnRow.return_id == brought.id)
        row = self._session.scalars(kept).one()
        return row.outcome, row.code

    def settle(self, at: datetime) -> None:
        """Two people who did not make the batch settle what is open."""
        for officer in (self.office.releaser, self.office.second):
            with transaction():
                open_one = sa.select(Incident.id).where(Incident.resolved_at.is_(None))
                number = self._session.scalars(open_one).one()
                incidents.resolve(self._session, number, "银行查明原款已入账", officer=officer, now=at)

    def events(self, line: PayoutLine | None = None) -> list[str]:
        """What was posted for a line, in the order of the book."""
        of_line = Posting.reference == (line or self.line).reference, Posting.event.in_(LINE_EVENTS)
        return [
            event.value
            for event in self._session.scalars(sa.select(Posting.event).where(*of_line).order_by(Posting.id))
        ]

    def kinds(self) -> list[str]:
        """The incidents there have been."""
        return list(self._session.scalars(sa.select(Incident.kind).order_by(Incident.id)))


@pytest.fixture
def story(kept: Kept, session: Session, parts: Running) -> Story:
    return kept(Story, session, parts)


def make_follow_up(session: Session, story: Story) -> PayoutLine:
    """The first household's money has gone out again."""
    with transaction():
        batch = make_released(session, story.office, NOTICED, region_code=VILLAGE)
    (line,) = lines_of(session, batch)
    return line


def left_out(session: Session, story: Story) -> object:
    """Why nobody in the first household's village is paid."""
    with pytest.raises(Conflict) as refused, transaction():
        make_draft(session, story.office, LATER, region_code=VILLAGE)
    return (refused.value.fields or {})["left_out"]


def test_a_bounce_that_had_arrived_is_put_right_once_two_people_have_settled_it(
    session: Session, story: Story
) -> None:
    home = f"household:{story.first.id}"
    assert story.told(LATER) == (RowOutcome.REFUSED, "return_contradicts_booked")
    assert (story.kinds(), book(session)[home]) == (["payout_news_differs"], 600)
    assert story.told(LATER + timedelta(hours=1)) == (RowOutcome.REFUSED, "return_under_incident")
    story.settle(LATER)
    assert story.told(LATER + timedelta(hours=2)) == (RowOutcome.PAID, None)
    assert story.events() == ["batch_released", "payout_bounced", "reversal", "payout_confirmed"]
    assert states(session) == [CreditState.PAID, CreditState.IN_TRANSIT]
    assert book(session) == {f"payout:{story.batch.id}": 900, "bank": -900}
    assert findings(session) == set()
    session.refresh(story.line)
    assert (story.line.state, story.line.bounce_reason) == (PayoutLineState.PAID, None)
    written = sa.select(AuditEntry.actor, AuditEntry.facts).where(
        AuditEntry.action == "payout_line_corrected"
    )
    assert session.execute(written).one() == (
        story.office.releaser.actor,
        {"reference": story.line.reference, "amount_fen": 600},
    )


def test_what_a_household_reads_of_its_income_agrees_with_the_book_afterwards(
    session: Session, story: Story
) -> None:
    story.told(LATER)
    story.settle(LATER)
    story.told(LATER + timedelta(hours=1))
    told = income.statement(session, story.office.releaser, story.first.public_id, LATER)
    assert (told.earnings.paid_fen, told.earnings.balance_fen) == (600, 0)
    assert told.agrees_with_ledger
    assert [line.state.value for line in told.payouts] == ["released", "bounced", "arrived"]


def test_the_same_again_changes_nothing_and_it_can_still_come_back(session: Session, story: Story) -> None:
    story.told(LATER)
    story.settle(LATER)
    assert story.told(LATER + timedelta(hours=1)) == (RowOutcome.PAID, None)
    assert story.told(LATER + timedelta(hours=2)) == (RowOutcome.UNCHANGED, None)
    returned: dict[str, Any] = {"处理结果": "退汇", "失败原因": "已销户"}
    assert story.told(LATER + timedelta(hours=3), **returned) == (RowOutcome.RETURNED, None)
    assert story.events()[-1] == "payout_returned"
    assert book(session)[f"household:{story.first.id}"] == 600
    assert findings(session) == set()
    assert make_follow_up(session, story).amount_fen == 600


def test_until_the_banks_file_says_which_nothing_more_is_paid(session: Session, story: Story) -> None:
    held = {"attempt_pending": {"households": 1, "amount_fen": 600}}
    story.told(LATER)
    assert left_out(session, story) == held
    story.settle(LATER)
    assert left_out(session, story) == held
    # The bank stays with what it had said first: the household is paid again, and the finding holds no more.
    assert story.told(LATER + timedelta(hours=1), **BOUNCED) == (RowOutcome.UNCHANGED, None)
    assert story.told(LATER + timedelta(hours=2)) == (RowOutcome.REFUSED, "return_contradicts_booked")
    story.settle(LATER + timedelta(hours=2))
    story.told(LATER + timedelta(hours=3), **BOUNCED)
    with transaction():
        assert make_draft(session, story.office, LATER, region_code=VILLAGE).amount_fen == 600


def test_news_of_arrival_after_a_second_payment_is_an_incident_and_books_nothing(
    session: Session, story: Story
) -> None:
    again = make_follow_up(session, story)
    before = book(session)
    assert story.told(LATER) == (RowOutcome.REFUSED, "return_paid_again")
    incident = session.scalars(sa.select(Incident)).one()
    assert (incident.kind, incident.facts) == (
        "payout_paid_twice",
        {
            "reference": story.line.reference,
            "number": batch_number(again.batch_id),
            "our_fen": 600,
            "state": "bounced",
            "said": "paid",
        },
    )
    story.settle(LATER)
    assert story.told(LATER + timedelta(hours=1)) == (RowOutcome.REFUSED, "return_paid_again")
    # Two people have looked into it: the same news is nothing new.
    assert story.kinds() == ["payout_paid_twice"]
    # It is once the bank has taken it back.
    assert story.told(LATER + timedelta(hours=2), **BOUNCED) == (RowOutcome.UNCHANGED, None)
    assert story.told(LATER + timedelta(hours=3)) == (RowOutcome.REFUSED, "return_paid_again")
    assert story.kinds() == ["payout_paid_twice"] * 2
    story.settle(LATER + timedelta(hours=3))
    assert book(session) == before
    # The second payment was stopped: what it leaves owed is what the first one has paid.
    assert story.told(LATER, line=again, 处理结果="失败", 失败原因="账户冻结") == (RowOutcome.BOUNCED, None)
    assert left_out(session, story) == {"attempt_pending": {"households": 1, "amount_fen": 600}}
    assert story.told(LATER + timedelta(hours=4)) == (RowOutcome.PAID, None)
    assert states(session) == [CreditState.PAID, CreditState.IN_TRANSIT]
    assert findings(session) == set()


def test_a_follow_up_that_was_not_released_gives_the_money_up_first(session: Session, story: Story) -> None:
    with transaction():
        again = make_submitted(session, story.office, NOTICED, region_code=VILLAGE)
    assert story.told(LATER) == (RowOutcome.REFUSED, "return_contradicts_booked")
    story.settle(LATER)
    assert story.told(LATER + timedelta(hours=1)) == (RowOutcome.REFUSED, "return_promised_again")
    at = NOTICED + timedelta(days=8)
    with transaction():
        payout_decisions.approve(session, story.office.approver, again.id, now=at)
    # Whoever releases it instead finds its one household set aside.
    with pytest.raises(Conflict) as refused, transaction():
        payout_decisions.release(session, story.office.releaser, again.id, TERMS, now=at)
    assert refused.value.code == "payout_empty"
    with transaction():
        payout_decisions.reject(session, story.office.second, again.id, "原款已到账", now=at)
    assert story.told(LATER + timedelta(hours=2)) == (RowOutcome.PAID, None)
    assert findings(session) == set()


def test_a_failure_is_no_longer_believed_once_the_bank_has_said_again_that_it_arrived(
    session: Session, story: Story
) -> None:
    line = lines_of(session, story.batch)[1]
    assert story.told(LATER, line=line) == (RowOutcome.PAID, None)
    assert story.told(LATER, line=line, **BOUNCED) == (RowOutcome.REFUSED, "return_contradicts_booked")
    story.settle(LATER)
    assert story.told(LATER + timedelta(hours=1), line=line) == (RowOutcome.UNCHANGED, None)
    again = story.told(LATER + timedelta(hours=2), line=line, **BOUNCED)
    assert again == (RowOutcome.REFUSED, "return_contradicts_booked")
    assert story.kinds() == ["payout_news_differs"] * 2
    assert story.events(line) == ["batch_released", "payout_confirmed"]
    story.settle(LATER + timedelta(hours=2))
    assert story.told(LATER + timedelta(hours=3), line=line, **BOUNCED) == (RowOutcome.RETURNED, None)
    assert story.told(LATER + timedelta(hours=4), line=line, **BOUNCED) == (RowOutcome.UNCHANGED, None)
    assert findings(session) == set()


def test_whoever_made_the_batch_neither_says_nor_settles_what_became_of_it(
    session: Session, story: Story
) -> None:
    both = make_context(session, Role.RELEASER)
    maker = story.office.maker
    with pytest.raises(Conflict) as refused:
        story.told(LATER, by=maker)
    assert (refused.value.code, refused.value.fields) == ("duties_not_separate", {"duty": "maker"})
    assert story.told(LATER, by=both) == (RowOutcome.REFUSED, "return_contradicts_booked")
    incident = session.scalars(sa.select(Incident.id)).one()
    with pytest.raises(Forbidden) as forbidden, transaction():
        incidents.resolve(session, incident, "已入账", officer=maker, now=LATER)
    assert forbidden.value.code == "incident_own_payout"
    for statement in (
        f"UPDATE incidents SET resolved_by_id = {maker.id} WHERE id = {incident}",
        "INSERT INTO payout_returns (batch_id, sha256, brought_by, brought_at, paid, bounced, returned, unchanged,"
        f" refused) VALUES ({story.batch.id}, 'x', '{maker.actor}', '2026-09-20 00:00:00+00:00', 0, 0, 0, 0, 0)",
    ):
        with pytest.raises(IntegrityError), transaction():
            session.execute(sa.text(statement))


def test_the_database_turns_no_end_round_but_a_bounce_that_two_people_looked_into(
    session: Session, story: Story
) -> None:
    def moves(line: PayoutLine, state: str, why: str = "NULL") -> bool:
        change = f"UPDATE payout_lines SET state = '{state}', bounce_reason = {why} WHERE id = {line.id}"
        try:
            with transaction():
                session.execute(sa.text(change))
                raise Conflict("conflict")
        except IntegrityError:
            return False
        except Conflict:
            return True

    first, second = story.line, lines_of(session, story.batch)[1]
    assert not moves(first, "paid")
    assert not moves(first, "sent")
    with pytest.raises(IntegrityError), transaction():
        payout_news.correct_line(session, first.reference, now=LATER, actor="worker")
    story.told(LATER)
    assert not moves(first, "paid")
    story.settle(LATER)
    assert moves(first, "paid")
    assert not moves(first, "returned", "'other'")
    with transaction():
        payout_news.confirm_line(
            session, second.reference, amount_fen=900, receipt=None, now=LATER, actor="worker"
        )
    assert not moves(second, "bounced", "'other'")
    assert moves(second, "returned", "'other'")
    with transaction():
        payout_news.return_line_after_confirmation(
            session, second.reference, amount_fen=900, reason=BounceReason.OTHER, now=LATER, actor="worker"
        )
    assert not moves(second, "paid")
