"""What must hold after every run, whatever its speed."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services import ledger

_SAID = 5


@dataclass(frozen=True, slots=True)
class Told:
    """What the server told its clients: orders placed, and those of them paid."""

    orders: int
    paid: int


@dataclass(frozen=True, slots=True)
class Check:
    """One rule and what breaks it; nothing does when it holds."""

    rule: str
    broken_by: tuple[str, ...]


#: Each statement finds what breaks its rule.
_RULES = {
    "no tree-year is sold twice: each paid order has as many units of its own as it was sold": """
        SELECT o.number, o.count, coalesce(u.units, 0) FROM orders o
        LEFT JOIN (SELECT order_id, count(*) AS units, count(DISTINCT (tree_id, year)) AS trees,
                          sum(price_fen) AS fen, sum(sink_g) AS grams
                   FROM units WHERE state = 'taken' GROUP BY order_id) u ON u.order_id = o.id
        WHERE o.state IN ('pending', 'paid')
          AND (u.units, u.trees, u.fen, u.grams) IS DISTINCT FROM (o.count, o.count, o.amount_fen, o.sink_g)""",
    "units taken are those that living orders hold, all in all": """
        SELECT taken, held FROM (SELECT count(*) AS taken FROM units WHERE state = 'taken') t,
            (SELECT coalesce(sum(count), 0) AS held FROM orders WHERE state IN ('pending', 'paid')) h
        WHERE taken <> held""",
    "every paid order has one signed certificate, and no other has any": """
        SELECT o.number, o.state, c.serial FROM orders o LEFT JOIN certificates c ON c.order_id = o.id
        WHERE (o.state = 'paid') <> (c.id IS NOT NULL AND c.token IS NOT NULL
            AND (c.count, c.sink_g, c.amount_fen) = (o.count, o.sink_g, o.amount_fen))""",
    "every lane agrees with its household's units, free trees and income": """
        SELECT household_id, l.free, u.free, l.income_fen, u.fen FROM lanes l
        FULL JOIN (SELECT household_id, year, count(*) FILTER (WHERE state = 'free') AS free,
                          coalesce(sum(price_fen) FILTER (WHERE state = 'taken'), 0) AS fen
                   FROM units GROUP BY household_id, year) u USING (household_id, year)
        WHERE (l.free, l.income_fen) IS DISTINCT FROM (u.free, u.fen)""",
    "every household's credits equal its postings and the price of its paid trees": """
        SELECT household_id, c.fen, p.fen, t.fen
        FROM (SELECT household_id, sum(amount_fen) AS fen FROM credits GROUP BY household_id) c
        FULL JOIN (SELECT CAST(substr(destination, 11) AS bigint) AS household_id, sum(amount_fen) AS fen
                   FROM postings WHERE destination LIKE 'household:%' GROUP BY destination) p USING (household_id)
        FULL JOIN (SELECT u.household_id, sum(u.price_fen) AS fen FROM units u
                   JOIN orders o ON o.id = u.order_id AND o.state = 'paid' GROUP BY u.household_id) t
            USING (household_id)
        WHERE c.fen IS DISTINCT FROM p.fen OR c.fen IS DISTINCT FROM t.fen""",
    "every payment received is booked, and nothing else": """
        SELECT received, booked FROM
            (SELECT coalesce(sum(received_fen), 0) AS received FROM payments WHERE state = 'paid') r,
            (SELECT coalesce(sum(amount_fen), 0) AS booked FROM postings WHERE source = 'wechat') b
        WHERE received <> booked""",
    "nothing strange was reported": "SELECT kind, subject FROM incidents",
}


def run_checks(session: Session, told: Told) -> list[Check]:
    """Every rule, with the first few rows that break it."""
    return list(_checks(session, told))


def _checks(session: Session, told: Told) -> Iterator[Check]:
    for rule, statement in _RULES.items():
        # The statements hold colons that are not parameters.
        rows = session.connection().exec_driver_sql(statement.replace("%", "%%")).fetchmany(_SAID)
        yield Check(rule, tuple(str(tuple(row)) for row in rows))
    findings = ledger.verify(session)[:_SAID]
    yield Check("the ledger sums to zero and every fen is traced", tuple(str(found) for found in findings))
    stored = session.execute(
        sa.text("SELECT count(*), count(*) FILTER (WHERE state = 'paid') FROM orders")
    ).one()
    right = tuple(stored) == (told.orders, told.paid)
    yield Check(
        "the orders stored are those the clients were told of",
        () if right else (f"stored {tuple(stored)}, told {(told.orders, told.paid)}",),
    )
