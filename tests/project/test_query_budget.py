"""A list asks the database as often for many rows as for few.

All are read in one world, which nobody changes.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from blueprints.limits import limiter
from domain.people import ProposalKind
from domain.roles import Role
from domain.sheet_problems import SheetKind
from flows.running import EXTENSION
from models import Credit, MonthClose, transaction
from models.base import db
from services import imports, incidents, proposals
from services.account_changes import Hands
from tests.project.test_routes import _rules
from tests.support.accounts import make_account, make_proposed_account
from tests.support.approvals import make_year_review
from tests.support.asking import asked_of
from tests.support.auditing import make_period_export, write_entries
from tests.support.binding import make_bound_token
from tests.support.buying import API, Buyer, make_shop
from tests.support.clock import START
from tests.support.paying import make_paid, make_released
from tests.support.sales import make_sale
from tests.support.world import (
    VILLAGE,
    YEAR,
    make_context,
    make_household,
    make_officer,
    make_officer_token,
    make_units,
    make_verification,
)

#: Statements one page may take, who is asking and the transaction's begin and end not counted among them.
BUDGET = 8
LISTS = {
    "/trees": "anybody",
    "/certificates": "buyer",
    "/household/payouts": "household",
    "/household/trees": "household",
    "/orders": "buyer",
    "/officer/accounts": "officer",
    "/officer/audit": "officer",
    "/officer/households": "officer",
    "/officer/imports": "officer",
    "/officer/incidents": "officer",
    "/officer/income?group_by=household": "officer",
    "/officer/income?group_by=month&from=2026-01-01&to=2026-12-31": "officer",
    "/officer/months": "officer",
    "/officer/payout-batches": "officer",
    "/officer/payouts/ageing?min_days=0": "officer",
    "/officer/people": "officer",
    "/officer/proposals": "officer",
    "/officer/period-exports": "officer",
    "/officer/verifications": "officer",
    "/officer/year-reviews": "officer",
}
#: Lists whose length does not grow with use: what waits for an officer names ten of a kind at most.
FIXED = {
    "/factors",
    "/officer/poverty-lines",
    "/officer/waiting",
    "/programme",
    "/regions",
    "/species",
    "/stats",
}
#: What is no list.
ONE_OF = (
    "<", ".csv", ".pdf", ".xlsx", "/session", "/me", "/wechat/", "/household/income", "/household/permission",
    "openapi.json",
)  # fmt: skip


class World:
    """Lists with many rows on them, and the sign-ins to read them."""

    def __init__(self, app: Flask) -> None:
        self.app, self.client = app, app.test_client()
        make_shop(app, [2] * 12)
        lin = Buyer(app, "lin")
        for _ in range(8):
            lin.buy(count=1)
        lin.buy(count=1, purpose="gift")
        with app.app_context(), transaction() as session:
            for year in range(YEAR - 4, YEAR):
                make_verification(session, VILLAGE, year)
            for order in range(6):
                incidents.open_incident(session, kind="paid_late", subject=f"order:{order}", now=START)
            for sheet in range(6):
                imports.begin(
                    session,
                    kind=SheetKind.TREES,
                    file_name="trees.csv",
                    sha256=f"{sheet:064d}",
                    now=START,
                    scope=VILLAGE,
                )
            for _ in range(4):
                propose_something(session)
            officer = make_officer(session, list(Role))
            for year in range(YEAR - 4, YEAR):
                session.add(make_year_review(VILLAGE, year, officer.id))
            session.add_all(_closed(month) for month in range(4, 8))
            session.execute(sa.update(Credit).values(matures_at=START))
            token = make_officer_token(session, officer)
            for _ in range(6):
                make_period_export(session, officer)
            for _ in range(4):
                make_proposed_account(session, make_household(session))
            write_entries(session, 6, actor=f"officer:{officer.id}")
            owner = make_household(session)
            account = make_account(session, owner)
            for unit in make_units(session, owner, 4):
                make_sale(session, app.extensions[EXTENSION], [unit])
                make_paid(session, make_released(session, owner, account))
            bound = make_bound_token(session, owner)
        self.headers = {
            "anybody": {},
            "buyer": lin.headers,
            "household": {"Authorization": f"Bearer {bound}"},
            "officer": {"Authorization": f"Bearer {token}"},
        }


def _closed(month: int) -> MonthClose:
    """A month of YEAR that was closed, whatever stood in it."""
    return MonthClose(
        month=f"{YEAR}-{month:02d}",
        statement="{}",
        sha256=bytes(32),
        next_posting_id=1,
        audit_position=0,
        audit_seal=bytes(32),
        closed_at=START,
    )


@pytest.fixture(scope="module")
def made(afresh: Callable[[], Flask]) -> World:
    return World(afresh())


@pytest.fixture
def world(made: World) -> World:
    """The world, nobody in it counted by the rate limits yet."""
    limiter.reset()
    return made


@contextmanager
def _counted(app: Flask) -> Iterator[list[str]]:
    """Statements sent while the block lasts."""
    with app.app_context():
        engine = db.engine
    with asked_of(engine) as sent:
        yield sent


def propose_something(session: Session) -> None:
    """An officer for whom a change waits for a second administrator."""
    officer = make_officer(session, [Role.SURVEYOR, Role.REGISTRAR])
    first = Hands(make_context(session, Role.ADMINISTRATOR), START, os.urandom)
    proposals.propose(session, ProposalKind.ROLES, officer, {"roles": ["maker"]}, first)


def _page(client: FlaskClient, path: str, limit: int, headers: dict[str, str]) -> int:
    join = "&" if "?" in path else "?"
    answer = client.get(f"{API}{path}{join}limit={limit}", headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return len(answer.get_json()["items"])


def test_every_list_has_its_budget(world: World) -> None:
    paths = {
        rule.rule.removeprefix(API)
        for method, rule in _rules(world.app).values()
        if method == "GET"
        and rule.rule.startswith(f"{API}/")
        and not any(part in rule.rule for part in ONE_OF)
    }
    assert paths == {path.partition("?")[0] for path in LISTS} | FIXED


@pytest.mark.parametrize("path", LISTS)
def test_a_longer_page_takes_no_more_statements(world: World, path: str) -> None:
    headers = world.headers[LISTS[path]]
    _page(world.client, path, 1, headers)
    with _counted(world.app) as few:
        short = _page(world.client, path, 2, headers)
    with _counted(world.app) as many:
        long = _page(world.client, path, 100, headers)
    assert long > short
    assert len(many) == len(few)
    assert len(many) <= BUDGET


@pytest.mark.parametrize("path", sorted(FIXED))
def test_a_fixed_list_takes_few_statements(world: World, path: str) -> None:
    headers = world.headers["officer" if path.startswith("/officer/") else "anybody"]
    with _counted(world.app) as sent:
        assert world.client.get(f"{API}{path}", headers=headers).status_code == 200
    assert len(sent) <= BUDGET


def test_a_households_postings_are_read_in_few_statements(world: World) -> None:
    headers = world.headers["officer"]
    [seller] = world.client.get(
        f"{API}/officer/households?sort=-trees_sold&limit=1", headers=headers
    ).get_json()["items"]
    path = f"/officer/households/{seller['public_id']}/postings"
    with _counted(world.app) as sent:
        assert _page(world.client, path, 100, headers) > 0
    assert len(sent) <= BUDGET


def test_the_whole_county_is_one_page_of_statements(world: World) -> None:
    headers = world.headers["officer"]
    with _counted(world.app) as sent:
        answer = world.client.get(
            f"{API}/officer/income.csv?group_by=household&region={VILLAGE}", headers=headers
        )
    assert answer.status_code == 200
    assert answer.get_data(as_text=True).count("\n") > 10
    assert len(sent) <= BUDGET
