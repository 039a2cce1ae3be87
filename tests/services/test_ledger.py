"""The book on the rows: balances before and after each event, the proof, and what the proof finds."""

import sqlite3
from contextlib import closing

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from domain import ledger as rules
from domain.bills import BillKind, Movement
from domain.clock import business_day
from domain.ledger import Event
from domain.reconciliations import DayState
from flows.running import Running
from models import AuditEntry, BillFile, FundLine, Order, Posting, Reconciliation, transaction
from models.base import db
from models.bills import BillState
from services import audit, ledger
from tests.support.accounts import make_account
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.payouts import make_office, make_released
from tests.support.sales import make_payout, make_sale
from tests.support.world import make_household, make_programme, make_units


def book(session: Session) -> dict[str, int]:
    """Every account that holds something, in fen."""
    return {account: fen for account, fen in sorted(ledger.balances(session).items()) if fen}


def findings(session: Session) -> set[str]:
    """The rules that do not hold."""
    session.expire_all()
    return {finding.rule for finding in ledger.verify(session)}


def tamper(session: Session, statement: str) -> int:
    """Write past every guard, as somebody does who has the database itself; how many rows that changed."""
    session.commit()
    if db.engine.dialect.name == "postgresql":
        with transaction():
            session.execute(sa.text("SET LOCAL session_replication_role = replica"))
            return int(session.execute(sa.text(statement)).rowcount)  # type: ignore[attr-defined]  # a CursorResult
    with closing(sqlite3.connect(str(db.engine.url.database))) as connection, connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        return connection.execute(statement).rowcount


def make_sold(session: Session, parts: Running) -> Order:
    """An order of three trees of two households, paid; and a payout that is under way to one of them."""
    with transaction():
        make_programme(session)
        first, second = make_household(session), make_household(session)
        units = [*make_units(session, first, 2), *make_units(session, second, 1)]
        make_account(session, second)
        order = make_sale(session, parts, units)
        make_released(session, make_office(session))
    return order


@pytest.fixture
def sold(kept: Kept, session: Session, parts: Running) -> Order:
    return kept(make_sold, session, parts)


def test_a_sale_owes_each_household_the_whole_price_of_its_trees(session: Session, parts: Running) -> None:
    with transaction():
        make_programme(session)
        first, second = make_household(session), make_household(session)
        units = [*make_units(session, first, 2), *make_units(session, second, 1)]
    assert book(session) == {}
    with transaction():
        make_sale(session, parts, units)
    assert book(session) == {f"household:{first.id}": 600, f"household:{second.id}": 300, "wechat": -900}
    assert findings(session) == set()


def test_a_payout_moves_from_household_to_transit_to_the_bank(session: Session, parts: Running) -> None:
    with transaction():
        make_programme(session)
        household = make_household(session)
        make_sale(session, parts, make_units(session, household, 2))
        ledger.post(session, [rules.Posting(Event.SETTLED, rules.BANK, rules.WECHAT, 600)], now=START)
    assert book(session) == {"bank": -600, f"household:{household.id}": 600}
    with transaction():
        make_payout(session, household.id, 7, confirmed=False)
    assert book(session) == {"bank": -600, "payout:7": 600}
    with transaction():
        ledger.post(
            session, [rules.Posting(Event.PAYOUT_CONFIRMED, rules.payout(7), rules.BANK, 600)], now=START
        )
    assert book(session) == {}


@pytest.mark.parametrize("account", ["wechat", "refunds:due", "household:1", "nobody"])
def test_one_balance_is_what_the_table_of_all_balances_says(session: Session, account: str) -> None:
    with transaction():
        ledger.post(
            session,
            [
                rules.Posting(Event.ORDER_PAID, rules.WECHAT, rules.household(1), 300),
                rules.Posting(Event.MONEY_UNPLACED, rules.WECHAT, rules.REFUNDS_DUE, 50),
                rules.Posting(Event.REFUND_PAID, rules.REFUNDS_DUE, rules.WECHAT, 20),
            ],
            now=START,
        )
    expected = {"wechat": -330, "refunds:due": 30, "household:1": 300, "nobody": 0}
    assert ledger.balance_of(session, account) == expected[account]
    assert sum(ledger.balances(session).values()) == 0


