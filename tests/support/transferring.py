"""Transfers as the worker makes them, against the simulated WeChat."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.transfers import TransferState
from flows import transfer_authorizations, transfers
from flows.running import Running
from gateways.wechat.settings import MINIPROGRAM
from gateways.wechat.simulator import Simulator
from models import Incident, Transfer, TransferAuthorization, database, transaction
from services import transfer_authorizations as permissions
from services import transfers as requests
from tests.support.clock import SteppingClock

KIND = "test"
FULL_FEN = 10_000_000
_serial = itertools.count(1)


@dataclass
class Desk:
    """Whoever asks for transfers, and hears of their ends."""

    app: Flask
    parts: Running
    clock: SteppingClock
    ends: list[tuple[str, TransferState]] = field(default_factory=list)

    @property
    def sandbox(self) -> Simulator:
        """The simulated WeChat."""
        assert self.parts.sandbox is not None
        return self.parts.sandbox

    @property
    def appid(self) -> str:
        """The mini program's."""
        return self.parts.wechat.settings.apps[MINIPROGRAM].appid

    def payee(self, name: str) -> str:
        """The openid of somebody who is in the mini program."""
        return self.parts.wechat.login.code_to_session(MINIPROGRAM, f"demo:{name}").openid

    def request(self, **facts: Any) -> str:
        """Ask for a transfer of 9 yuan; its number."""
        number = facts.pop("out_bill_no", None) or f"T{next(_serial):010d}"
        wanted = {
            "appid": self.appid,
            "amount_fen": 900,
            "remark": "单株碳汇收入",
            "subject": f"{KIND}:{number}",
            "notify_url": self.parts.wechat.settings.notify_url("transfers"),
            **facts,
        }
        wanted["openid"] = facts.get("openid") or self.payee("zhang")
        with self.app.app_context(), transaction() as session:
            requests.request(session, out_bill_no=number, now=self.clock(), **wanted)
        return str(number)

    def permit(self, name: str = "zhang") -> str:
        """Ask somebody for the permission to be paid without confirming; its number."""
        number, openid = f"A{next(_serial):08d}", self.payee(name)
        with self.app.app_context(), transaction() as session:
            asked = permissions.request(
                session,
                out_authorization_no=number,
                appid=self.appid,
                openid=openid,
                user_display_name="张*",
                now=self.clock(),
            )
            return asked.out_authorization_no

    def work(self, parts: Running | None = None) -> int:
        """One turn of every job about transfers; how many things they took."""
        used = parts or self.parts
        with self.app.app_context():
            taken = transfer_authorizations.run_due(used)
            return taken + transfers.submit_due(used) + transfers.follow_due(used)

    def submit(self, parts: Running | None = None) -> int:
        """One turn of the job that sends."""
        with self.app.app_context():
            return transfers.submit_due(parts or self.parts)

    def deliver(self) -> None:
        """Bring the notices that are due."""
        self.sandbox.deliver_due()

    def of(self, number: str) -> Transfer:
        """A transfer as it stands."""
        with self.app.app_context():
            return database().scalars(sa.select(Transfer).where(Transfer.out_bill_no == number)).one()

    def state(self, number: str) -> str:
        """The state of a transfer."""
        return self.of(number).state.value

    def permission(self, number: str) -> TransferAuthorization:
        """A permission as it stands."""
        with self.app.app_context():
            found = sa.select(TransferAuthorization).where(
                TransferAuthorization.out_authorization_no == number
            )
            return database().scalars(found).one()

    def incidents(self) -> list[tuple[str, str]]:
        """The open incidents, by kind and subject."""
        with self.app.app_context():
            rows = database().scalars(
                sa.select(Incident).where(Incident.resolved_at.is_(None)).order_by(Incident.id)
            )
            return [(one.kind, one.subject) for one in rows]

    def paid_fen(self) -> int:
        """What has left the operating account, or is set aside there."""
        return FULL_FEN - self.sandbox.balance_fen("OPERATION")


@contextmanager
def desk_of(app: Flask, parts: Running, clock: SteppingClock) -> Iterator[Desk]:
    """A desk with a full account at a WeChat where nothing goes wrong yet."""
    desk = Desk(app, parts, clock)
    storage = desk.sandbox.world.storage
    # One memory for the whole run: what other tests left there is over.
    for statement in (
        "UPDATE notices SET due_at = NULL",
        "DELETE FROM transfers",
        "DELETE FROM authorizations",
    ):
        storage.write(statement)
    desk.sandbox.set_balance("OPERATION", FULL_FEN)

    def ended(_session: Session, transfer: Transfer, _now: object) -> None:
        desk.ends.append((transfer.out_bill_no, transfer.state))

    requests.WHEN_ENDED[KIND] = ended
    try:
        yield desk
    finally:
        del requests.WHEN_ENDED[KIND]
        desk.sandbox.configure("scenes", ["1000", "1009"])
        desk.sandbox.repair()
