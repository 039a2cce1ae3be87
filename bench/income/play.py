"""Plays the case: for each size a fresh database with a generated campaign, and the reports of one officer."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from bench import load
from bench.campaigns import written
from bench.checks import Check
from bench.databases import Server
from bench.income.figures import Result, Sized
from bench.machine import CpuMeter
from bench.officers import PROVINCE, employ
from bench.purchase.figures import Span, span_of
from bench.purchase.play import RefusedError
from bench.web import last_words, serving
from domain import clock
from domain.campaign import Campaign
from domain.income import GroupBy
from domain.income_periods import month_of, period_days
from domain.roles import Role
from models import Household, IncomeSum, Posting, database, transaction
from services import income_sums, ledger
from services.income_reports import ReportWanted, report_total
from services.programmes import terms_of_year, year_on_sale

#: Times a page is asked for, one after another, once its plan and its connection are warm.
TIMES, WARM = 30, 6
_SHOWN = 5


def run(server: Server, folder: Path, campaigns: Sequence[Campaign], say: Callable[[str], None]) -> Result:
    """Measure every size and check it; raises RefusedError, load.LoadError, web.WebError."""
    result = Result()
    for number, campaign in enumerate(campaigns):
        with written(server, folder / f"income{number}", campaign, say) as found:
            with found.app.app_context(), transaction() as session:
                token = employ(session, "auditor", Role.AUDITOR, clock.now())
            with serving("app:create_app()", found.environ, found.log) as web:
                meter = CpuMeter({"web": web.pid, "database": server.pid})
                pages = {
                    name: _measured(web.address, meter, path, token, found.log)
                    for name, path in _pages(found.app).items()
                }
            with found.app.app_context():
                session = database()
                rows = {
                    model: int(session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)
                    for model in (Posting, IncomeSum)
                }
                result.checks += _checks(session, campaign)
            result.sizes.append(
                Sized(
                    campaign.households,
                    campaign.trees,
                    rows[Posting],
                    rows[IncomeSum],
                    found.seconds,
                    pages,
                )
            )
            say(f"  county page {pages['county'].p50_ms or 0:.0f} ms; written in {found.seconds:.0f} s")
    return result


def _pages(app: Flask) -> dict[str, str]:
    """The addresses an office looks at, by what they are."""
    with app.app_context():
        village, public_id = (
            database()
            .execute(sa.select(Household.region_code, Household.public_id).order_by(Household.id).limit(1))
            .one()
        )
    county = village[:6]
    reports: dict[str, dict[str, str | int]] = {
        "county": {"group_by": "village", "region": county},
        "province by county": {"group_by": "county", "limit": 100},
        "province, one month": {"group_by": "county", "limit": 100, **_this_month()},
        "county by household": {"group_by": "household", "region": county, "limit": 100},
        "county by month": {"group_by": "month", "region": county},
    }
    found = {name: f"/api/v1/officer/income?{urlencode(query)}" for name, query in reports.items()}
    return {**found, "statement": f"/api/v1/officer/households/{public_id}/income"}


def _this_month() -> dict[str, str]:
    first, last = period_days(month_of(clock.business_day(clock.now())))
    return {"from": first.isoformat(), "to": last.isoformat()}


def _measured(address: load.Address, meter: CpuMeter, path: str, token: str, log: Path) -> Span:
    wanted = load.request("GET", path, {"Authorization": f"Bearer {token}"}, b"")
    load.fire(address, 1, load.from_list([wanted] * WARM), 200)
    volley, spent = meter.of(lambda: load.fire(address, 1, load.from_list([wanted] * TIMES), 200))
    if volley.refused:
        shown = "\n".join(volley.refusals)
        raise RefusedError(f"{volley.refused} times {path} was not answered 200:\n{shown}\n{last_words(log)}")
    return span_of(volley, spent)


def _checks(session: Session, campaign: Campaign) -> Iterator[Check]:
    size = f"{campaign.trees:,} trees: "
    found = ledger.verify(session)[:_SHOWN]
    yield Check(f"{size}the ledger sums to zero and every fen is traced", tuple(map(str, found)))
    found = income_sums.verify(session)
    yield Check(f"{size}the sums of income are what the postings come to", tuple(map(str, found)))
    year = year_on_sale(clock.now())
    price = terms_of_year(session, year).price_fen
    total = report_total(session, ReportWanted(PROVINCE, GroupBy.COUNTY, year=year))
    said = (total.distribution.households, total.earnings.trees_sold, total.earnings.earned_fen)
    right = (campaign.households, campaign.sold, campaign.sold * price)
    yield Check(
        f"{size}the report says what was sold", () if said == right else (f"said {said}, sold {right}",)
    )
