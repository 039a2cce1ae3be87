"""A world that is kept: whoever asks for it again is given it as it was made, whatever became of it meanwhile."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import AuditEntry, Household, Posting
from models.base import database, transaction
from tests.support.buying import Buyer, make_shop
from tests.support.clock import SteppingClock
from tests.support.keeping import Kept
from tests.support.refunding import given_back
from tests.support.world import make_household


def make_buyer(app: Flask, clock: SteppingClock) -> tuple[Buyer, str]:
    """Somebody who bought a tree, and a minute later."""
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1)
    clock.advance(minutes=1)
    return lin, number


def make_head(session: Session, name: str) -> Household:
    """A household by the name of its head."""
    with transaction():
        return make_household(session, head_name=name)


def test_everything_is_brought_back_as_it_was(
    afresh: Callable[[], Flask], kept: Kept, clock: SteppingClock, app: Flask
) -> None:
    found = []
    for _ in range(3):
        lin, number = kept(make_buyer, app, clock)
        assert lin.app is app
        with app.app_context():
            counted = [
                database().scalar(sa.select(sa.func.count()).select_from(model))
                for model in (Household, Posting, AuditEntry)
            ]
        found.append((number, lin.shown(number)["status"], counted, clock()))
        # At WeChat too: the same money is given back each time.
        given_back(lin, number)
        clock.advance(days=1)
        afresh()
    assert found[1:] == found[:1] * 2
    assert found[0][1] == "paid"


def test_an_object_belongs_to_the_session_of_the_test(
    afresh: Callable[[], Flask], kept: Kept, session: Session
) -> None:
    for _ in range(2):
        head = kept(make_head, session, "韦大山")
        with transaction():
            head.people = 9
        session.expire_all()
        assert (head.head_name, session.scalar(sa.select(Household.people))) == ("韦大山", 9)
        session.close()
        afresh()
    assert kept(make_head, session, "岑小妹").head_name == "岑小妹"


def test_a_world_is_made_before_anything_else(kept: Kept, session: Session) -> None:
    make_head(session, "韦大山")
    with pytest.raises(AssertionError, match="first thing"):
        kept(make_head, session, "罗永")
