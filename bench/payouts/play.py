"""Plays the case: the office's people take one batch through its whole life over HTTP, one call after another."""

import csv
import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench import load
from bench.campaigns import Written, written
from bench.checks import Check
from bench.databases import Server, settle_down
from bench.machine import CpuMeter
from bench.officers import PROVINCE, employ
from bench.payouts.figures import Result, Step
from bench.payouts.stock import campaign, give_accounts, settle_at_the_bank
from bench.purchase.play import RefusedError
from bench.web import Web, last_words, serving
from domain import clock
from domain.clock import business_day
from domain.payouts import PayoutLineState
from domain.roles import Role
from models import Credit, PayoutLine, PayoutLineCredit, database, db, transaction
from models.credits import CreditState
from services import ledger

Found = TypeVar("Found")
API = "/api/v1/officer"
#: Of so many payments one comes back from the bank.
BOUNCES = 100
_SHOWN = 5
_PEOPLE = {
    "maker": Role.MAKER,
    "approver": Role.APPROVER,
    "second": Role.APPROVER,
    "releaser": Role.RELEASER,
}
#: The same rows written and moved by plain statements, on tables with their numbers but without any rule.
_FLOOR = {
    "write": "CREATE TABLE bench_floor AS SELECT id, household_id, amount_fen, state FROM credits",
    "move": "UPDATE bench_floor SET state = 'reserved'",
}


def run(server: Server, folder: Path, payments: int, say: Callable[[str], None]) -> Result:
    """Measure one batch of so many payments; raises RefusedError, LoadError, StageError, WebError."""
    result = Result()
    with written(server, folder / "payouts", campaign(payments), say, PAYOUT_NOTICE_DAYS="0") as found:
        now = clock.now()
        with found.app.app_context(), transaction() as session:
            tokens = {name: employ(session, name, role, now) for name, role in _PEOPLE.items()}
            give_accounts(session, now)
            # The campaign ends today; what it sold last would still be refundable.
            session.execute(sa.update(Credit).values(matures_at=now))
            settle_at_the_bank(session, session.scalars(sa.select(sa.func.sum(Credit.amount_fen))).one(), now)
        settle_down(found.url)
        with serving("app:create_app()", found.environ, found.log) as web:
            office = _Office(found, web, CpuMeter({"web": web.pid, "database": server.pid}), tokens, say)
            office.play(result)
        with found.app.app_context():
            result.checks += _checks(database(), result)
    return result


class _Office:
    """The people of one batch, and the steps they took."""

    def __init__(
        self, found: Written, web: Web, meter: CpuMeter, tokens: dict[str, str], say: Callable[[str], None]
    ) -> None:
        self._found, self._web, self._meter, self._tokens, self._say = found, web, meter, tokens, say
        self.steps: dict[str, Step] = {}

    def play(self, result: Result) -> None:
        """From the draft to the bank's answers."""
        result.floor = {name: self._floor(statement) for name, statement in _FLOOR.items()}
        batches = f"{API}/payout-batches"
        wanted = {
            "region": PROVINCE,
            "up_to": business_day(clock.now()).isoformat(),
            "threshold_fen": 100,
            "channel": "bank",
        }
        made = json.loads(self._post("draft", "maker", batches, wanted, expected=201))
        batch = f"{batches}/{made['id']}"
        submitted = json.loads(self._post("submit", "maker", f"{batch}/submit"))
        self._get("notice", "maker", f"{batch}/notice.pdf")
        for approver in ("approver", "second")[: submitted["approvals_needed"]]:
            self._post(f"approve ({approver})", approver, f"{batch}/approve")
        self._post("release", "releaser", f"{batch}/release")
        file = self._get("bank file", "releaser", f"{batch}/file.csv")
        answers = _answered(file)
        result.lines = len(answers) - 1
        self._bring("returns", "releaser", f"{batch}/returns", answers)
        self._get("batch", "maker", batch)
        self._get("100 lines", "maker", f"{batch}/lines?limit=100")
        result.steps = self.steps

    def _floor(self, statement: str) -> Step:
        with self._found.app.app_context(), db.engine.begin() as connection:
            return self._timed(lambda: connection.exec_driver_sql(statement))[1]

    def _get(self, step: str, who: str, path: str) -> bytes:
        return self._call(step, f"GET {path}", self._headers(who))

    def _post(self, step: str, who: str, path: str, body: Any = None, expected: int = 200) -> bytes:
        headers = {
            **self._headers(who),
            "Content-Type": "application/json",
            "Idempotency-Key": uuid4().hex,
        }
        content = b"" if body is None else json.dumps(body).encode()
        return self._call(step, f"POST {path}", headers, content, expected)

    def _bring(self, step: str, who: str, path: str, rows: list[list[str]]) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        edge = uuid4().hex
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="returns.csv"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        )
        body = head.encode() + text.getvalue().encode("gb18030") + f"\r\n--{edge}--\r\n".encode()
        headers = {**self._headers(who), "Content-Type": f"multipart/form-data; boundary={edge}"}
        return self._call(step, f"POST {path}", headers, body)

    def _headers(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[who]}"}

    def _call(
        self, step: str, call: str, headers: dict[str, str], body: bytes = b"", expected: int = 200
    ) -> bytes:
        method, _, path = call.partition(" ")
        wanted = load.request(method, path, headers, body)
        volley, self.steps[step] = self._timed(
            lambda: load.fire(self._web.address, 1, load.from_list([wanted]), expected)
        )
        if volley.refused:
            shown = "\n".join(volley.refusals)
            raise RefusedError(f"{call} was not answered {expected}:\n{shown}\n{last_words(self._found.log)}")
        self._say(f"  {step} {self.steps[step].seconds:.2f} s")
        return volley.bodies[0]

    def _timed(self, act: Callable[[], Found]) -> tuple[Found, Step]:
        began = time.perf_counter()
        found, spent = self._meter.of(act)
        return found, Step(time.perf_counter() - began, spent.seconds, spent.others)


def _answered(file: bytes) -> list[list[str]]:
    """What the bank answers to its file: every payment arrived but one of BOUNCES, whose name did not agree."""
    _, header, *rows = csv.reader(io.StringIO(file.decode("gb18030"), newline=""))
    answers = [[*header, "处理结果", "失败原因"]]
    for place, row in enumerate(rows):
        answers.append([*row, *(("失败", "户名不符") if place % BOUNCES == 0 else ("成功", ""))])
    return answers


def _checks(session: Session, result: Result) -> Iterator[Check]:
    found = ledger.verify(session)[:_SHOWN]
    yield Check("the ledger sums to zero and every fen is traced", tuple(map(str, found)))
    lines = dict(
        session.execute(sa.select(PayoutLine.state, sa.func.count()).group_by(PayoutLine.state)).all()
    )
    result.credits = session.scalars(sa.select(sa.func.count()).select_from(PayoutLineCredit)).one()
    bounced = -(-result.lines // BOUNCES)
    right = {PayoutLineState.PAID: result.lines - bounced, PayoutLineState.BOUNCED: bounced}
    yield Check("every payment is booked as the bank said", () if lines == right else (str(lines),))
    paid = session.scalars(sa.select(sa.func.count()).where(Credit.state == CreditState.PAID)).one()
    of_paid = session.scalars(
        sa.select(sa.func.count())
        .select_from(PayoutLineCredit)
        .join(PayoutLine, PayoutLine.id == PayoutLineCredit.line_id)
        .where(PayoutLine.state == PayoutLineState.PAID)
    ).one()
    yield Check(
        "what was paid are the credits of those payments", () if paid == of_paid else (f"{paid}, {of_paid}",)
    )
