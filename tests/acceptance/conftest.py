"""An empty WeChat, a shop, and the proof of the book after every case."""

from collections.abc import Iterator

import pytest
from flask import Flask

from gateways.wechat.simulator import Simulator
from models import database
from services import ledger
from tests.support.between import begin_afresh
from tests.support.buying import Buyer, Shop, faults_found, make_shop, sold_twice
from tests.support.refunding import sandbox_of

PLENTY_FEN = 10_000_000


@pytest.fixture
def sandbox(app: Flask) -> Iterator[Simulator]:
    """A WeChat that has never heard of us, with money to pay from."""
    simulator = sandbox_of(app)
    begin_afresh(simulator, opening_fen={"BASIC": PLENTY_FEN, "OPERATION": PLENTY_FEN})
    yield simulator
    begin_afresh(simulator)


@pytest.fixture
def shop(app: Flask) -> Shop:
    """Two households with three trees each."""
    return make_shop(app, (3, 3))


@pytest.fixture
def lin(app: Flask, sandbox: Simulator, shop: Shop) -> Iterator[Buyer]:
    """Somebody who buys; no case is over before the book is proved and an auditor finds nothing."""
    yield Buyer(app)
    assert faults_found(app) == []
    assert sold_twice(app) == []
    with app.app_context():
        assert ledger.verify(database()) == []
