"""Whatever the public asks, no answer names a household: found by walking everything there is to read."""

import random
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.orders import OrderState
from models import Tree
from models.base import transaction
from tests.support.world import (
    OTHER_VILLAGE,
    VILLAGE,
    YEAR,
    make_household,
    make_order,
    make_trees,
    make_units,
)

API = "/api/v1"
CONSENT_DAY = date(YEAR, 3, 15)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = "璟珏昶翀翊翛翯耒耔耜耰聿肜舁"


@pytest.fixture(params=range(3))
def secrets(request: pytest.FixtureRequest, app: Flask) -> set[str]:
    """A made-up programme, another for every seed; gives what must never be read."""
    chance = random.Random(request.param)
    hidden: set[str] = set()
    with app.app_context(), transaction() as session:
        for n in range(12):
            name = SURNAMES[n] + "".join(chance.sample(GIVEN, 2))
            consents, public = chance.random() < 0.7, chance.random() < 0.5
            household = make_household(
                session,
                chance.choice((VILLAGE, OTHER_VILLAGE)),
                head_name=name,
                name_public=public,
                phone=f"1{chance.randrange(10**10):010d}",
                forest_right=f"望府林证字(2010)第{70000 + n}号",
                sale_consent_on=CONSENT_DAY if consents else None,
            )
            units = make_units(session, household, 4)
            make_order(session, units[:1])
            make_order(session, units[1:2], OrderState.PAID, holder_name=f"买家{n}先生", message=f"悄悄话{n}")
            trees = [session.get_one(Tree, unit.tree_id) for unit in units] + make_trees(
                session, household, 1
            )
            hidden |= {
                household.number,
                household.public_id,
                household.identity,
                household.forest_right,
                name,
            }
            hidden |= {household.phone or "", household.category, f"买家{n}先生", f"悄悄话{n}"}
            hidden |= {tree.tag for tree in trees} | {"106.055738", "25.320096"}
            hidden.add(trees[-1].code)
            if not consents:
                hidden |= {tree.code for tree in trees}
            # Each surname belongs to one household, so a masked name tells whose it would be.
            if not (consents and public):
                hidden.add(f"{name[0]}*")
    return hidden


def read(client: FlaskClient, path: str) -> Iterator[str]:
    """The text of a public answer and of everything it leads to."""
    answer = client.get(API + path)
    assert answer.status_code == 200, path
    yield answer.get_data(as_text=True)
    cursor = (answer.json or {}).get("next_cursor")
    if cursor:
        bare = path.split("&cursor=", maxsplit=1)[0]
        yield from read(client, f"{bare}&cursor={cursor}")
    if path.startswith("/trees?"):
        for item in (answer.json or {})["items"]:
            yield from read(client, f"/trees/{item['code']}")
    if path.startswith("/regions?"):
        for item in (answer.json or {})["items"]:
            yield from read(client, f"/regions?limit=50&parent={item['code']}")


@pytest.mark.one_engine("sqlite")
def test_no_public_answer_holds_what_only_officers_may_know(client: FlaskClient, secrets: set[str]) -> None:
    texts = [
        text
        for path in (
            "/regions?limit=50",
            "/species",
            "/programme",
            "/stats",
            "/factors",
            f"/trees?limit=7&year={YEAR}",
            "/trees?limit=100&available=true",
        )
        for text in read(client, path)
    ]
    assert len(texts) > 50
    found = {secret for secret in secrets for text in texts if secret in text}
    assert found == set()
