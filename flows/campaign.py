"""The whole campaign, generated: the size the software must bear, to measure it with and to try things out on."""

from collections.abc import Callable
from datetime import timedelta

from domain.campaign import Campaign
from domain.clock import business_day, day_start
from domain.errands import ErrandKind
from flows import income
from flows.running import Running
from models import transaction
from services import audit, bills, errands
from services.campaign import registry, sales
from services.programmes import year_on_sale

#: The last sale lies so far back: no clock finds it in the future, and its refund window is open.
SINCE = timedelta(days=3)


def generate(parts: Running, campaign: Campaign, say: Callable[[str], None]) -> None:
    """Write a campaign into an empty, seeded database, and add up its income.

    Raises Unavailable on another engine than PostgreSQL, Conflict where there are households already.
    """
    now = parts.clock()
    year = year_on_sale(now)
    begins = day_start(business_day(now).replace(month=1, day=1))
    ends = max(now - SINCE, begins + (now - begins) / 2)
    with transaction() as session:
        registry.refuse_unless_empty(session)
        registry.write_households(session, campaign, now=begins)
        say(f"{campaign.households:,} households in {campaign.villages:,} villages")
        registry.without_checks(session)
        sales.write_orders(
            session,
            campaign,
            year=year,
            span=(begins, ends),
            random=parts.random,
            signer=parts.signer,
        )
        say(f"{campaign.orders:,} orders")
        indexes = registry.drop_indexes(session, *registry.GREAT)
        registry.write_trees(session, campaign, year=year, now=begins)
        say(f"{campaign.trees:,} trees and tree-years")
        sales.write_money(session, campaign, year=year)
        say(f"{campaign.sold:,} credits and postings")
        registry.make_indexes(session, indexes)
        errands.plan(session, ErrandKind.SHIPPING_INFO, appid=None, now=now)
        # WeChat never heard of the sales before today: its bills are wanted from today's on.
        bills.plan_day(session, business_day(now))
        audit.record(
            session,
            actor="command",
            action="campaign_generated",
            subject="campaign",
            now=now,
            facts={"households": campaign.households, "trees": campaign.trees, "sold": campaign.sold},
        )
    say(f"{income.fold_due():,} postings added up")
