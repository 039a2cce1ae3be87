"""What the database itself refuses about payouts, to whoever writes past the services: on both engines by raw SQL."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.payouts import BounceReason, PayoutTerms
from flows.running import Running
from models import PayoutBatch
from models.base import transaction
from services import payout_decisions, payout_news
from tests.support.accounts import make_changed_account
from tests.support.clock import START
from tests.support.keeping import Kept
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
from tests.support.sales import make_sale
from tests.support.world import make_household, make_programme, make_units


class World:
    """A household whose account two officers made, with money to be paid, and an office."""

    def __init__(self, session: Session, parts: Running) -> None:
        with transaction():
            make_programme(session)
            household = make_household(session)
            version = make_changed_account(session, household, at=START - timedelta(days=60))
            make_sale(session, parts, make_units(session, household, 2))
            self.office: Office = make_office(session)
        assert version.editor_id is not None
        assert version.confirmer_id is not None
        self.editor, self.confirmer = version.editor_id, version.confirmer_id

    def people(self) -> dict[str, int]:
        """Everybody by what they did or are to do."""
        return {
            "maker": self.office.maker.id,
            "approver": self.office.approver.id,
            "second": self.office.second.id,
            "releaser": self.office.releaser.id,
            "editor": self.editor,
            "confirmer": self.confirmer,
        }


@pytest.fixture
def world(kept: Kept, session: Session, parts: Running) -> World:
    return kept(World, session, parts)


def refused(session: Session, statement: str) -> bool:
    """Whether the database refuses a statement that would change something."""
    try:
        with transaction():
            changed = session.execute(sa.text(statement)).rowcount  # type: ignore[attr-defined]  # a CursorResult
    except IntegrityError:
        return True
    assert changed, "it changes nothing"
    return False


def duty(batch: PayoutBatch, officer_id: int, name: str, verb: str = "INSERT") -> str:
    return (
        f"{verb} INTO payout_duties (batch_id, officer_id, duty, done_at)"
        f" VALUES ({batch.id}, {officer_id}, '{name}', '2026-09-20 00:00:00+00:00')"
    )


@pytest.mark.parametrize("who", ["maker", "editor", "confirmer"])
def test_whoever_made_it_or_an_account_of_it_does_not_approve(
    session: Session, world: World, who: str
) -> None:
    with transaction():
        batch = make_submitted(session, world.office)
    assert refused(session, duty(batch, world.people()[who], "approver"))
    assert not refused(session, duty(batch, world.office.approver.id, "approver"))


@pytest.mark.parametrize("who", ["maker", "approver", "editor", "confirmer"])
def test_whoever_did_anything_for_it_does_not_release_it(session: Session, world: World, who: str) -> None:
    with transaction():
        batch = make_approved(session, world.office)
    assert refused(session, duty(batch, world.people()[who], "releaser"))
    assert not refused(session, duty(batch, world.office.releaser.id, "releaser"))


def test_one_replaces_nobody(session: Session, world: World) -> None:
    with transaction():
        batch = make_approved(session, world.office)
    sqlite = session.get_bind().dialect.name == "sqlite"
    for verb in ("INSERT OR REPLACE", "INSERT OR IGNORE") if sqlite else ("INSERT",):
        assert refused(session, duty(batch, world.office.maker.id, "releaser", verb))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payout_duties SET officer_id = {releaser} WHERE duty = 'maker'",
        "UPDATE payout_duties SET duty = 'account' WHERE duty = 'maker'",
        "DELETE FROM payout_duties WHERE duty = 'account'",
        "DELETE FROM payout_batches",
        "DELETE FROM payout_lines",
        "DELETE FROM payout_line_credits",
        "UPDATE payout_batches SET state = 'released'",
        "UPDATE payout_batches SET state = 'settled'",
        "UPDATE payout_batches SET approvals_needed = 2",
        "UPDATE payout_batches SET objections_until = submitted_at",
        "UPDATE payout_batches SET region_code = '52'",
        "UPDATE payout_batches SET amount_fen = amount_fen + 1",
        "UPDATE payout_lines SET amount_fen = amount_fen + 1",
        "UPDATE payout_lines SET editor_id = {second}",
        "UPDATE payout_lines SET confirmer_id = NULL",
        "UPDATE payout_lines SET account_hash = NULL",
        "UPDATE payout_lines SET state = 'paid'",
        "UPDATE payout_line_credits SET reserved = {false}",
        "UPDATE household_accounts SET editor_id = {second} WHERE editor_id IS NOT NULL",
    ],
)
def test_what_was_submitted_stays_what_it_is(session: Session, world: World, statement: str) -> None:
    with transaction():
        make_submitted(session, world.office)
    false = "0" if session.get_bind().dialect.name == "sqlite" else "false"
    assert refused(session, statement.format(**world.people(), false=false))


def test_a_batch_is_not_approved_without_its_approvers(session: Session, world: World) -> None:
    with transaction():
        batch = make_draft(session, world.office)
        payout_decisions.submit(
            session, world.office.maker, batch.id, PayoutTerms(second_approval_fen=600), now=RIPE
        )
        payout_decisions.approve(session, world.office.approver, batch.id, now=NOTICED)
    assert refused(session, "UPDATE payout_batches SET state = 'approved'")
    with transaction():
        payout_decisions.approve(session, world.office.second, batch.id, now=NOTICED)
    assert refused(session, "UPDATE payout_batches SET state = 'released'")


def test_a_batch_begins_as_a_draft_and_with_one_maker(session: Session, world: World) -> None:
    with transaction():
        batch = make_draft(session, world.office)
    assert refused(session, duty(batch, world.office.second.id, "maker"))
    assert refused(session, duty(batch, world.office.second.id, "approver"))
    assert refused(
        session,
        "INSERT INTO payout_batches (region_code, channel, up_to, threshold_fen, year_end, state, amount_fen,"
        " line_count, approvals_needed, drafted_at, objections_until) SELECT region_code, channel, up_to,"
        " threshold_fen, year_end, 'approved', amount_fen, line_count, approvals_needed, drafted_at, drafted_at"
        " FROM payout_batches",
    )


def test_a_line_pays_only_what_two_people_made(session: Session, world: World) -> None:
    with transaction():
        batch = make_draft(session, world.office)
        other = make_household(session)
    copied = (
        "INSERT INTO payout_lines (batch_id, household_id, reference, amount_fen, account_id, editor_id,"
        " confirmer_id, payee_name, bank, account, account_hash, state) SELECT batch_id, {household}, 'X1',"
        " amount_fen, account_id, {editor}, {confirmer}, payee_name, bank, account, account_hash, 'prepared'"
        " FROM payout_lines"
    )
    mine = lines_of(session, batch)[0].household_id
    assert refused(session, copied.format(household=other.id, editor=world.editor, confirmer=world.confirmer))
    with transaction():
        second = make_draft(session, Office(world.office.maker, *[world.office.second] * 3))
    assert second.id != batch.id
    assert refused(session, copied.format(household=mine, editor="NULL", confirmer="NULL"))


def test_money_on_its_way_is_not_taken_twice(session: Session, world: World) -> None:
    with transaction():
        batch = make_released(session, world.office)
    line = lines_of(session, batch)[0]
    again = (
        "INSERT INTO postings (posted_at, event, source, destination, amount_fen, reference)"
        f" SELECT posted_at, event, source, destination, amount_fen, reference FROM postings"
        f" WHERE reference = '{line.reference}'"
    )
    assert refused(session, again)
    with transaction():
        payout_news.bounce_line(
            session, line.reference, reason=BounceReason.OTHER, now=NOTICED, actor="worker"
        )
        follow_up = make_submitted(session, world.office, NOTICED)
    assert follow_up.amount_fen == 600
    true = "1" if session.get_bind().dialect.name == "sqlite" else "true"
    assert refused(session, f"UPDATE payout_line_credits SET reserved = {true} WHERE line_id = {line.id}")


def test_two_lines_of_a_household_are_not_open_together(session: Session, world: World) -> None:
    with transaction():
        batch = make_approved(session, world.office)
        fund_bank(session, 600)
        payout_decisions.release(session, world.office.releaser, batch.id, TERMS, now=NOTICED)
    indexes = sa.inspect(session.get_bind()).get_indexes("payout_lines")
    [open_ones] = [one for one in indexes if one["name"] == "uq_payout_lines_open"]
    assert (open_ones["unique"], open_ones["column_names"]) == (1, ["household_id"])