def test_what_wechat_paid_to_a_household_is_ahead_of_its_bill_until_that_is_booked(session: Session) -> None:
    with transaction():
        paid = rules.Posting(Event.PAYOUT_CONFIRMED, rules.payout(7), rules.WECHAT, 900)
        ledger.post(session, [paid], now=START, reference="P7-1")
    assert ledger.ahead_of_bills(session) == 900
    day = business_day(START)
    bill = BillFile(day=day, kind=BillKind.OPERATION, state=BillState.FETCHED, next_try_at=START, tries=1)
    compared = Reconciliation(day=day, state=DayState.DIFFERS, runs=1, figures={})
    with transaction():
        session.add_all([bill, compared])
        session.flush()
        line = {
            "number": "1",
            "flow_number": "2",
            "voucher": "P7-1",
            "business_type": "商家转账",
            "is_income": False,
        }
        money = {"movement": Movement.PAID_OUT, "amount_fen": 900, "balance_fen": 0}
        session.add(FundLine(file_id=bill.id, line=1, at=START, **line, **money))
    # The bill is in, and not booked yet.
    assert ledger.ahead_of_bills(session) == 900
    with transaction():
        compared.fee_booked_at = START
    assert ledger.ahead_of_bills(session) == 0


def test_an_honest_book_is_proved(session: Session, sold: Order) -> None:
    assert findings(session) == set()


#: The posting and the credit of the household that is still owed its money, whichever was written first.
FIRST = {
    "posting": "(SELECT min(id) FROM postings WHERE event = 'order_paid' AND destination ="
    " (SELECT 'household:' || min(household_id) FROM credits))",
    "credit": "(SELECT id FROM credits ORDER BY household_id LIMIT 1)",
}
#: What somebody does to the rows, and the rules that then no longer hold.
TAMPERED: dict[str, tuple[str, set[str]]] = {
    "a posting is deleted": (
        "DELETE FROM postings WHERE id = {posting}",
        {"credits_are_balance", "receipt_is_booked_once"},
    ),
    "a posting is made smaller": (
        "UPDATE postings SET amount_fen = amount_fen - 1 WHERE id = {posting}",
        {"credits_are_balance", "posting_is_its_credit", "receipt_is_booked_once"},
    ),
    "a posting is sent to another household": (
        "UPDATE postings SET destination = 'household:999999' WHERE id = {posting}",
        {"credits_are_balance", "posting_is_its_credit"},
    ),
    "a posting is booked twice": (
        "INSERT INTO postings (id, posted_at, event, source, destination, amount_fen, order_id, certificate_id)"
        " SELECT 1000001, posted_at, event, source, destination, amount_fen, order_id, certificate_id"
        " FROM postings WHERE id = {posting}",
        {"credits_are_balance", "receipt_is_booked_once"},
    ),
    "money is owed back that was not received": (
        "INSERT INTO postings (id, posted_at, event, source, destination, amount_fen, order_id)"
        " SELECT 1000001, posted_at, 'money_unplaced', 'wechat', 'refunds:due', 900, order_id"
        " FROM postings WHERE id = {posting}",
        {"receipt_is_booked_once", "refunds_are_balance"},
    ),
    "money leaves WeChat for an account of nobody's order": (
        "INSERT INTO postings (id, posted_at, event, source, destination, amount_fen)"
        " SELECT 1000001, posted_at, 'refund_paid', 'refunds:due', 'wechat', 1"
        " FROM postings WHERE id = {posting}",
        {"sign", "refunds_are_balance"},
    ),
    "a posting loses its certificate": (
        "UPDATE postings SET certificate_id = NULL WHERE id = {posting}",
        {"household_posting_names_certificate"},
    ),
    "a certificate is deleted": (
        "DELETE FROM certificates",
        {"paid_order_has_certificate", "credit_names_its_certificate"},
    ),
    "a certificate claims more trees": (
        "UPDATE certificates SET count = count + 1",
        {"certificate_says_what_was_bought"},
    ),
    "a certificate claims more grams": (
        "UPDATE certificates SET sink_g = sink_g + 1",
        {"certificate_says_what_was_bought"},
    ),
    "a credit is deleted": (
        "DELETE FROM credits WHERE id = {credit}",
        {"credits_are_balance", "paid_order_is_credited_in_full", "posting_is_its_credit"},
    ),
    "a credit is made greater": (
        "UPDATE credits SET amount_fen = amount_fen + 1 WHERE id = {credit}",
        {
            "credits_are_balance",
            "paid_order_is_credited_in_full",
            "posting_is_its_credit",
            "credit_is_its_trees",
        },
    ),
    "a credit is given to another household": (
        "UPDATE credits SET household_id = (SELECT max(household_id) FROM credits) + 1 WHERE id = {credit}",
        {"credits_are_balance", "posting_is_its_credit", "credit_is_its_trees"},
    ),
    "a credit is marked as paid out": (
        "UPDATE credits SET state = 'paid' WHERE id = {credit}",
        {"credits_are_balance", "taken_credit_is_in_a_line"},
    ),
    "a tree leaves a paid order": (
        "UPDATE units SET state = 'free', order_id = NULL WHERE id = (SELECT min(id) FROM units)",
        {"paid_order_carries_its_trees", "credit_is_its_trees"},
    ),
    "a tree of a paid order becomes dearer": (
        "UPDATE units SET price_fen = price_fen + 1 WHERE id = (SELECT min(id) FROM units)",
        {"paid_order_carries_its_trees", "credit_is_its_trees"},
    ),
    "a paid order is marked as closed": (
        "UPDATE orders SET state = 'closed'",
        {"receipt_has_its_outcome"},
    ),
    "a paid order becomes dearer": (
        "UPDATE orders SET amount_fen = amount_fen + 300",
        {
            "paid_order_is_credited_in_full",
            "paid_order_carries_its_trees",
            "certificate_says_what_was_bought",
        },
    ),
    "what was received is changed": (
        "UPDATE payments SET received_fen = received_fen - 1",
        {"receipt_is_booked_once"},
    ),
    "a payout line is marked as paid": (
        "UPDATE payout_lines SET state = 'paid'",
        {"taken_credit_is_in_a_line", "payout_account_is_its_open_lines", "payout_line_has_its_postings"},
    ),
    "a payout line becomes dearer": (
        "UPDATE payout_lines SET amount_fen = amount_fen + 1",
        {
            "payout_line_is_its_credits",
            "payout_account_is_its_open_lines",
            "payout_line_has_its_postings",
            "batch_is_its_lines",
        },
    ),
    "a payout line forgets its credits": (
        "DELETE FROM payout_line_credits",
        {"payout_line_is_its_credits", "taken_credit_is_in_a_line"},
    ),
    "a release is booked twice": (
        "INSERT INTO postings (id, posted_at, event, source, destination, amount_fen, reference)"
        " SELECT 1000001, posted_at, event, source, destination, amount_fen, 'P1L1'"
        " FROM postings WHERE event = 'batch_released'",
        {
            "sign",
            "credits_are_balance",
            "credits_are_in_transit",
            "payout_account_is_its_open_lines",
            "payout_posting_has_its_line",
        },
    ),
    "a payment is deleted": ("DELETE FROM payments", {"receipt_is_booked_once"}),
}


