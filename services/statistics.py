"""The programme in figures that anybody may read; a figure that stands on too few households is not given."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.catalogue import publishable
from domain.orders import OrderState
from models import Credit, Household, MakeGood, Order, Tree
from models.credits import CreditState


@dataclass(frozen=True, slots=True)
class Statistics:
    """Totals of the whole programme; None where fewer than five households stand behind a figure."""

    trees: int | None
    trees_sold: int | None
    sink_sold_g: int | None
    sold_fen: int | None
    paid_out_fen: int | None
    buyers: int
    households: int | None
    households_with_income: int | None
    villages: int | None


def statistics(session: Session) -> Statistics:
    """Count trees and households that consent to sale, what has been sold, and what has reached the households."""
    registered = session.execute(
        sa.select(
            sa.func.count().label("households"),
            sa.func.count(sa.distinct(Household.region_code)).label("villages"),
        ).where(Household.sale_consent_on.is_not(None))
    ).one()
    # Counted by household first: both engines read that off an index.
    owned = (
        sa.select(Tree.household_id, sa.func.count().label("trees")).group_by(Tree.household_id).subquery()
    )
    trees = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(owned.c.trees), 0))
        .join(Household, Household.id == owned.c.household_id)
        .where(Household.sale_consent_on.is_not(None))
    )
    paid = Credit.state == CreditState.PAID
    # What the sponsor buys to make good for lost trees is income of a household, and nobody's purchase: the year that
    # was sold is counted already.
    bought = ~sa.exists().where(MakeGood.order_id == Credit.order_id)
    sold = session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(sa.case((bought, Credit.trees), else_=0)), 0).label("trees"),
            sa.func.coalesce(sa.func.sum(sa.case((bought, Credit.sink_g), else_=0)), 0).label("sink_g"),
            sa.func.coalesce(sa.func.sum(sa.case((bought, Credit.amount_fen), else_=0)), 0).label("fen"),
            sa.func.count(sa.distinct(sa.case((bought, Credit.household_id)))).label("sellers"),
            sa.func.coalesce(sa.func.sum(sa.case((paid, Credit.amount_fen), else_=0)), 0).label("paid_fen"),
            sa.func.count(sa.distinct(Credit.household_id)).label("households"),
            sa.func.count(sa.distinct(sa.case((paid, Credit.household_id)))).label("paid_households"),
        ).where(Credit.state != CreditState.CANCELLED)
    ).one()
    buyers = session.scalar(
        sa.select(sa.func.count(sa.distinct(Order.user_id))).where(
            Order.state == OrderState.PAID,
            ~sa.exists().where(MakeGood.order_id == Order.id),
        )
    )
    return Statistics(
        trees=publishable(int(trees or 0), registered.households),
        trees_sold=publishable(int(sold.trees), sold.sellers),
        sink_sold_g=publishable(int(sold.sink_g), sold.sellers),
        sold_fen=publishable(int(sold.fen), sold.sellers),
        paid_out_fen=publishable(int(sold.paid_fen), sold.paid_households),
        buyers=buyers or 0,
        households=publishable(registered.households, registered.households),
        households_with_income=publishable(sold.households, sold.households),
        villages=publishable(registered.villages, registered.households),
    )
