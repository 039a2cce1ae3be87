"""Buying as a phone does it, over HTTP, and what an auditor finds on the rows afterwards."""

import itertools
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain.codes import public_code
from domain.orders import OrderState
from flows.running import EXTENSION, Running
from models import Base, Certificate, Lane, Order, Payment, Tree, Unit, database, transaction
from models.certificates import CertificateState
from models.payments import PaymentState
from models.units import UnitState
from services import ledger
from tests.support.world import VILLAGE, make_household, make_programme, make_trees, make_units

API = "/api/v1"
HOLDER = "林小满"

_key = itertools.count(1)


@dataclass
class Shop:
    """What a test has on sale: households by place, and the codes of each one's trees."""

    households: list[int]
    codes: dict[int, list[str]]

    def code(self, place: int = 0, tree: int = 0) -> str:
        """The code of one tree of the household at a place."""
        return self.codes[self.households[place]][tree]


def make_shop(
    app: Flask,
    trees: Sequence[int] = (3,),
    *,
    village: str = VILLAGE,
    sink_g: int = 10_000,
    **tree_facts: Any,
) -> Shop:
    """Households of a village with so many free trees each, committed; tree codes as a client may send them."""
    with app.app_context(), transaction() as session:
        make_programme(session)
        shop = Shop([], {})
        for number in trees:
            household = make_household(session, village)
            made = make_trees(session, household, number, **tree_facts)
            for tree in made:
                tree.code = public_code(os.urandom)
            make_units(session, household, number, trees=made, sink_g=sink_g)
            shop.households.append(household.id)
            shop.codes[household.id] = [tree.code for tree in made]
    return shop


