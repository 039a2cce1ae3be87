"""A generated campaign is as the services would have left it."""

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.campaign import Campaign, published_campaign
from domain.errors import Conflict, Unavailable
from domain.income import Earnings, GroupBy
from flows.campaign import generate
from flows.income import fold_due
from flows.running import EXTENSION, Running
from models import Certificate, Household, Lane, Tree, Unit, database
from models.base import transaction
from services import income_sums, ledger
from services.income_reports import ReportWanted, report_lines, report_total
from services.reference import seed_reference
from tests.support.buying import faults_found

SMALL = published_campaign().scaled(200)


@pytest.fixture
def seeded(app: Flask) -> Running:
    """A seeded, empty database."""
    parts: Running = app.extensions[EXTENSION]
    with app.app_context(), transaction() as session:
        seed_reference(session, parts.clock(), sponsor="资助", merchant_of_record="收款")
    return parts


def test_the_published_campaign_is_the_size_we_must_bear() -> None:
    whole = published_campaign()
    assert whole == Campaign(33, 682, 11_192, 4_458_000, 4_063_000)
    assert sum(whole.trees_of(place) for place in range(whole.households)) == whole.trees
    assert sum(whole.sold_of(place) for place in range(whole.households)) == whole.sold
    assert sum(whole.count_of(number) for number in range(whole.orders)) == whole.sold
    assert max(whole.trees_of(place) for place in range(whole.households)) <= 450


def test_a_smaller_campaign_keeps_the_proportions() -> None:
    tenth = published_campaign().scaled(445_800)
    assert tenth == Campaign(3, 68, 1119, 445_800, 406_300)
    with pytest.raises(ValueError, match="50 trees"):
        published_campaign().scaled(49)
    assert published_campaign().scaled(50).households == 2


@pytest.mark.parametrize("trees", [200, pytest.param(1300, marks=pytest.mark.long)])
def test_a_generated_campaign_holds(app: Flask, seeded: Running, engine_name: str, trees: int) -> None:
    if engine_name == "sqlite":
        pytest.skip("written in PostgreSQL's own words")
    said: list[str] = []
    campaign = published_campaign().scaled(trees)
    with app.app_context():
        generate(seeded, campaign, said.append)
        session = database()
        assert ledger.verify(session) == []
        assert income_sums.verify(session) == []
        assert fold_due() == 0
        counted = {
            model.__name__: session.scalar(sa.select(sa.func.count()).select_from(model))
            for model in (Household, Tree, Unit, Certificate, Lane)
        }
        assert counted == {
            "Household": campaign.households,
            "Tree": trees,
            "Unit": trees,
            "Certificate": campaign.orders,
            "Lane": campaign.households,
        }
        total = report_total(session, ReportWanted("52", GroupBy.COUNTY, year=2026))
        assert total.earnings == Earnings(campaign.sold, campaign.sold * 10_000, campaign.sold * 300)
        free = session.scalar(sa.select(sa.func.count()).where(Unit.state == "free"))
        assert total.trees_unsold == free
        assert len(report_lines(session, ReportWanted("52", GroupBy.VILLAGE))) == campaign.villages
        with pytest.raises(Conflict, match="households_there_already"):
            generate(seeded, campaign, said.append)
    assert faults_found(app) == []


def test_a_campaign_needs_postgresql(app: Flask, seeded: Running, engine_name: str) -> None:
    if engine_name == "postgresql":
        pytest.skip("that is PostgreSQL")
    with app.app_context(), pytest.raises(Unavailable, match="postgresql_only"):
        generate(seeded, SMALL, print)
