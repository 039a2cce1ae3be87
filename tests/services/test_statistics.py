"""The programme in figures."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.certificates import Basis, Purpose
from domain.orders import OrderState
from models import Certificate, Credit, Household, MakeGood, Unit
from models.base import transaction
from models.certificates import CertificateState
from models.credits import CreditState
from services.statistics import Statistics, statistics
from tests.support.clock import START
from tests.support.world import (
    OTHER_VILLAGE,
    VILLAGE,
    make_household,
    make_order,
    make_trees,
    make_units,
    opaque,
)


def credit(
    session: Session, household: Household, units: list[Unit], state: CreditState = CreditState.OWED
) -> None:
    """A paid order of one household's units, with its certificate and credit."""
    order = make_order(session, units, OrderState.PAID)
    certificate = Certificate(
        serial=opaque("C", order.id),
        order_id=order.id,
        user_id=order.user_id,
        state=CertificateState.ISSUED,
        holder_name="测试持证人",
        holder_masked="测*",
        holder_public=False,
        purpose=Purpose.PERSONAL,
        count=order.count,
        sink_g=order.sink_g,
        amount_fen=order.amount_fen,
        year=order.year,
        basis=Basis.EXPECTED,
        issued_on=START.date(),
        token=None,
        kid=None,
        created_at=START,
        revoked_at=None,
        revoked_reason=None,
    )
    session.add(certificate)
    session.flush()
    session.add(
        Credit(
            order_id=order.id,
            household_id=household.id,
            certificate_id=certificate.id,
            year=order.year,
            trees=order.count,
            sink_g=order.sink_g,
            amount_fen=order.amount_fen,
            state=state,
            earned_at=START,
            matures_at=START + timedelta(days=7),
        )
    )
    session.flush()


def households(session: Session, n: int, village: str = VILLAGE) -> list[Household]:
    made = [make_household(session, village) for _ in range(n)]
    for household in made:
        make_trees(session, household, 2)
    return made


def test_an_empty_programme_counts_nothing(session: Session) -> None:
    assert statistics(session) == Statistics(0, 0, 0, 0, 0, 0, 0, 0, 0)


def test_figures_count_what_is_sold_and_paid_out(session: Session) -> None:
    with transaction():
        made = households(session, 4) + households(session, 2, OTHER_VILLAGE)
        for household in made:
            credit(session, household, make_units(session, household, 3))
        for household in made[:5]:
            credit(session, household, make_units(session, household, 1), CreditState.PAID)
        credit(session, made[0], make_units(session, made[0], 7), CreditState.CANCELLED)
    assert statistics(session) == Statistics(
        trees=42,
        trees_sold=23,
        sink_sold_g=230_000,
        sold_fen=6_900,
        paid_out_fen=1_500,
        buyers=12,
        households=6,
        households_with_income=6,
        villages=2,
    )


def test_what_the_sponsor_buys_to_make_good_is_income_and_no_sale(session: Session) -> None:
    with transaction():
        for household in households(session, 5):
            credit(session, household, make_units(session, household, 1), CreditState.PAID)
        before = statistics(session)
        [lost] = session.scalars(sa.select(Unit).limit(1))
        [substitute] = make_units(session, household, 1)
        credit(session, household, [substitute], CreditState.PAID)
        session.add(
            MakeGood(
                unit_id=lost.id,
                substitute_id=substitute.id,
                order_id=substitute.order_id,
                made_good_at=START,
            )
        )
    after = statistics(session)
    assert (after.trees_sold, after.sink_sold_g, after.sold_fen, after.buyers) == (5, 50_000, 1_500, 5)
    assert after.paid_out_fen == (before.paid_out_fen or 0) + 300


def test_trees_without_consent_are_not_counted(session: Session) -> None:
    with transaction():
        households(session, 5)
        make_trees(session, make_household(session, sale_consent_on=None), 3)
    found = statistics(session)
    assert (found.trees, found.households, found.villages) == (10, 5, 1)


@pytest.mark.parametrize("sellers", [1, 4])
def test_what_fewer_than_five_households_sold_is_hidden(session: Session, sellers: int) -> None:
    with transaction():
        for household in households(session, 9)[:sellers]:
            credit(session, household, make_units(session, household, 1))
    found = statistics(session)
    assert (found.trees_sold, found.sold_fen, found.sink_sold_g, found.households_with_income) == (None,) * 4
    assert (found.households, found.paid_out_fen) == (9, 0)


def test_what_fewer_than_five_households_were_paid_is_hidden(session: Session) -> None:
    with transaction():
        made = households(session, 5)
        for household in made:
            credit(session, household, make_units(session, household, 1))
        credit(session, made[0], make_units(session, made[0], 1), CreditState.PAID)
    found = statistics(session)
    assert (found.trees_sold, found.paid_out_fen) == (6, None)
