"""`flask data-keys`: personal data is sealed anew, and an old key can then go."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from domain.sealing import Vault
from models import Household, database, transaction
from models.types import use_vault, vault
from services import resealing
from tests.support.world import make_household, make_trees, make_units

NEW = b"n" * 32


@pytest.fixture(autouse=True)
def ring(app: Flask) -> Iterator[None]:
    """The key ring, put back after a test that changes it."""
    with app.app_context():
        before = vault()
    yield
    use_vault(before)


def grown() -> None:
    """Add a key to the ring, which seals from now on."""
    old = vault()
    use_vault(Vault({**old.keys, 9: NEW}, 9, old.index_key))


def shrunk() -> None:
    """Take every key but the newest out of the ring."""
    old = vault()
    use_vault(Vault({9: NEW}, 9, old.index_key))


def flask(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["data-keys", *words])


def registered(app: Flask, n: int = 3) -> list[str | None]:
    """Households with a tree each; the last has no phone."""
    with app.app_context(), transaction() as session:
        phones = [*(f"1990000{number:04d}" for number in range(n - 1)), None]
        for phone in phones:
            household = make_household(session, phone=phone)
            make_units(session, household, 1, trees=make_trees(session, household, 1))
    return phones


def phones_in(app: Flask) -> list[str | None]:
    with app.app_context():
        return list(database().scalars(sa.select(Household.phone).order_by(Household.id)))


def test_after_resealing_the_old_key_is_needed_by_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    phones = registered(app)
    monkeypatch.setattr(resealing, "CHUNK", 2)
    grown()
    done = flask(app, "reseal")
    assert done.exit_code == 0, done.output
    assert "households: 3 rows\n" in done.output
    assert "trees: 3 rows\n" in done.output
    assert "6 rows are sealed with key 9 now" in done.output
    shown = flask(app, "show")
    assert "key 1: opens, 0 values" in shown.output
    assert "no row needs key 1" in shown.output
    shrunk()
    assert phones_in(app) == phones


def test_resealing_twice_does_nothing_the_second_time(app: Flask) -> None:
    registered(app)
    grown()
    flask(app, "reseal")
    assert "0 rows are sealed with key 9 now" in flask(app, "reseal").output


def test_what_was_stopped_goes_on_where_it_was(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    phones = registered(app, 5)
    monkeypatch.setattr(resealing, "CHUNK", 2)
    grown()
    (table,) = (one for one in resealing.sealed_tables() if one.name == "households")
    with app.app_context(), transaction() as session:
        assert resealing.reseal(session, vault(), table, None).resealed == 2
    assert "households: 3 rows" in flask(app, "reseal").output
    shrunk()
    assert phones_in(app) == phones


def test_a_value_written_meanwhile_is_not_overwritten(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    registered(app, 2)
    grown()
    (table,) = (one for one in resealing.sealed_tables() if one.name == "households")
    change = resealing._change

    def after_somebody_else(session: object, *rest: object) -> int:
        database().execute(sa.update(Household).where(Household.id == 1).values(phone="13700000000"))
        return change(session, *rest)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(resealing, "_change", after_somebody_else)
    with app.app_context(), transaction() as session:
        assert resealing.reseal(session, vault(), table, None).resealed == 1
    assert phones_in(app) == ["13700000000", None]


def test_a_value_that_does_not_open_is_named_and_left_as_it_is(app: Flask) -> None:
    registered(app)
    with app.app_context(), transaction() as session:
        session.execute(
            sa.text("UPDATE households SET phone = :sealed WHERE id = 1"),
            {"sealed": bytes([1, 7]) + b"x" * 40},
        )
    grown()
    done = flask(app, "reseal")
    assert done.exit_code == 1
    assert "households (1,): does not open" in done.output
    shown = flask(app, "show")
    assert shown.exit_code == 1
    assert "key 7: NOT IN THE RING, 1 values" in shown.output


def test_every_sealed_column_is_found() -> None:
    found = {f"{table.name}.{name}" for table in resealing.sealed_tables() for name in table.columns}
    assert found >= {
        "households.head_name",
        "households.identity",
        "households.phone",
        "households.category",
        "household_accounts.account",
        "trees.position",
        "staged_households.identity",
        "upload_pieces.content",
        "gifts.code",
    }