class Buyer:
    """Somebody with a phone, signed in by the simulator's code."""

    def __init__(self, app: Flask, name: str = "lin", channel: str = "miniprogram") -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        answer = self.client.post(f"{API}/session", json={"code": f"demo:{name}", "channel": channel})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        self.id: int = answer.get_json()["user"]["id"]
        self.headers = {"Authorization": f"Bearer {answer.get_json()['token']}"}

    @property
    def parts(self) -> Running:
        """The parts of the application this buyer talks to."""
        parts: Running = self.app.extensions[EXTENSION]
        return parts

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET under the API, signed in."""
        return self.client.get(f"{API}{path}", headers=self.headers, **options)

    def post(self, path: str, json: Any = None, key: str | None = None) -> TestResponse:
        """POST under the API, signed in."""
        headers = self.headers if key is None else {**self.headers, "Idempotency-Key": key}
        return self.client.post(f"{API}{path}", headers=headers, json=json)

    def quote(self, **selection: Any) -> TestResponse:
        """Ask for a price."""
        return self.post("/quotes", selection)

    def ask(self, key: str | None = None, **order: Any) -> TestResponse:
        """Ask for an order, by a fresh key unless one is given; personal and for HOLDER unless said otherwise."""
        body = {"purpose": "personal", "holder_name": HOLDER, **order}
        return self.post("/orders", body, key or f"key-{next(_key)}")

    def order(self, **order: Any) -> str:
        """Place an order that is accepted; its number."""
        answer = self.ask(**order)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return str(answer.get_json()["number"])

    def prepare(self, number: str) -> str:
        """Ask for the payment of an order; the package the cashier takes."""
        answer = self.post(f"/orders/{number}/payment")
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return str(answer.get_json()["package"])

    def pay(self, number: str, total_fen: int | None = None) -> None:
        """Pay an order at WeChat, whose notice reaches our hook."""
        assert self.parts.sandbox is not None
        self.parts.sandbox.pay(self.prepare(number), total_fen=total_fen)

    def buy(self, **order: Any) -> str:
        """Place an order and pay it; its number."""
        number = self.order(**order)
        self.pay(number)
        assert self.shown(number)["status"] == "paid"
        return number

    def shown(self, number: str) -> dict[str, Any]:
        """An order as its buyer sees it."""
        answer = self.get(f"/orders/{number}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        shown: dict[str, Any] = answer.get_json()
        return shown


def faults_found(app: Flask) -> list[str]:
    """Everything an auditor would object to, on all rows; an empty list is the proof."""
    with app.app_context():
        session = database()
        found = [f"{one.rule}: {one.subject}: {one.detail}" for one in ledger.verify(session)]
        return found + _units_against_orders(session) + _lanes_against_units(session) + _payments(session)


def _units_against_orders(session: Session) -> list[str]:
    holding = (OrderState.PENDING, OrderState.PAID)
    stray = session.execute(
        sa.select(Unit.id, Order.state)
        .join(Order, Order.id == Unit.order_id)
        .where(Order.state.not_in(holding))
    )
    found = [f"unit {unit} is held by an order that is {state.value}" for unit, state in stray]
    counted = sa.func.count(Unit.id)
    short = session.execute(
        sa.select(Order.number, Order.count, counted)
        .outerjoin(Unit, Unit.order_id == Order.id)
        .where(Order.state.in_(holding))
        .group_by(Order.id)
        .having(counted != Order.count)
    )
    found += [f"order {number} of {count} trees has {held}" for number, count, held in short]
    certified = session.execute(
        sa.select(Order.number, Order.state)
        .join(Certificate, Certificate.order_id == Order.id)
        .where(Order.state != OrderState.PAID, Certificate.state != CertificateState.REVOKED)
    )
    return found + [f"order {number} is {state.value} and has a certificate" for number, state in certified]


def _lanes_against_units(session: Session) -> list[str]:
    free = sa.func.coalesce(sa.func.sum(sa.case((Unit.state == UnitState.FREE, 1), else_=0)), 0)
    income = sa.func.coalesce(
        sa.func.sum(sa.case((Unit.state == UnitState.TAKEN, Unit.price_fen), else_=0)), 0
    )
    rows = session.execute(
        sa.select(Lane.household_id, Lane.free, Lane.income_fen, free, income)
        .outerjoin(Unit, sa.and_(Unit.household_id == Lane.household_id, Unit.year == Lane.year))
        .group_by(Lane.id)
    )
    return [
        f"the lane of household {household} says {lane_free} free and {lane_fen} fen, its units {free} and {fen}"
        for household, lane_free, lane_fen, free, fen in rows
        if (lane_free, lane_fen) != (free, fen)
    ]


def _payments(session: Session) -> list[str]:
    lost = session.execute(
        sa.select(Order.number, Order.state)
        .join(Payment, Payment.order_id == Order.id)
        .where(Payment.state == PaymentState.PAID, Order.state.in_((OrderState.PENDING, OrderState.CLOSED)))
    )
    return [f"order {number} received money and is {state.value}" for number, state in lost]


def sold_twice(app: Flask) -> list[int]:
    """Trees that more than one unrevoked certificate claims for one year."""
    with app.app_context():
        rows = database().execute(
            sa.select(Unit.tree_id)
            .join(Certificate, Certificate.order_id == Unit.order_id)
            .where(Certificate.state != CertificateState.REVOKED)
            .group_by(Unit.tree_id, Unit.year)
            .having(sa.func.count() > 1)
        )
        return [tree for (tree,) in rows]


def units_of(app: Flask, number: str) -> dict[int, int]:
    """How many trees of each household an order holds."""
    with app.app_context():
        rows = database().execute(
            sa.select(Unit.household_id, sa.func.count())
            .join(Order, Order.id == Unit.order_id)
            .where(Order.number == number)
            .group_by(Unit.household_id)
        )
        return {row[0]: row[1] for row in rows}


def codes_of(app: Flask, number: str) -> list[str]:
    """The codes of the trees an order holds."""
    with app.app_context():
        return list(
            database().scalars(
                sa.select(Tree.code)
                .join(Unit, Unit.tree_id == Tree.id)
                .join(Order, Order.id == Unit.order_id)
                .where(Order.number == number)
                .order_by(Tree.code)
            )
        )


def row_counts(app: Flask) -> dict[str, int]:
    """How many rows every table has."""
    with app.app_context():
        return {row[0]: row[1] for row in database().execute(_row_counts())}


@cache
def _row_counts() -> sa.CompoundSelect[Any]:
    return sa.union_all(
        *(
            sa.select(sa.literal(table.name), sa.select(sa.func.count()).select_from(table).scalar_subquery())
            for table in Base.metadata.sorted_tables
        )
    )


@contextmanager
def nothing_written(app: Flask) -> Iterator[None]:
    """Fail unless every table has as many rows after the block as before it."""
    before = row_counts(app)
    yield
    assert row_counts(app) == before
