"""Households bound to WeChat, as an officer's code and a second officer would leave them."""

import itertools
import os
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from domain.binding_codes import VALID_FOR
from domain.payouts import AccountState
from domain.roles import Role
from flows.running import EXTENSION, Running
from models import BindingCode, Household, HouseholdBinding, Officer, User, WeChatIdentity, transaction
from models.bindings import BindingCodeState
from models.sessions import Audience
from services import accounts
from services.sessions import open_session
from tests.support.buying import API, Buyer
from tests.support.clock import START
from tests.support.people import make_buyer_token, make_officer, make_user

_serial = itertools.count(1)


def make_binding(
    session: Session,
    household: Household,
    *,
    bound_by: tuple[User, WeChatIdentity] | None = None,
    issuer: Officer | None = None,
    confirmed: bool = False,
    **facts: Any,
) -> HouseholdBinding:
    """A household bound to a user at START, and `confirmed` at once by a second officer."""
    user, identity = bound_by or make_user(session, f"owner{next(_serial)}")
    issuer = issuer or make_officer(session, Role.REGISTRAR)
    account = accounts.propose_wechat(
        session,
        household.id,
        appid=identity.appid,
        openid=identity.openid,
        editor_id=issuer.id,
        now=START,
    )
    if confirmed:
        second = make_officer(session, Role.REGISTRAR)
        account.state, account.confirmer_id, account.started_at = AccountState.CONFIRMED, second.id, START
        session.flush()
    code = BindingCode(
        household_id=household.id,
        code_hash=os.urandom(32),
        beginning_hash=os.urandom(32),
        state=BindingCodeState.USED,
        tries=0,
        issuer_id=issuer.id,
        issued_at=START,
        expires_at=START + VALID_FOR,
        ended_at=START,
    )
    session.add(code)
    session.flush()
    row: dict[str, Any] = {
        "household_id": household.id,
        "user_id": user.id,
        "identity_id": identity.id,
        "code_id": code.id,
        "account_id": account.id,
        "bound_at": START,
        "ended_at": None,
        "ended_by": None,
        **facts,
    }
    binding = HouseholdBinding(**row)
    session.add(binding)
    session.flush()
    return binding


def make_bound_token(session: Session, household: Household) -> str:
    """A bearer token of a new user who is bound to a household."""
    user, identity = make_user(session, f"owner{next(_serial)}")
    make_binding(session, household, bound_by=(user, identity))
    return make_buyer_token(session, user, identity)


class Counter:
    """A registrar at the counter who issues codes, and what households make of them."""

    def __init__(self, app: Flask, public_id: str) -> None:
        self.app, self.public_id = app, public_id
        with app.app_context(), transaction() as session:
            self.officer_id = make_officer(session, Role.REGISTRAR).id

    @property
    def client(self) -> FlaskClient:
        """The registrar, just signed in."""
        parts: Running = self.app.extensions[EXTENSION]
        with self.app.app_context(), transaction() as session:
            token, _ = open_session(
                session,
                audience=Audience.OFFICER,
                now=parts.clock(),
                random=os.urandom,
                officer_id=self.officer_id,
            )
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    def second(self) -> "Counter":
        """Another registrar of the county, about the same household."""
        return Counter(self.app, self.public_id)

    def url(self, rest: str = "") -> str:
        """Where the household's binding is looked after."""
        return f"{API}/officer/households/{self.public_id}/binding{rest}"

    def code(self) -> str:
        """A fresh code of the household."""
        answer = self.client.post(self.url("-codes"))
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return str(answer.get_json()["code"])

    def bound(self, name: str = "wei") -> Buyer:
        """Somebody who has used a fresh code."""
        phone = Buyer(self.app, name)
        answer = phone.post("/household/bind", {"code": self.code()})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return phone
