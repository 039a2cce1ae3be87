"""`kill -9` of the web server while it makes a bank file, gives it out or books what the bank says of it.

It dies at every statement that writes, at the COMMIT and after it, before the answer. Each time the step is done in
full or not at all, and whoever asked asks again; nothing is paid twice and nothing is lost.
"""

import io
import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from flask import Flask

from domain.payouts import BatchState, batch_number
from domain.return_lines import SentLine
from domain.roles import Role
from flows.running import Running
from models import (
    AuditEntry,
    PayoutBatch,
    PayoutFile,
    PayoutLine,
    PayoutReturnRow,
    Posting,
    database,
    transaction,
)
from models.ledger import LINE_EVENTS
from services import ledger
from tests.faults.staging import START_SECONDS, Stage
from tests.support.accounts import make_account
from tests.support.payouts import NOTICED, fund_bank, lines_of, make_approved, make_office
from tests.support.people import OFFICER_PASSWORD, make_officer
from tests.support.returning import answer_row, return_csv
from tests.support.sales import make_sale
from tests.support.world import COUNTY, make_household, make_programme, make_units

OFFICER = "/api/v1/officer"
#: Postings of the two lines, by event.
RELEASED = {"batch_released": 2}
ANSWERED = {"batch_released": 2, "payout_confirmed": 1, "payout_bounced": 1}


@dataclass
class Town:
    """An approved batch of two payments, and a releaser who asks a web server that may die."""

    stage: Stage
    web: subprocess.Popen[bytes]
    batch_id: int
    client: httpx.Client
    returned: bytes

    def release(self) -> httpx.Response:
        """Let the money go; the bank file is made."""
        return self.client.post(f"{OFFICER}/payout-batches/{self.batch_id}/release")

    def take_file(self) -> httpx.Response:
        """Take the bank file."""
        return self.client.get(f"{OFFICER}/payout-batches/{self.batch_id}/file.csv")

    def bring_returns(self) -> httpx.Response:
        """Say what the bank says: the first payment arrived, the second did not."""
        file = {"file": ("returns.csv", io.BytesIO(self.returned))}
        return self.client.post(f"{OFFICER}/payout-batches/{self.batch_id}/returns", files=file)

    def dies(self, step: Callable[[], httpx.Response], **fate: object) -> bool:
        """Ask while the server is to die so; whether it did, and another one answers by now."""
        self.stage.fate.write_text(json.dumps(fate))
        try:
            step()
        except httpx.TransportError:
            self.stage.wait_until_ready(self.web)
            return True
        self.stage.fate.unlink()
        return False

    def seen(self) -> tuple[object, ...]:
        """What the database shows of the batch; nothing may be wrong in the book."""
        with self.stage.app.app_context():
            session = database()
            assert ledger.verify(session) == []
            posted = session.execute(
                sa.select(Posting.event, sa.func.count())
                .where(Posting.event.in_(LINE_EVENTS))
                .group_by(Posting.event)
            )
            return (
                session.scalars(sa.select(PayoutBatch.state)).one(),
                {event.value: count for event, count in posted},
                [line.state.value for line in session.scalars(sa.select(PayoutLine).order_by(PayoutLine.id))],
                session.scalars(sa.select(PayoutFile.sha256)).one_or_none(),
                session.scalars(sa.select(sa.func.count(PayoutReturnRow.id))).one(),
            )

    def counted(self, *actions: str) -> int:
        """How often something was written down as done."""
        with self.stage.app.app_context():
            written = sa.select(sa.func.count()).where(AuditEntry.action.in_(actions))
            return database().scalars(written).one()


@pytest.fixture
def town(app: Flask, parts: Running, tmp_path: Path) -> Iterator[Town]:
    with app.app_context(), transaction() as session:
        make_programme(session)
        for trees in (2, 3):
            household = make_household(session)
            make_account(session, household)
            make_sale(session, parts, make_units(session, household, trees))
        fund_bank(session, 1500)
        batch = make_approved(session, make_office(session))
        number = batch_number(batch.id)
        first, second = (
            SentLine(line.reference, line.payee_name, line.account, line.amount_fen)
            for line in lines_of(session, batch)
        )
        failed = {"处理结果": "失败", "失败原因": "户名不符"}
        returned = return_csv([answer_row(first, number), answer_row(second, number, **failed)])
        body = {
            "username": make_officer(session, Role.RELEASER, COUNTY).username,
            "password": OFFICER_PASSWORD,
        }
        batch_id = batch.id
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    stage = Stage(app, parts, port, tmp_path, start=NOTICED)
    with stage.web() as web, httpx.Client(base_url=stage.url, timeout=START_SECONDS) as client:
        stage.wait_until_ready(web)
        token = client.post(f"{OFFICER}/session", json=body).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield Town(stage, web, batch_id, client, returned)


def die_everywhere(town: Town, step: Callable[[], httpx.Response]) -> None:
    """Let the server die at each place of a step in turn: at each death it is done in full, or not at all."""
    before, seen, deaths = town.seen(), [], 0
    while town.dies(step, passings=deaths):
        deaths += 1
        seen.append(town.seen())
    after = town.seen()
    assert before != after
    # What one death after the COMMIT has let stand, none of the later ones takes back.
    done = seen.index(after)
    assert seen == [before] * done + [after] * (len(seen) - done)
    assert done >= 3


@pytest.mark.long
@pytest.mark.one_engine("postgresql")
def test_each_step_survives_the_servers_death_and_nothing_is_paid_twice(town: Town) -> None:
    die_everywhere(town, town.release)
    assert town.seen()[:2] == (BatchState.RELEASED, RELEASED)
    again = town.release()
    assert (again.status_code, again.json()["code"]) == (409, "payout_state")
    die_everywhere(town, town.take_file)
    # Whoever got no answer is warned: the file may have been on its way.
    taken = town.take_file()
    assert taken.headers["X-Warning"] == "taken-before"
    assert int(taken.headers["X-Times-Taken"]) == town.counted("payout_file_taken", "payout_file_taken_again")
    assert town.counted("payout_file_taken") == 1
    die_everywhere(town, town.bring_returns)
    assert town.seen()[:3] == (BatchState.SETTLED, ANSWERED, ["paid", "bounced"])
    told = town.bring_returns().json()
    assert (told["paid"], told["bounced"], told["refused"]) == (1, 1, 0)
    assert town.counted("payout_released") == town.counted("payout_return_brought") == 1
    assert town.seen()[1] == ANSWERED


@pytest.mark.long
def test_a_release_that_is_not_one_transaction_would_lose_money_by_the_same_death(town: Town) -> None:
    assert town.dies(town.release, before="INSERT INTO postings", careless=True)
    with town.stage.app.app_context():
        found = {finding.rule for finding in ledger.verify(database())}
    assert {"payout_line_has_its_postings", "credits_are_in_transit"} <= found
    # It cannot be repeated either: the batch is gone, and its bank file was never made.
    assert town.release().status_code == 409
    assert town.take_file().status_code == 404
