"""A backup holds every row of either engine, opens with its key only, and comes back closed."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from domain.errors import Conflict, Invalid, Unavailable
from domain.payouts import BounceReason
from domain.selections import Selection
from flows import backups
from flows.running import running
from gateways import photo_files
from gateways.backups import read_lines
from gateways.pictures import Picture
from models import Base, Gate, Household, SignInSession, Tree, database, transaction
from services import gates, ledger, quotes
from services.payout_news import bounce_line, confirm_line
from tests.support.accounts import make_changed_account
from tests.support.backups import empty
from tests.support.clock import START
from tests.support.payouts import NOTICED, make_draft, make_office
from tests.support.people import make_buyer_token, make_user
from tests.support.released import make_released, make_sellers
from tests.support.sales import make_sale
from tests.support.world import make_household, make_programme, make_units

KEY = bytes(range(32))
#: What a trigger refuses.
KEPT = {
    "payout_lines": "amount_fen = amount_fen + 1",
    "payout_duties": "duty = 'maker'",
    "household_accounts": "bank = 'another'",
    "postings": "amount_fen = amount_fen + 1",
}


def counts() -> dict[str, int]:
    return {
        table.name: database().execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in Base.metadata.sorted_tables
    }


def arrange() -> None:
    with transaction() as session:
        make_programme(session)
        household = make_household(session)
        units = make_units(session, household, 5)
        user, identity = make_user(session)
        make_buyer_token(session, user, identity)
        make_sale(session, running(), units[:2])


def test_a_restored_backup_has_every_row_and_the_book_still_holds(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        arrange()
        before = counts()
        names = database().scalars(sa.select(Household.head_name)).all()
        backups.take(tmp_path / "b", KEY, START, tmp_path / "photos")
        empty()
        assert sum(counts().values()) == 0
        taken_at = backups.restore(tmp_path / "b", KEY, START, tmp_path / "photos")
        assert taken_at == START
        after = counts()
        added = {"gates": 1, "audit_entries": 1}
        assert after == {name: count + added.get(name, 0) for name, count in before.items()}
        assert database().scalars(sa.select(Household.head_name)).all() == names
        assert ledger.verify(database()) == []


def test_payouts_come_back_as_they_were_with_everything_that_keeps_them(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        with transaction() as session:
            make_programme(session)
            changed = make_household(session)
            make_changed_account(session, changed, at=START - timedelta(days=60))
            make_sale(session, running(), make_units(session, changed, 4))
            batch = make_released(session, running())
        with transaction() as session:
            first, second = batch.sent[:2]
            confirm_line(
                session,
                first.reference,
                amount_fen=first.amount_fen,
                receipt=None,
                now=NOTICED,
                actor="worker",
            )
            bounce_line(session, second.reference, reason=BounceReason.OTHER, now=NOTICED, actor="worker")
        before = counts()
        backups.take(tmp_path / "b", KEY, START, tmp_path / "photos")
        empty()
        backups.restore(tmp_path / "b", KEY, START, tmp_path / "photos")
        assert {name: count for name, count in counts().items() if name.startswith("payout_")} == {
            name: count for name, count in before.items() if name.startswith("payout_")
        }
        assert ledger.verify(database()) == []
        for table in ("payout_lines", "payout_duties", "household_accounts", "postings"):
            with pytest.raises(IntegrityError), transaction() as session:
                session.execute(sa.text(f"UPDATE {table} SET {KEPT[table]}"))


def test_batches_drafted_after_a_restore_bear_no_number_that_was_lost(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        with transaction() as session:
            make_programme(session)
            make_sellers(session, running(), ["韦大山"])
            office = make_office(session)
        with transaction() as session:
            assert make_draft(session, office).id == 1
        backups.take(tmp_path / "b", KEY, START, tmp_path / "photos")
        with transaction() as session:
            # What the backup will not know: its payments may have reached the bank.
            assert make_draft(session, office).id == 2
        for restored in (10_001, 20_001):
            empty()
            backups.restore(tmp_path / "b", KEY, START, tmp_path / "photos")
            with transaction() as session:
                gates.open_gate(session, "restored", START)
                numbers = [make_draft(session, office).id for _ in range(3)]
            assert numbers == [restored, restored + 1, restored + 2]
            backups.take(tmp_path / "b", KEY, START, tmp_path / "photos")


def test_photos_that_trees_name_come_along_and_back(app: Flask, tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    name = photo_files.keep(before, Picture(full=b"a tree", thumbnail=b"a small tree"))
    photo_files.keep(before, Picture(full=b"of no tree", thumbnail=b"of none"))
    with app.app_context():
        arrange()
        with transaction() as session:
            first, second, *_ = session.scalars(sa.select(Tree).order_by(Tree.id))
            first.photo, second.photo = name, "0" * 32 + ".jpg"
        taken = backups.take(tmp_path / "b", KEY, START, before)
        assert (taken.photos, taken.missing) == (1, 1)
        empty()
        backups.restore(tmp_path / "b", KEY, START, after)
        assert database().scalar(sa.select(Tree.photo).where(Tree.id == first.id)) == name
    assert {file.name for file in after.iterdir()} == {name, photo_files.thumbnail_of(name)}
    assert photo_files.read(after, name) == b"a tree"
    assert photo_files.read(after, photo_files.thumbnail_of(name)) == b"a small tree"


def test_rows_added_after_a_restore_do_not_meet_those_restored(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        arrange()
        backups.take(tmp_path / "b", KEY, START, tmp_path / "photos")
        empty()
        backups.restore(tmp_path / "b", KEY, START, tmp_path / "photos")
        with transaction() as session:
            assert make_household(session).id > 1


def test_a_restored_installation_sells_nothing_and_nobody_is_signed_in(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        arrange()
        backups.take(tmp_path / "b", KEY, START, tmp_path / "photos")
        empty()
        backups.restore(tmp_path / "b", KEY, START, tmp_path / "photos")
        with pytest.raises(Unavailable):
            quotes.quote(database(), Selection(year=2026, count=1), START, os.urandom)
        with pytest.raises(Unavailable):
            gates.check_open(database(), "restored")
        assert database().scalar(sa.select(SignInSession.id).where(SignInSession.ended_at.is_(None))) is None
        with transaction() as session:
            gates.open_gate(session, "restored", START)
        gates.check_open(database(), "restored")


@pytest.mark.parametrize("harm", ["other key", "one byte", "cut short", "chunk left out", "no backup"])
def test_a_backup_that_was_touched_does_not_open(app: Flask, tmp_path: Path, harm: str) -> None:
    path = tmp_path / "b"
    with app.app_context():
        arrange()
        backups.take(path, KEY, START, tmp_path / "photos")
        content = bytearray(path.read_bytes())
        if harm == "one byte":
            content[len(content) // 2] ^= 1
        elif harm == "cut short":
            del content[-20:]
        elif harm == "chunk left out":
            del content[32:]
        elif harm == "no backup":
            content[:] = os.urandom(100)
        path.write_bytes(bytes(content))
        empty()
        with pytest.raises(Invalid) as refused:
            backups.restore(path, KEY[::-1] if harm == "other key" else KEY, START, tmp_path / "photos")
        assert refused.value.code == "backup_broken"
        assert sum(counts().values()) == 0


def test_a_backup_is_not_restored_over_anything(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        arrange()
        before = counts()
        backups.take(tmp_path / "b", KEY, START, tmp_path / "photos")
        with pytest.raises(Conflict) as refused:
            backups.restore(tmp_path / "b", KEY, START, tmp_path / "photos")
        assert refused.value.code == "database_not_empty"
        assert counts() == before


def test_nothing_personal_stands_in_the_file(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        arrange()
        assert database().scalar(sa.select(Gate.name)) is None
        backups.take(tmp_path / "b", KEY, START, tmp_path / "photos")
        lines = b"".join(read_lines(tmp_path / "b", KEY))
        assert "韦测试".encode() not in lines
