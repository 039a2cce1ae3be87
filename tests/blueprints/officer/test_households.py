"""Officers' calls about households over HTTP: role, region, masking, pages and refusals."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from blueprints.pages_of import write_cursor
from domain.permissions import CALLS
from domain.roles import Role
from flows.running import Running
from models import AuditEntry, Household, Tree
from models.base import database, db, transaction
from models.types import vault
from services import reveals
from tests.support.accounts import make_account
from tests.support.keeping import Kept
from tests.support.sales import make_payout, make_sale
from tests.support.world import (
    OTHER_VILLAGE,
    VILLAGE,
    make_buyer_token,
    make_household,
    make_region,
    make_units,
    make_user,
)

Client = Callable[..., FlaskClient]
URL = "/api/v1/officer/households"
NAME, IDENTITY, PHONE, ACCOUNT = "韦小三", "522326197001011234", "13812341234", "6217990000000000311"
NEIGHBOUR = "522327"


class World:
    """Two villages, one household each; the first has sold two of its three trees."""

    def __init__(self, app: Flask, parts: Running) -> None:
        with app.app_context(), transaction() as session:
            first = make_household(
                session,
                head_name=NAME,
                identity=IDENTITY,
                identity_hash=vault().fingerprint(IDENTITY, "identity"),
                phone=PHONE,
            )
            make_account(session, first, ACCOUNT)
            units = make_units(session, first, 3)
            make_sale(session, parts, units[:2])
            other = make_household(session, OTHER_VILLAGE)
            self.first, self.other = first.public_id, other.public_id
            self.number = first.number
            self.tree = session.get_one(Tree, units[0].tree_id).code

    def urls(self) -> dict[tuple[str, str], str]:
        """What the table lets be read of a household or its income, and the reveal, for the first household.

        What else is done about a household has tests of its own; the access matrix makes every call as every role.
        """
        return {
            (method, path): "/api/v1" + path.format(public_id=self.first, code=self.tree)
            for method, path in CALLS
            if ("household" in path or "income" in path or "trees" in path)
            and (method == "GET" or path.endswith("/reveal"))
            and not path.endswith(("/binding", "/loss"))
        }


@pytest.fixture
def world(kept: Kept, app: Flask, parts: Running) -> World:
    return kept(World, app, parts)


def call(client: FlaskClient, method: str, url: str, **more: Any) -> Any:
    if method == "POST":
        field = {} if "/trees/" in url else {"field": "name"}
        return client.post(url, json={"reason": "核对本人身份", **field}, **more)
    return client.open(url, method=method, **more)


def refused(answer: Any) -> tuple[int, str]:
    assert set(answer.json) <= {"code", "message", "fields", "request_id"}
    return answer.status_code, answer.json["code"]


def entries(app: Flask, action: str) -> list[AuditEntry]:
    with app.app_context():
        return list(database().scalars(sa.select(AuditEntry).where(AuditEntry.action == action)))


def test_a_list_is_masked_and_says_what_was_earned(signed_in: Client, world: World) -> None:
    answer = signed_in().get(URL).json or {}
    assert answer["next_cursor"] is None
    first, other = answer["items"]
    assert first == {
        "public_id": world.first,
        "number": world.number,
        "region": {"code": VILLAGE, "name": "打狼村村民委员会", "path": "望谟县石屯镇打狼村"},
        "name": "韦*三",
        "identity": "522***********1234",
        "phone": "138****1234",
        "bank": "望谟县农村信用合作联社",
        "account": "6217***********0311",
        "people": 4,
        "trees": 3,
        "trees_sold": 2,
        "sink_g": 20_000,
        "earned_fen": 600,
        "in_transit_fen": 0,
        "paid_fen": 0,
        "balance_fen": 600,
    }
    assert (other["public_id"], other["trees"], other["earned_fen"]) == (world.other, 0, 0)


def test_no_call_but_a_reveal_shows_a_plain_value(signed_in: Client, world: World) -> None:
    client = signed_in()
    for (method, path), url in world.urls().items():
        if method == "POST":
            continue
        answer = client.get(url)
        assert answer.status_code == 200, path
        body = answer.get_data()
        for value in (NAME, IDENTITY, PHONE, ACCOUNT, "其他低收入林户", "106.055738"):
            assert value.encode() not in body, (path, value)


def test_signed_out_nothing_is_shown(app: Flask, client: FlaskClient, world: World) -> None:
    for (method, _), url in world.urls().items():
        assert refused(call(client, method, url)) == (401, "signed_out")


def test_a_buyers_token_shows_nothing(app: Flask, client: FlaskClient, world: World) -> None:
    with app.app_context(), transaction() as session:
        token = make_buyer_token(session, *make_user(session))
    for (method, _), url in world.urls().items():
        answer = call(client, method, url, headers={"Authorization": f"Bearer {token}"})
        assert refused(answer) == (401, "signed_out")


def test_each_role_may_call_what_the_table_says_and_no_more(signed_in: Client, world: World) -> None:
    for role in Role:
        client = signed_in(role)
        for (method, path), url in world.urls().items():
            expected = 200 if role in CALLS[method, path] else 403
            assert call(client, method, url).status_code == expected, (role, method, path)


@pytest.mark.parametrize("region", [NEIGHBOUR, OTHER_VILLAGE])
def test_what_lies_outside_the_region_is_not_found(
    app: Flask, signed_in: Client, world: World, region: str
) -> None:
    with app.app_context(), transaction() as session:
        make_region(session, NEIGHBOUR, name="册亨县", level="county")
    client = signed_in(Role.REGISTRAR, region)
    for (method, path), url in world.urls().items():
        if "{" in path:
            assert call(client, method, url).status_code == 404, path
        else:
            assert refused(client.get(url, query_string={"region": VILLAGE})) == (404, "not_found")


def test_a_wider_region_than_ones_own_is_not_found(signed_in: Client, world: World) -> None:
    client = signed_in()
    for url in (URL, "/api/v1/officer/income", "/api/v1/officer/income.csv", "/api/v1/officer/income.xlsx"):
        for region in ("52", "5223", NEIGHBOUR):
            assert refused(client.get(url, query_string={"region": region})) == (404, "not_found")


def test_an_officer_of_one_village_sees_that_village_only(signed_in: Client, world: World) -> None:
    items = (signed_in(Role.REGISTRAR, OTHER_VILLAGE).get(URL).json or {})["items"]
    assert [row["public_id"] for row in items] == [world.other]
    narrowed = (signed_in().get(URL, query_string={"region": VILLAGE}).json or {})["items"]
    assert [row["public_id"] for row in narrowed] == [world.first]


@pytest.mark.parametrize(("words", "kind"), [(NAME, "name"), (IDENTITY, "identity"), (VILLAGE, "number")])
def test_a_search_finds_and_is_audited_without_its_words(
    app: Flask, signed_in: Client, world: World, words: str, kind: str
) -> None:
    answer = signed_in().get(URL, query_string={"q": words})
    assert [row["public_id"] for row in (answer.json or {})["items"]] == [world.first]
    [entry] = entries(app, "household_looked_up")
    assert entry.facts == {"by": kind, "found": [world.first]}
    assert entry.address == "127.0.0.1"


def test_a_list_without_words_is_not_a_look_up(app: Flask, signed_in: Client, world: World) -> None:
    signed_in().get(URL)
    assert entries(app, "household_looked_up") == []


def test_a_search_that_finds_nobody_is_audited_too(app: Flask, signed_in: Client, world: World) -> None:
    assert (signed_in().get(URL, query_string={"q": "韦"}).json or {})["items"] == []
    assert entries(app, "household_looked_up")[0].facts == {"by": "number", "found": []}


def test_pages_follow_one_another_in_every_order(signed_in: Client, world: World) -> None:
    client = signed_in()
    for sort, sign in itertools.product(("number", "earned", "balance", "paid", "trees_sold"), ("", "-")):
        query = {"limit": "1", "sort": sign + sort}
        first = client.get(URL, query_string=query).json or {}
        second = client.get(URL, query_string={**query, "cursor": first["next_cursor"]}).json or {}
        found = [row["public_id"] for row in (*first["items"], *second["items"])]
        assert sorted(found) == sorted([world.first, world.other])
        assert second["next_cursor"] is None
        if sort in ("earned", "balance"):
            assert (found[0] == world.first) is (sign == "-")


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "x"},
        {"region": "5"},
        {"region": "52232６"},
        {"region": "522326 "},
        {"region": "' OR 1=1"},
        {"sort": "identity"},
        {"sort": "--earned"},
        {"q": "x" * 51},
        {"q": ""},
        {"q": "  "},
        {"never_paid": "maybe"},
        {"cursor": "x"},
        {"cursor": write_cursor(["-earned", 1, 1])},
        {"cursor": write_cursor(["number", 1, 1])},
        {"cursor": write_cursor(["number", "a\x00", 1])},
        {"cursor": write_cursor(["number", "a", 2**63])},
        {"cursor": write_cursor(["number", "a"])},
    ],
)
def test_a_malformed_list_is_refused(signed_in: Client, world: World, query: dict[str, str]) -> None:
    assert signed_in().get(URL, query_string=query).status_code == 422


def test_a_character_no_database_keeps_is_refused(signed_in: Client, world: World) -> None:
    client = signed_in()
    assert client.get(URL, query_string={"q": "a\x00b"}).status_code == 400
    assert client.get(f"{URL}/%00").status_code == 404


def test_never_paid_leaves_out_who_was_paid(app: Flask, signed_in: Client, world: World) -> None:
    client, query = signed_in(), {"never_paid": "true"}
    before = client.get(URL, query_string=query).json or {}
    with app.app_context(), transaction() as session:
        first = session.scalars(sa.select(Household).where(Household.public_id == world.first)).one()
        make_payout(session, first.id, 1, confirmed=True)
    after = client.get(URL, query_string=query).json or {}
    assert [row["public_id"] for row in before["items"]] == [world.first, world.other]
    assert [row["public_id"] for row in after["items"]] == [world.other]


def test_one_household_is_shown_masked_with_its_papers(signed_in: Client, world: World) -> None:
    shown = signed_in().get(f"{URL}/{world.first}").json or {}
    assert (shown["name"], shown["contract_to"], shown["registered_at"]) == (
        "韦*三",
        "2030-12-31",
        "2026-09-01T02:00:00Z",
    )


@pytest.mark.parametrize("public_id", ["nobody", "%E9%9F%A6", "a%20b", "x" * 300])
def test_no_such_household(signed_in: Client, world: World, public_id: str) -> None:
    client = signed_in()
    for tail in ("", "/income", "/income.csv", "/income.pdf"):
        assert refused(client.get(f"{URL}/{public_id}{tail}")) == (404, "household_not_found")
    assert refused(client.get(f"/api/v1/officer/trees/{public_id}")) == (404, "tree_not_found")


def test_a_reveal_shows_one_field_and_is_audited_with_its_reason(
    app: Flask, signed_in: Client, world: World
) -> None:
    answer = signed_in().post(
        f"{URL}/{world.first}/reveal", json={"field": "identity", "reason": "核对本人身份"}
    )
    assert answer.json == {"public_id": world.first, "field": "identity", "value": IDENTITY}
    assert answer.headers["Cache-Control"] == "no-store"
    [entry] = entries(app, "household_revealed")
    assert entry.facts == {"field": "identity", "reason": "核对本人身份"}
    assert entry.subject == f"household:{world.first}"


def test_a_trees_exact_place_is_shown_for_a_reason_and_audited(
    app: Flask, signed_in: Client, world: World
) -> None:
    path = f"/api/v1/officer/trees/{world.tree}/reveal"
    answer = signed_in().post(path, json={"reason": "现场复核树木"})
    assert answer.json == {
        "code": world.tree,
        "longitude": "106.055738",
        "latitude": "25.320096",
        "datum": "WGS-84",
    }
    [entry] = entries(app, "position_revealed")
    assert (entry.subject, entry.facts) == (
        f"tree:{world.tree}",
        {"field": "position", "reason": "现场复核树木"},
    )
    assert signed_in(Role.SURVEYOR).post(path, json={"reason": "现场复核树木"}).status_code == 403


def test_one_officer_has_so_many_looks_a_day(
    app: Flask, signed_in: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reveals, "MOST_A_DAY", 2)
    client, reason = signed_in(), {"reason": "核对本人身份"}
    look = {"field": "phone", **reason}
    assert client.post(f"{URL}/{world.first}/reveal", json=look).status_code == 200
    assert client.post(f"/api/v1/officer/trees/{world.tree}/reveal", json=reason).status_code == 200
    assert refused(client.post(f"{URL}/{world.first}/reveal", json=look)) == (429, "too_many_reveals")
    # Another officer is not held up.
    assert signed_in().post(f"{URL}/{world.first}/reveal", json=look).status_code == 200
    assert len(entries(app, "household_revealed")) == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"field": "identity"},
        {"field": "identity", "reason": ""},
        {"field": "identity", "reason": "核 "},
        {"field": "identity", "reason": "x" * 201},
        {"field": "identity", "reason": "核对\n身份"},
        {"field": "password", "reason": "核对本人身份"},
        {"field": ["identity"], "reason": "核对本人身份"},
        {"field": "identity", "reason": f"核对 {IDENTITY}"},
        {"field": "identity", "reason": "核对 138 1234 1234"},
        {"field": "identity", "reason": "核对本人身份", "all": True},
    ],
)
def test_a_reveal_without_a_field_and_a_reason_shows_nothing(
    app: Flask, signed_in: Client, world: World, body: dict[str, Any]
) -> None:
    answer = signed_in().post(f"{URL}/{world.first}/reveal", json=body)
    assert refused(answer) == (422, "invalid_fields")
    assert entries(app, "household_revealed") == []


def test_a_tree_is_shown_with_its_tag_and_household(signed_in: Client, world: World) -> None:
    shown = signed_in(Role.SURVEYOR).get(f"/api/v1/officer/trees/{world.tree}").json or {}
    assert shown["household"] == {"public_id": world.first, "name": "韦*三"}
    assert shown["tag"].startswith(world.number)
    assert shown["position"] == {"longitude": 106.056, "latitude": 25.32, "datum": "WGS-84"}
    assert shown["years"] == [{"year": 2026, "status": "sold", "price_fen": 300, "sink_g": 10_000}]
    assert shown["measurements"][0]["dbh_mm"] == 65
    assert shown["species"]["code"] == "SM"


@pytest.mark.parametrize(("sort", "statements"), [("number", 3), ("-earned", 4)])
def test_a_list_costs_few_statements_however_long(
    app: Flask, signed_in: Client, world: World, sort: str, statements: int
) -> None:
    client = signed_in()
    with app.app_context():
        engine = db.engine
    asked: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    client.get(URL, query_string={"sort": sort})
    # Who asks, which households, what they earned; for an order by money, how far the sums reach before that.
    assert len([statement for statement in asked if statement.lstrip().startswith("SELECT")]) == statements


def test_a_households_trees_come_by_tag_with_what_became_of_each(
    app: Flask, signed_in: Client, world: World
) -> None:
    with app.app_context(), transaction() as session:
        make_region(session, NEIGHBOUR, name="册亨县", level="county")
    url = f"{URL}/{world.first}/trees"
    whole: Any = signed_in().get(url)
    trees = whole.json["items"]
    assert [tree["tag"] for tree in trees] == sorted(tree["tag"] for tree in trees)
    assert sorted(one["status"] for tree in trees for one in tree["years"]) == ["free", "sold", "sold"]
    first: Any = signed_in().get(url, query_string={"limit": 2})
    rest: Any = signed_in().get(url, query_string={"limit": 2, "cursor": first.json["next_cursor"]})
    assert first.json["items"] + rest.json["items"] == trees
    assert rest.json["next_cursor"] is None
    assert refused(signed_in(region=NEIGHBOUR).get(url)) == (404, "household_not_found")
