"""The campaign's sales: orders, payments, certificates, credits and postings."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.campaign import Campaign
from domain.certificates import Purpose
from domain.ids import first_id
from domain.orders import OrderState
from domain.tokens import TokenSigner
from domain.words import WordsState
from models import Certificate, Order, Payment, User, table_of
from models.payments import PaymentState
from services import certificates
from services.campaign.registry import run
from services.programmes import terms_of_year

BUYERS = 300
_CHUNK = 2000
_HOLD = timedelta(minutes=15)

_PAID = """
CREATE TEMPORARY TABLE campaign_paid ON COMMIT DROP AS
SELECT o.number, o.id AS order_id, c.id AS certificate_id, o.year, o.paid_at, o.maturity_days
FROM (SELECT id, year, paid_at, maturity_days, row_number() OVER (ORDER BY id) - 1 AS number FROM orders) o
JOIN certificates c ON c.order_id = o.id
"""
# A credit and a posting for each household of an order: one tree of each of so many.
_SALES = """
FROM generate_series(0, CAST(:sold AS bigint) - 1) s
JOIN campaign_paid p ON p.number = s / :of_an_order
JOIN campaign_places h ON h.place = s % :households
"""
_CREDITS = """
INSERT INTO credits (order_id, household_id, certificate_id, year, trees, sink_g, amount_fen, state, earned_at,
    matures_at)
SELECT p.order_id, h.id, p.certificate_id, p.year, 1, :grams, :price, 'owed', p.paid_at,
    p.paid_at + make_interval(days => p.maturity_days)
"""
_POSTINGS = """
INSERT INTO postings (posted_at, event, source, destination, amount_fen, order_id, certificate_id, trees, sink_g)
SELECT p.paid_at, 'order_paid', 'wechat', 'household:' || h.id, :price, p.order_id, p.certificate_id, 1, :grams
"""


def write_orders(
    session: Session,
    campaign: Campaign,
    *,
    year: int,
    span: tuple[datetime, datetime],
    random: Callable[[int], bytes],
    signer: TokenSigner,
) -> None:
    """Paid orders of invented buyers, evenly over a span, each with its payment and its signed certificate."""
    terms = terms_of_year(session, year)
    buyers = _write_buyers(session, span[0])
    orders = _orders(campaign, year=year, span=span, buyers=buyers, terms=terms)
    while chunk := list(islice(orders, _CHUNK)):
        session.execute(sa.insert(Order), [row for row, _ in chunk])
        session.execute(sa.insert(Payment), [payment for _, payment in chunk])
        drafts = [
            certificates.draft(Order(**row), now=row["paid_at"], random=random, signer=signer)
            for row, _ in chunk
        ]
        session.execute(
            sa.insert(table_of(Certificate)),
            [
                {name.removeprefix("certificate_"): value for name, value in draft.values.items()}
                for draft in drafts
            ],
        )


def _write_buyers(session: Session, now: datetime) -> list[int]:
    rows = [
        {
            "nickname": f"示例买家{number:03d}",
            "language": "zh",
            "name_public": False,
            "created_at": now,
            "deleted_at": None,
        }
        for number in range(BUYERS)
    ]
    return list(session.scalars(sa.insert(User).returning(User.id), rows))


def _orders(
    campaign: Campaign, *, year: int, span: tuple[datetime, datetime], buyers: list[int], terms: Any
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each order's row with that of its payment."""
    begins, ends = span
    for number in range(campaign.orders):
        at = begins + (ends - begins) * number / campaign.orders
        count = campaign.count_of(number)
        order_id = first_id(at) + number % 2**22
        amount_fen = count * terms.price_fen
        yield (
            {
                "id": order_id,
                "number": f"C{number:011d}",
                "user_id": buyers[number % len(buyers)],
                "state": OrderState.PAID,
                "purpose": Purpose.PERSONAL,
                "holder_name": "示例持证人",
                "holder_public": False,
                "message": None,
                "words_state": WordsState.PASSED,
                "count": count,
                "amount_fen": amount_fen,
                "sink_g": count * terms.flat_sink_g,
                "year": year,
                "selection": {"count": count},
                "draw": None,
                "maturity_days": terms.maturity_days,
                "created_at": at,
                "expires_at": at + _HOLD,
                "paid_at": at,
                "closed_at": None,
            },
            {
                "order_id": order_id,
                "state": PaymentState.PAID,
                "appid": "campaign",
                "openid": f"campaign{number % len(buyers)}",
                "amount_fen": amount_fen,
                "description": "",
                "notify_url": "",
                "time_expire": at + _HOLD,
                "asked_at": at,
                "prepay_id": None,
                "prepay_at": None,
                "next_query_at": at,
                "queries": 0,
                "transaction_id": f"CAMPAIGN{number:020d}",
                "received_fen": amount_fen,
                "paid_at": at,
                "closed_at": None,
            },
        )


def write_money(session: Session, campaign: Campaign, *, year: int) -> None:
    """What every sale earned its household, and the book of it; after the trees, in the same transaction."""
    terms = terms_of_year(session, year)
    facts = {
        "sold": campaign.sold,
        "households": campaign.households,
        "of_an_order": campaign.trees_of_an_order,
        "price": terms.price_fen,
        "grams": terms.flat_sink_g,
    }
    for statement in (_PAID, "ANALYZE campaign_paid", _CREDITS + _SALES, _POSTINGS + _SALES):
        run(session, statement, facts)
