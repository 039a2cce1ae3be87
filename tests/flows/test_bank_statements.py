"""A bank statement beside the book: found by number and amount, and nothing booked by itself."""

import io
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.errors import Conflict, Invalid
from flows.bank_statements import Brought, bring
from flows.running import Running
from models import BankLine, BankStatement, Posting, database, transaction
from services import sponsor
from services.bank_statements import told_until
from tests.support.buying import Buyer, make_shop
from tests.support.clock import START, SteppingClock
from tests.support.keeping import Kept
from tests.support.reconciling import (
    differences,
    everything,
    fund_sponsor,
    go_through,
    incidents_of,
    morning_after,
    postings,
)
from tests.support.sheets import xlsx

HEADER = "交易日期,流水号,对方户名,收入金额,支出金额,附言"


def make_settled(app: Flask, parts: Running, clock: SteppingClock) -> str:
    """A day on which the sponsor paid in 1,000.00 and WeChat settled 20.00; the settlement's number."""
    make_shop(app, (20,))
    fund_sponsor(app)
    Buyer(app).buy(count=10)
    assert parts.sandbox is not None
    parts.sandbox.withdraw(2000)
    morning_after(clock)
    go_through(app)
    ((*_, reference),) = postings(app, "settled")
    return str(reference)


@pytest.fixture
def settled(kept: Kept, app: Flask, parts: Running, clock: SteppingClock) -> str:
    return kept(make_settled, app, parts, clock)


def bank(app: Flask, *lines: str, encoding: str = "utf-8", content: bytes | None = None) -> Brought:
    text = "\n".join(["某银行账户明细", HEADER, *lines]).encode(encoding)
    with app.app_context():
        parts: Running = app.extensions["danzhu"]
        return bring(parts, io.BytesIO(content or text), "command")


def verdicts(app: Flask) -> dict[str, str]:
    with app.app_context():
        rows = database().scalars(sa.select(BankLine))
        return {line.serial: "" if line.verdict is None else line.verdict.value for line in rows}


PAID_IN = "2026-09-01,B0001,某资助单位,1000.00,,PAY-IN-100000"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_statement_that_agrees_with_the_book(app: Flask, settled: str, encoding: str) -> None:
    brought = bank(app, PAID_IN, f"2026-09-02,B0002,财付通,20.00,,商户提现 {settled}", encoding=encoding)
    assert brought.found == []
    assert verdicts(app) == {"B0001": "both", "B0002": "both"}
    assert incidents_of(app) == []


def test_a_workbook_is_read_like_text(app: Flask, settled: str) -> None:
    rows = [line.split(",") for line in (HEADER, PAID_IN, f"2026-09-02,B0002,财付通,20.00,,{settled}")]
    assert bank(app, content=xlsx(rows)).found == []


def test_the_same_statement_again_changes_nothing(app: Flask, settled: str) -> None:
    lines = [PAID_IN, "2026-09-02,B0003,某人,5.00,,不明"]
    bank(app, *lines)
    before = everything(app), verdicts(app)
    bank(app, *lines)
    # A longer statement has the same lines again: each is kept once.
    bank(app, *lines, f"2026-09-02,B0002,财付通,20.00,,{settled}")
    assert everything(app) == before[0]
    assert verdicts(app) == before[1] | {"B0002": "both"}


def test_money_the_book_does_not_know_needs_a_person_until_it_is_booked(app: Flask, settled: str) -> None:
    (found,) = bank(app, PAID_IN, "2026-09-02,B0003,某资助单位,500.00,,补充手续费 SPONSOR-2").found
    assert (found.verdict.value, found.subject, found.incident) == (
        "theirs_only",
        "bank:B0003",
        "bank_unknown",
    )
    assert found.facts == {"bank_fen": 50_000, "reference": "SPONSOR-2"}
    with app.app_context(), transaction() as session:
        sponsor.pay_in(session, 50_000, "SPONSOR-2", START)
    bank(app, PAID_IN, "2026-09-02,B0003,某资助单位,500.00,,补充手续费 SPONSOR-2")
    assert incidents_of(app) == [("bank_unknown", "bank:B0003", False)]
    assert verdicts(app)["B0003"] == "both"


def test_another_amount_under_the_same_number_books_nothing(app: Flask, settled: str) -> None:
    before = postings(app, "settled", "sponsor_paid_in")
    found = bank(app, PAID_IN, f"2026-09-02,B0002,财付通,19.99,,{settled}", "2026-09-09,B0009,某人,1,,").found
    assert [(one.verdict.value, one.incident) for one in found] == [
        ("amount_differs", "bank_amount_differs"),
        ("theirs_only", "bank_unknown"),
    ]
    assert (found[0].facts["bank_fen"], found[0].facts["booked_fen"]) == (1999, 2000)
    assert postings(app, "settled", "sponsor_paid_in") == before


