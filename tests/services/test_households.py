"""Households as officers see them: masked rows, keyset order, look-ups and reveals that are written down."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Forbidden, NotFound, TooMany
from domain.income import Earnings
from domain.lookups import read_look_up
from domain.permissions import HOUSEHOLD_READERS, REVEALERS, OfficerContext
from domain.roles import Role
from flows.running import Running
from models import AuditEntry, Household, Order, Tree, Unit
from models.base import transaction
from models.trees import TreeState
from models.types import vault
from models.units import UnitState
from services import households, reveals
from services.households import SORTS, Listed, ListWanted
from services.officer_trees import tree_in_scope
from tests.support.accounts import make_account, make_changed_account
from tests.support.asking import asked_of
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.sales import make_payout, make_sale
from tests.support.world import COUNTY, OTHER_VILLAGE, VILLAGE, make_household, make_order, make_units

IDENTITY, PHONE, ACCOUNT = "522326197001011234", "13812341234", "6217990000000000311"


def officer(*roles: Role, region: str = COUNTY) -> OfficerContext:
    return OfficerContext(1, "county", "县", frozenset(roles or {Role.REGISTRAR}), region, 1)


def make_known(session: Session, account: str = ACCOUNT, **facts: Any) -> Household:
    """A household whose name, identity number, phone and account are known to the test."""
    values = {
        "head_name": "韦小三",
        "identity": IDENTITY,
        "identity_hash": vault().fingerprint(facts.get("identity", IDENTITY), "identity"),
        "phone": PHONE,
        **facts,
    }
    household = make_household(session, **values)
    make_account(session, household, account)
    return household


def listed(session: Session, *roles: Role, limit: int = 100, **wanted: Any) -> list[Listed]:
    asked = ListWanted(**{"scope": COUNTY, **wanted})
    return households.listed(session, officer(*roles), asked, limit)


def ids(rows: list[Listed]) -> list[str]:
    return [row.shown["public_id"] for row in rows]


def test_a_row_is_masked(session: Session, parts: Running) -> None:
    with transaction():
        household = make_known(session, account="6217990000000001798")
        make_changed_account(session, household, ACCOUNT)
        units = make_units(session, household, 5)
        make_sale(session, parts, units[:3])
        make_payout(session, household.id, 1, confirmed=True)
    [row] = listed(session)
    shown = {name: value for name, value in row.shown.items() if name != "region"}
    assert shown == {
        "public_id": household.public_id,
        "number": household.number,
        "name": "韦*三",
        "identity": "522***********1234",
        "phone": "138****1234",
        "bank": "望谟县农村信用合作联社",
        "account": "6217***********0311",
        "people": 4,
        "trees": 5,
        "trees_sold": 3,
        "sink_g": 30_000,
        "earned_fen": 900,
        "in_transit_fen": 0,
        "paid_fen": 900,
        "balance_fen": 0,
    }
    assert row.shown["region"].path == "望谟县石屯镇打狼村"


@pytest.mark.parametrize(
    ("role", "sees_bank"),
    [
        (Role.SURVEYOR, False),
        (Role.VERIFIER, False),
        (Role.REGISTRAR, True),
        (Role.MAKER, True),
        (Role.AUDITOR, True),
    ],
)
def test_bank_data_is_for_those_who_pay_and_register(session: Session, role: Role, sees_bank: bool) -> None:
    with transaction():
        make_known(session)
    [row] = listed(session, role)
    assert (row.shown["account"] is not None, row.shown["bank"] is not None) == (sees_bank, sees_bank)
    assert row.shown["phone"] == "138****1234"


@pytest.mark.parametrize(
    ("role", "sees_income"),
    [(role, role not in (Role.SURVEYOR, Role.VERIFIER)) for role in sorted(HOUSEHOLD_READERS)],
)
def test_what_a_household_earned_is_for_those_who_read_income(
    session: Session, parts: Running, role: Role, sees_income: bool
) -> None:
    with transaction():
        make_sale(session, parts, make_units(session, make_known(session), 5)[:3])
    [row] = listed(session, role)
    found = households.detail(session, officer(role), row.shown["public_id"])
    for shown in (row.shown, found):
        told = {name: shown[name] for name in Earnings().as_dict()}
        assert (None not in told.values()) is sees_income
        assert (set(told.values()) == {None}) is not sees_income
        assert shown["trees"] == 5


@pytest.mark.parametrize(
    "wanted", [{"never_paid": True}, *({"sort": sign + name} for name in SORTS[1:] for sign in ("", "-"))]
)
def test_nobody_reads_income_out_of_the_order_of_a_list(session: Session, wanted: dict[str, Any]) -> None:
    with pytest.raises(Forbidden):
        listed(session, Role.SURVEYOR, **wanted)
    assert listed(session, Role.MAKER, **wanted) == []


def test_a_household_without_phone_account_or_sales_has_blanks_and_zeros(session: Session) -> None:
    with transaction():
        make_household(session, phone=None)
    [row] = listed(session)
    assert (row.shown["phone"], row.shown["account"], row.shown["bank"]) == (None, None, None)
    assert (row.shown["trees"], row.shown["earned_fen"], row.shown["balance_fen"]) == (0, 0, 0)


def test_felled_trees_are_not_counted(session: Session) -> None:
    with transaction():
        household = make_household(session)
        units = make_units(session, household, 3)
        session.get_one(Tree, units[0].tree_id).state = TreeState.FELLED
        session.flush()
    assert listed(session)[0].shown["trees"] == 2


@pytest.mark.parametrize(
    "words",
    ["韦小三", " 韦 小 三", IDENTITY, "５２２３２６１９７００１０１１２３４", "522326 1970 0101 1234"],
)
def test_a_household_is_found_by_its_exact_name_or_identity_number(session: Session, words: str) -> None:
    with transaction():
        known = make_known(session)
        make_household(session, head_name="韦小")
    assert ids(listed(session, look_up=read_look_up(words))) == [known.public_id]


@pytest.mark.parametrize(
    "words", ["韦小", "韦", "小三", "522326197001011235", "52232619700101123", "%", "_", "5%"]
)
def test_a_part_of_a_name_or_identity_number_finds_nobody(session: Session, words: str) -> None:
    with transaction():
        make_known(session)
    assert listed(session, look_up=read_look_up(words)) == []


def test_a_household_number_is_found_by_its_beginning(session: Session) -> None:
    with transaction():
        first = make_household(session, VILLAGE)
        make_household(session, OTHER_VILLAGE)
    for prefix in (first.number, VILLAGE, f" {VILLAGE}"):
        assert ids(listed(session, look_up=read_look_up(prefix))) == [first.public_id]


def test_a_look_up_stays_in_the_region(session: Session) -> None:
    with transaction():
        make_known(session)
    assert listed(session, scope=OTHER_VILLAGE, look_up=read_look_up("韦小三")) == []
    assert len(listed(session, scope=VILLAGE, look_up=read_look_up("韦小三"))) == 1


def test_a_look_up_is_written_down_without_the_words(session: Session) -> None:
    with transaction():
        known = make_known(session)
        wanted = ListWanted(scope=COUNTY, look_up=read_look_up(IDENTITY))
        rows = households.listed(session, officer(), wanted, 10)
        households.record_look_up(session, officer(), wanted, rows, now=START, address="192.0.2.1")
    [entry] = session.scalars(sa.select(AuditEntry))
    assert (entry.actor, entry.action, entry.subject) == ("officer:1", "household_looked_up", "region:522326")
    assert entry.facts == {"by": "identity", "found": [known.public_id]}


def make_market(session: Session, parts: Running) -> dict[str, list[str]]:
    """Six households with ties in every figure; their public ids in the ascending order of each sort."""
    rows: list[tuple[Household, int, bool]] = []
    with transaction():
        for trees, paid in ((2, False), (0, False), (3, True), (2, True), (0, False), (1, False)):
            household = make_household(session)
            if trees:
                make_sale(session, parts, make_units(session, household, trees))
            if paid:
                make_payout(session, household.id, household.id, confirmed=True)
            rows.append((household, trees, paid))

    def order(figure: Any) -> list[str]:
        return [row[0].public_id for row in sorted(rows, key=lambda row: (figure(row), row[0].id))]

    return {
        "number": order(lambda row: row[0].number),
        "trees_sold": order(lambda row: row[1]),
        "earned": order(lambda row: row[1]),
        "paid": order(lambda row: row[1] if row[2] else 0),
        "balance": order(lambda row: 0 if row[2] else row[1]),
    }


@pytest.fixture
def market(kept: Kept, session: Session, parts: Running) -> dict[str, list[str]]:
    return kept(make_market, session, parts)


def test_every_order_is_walked_page_by_page_without_gap_or_repeat(
    session: Session, market: dict[str, list[str]]
) -> None:
    assert set(market) == set(SORTS)
    for sort, ascending in market.items():
        for sign, wanted in (("", ascending), ("-", ascending[::-1])):
            for size in (1, 2, 4):
                walked, after = [], None
                while page := listed(session, sort=sign + sort, after=after, limit=size):
                    walked += ids(page)
                    after = page[-1].key
                assert walked == wanted, (sign + sort, size)


def test_a_page_is_not_moved_by_who_comes_or_goes_before_it(session: Session) -> None:
    with transaction():
        rows = [make_household(session, number=f"{VILLAGE}{n:04d}") for n in (2, 4, 6, 8)]
    first = listed(session, limit=2)
    with transaction():
        make_household(session, number=f"{VILLAGE}0001")
        session.delete(session.get_one(Household, rows[0].id))
        session.flush()
    assert ids(listed(session, limit=2, after=first[-1].key)) == [rows[2].public_id, rows[3].public_id]


@pytest.mark.usefixtures("market")
def test_who_was_never_paid_is_found(session: Session) -> None:
    never = listed(session, never_paid=True, sort="-earned")
    assert [row.shown["earned_fen"] for row in never] == [600, 300, 0, 0]
    assert all(row.shown["paid_fen"] == 0 for row in never)


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize(("sort", "statements"), [("number", 2), ("-balance", 3)])
def test_a_page_takes_few_statements_however_many_rows(session: Session, sort: str, statements: int) -> None:
    with asked_of(session.get_bind()) as asked:
        assert len(listed(session, sort=sort)) == 6
    # Which households, and what they earned; for an order by money, how far the sums reach before that.
    assert len([statement for statement in asked if statement.lstrip().startswith("SELECT")]) == statements


def test_a_household_is_shown_with_its_papers(session: Session) -> None:
    with transaction():
        household = make_known(session)
    shown = households.detail(session, officer(), household.public_id)
    assert shown["identity"] == "522***********1234"
    assert shown["forest_right"] == "望府林证字(2010)第00001号"
    assert str(shown["contract_to"]) == "2030-12-31"
    assert "category" not in shown


@pytest.mark.parametrize("region", ["522327", "522326108", OTHER_VILLAGE])
def test_a_foreign_household_does_not_exist(session: Session, region: str) -> None:
    with transaction():
        household = make_known(session)
    foreign = officer(region=region)
    with pytest.raises(NotFound, match="household_not_found"):
        households.detail(session, foreign, household.public_id)
    with pytest.raises(NotFound, match="household_not_found"):
        reveal(session, foreign, household, "name")
    assert session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 0


def reveal(session: Session, asking: OfficerContext, household: Household, field: str) -> str | None:
    return households.reveal(
        session, replace(asking, address="192.0.2.1"), household.public_id, field, "核对本人身份", now=START
    )


def test_a_days_looks_come_back_after_a_day(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reveals, "MOST_A_DAY", 1)
    household, asking = make_household(session), officer()
    reveal(session, asking, household, "phone")
    session.flush()
    with pytest.raises(TooMany, match="too_many_reveals"):
        reveal(session, asking, household, "phone")
    households.reveal(
        session, asking, household.public_id, "phone", "核对本人身份", now=START + timedelta(hours=24)
    )
    session.flush()
    assert session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "韦小三"),
        ("identity", IDENTITY),
        ("phone", PHONE),
        ("account", ACCOUNT),
        ("category", "其他低收入林户"),
    ],
)
def test_one_field_is_shown_in_full_and_written_down_with_the_reason(
    session: Session, field: str, value: str
) -> None:
    assert field in REVEALERS
    with transaction():
        household = make_known(session)
    with transaction():
        assert reveal(session, officer(), household, field) == value
    [entry] = session.scalars(sa.select(AuditEntry))
    assert (entry.actor, entry.action, entry.address) == ("officer:1", "household_revealed", "192.0.2.1")
    assert entry.subject == f"household:{household.public_id}"
    assert entry.facts == {"field": field, "reason": "核对本人身份"}


def test_a_field_that_is_not_registered_is_blank(session: Session) -> None:
    with transaction():
        household = make_household(session, phone=None)
        assert reveal(session, officer(), household, "phone") is None
        assert reveal(session, officer(), household, "account") is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REGISTRAR])
def test_other_roles_see_nothing_in_full(session: Session, role: Role) -> None:
    with transaction():
        household = make_known(session)
    with pytest.raises(Forbidden):
        reveal(session, officer(role), household, "name")


def tree_code(session: Session, unit: Unit) -> str:
    return session.get_one(Tree, unit.tree_id).code


def test_a_tree_is_shown_with_its_tag_household_and_years(session: Session, parts: Running) -> None:
    with transaction():
        household = make_known(session)
        units = make_units(session, household, 4)
        make_sale(session, parts, units[:1])
        make_order(session, units[1:2])
        units[2].state = UnitState.BUFFER
        session.flush()
    shown = [tree_in_scope(session, officer(), tree_code(session, unit)) for unit in units]
    assert [tree["years"][0]["status"] for tree in shown] == ["sold", "held", "buffer", "free"]
    first = shown[0]
    assert first["household"] == {"public_id": household.public_id, "name": "韦*三"}
    assert first["tag"].startswith(household.number)
    assert {name: str(value) for name, value in first["position"].items()} == {
        "longitude": "106.056",
        "latitude": "25.320",
        "datum": "WGS-84",
    }
    assert [(m.dbh_mm, m.height_cm) for m in first["measurements"]] == [(65, 600)]
    assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 2


@pytest.mark.parametrize("region", ["522327", OTHER_VILLAGE])
def test_a_foreign_tree_does_not_exist(session: Session, region: str) -> None:
    with transaction():
        [unit] = make_units(session, make_household(session), 1)
        code = tree_code(session, unit)
    with pytest.raises(NotFound, match="tree_not_found"):
        tree_in_scope(session, officer(region=region), code)
    with pytest.raises(NotFound, match="tree_not_found"):
        tree_in_scope(session, officer(), "t\x00")
