"""The reference tables: divisions, species, the first parameters."""

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from models import Programme, Region
from models.base import transaction
from services.reference import Seeded, seed_programme, seed_reference
from tests.support.clock import START
from tests.support.world import (
    VILLAGE,
    make_household,
    make_measurements,
    make_officer,
    make_trees,
    make_units,
    make_user,
)

BEHIND_IT = {"sponsor": "资助单位", "merchant_of_record": "运营主体"}


def seed(session: Session) -> Seeded:
    return seed_reference(session, START, **BEHIND_IT)


def first_programme(session: Session) -> int:
    return seed_programme(session, START, **BEHIND_IT)


def test_seeding_loads_every_division_once_and_corrects_what_has_changed(session: Session) -> None:
    with transaction():
        assert seed(session) == Seeded(regions=19_572, species=8, programmes=1, poverty_lines=11)
    assert session.scalar(sa.select(sa.func.count()).select_from(Region)) == 19_572
    village = session.get_one(Region, VILLAGE)
    assert (village.name, village.path) == ("打狼村村民委员会", "望谟县石屯镇打狼村")
    assert session.get_one(Region, "5223").path == "黔西南布依族苗族自治州"
    with transaction():
        assert seed(session) == Seeded(regions=0, species=0, programmes=0, poverty_lines=0)
        session.execute(sa.update(Region).where(Region.code == VILLAGE).values(name="旧名"))
        assert seed(session) == Seeded(regions=1, species=0, programmes=0, poverty_lines=0)
    name = session.scalar(sa.select(Region.name).where(Region.code == VILLAGE))
    assert name == "打狼村村民委员会"


def test_the_first_parameters_hold_since_the_programme_began_and_never_replace_later_ones(
    session: Session,
) -> None:
    with transaction():
        assert first_programme(session) == 1
    programme = session.scalars(sa.select(Programme)).one()
    assert programme.effective_on.isoformat() == "2018-01-01"
    assert (programme.price_fen, programme.flat_sink_g, programme.sponsor) == (300, 10_000, "资助单位")
    with transaction():
        programme.price_fen = 400
        assert first_programme(session) == 0
    assert session.scalars(sa.select(Programme.price_fen)).all() == [400]


def test_the_seed_command_says_what_it_wrote(app: Flask) -> None:
    first = app.test_cli_runner().invoke(args=["seed"])
    second = app.test_cli_runner().invoke(args=["seed"])
    assert first.output == "seed: 19572 divisions, 8 species, 1 programme, 11 poverty lines written\n"
    assert second.output == "seed: 0 divisions, 0 species, 0 programme, 0 poverty lines written\n"


def test_the_test_world_keeps_lanes_dense_and_free_counted(session: Session) -> None:
    with transaction():
        first, second = make_household(session), make_household(session)
        make_units(session, first, 3)
        make_units(session, second, 2)
        make_units(session, first, 4)
        make_user(session, "一")
        make_officer(session, [])
        make_measurements(session, make_trees(session, first, 2))
    rows = session.execute(sa.text("SELECT household_id, number, free FROM lanes ORDER BY number")).all()
    assert [tuple(row) for row in rows] == [(first.id, 1, 7), (second.id, 2, 2)]