def test_what_the_bank_does_not_show_in_three_days_needs_a_person(app: Flask, settled: str) -> None:
    assert bank(app, PAID_IN, "2026-09-04,B0004,某人,,0.01,网银费").found[0].subject == "bank:B0004"
    found = bank(app, PAID_IN, "2026-09-05,B0005,某人,,0.01,网银费").found
    missing = [one for one in found if one.incident == "bank_missing"]
    with app.app_context():
        posting = database().scalars(sa.select(Posting).where(Posting.reference == settled)).one()
    assert [(one.verdict.value, one.subject) for one in missing] == [("ours_only", f"posting:{posting.id}")]
    day = missing[0].day
    assert ("bank", "ours_only", f"posting:{posting.id}", "bank_missing") in differences(app, day)


def test_one_posting_answers_for_one_line(app: Flask, settled: str) -> None:
    found = bank(app, PAID_IN, PAID_IN.replace("B0001", "B0007")).found
    assert [(one.subject, one.verdict.value) for one in found] == [("bank:B0007", "theirs_only")]


def test_money_going_out_does_not_answer_for_money_coming_in(app: Flask, settled: str) -> None:
    (found, *_) = bank(app, "2026-09-01,B0001,某资助单位,,1000.00,PAY-IN-100000").found
    assert (found.verdict.value, found.subject) == ("theirs_only", "bank:B0001")


def test_a_number_of_the_banks_that_says_something_else_is_refused(app: Flask, settled: str) -> None:
    bank(app, PAID_IN)
    with pytest.raises(Conflict, match="bank_line_changed"):
        bank(app, PAID_IN.replace("1000.00", "999.00"), "2026-09-02,B0002,财付通,20.00,,x")
    assert set(verdicts(app)) == {"B0001"}


def test_nobodys_name_or_words_are_kept(app: Flask, settled: str) -> None:
    bank(app, "2026-09-02,B0003,韦大山,5.00,,韦大山 还款")
    with app.app_context():
        kept = [str(tuple(row)) for row in database().execute(sa.select(BankLine.__table__))]
    assert kept
    assert "韦" not in "".join(kept)


@pytest.mark.parametrize("content", [b"", b"\x00\x01", "日期\n".encode(), HEADER.encode()])
def test_a_file_that_is_no_statement_is_refused(app: Flask, content: bytes) -> None:
    with app.app_context(), pytest.raises(Invalid, match="bank_file_unreadable"):
        bring(app.extensions["danzhu"], io.BytesIO(content), "command")


def test_a_statement_tells_of_the_days_it_was_asked_for_and_not_of_the_one_it_was_asked_on(
    app: Flask, parts: Running, clock: SteppingClock
) -> None:
    def told(first: str) -> str:
        with app.app_context():
            return str(told_until(database(), date.fromisoformat(first)))

    def brought(first: str | None = None, last: str | None = None, *lines: str) -> None:
        text = "\n".join([HEADER, *lines]).encode()
        since, until = (None if day is None else date.fromisoformat(day) for day in (first, last))
        with app.app_context():
            bring(parts, io.BytesIO(text), "command", since=since, until=until)

    clock.advance(days=9)  # to the 10th
    assert told("2026-09-01") == "2026-08-31"
    line, late = "2026-09-03,B1,,1.00,,", "2026-09-07,B2,,1.00,,"
    brought("2026-09-01", None, line)
    assert told("2026-09-01") == "2026-09-02", "the 3rd may not have been over"
    brought("2026-09-01", "2026-09-03", line)
    assert told("2026-09-01") == "2026-09-03"
    brought(None, "2026-09-08", late)
    assert told("2026-09-01") == "2026-09-03", "nobody has told of the days between"
    assert told("2026-09-07") == "2026-09-08"
    brought("2026-08-01", "2026-08-02")
    brought("2026-09-10", "2026-09-10")
    assert told("2026-09-01") == "2026-09-03", "empty statements of other days are no other statement"
    brought("2026-09-04", "2026-09-10")
    assert told("2026-09-01") == "2026-09-09", "the 10th is not over"
    clock.advance(days=1)
    assert told("2026-09-01") == "2026-09-09", "time alone tells nothing"
    brought("2026-09-04", "2026-09-10")
    assert told("2026-09-01") == "2026-09-10"


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-09-04", None), (None, "2026-09-02"), (None, "2026-09-11"), ("2026-09-12", "2026-09-11")],
    ids=["begins late", "ends early", "still to come", "backwards"],
)
def test_days_that_cannot_be_are_refused_and_nothing_is_kept(
    app: Flask, parts: Running, clock: SteppingClock, first: str | None, last: str | None
) -> None:
    clock.advance(days=9)
    text = f"{HEADER}\n2026-09-03,B1,,1.00,,\n".encode()
    since, until = (None if day is None else date.fromisoformat(day) for day in (first, last))
    with app.app_context():
        with pytest.raises(Invalid, match="bank_days_wrong"):
            bring(parts, io.BytesIO(text), "command", since=since, until=until)
        assert database().scalar(sa.select(sa.func.count(BankStatement.id))) == 0