@pytest.mark.parametrize("deed", TAMPERED)
def test_tampering_is_found(session: Session, sold: Order, deed: str) -> None:
    statement, broken = TAMPERED[deed]
    assert tamper(session, statement.format(**FIRST)) > 0
    assert findings(session) == broken


def _entry(session: Session) -> AuditEntry:
    with transaction():
        audit.record(session, actor="command", action="sponsor_pay_in", subject="bank:1", now=START)
    return session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


@pytest.mark.parametrize("table", ["postings", "audit_entries"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET id = id",
        "DELETE FROM {table}",
        "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT (id) DO UPDATE SET id = excluded.id",
    ],
)
def test_the_database_refuses_to_change_or_remove_what_is_kept(
    session: Session, sold: Order, table: str, statement: str
) -> None:
    _entry(session)
    kept = session.execute(sa.text(f"SELECT * FROM {table} ORDER BY id")).all()
    with pytest.raises(IntegrityError, match="only ever added to"), transaction():
        session.execute(sa.text(statement.format(table=table)))
    assert session.execute(sa.text(f"SELECT * FROM {table} ORDER BY id")).all() == kept


@pytest.mark.parametrize("table", ["postings", "audit_entries"])
def test_what_is_kept_cannot_be_swept_away_in_the_way_each_engine_has(
    session: Session, sold: Order, table: str
) -> None:
    _entry(session)
    postgresql = db.engine.dialect.name == "postgresql"
    sweep = f"TRUNCATE {table} CASCADE" if postgresql else f"REPLACE INTO {table} SELECT * FROM {table}"
    kept = session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
    with pytest.raises(IntegrityError, match="only ever added to"), transaction():
        session.execute(sa.text(sweep))
    assert session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() == kept > 0


def test_a_book_that_was_kept_can_still_be_added_to(session: Session, sold: Order) -> None:
    before = session.scalar(sa.select(sa.func.count()).select_from(Posting))
    assert before is not None
    with transaction():
        ledger.post(
            session, [rules.Posting(Event.SPONSOR_PAID_IN, rules.BANK, rules.SPONSOR, 100)], now=START
        )
    assert session.scalar(sa.select(sa.func.count()).select_from(Posting)) == before + 1


def test_the_guard_of_the_book_can_be_taken_down_and_put_up_again(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            ledger.post(
                session, [rules.Posting(Event.SPONSOR_PAID_IN, rules.BANK, rules.SPONSOR, 100)], now=START
            )
        flask_migrate.downgrade(revision="0004")
        try:
            with transaction() as session:
                session.execute(sa.text("UPDATE postings SET reference = 'changed'"))
        finally:
            flask_migrate.upgrade()
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(sa.text("DELETE FROM postings"))
