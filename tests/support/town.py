"""A county office and its households, played by real calls only: HTTP for people, `flask …` for whoever runs it all."""

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain.roles import Role
from flows.running import EXTENSION, Running
from gateways.wechat.simulator import Simulator
from models import transaction
from tests.support.buying import API, Buyer
from tests.support.clock import SteppingClock
from tests.support.importing import make_ground
from tests.support.reconciling import forget_orders
from tests.support.sheets import as_csv, household_row, tree_row
from tests.support.world import COUNTY, OFFICER_PASSWORD, VILLAGE, YEAR, make_officer

#: The people of the office: by user name, what each may do.
PEOPLE = {
    "registrar": Role.REGISTRAR,
    "registrar2": Role.REGISTRAR,
    "verifier": Role.VERIFIER,
    "maker": Role.MAKER,
    "approver": Role.APPROVER,
    "approver2": Role.APPROVER,
    "releaser": Role.RELEASER,
    "auditor": Role.AUDITOR,
}
BATCHES = f"{API}/officer/payout-batches"


class Town:
    """A village's households, the office that looks after them, and the phones of those who buy."""

    def __init__(self, app: Flask, clock: SteppingClock) -> None:
        self.app, self.clock = app, clock
        forget_orders(self.parts)
        with app.app_context():
            make_ground()
            with transaction() as session:
                for username, role in PEOPLE.items():
                    make_officer(session, role, COUNTY, username)

    @property
    def parts(self) -> Running:
        """What the application runs with."""
        parts: Running = self.app.extensions[EXTENSION]
        return parts

    @property
    def sandbox(self) -> Simulator:
        """The simulated WeChat."""
        assert self.parts.sandbox is not None
        return self.parts.sandbox

    def flask(self, *words: str) -> Result:
        """A command as an operator types it; it has to end well."""
        result = self.app.test_cli_runner().invoke(args=list(words))
        assert result.exit_code == 0, result.output
        return result

    def officer(self, username: str) -> FlaskClient:
        """Somebody of the office who has just signed in."""
        client = self.app.test_client()
        signed = client.post(
            f"{API}/officer/session", json={"username": username, "password": OFFICER_PASSWORD}
        )
        assert signed.status_code == 201, signed.get_data(as_text=True)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {signed.get_json()['token']}"
        return client

    def get(self, username: str, path: str) -> Any:
        """What an officer is shown."""
        answer = self.officer(username).get(f"{API}{path}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    def post(self, username: str, path: str, body: Any = None, key: str | None = None) -> TestResponse:
        """What an officer does."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.officer(username).post(f"{API}{path}", json=body, headers=headers)

    def does(self, username: str, path: str, body: Any = None, key: str | None = None) -> Any:
        """What an officer does, and it is done."""
        answer = self.post(username, path, body, key)
        assert answer.status_code in (200, 201), answer.get_data(as_text=True)
        return answer.get_json()

    def register(self, households: int, trees: int) -> None:
        """Bring the survey's two sheets in, accept them, and have the trees verified for the year."""
        people = [household_row(n) for n in range(1, households + 1)]
        grown = [tree_row(k, n) for n in range(1, households + 1) for k in range(1, trees + 1)]
        for kind, rows in (("households", people), ("trees", grown)):
            sent = {"kind": kind, "file": (io.BytesIO(as_csv(rows)), f"{kind}.csv")}
            sheet = self.officer("registrar").post(f"{API}/officer/imports", data=sent)
            assert sheet.status_code == 201, sheet.get_data(as_text=True)
            self.does("registrar", f"/officer/imports/{sheet.get_json()['id']}/accept", {})
        draft = self.does("verifier", "/officer/verifications", {"region": VILLAGE, "year": YEAR})
        self.does("verifier", f"/officer/verifications/{draft['id']}/approve")

    def households(self) -> list[str]:
        """The public ids of the households, by their numbers."""
        items = self.get("registrar", f"/officer/households?region={VILLAGE}")["items"]
        return [row["public_id"] for row in sorted(items, key=lambda row: row["number"])]

    def on_sale(self) -> dict[str, list[str]]:
        """The codes of trees that may be bought, by the public id of their household."""
        listed = (
            self.app.test_client().get(f"{API}/trees?region={VILLAGE}&available=true&limit=100").get_json()
        )
        found: dict[str, list[str]] = {}
        for tree in listed["items"]:
            shown = self.get("registrar", f"/officer/trees/{tree['code']}")
            found.setdefault(shown["household"]["public_id"], []).append(tree["code"])
        return found

    def sell(self, each: int, buyers: Sequence[str] = ("lin", "wang")) -> None:
        """Have so many trees of every household bought and paid, the households divided among the buyers."""
        chosen = [codes[:each] for codes in self.on_sale().values()]
        for place, name in enumerate(buyers):
            Buyer(self.app, name).buy(trees=list(chain.from_iterable(chosen[place :: len(buyers)])))

    def book(self) -> dict[str, str]:
        """Every account that holds something, in yuan, as the proof of the book prints it."""
        lines = self.flask("ledger", "verify").output.splitlines()
        assert lines[-1] == "the book holds"
        table = dict(line.split() for line in lines[:-1])
        return {account: yuan for account, yuan in table.items() if yuan != "0.00"}

    def draft(self, key: str, channel: str = "bank") -> TestResponse:
        """Ask for a batch of everything that is ripe in the village."""
        wanted = {
            "region": VILLAGE,
            "up_to": self.clock().date().isoformat(),
            "threshold_fen": 100,
            "channel": channel,
        }
        return self.post("maker", "/officer/payout-batches", wanted, key)

    def decide(self, username: str, batch: int, act: str) -> tuple[int, str]:
        """What comes of an act on a batch: the status, and the batch's state or why not."""
        answer = self.post(username, f"/officer/payout-batches/{batch}/{act}")
        told = answer.get_json()
        return answer.status_code, told.get("state") or told["code"]

    def lines(self, batch: int) -> list[dict[str, Any]]:
        """The lines of a batch."""
        found: list[dict[str, Any]] = self.get("auditor", f"/officer/payout-batches/{batch}/lines")["items"]
        return found

    def bank_file(self, batch: int) -> list[dict[str, str]]:
        """The payments as the bank reads them off its file."""
        answer = self.officer("releaser").get(f"{BATCHES}/{batch}/file.csv")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        _, header, *rows = csv.reader(io.StringIO(answer.get_data().decode("gb18030")))
        return [dict(zip(header, row, strict=True)) for row in rows]

    def bank_answers(self, batch: int, rows: Sequence[Mapping[str, str]], reasons: Sequence[str]) -> Any:
        """The bank sends its file back with two columns more: why each payment failed, "" where it arrived."""
        told = [
            {**row, "处理结果": "失败" if reason else "成功", "失败原因": reason}
            for row, reason in zip(rows, reasons, strict=True)
        ]
        return self.brings(batch, told)

    def brings(self, batch: int, rows: Sequence[Mapping[str, str]]) -> Any:
        """Bring a return file in."""
        sent = {"file": (io.BytesIO(as_csv(rows, encoding="gb18030")), "回盘.csv")}
        answer = self.officer("releaser").post(f"{BATCHES}/{batch}/returns", data=sent)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()
