"""The chain over the audit: it holds, and shows every way in which somebody could change it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain.audit import GENESIS
from models import AuditEntry, AuditSeal, transaction
from services import audit_seals
from services.audit_seals import Broken, Head
from tests.support.auditing import meddle, write_entries
from tests.support.clock import START


def sealed(n: int) -> Head:
    with transaction() as session:
        write_entries(session, n)
        assert audit_seals.seal(session, START) == n
        return audit_seals.head(session)


def test_an_empty_audit_holds(session: Session) -> None:
    proof = audit_seals.verify(session)
    assert (proof.head, proof.broken, proof.unsealed) == (Head(0, GENESIS), None, 0)


def test_entries_are_sealed_once_and_the_chain_holds(session: Session) -> None:
    first = sealed(3)
    with transaction() as again:
        assert audit_seals.seal(again, START) == 0
    second = sealed(2)
    assert (first.position, second.position) == (3, 5)
    proof = audit_seals.verify(session, noted=first)
    assert (proof.head, proof.broken, proof.unsealed) == (second, None, 0)


def test_what_is_not_sealed_yet_is_told_with_its_age(session: Session) -> None:
    sealed(1)
    with transaction() as more:
        write_entries(more, 2, at=START + timedelta(hours=1))
    proof = audit_seals.verify(session)
    assert (proof.broken, proof.unsealed, proof.unsealed_since) == (None, 2, START + timedelta(hours=1))


def test_an_entry_that_is_committed_late_comes_later_in_the_chain(session: Session) -> None:
    with transaction() as early:
        early.add(_entry(5))
        early.flush()
        audit_seals.seal(early, START)
    with transaction() as late:
        late.add(_entry(2))
        late.flush()
        assert audit_seals.seal(late, START) == 1
    assert session.execute(
        sa.select(AuditSeal.position, AuditSeal.entry_id).order_by(AuditSeal.position)
    ).all() == [(1, 5), (2, 2)]
    assert audit_seals.verify(session).broken is None


def test_an_entry_far_behind_is_found_when_all_are_looked_at(session: Session) -> None:
    with transaction() as early:
        early.add(_entry(audit_seals.LATE_IDS + 10))
        early.flush()
        audit_seals.seal(early, START)
    with transaction() as late:
        late.add(_entry(1))
    with transaction() as usual:
        assert audit_seals.seal(usual, START) == 0
    assert audit_seals.verify(session).unsealed == 1
    with transaction() as whole:
        assert audit_seals.seal(whole, START, whole=True) == 1


@pytest.mark.parametrize(
    ("table", "statement", "broken"),
    [
        ("audit_entries", "UPDATE audit_entries SET actor = 'officer:9' WHERE id = 2", (2, 2, "entry_changed")),
        ("audit_entries", "UPDATE audit_entries SET facts = '{}' WHERE id = 3", (3, 3, "entry_changed")),
        ("audit_entries", "UPDATE audit_entries SET address = NULL WHERE id = 1", (1, 1, "entry_changed")),
        ("audit_seals", "DELETE FROM audit_seals WHERE position = 2", (2, None, "seal_missing")),
        ("audit_seals", "UPDATE audit_seals SET entry_id = 9 WHERE position = 4", (4, 9, "entry_missing")),
        ("audit_seals", "DELETE FROM audit_seals WHERE position = 4", (4, None, "seal_missing")),
    ],
    ids=["actor", "facts", "address", "seal gone", "entry gone", "end cut off"],
)  # fmt: skip
def test_the_first_place_that_was_changed_is_named(
    session: Session, table: str, statement: str, broken: tuple[int, int | None, str]
) -> None:
    noted = sealed(4)
    if session.get_bind().dialect.name == "sqlite":
        # Somebody who changes tables by hand gets past foreign keys as well.
        session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
    meddle(session, table, statement)
    assert audit_seals.verify(session, noted).broken == Broken(*broken)
    session.rollback()


def test_a_chain_written_anew_is_not_the_one_that_was_noted(session: Session) -> None:
    noted = sealed(2)
    meddle(session, "audit_entries", "UPDATE audit_entries SET actor = 'officer:9' WHERE id = 1")
    meddle(session, "audit_seals", "DELETE FROM audit_seals")
    session.expire_all()
    audit_seals.seal(session, START)
    assert audit_seals.verify(session).broken is None
    assert audit_seals.verify(session, noted).broken == Broken(2, 2, "not_as_noted")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_seals SET entry_id = 1",
        "DELETE FROM audit_seals",
        "UPDATE audit_entries SET actor = 'nobody'",
        "DELETE FROM audit_entries",
    ],
)
def test_neither_entries_nor_seals_can_be_changed(session: Session, statement: str) -> None:
    sealed(1)
    with pytest.raises(DBAPIError, match="only ever added to"):
        session.execute(sa.text(statement))
    session.rollback()


def _entry(number: int) -> AuditEntry:
    return AuditEntry(
        id=number,
        at=START,
        actor="command",
        action="sponsor_pay_in",
        subject="bank:x",
        facts={},
        address=None,
    )
