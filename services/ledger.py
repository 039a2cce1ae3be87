"""The book on the rows: add postings, read balances, and prove that everything adds up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from domain import ledger
from domain.ledger import Event
from domain.refunds import RefundState
from models import BillFile, Credit, FundLine, Posting, Reconciliation, Refund, TradeLine, Unit, table_of
from models.credits import CreditState
from services.ledger_traces import TRACES
from services.payout_traces import PAYOUT_TRACES

_Postings = table_of(Posting)
_Credits = table_of(Credit)
_Units = table_of(Unit)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the book that does not add up."""

    rule: str
    subject: str
    detail: str


def post(
    session: Session,
    postings: Iterable[ledger.Posting],
    *,
    now: datetime,
    order_id: int | None = None,
    certificate_id: int | None = None,
    reference: str | None = None,
) -> None:
    """Add postings to the book."""
    rows = [_row(one, now, order_id, certificate_id, reference) for one in postings]
    session.execute(sa.insert(_Postings), rows)


def post_named(session: Session, postings: Mapping[str, ledger.Posting], *, now: datetime) -> None:
    """Add postings of no order to the book, each under a reference of its own."""
    rows = [_row(posting, now, None, None, reference) for reference, posting in postings.items()]
    session.execute(sa.insert(_Postings), rows)


def _row(
    posting: ledger.Posting,
    now: datetime,
    order_id: int | None,
    certificate_id: int | None,
    reference: str | None,
) -> dict[str, object]:
    return {
        "posted_at": now,
        "event": posting.event,
        "source": posting.source,
        "destination": posting.destination,
        "amount_fen": posting.amount_fen,
        "order_id": order_id,
        "certificate_id": certificate_id,
        "reference": reference,
    }


def _crediting() -> tuple[sa.Insert, sa.Insert]:
    order_id = sa.bindparam("credited_order", type_=_Credits.c.order_id.type)
    certificate_id = sa.bindparam("credited_certificate", type_=_Credits.c.certificate_id.type)
    fen = sa.func.sum(_Units.c.price_fen)
    credits = {
        "household_id": _Units.c.household_id,
        "year": _Units.c.year,
        "trees": sa.func.count(),
        "sink_g": sa.func.sum(_Units.c.sink_g),
        "amount_fen": fen,
        "order_id": order_id,
        "certificate_id": certificate_id,
        "state": sa.literal(CreditState.OWED.value),
        "earned_at": sa.bindparam("credited_at", type_=_Credits.c.earned_at.type),
        "matures_at": sa.bindparam("matures_at", type_=_Credits.c.matures_at.type),
    }
    postings = {
        "posted_at": sa.bindparam("credited_at", type_=_Postings.c.posted_at.type),
        "event": sa.bindparam("credited_for", type_=sa.String()),
        "source": sa.bindparam("credited_from", type_=sa.String()),
        "destination": sa.literal("household:") + sa.cast(_Units.c.household_id, sa.String),
        "amount_fen": fen,
        "order_id": order_id,
        "certificate_id": certificate_id,
        "trees": credits["trees"],
        "sink_g": credits["sink_g"],
    }
    of_order, of_household = _Units.c.order_id == order_id, (_Units.c.household_id, _Units.c.year)
    return (
        sa.insert(_Credits).from_select(
            list(credits), sa.select(*credits.values()).where(of_order).group_by(*of_household)
        ),
        sa.insert(_Postings).from_select(
            list(postings), sa.select(*postings.values()).where(of_order).group_by(*of_household)
        ),
    )


#: Give each household of an order the exact price of its trees: a credit, and the posting it stands for.
CREDITING = _crediting()


def crediting_values(
    *,
    order_id: int,
    certificate_id: int,
    source: str,
    event: Event,
    now: datetime,
    matures_at: datetime,
) -> dict[str, object]:
    """The values of CREDITING."""
    return {
        "credited_order": order_id,
        "credited_certificate": certificate_id,
        "credited_from": source,
        "credited_for": event.value,
        "credited_at": now,
        "matures_at": matures_at,
    }


def post_from_credits(
    session: Session, credits: Iterable[sa.ColumnElement[bool]], *, event: Event, to: str, now: datetime
) -> None:
    """Move what these credits stand for from their households to another account: a posting for each."""
    values = {
        "posted_at": sa.literal(now, _Postings.c.posted_at.type),
        "event": sa.literal(event.value),
        "source": sa.literal("household:") + sa.cast(_Credits.c.household_id, sa.String),
        "destination": sa.literal(to),
        "amount_fen": _Credits.c.amount_fen,
        "order_id": _Credits.c.order_id,
        "certificate_id": _Credits.c.certificate_id,
        "trees": _Credits.c.trees,
        "sink_g": _Credits.c.sink_g,
    }
    session.execute(
        sa.insert(_Postings).from_select(list(values), sa.select(*values.values()).where(*credits))
    )


def balance_of(session: Session, account: str) -> int:
    """Balance of one account in fen: what came in less what went out."""
    total = sa.select(
        sa.func.coalesce(
            sa.func.sum(
                sa.case((Posting.destination == account, Posting.amount_fen), else_=-Posting.amount_fen)
            ),
            0,
        )
    ).where(sa.or_(Posting.source == account, Posting.destination == account))
    return int(session.execute(total).scalar_one())


def balances(session: Session) -> dict[str, int]:
    """Balance in fen of every account that was ever moved."""
    moved = sa.union_all(
        sa.select(Posting.destination.label("account"), Posting.amount_fen.label("fen")),
        sa.select(Posting.source, -Posting.amount_fen),
    ).subquery()
    rows = session.execute(sa.select(moved.c.account, sa.func.sum(moved.c.fen)).group_by(moved.c.account))
    return {account: int(fen) for account, fen in rows}


def ahead_of_bills(session: Session) -> int:
    """Fen that WeChat may have paid without the book knowing from where: what has reached payers and households
    there while the bill of its day is not booked, and with it the fees that were booked and are not returned.
    """
    # A bill has a refund under its number, a transfer to a household under the payment's reference.
    refunds = _in_booked_bills(TradeLine.refund_number, TradeLine.file_id)
    transfers = _in_booked_bills(FundLine.voucher, FundLine.file_id)
    unbilled = sa.select(sa.func.sum(Posting.amount_fen)).where(
        Posting.destination == ledger.WECHAT,
        sa.or_(
            sa.and_(Posting.event == Event.REFUND_PAID, Posting.reference.not_in(refunds)),
            sa.and_(Posting.event == Event.PAYOUT_CONFIRMED, Posting.reference.not_in(transfers)),
        ),
    )
    paid = int(session.scalar(unbilled) or 0)
    if not paid:
        return 0
    taken = sa.case((Posting.event == Event.FEE, Posting.amount_fen), else_=-Posting.amount_fen)
    fees = sa.select(sa.func.sum(taken)).where(Posting.event.in_((Event.FEE, Event.FEE_RETURNED)))
    return paid + int(session.scalar(fees) or 0)


def _in_booked_bills(
    number: InstrumentedAttribute[str | None] | InstrumentedAttribute[str],
    file_id: InstrumentedAttribute[int],
) -> sa.Select[Any]:
    """The numbers in bills whose day is booked."""
    return (
        sa.select(number)
        .join(BillFile, BillFile.id == file_id)
        .join(Reconciliation, Reconciliation.day == BillFile.day)
        .where(number.is_not(None), Reconciliation.fee_booked_at.is_not(None))
    )


def verify(session: Session) -> list[Finding]:
    """Prove the book: zero sum, right signs, every fen owed to a household traced to a certificate, and every fen owed
    to a payer to a refund.

    Returns what does not hold; an empty list is the proof.
    """
    totals = balances(session)
    signs = ledger.wrong_signs(totals, ahead_of_bills(session))
    findings = [Finding("sign", account, f"{fen} fen") for account, fen in signs.items()]
    if sum(totals.values()):
        findings.append(Finding("zero_sum", "book", f"{sum(totals.values())} fen"))
    for rule, statement in (*TRACES.items(), *PAYOUT_TRACES.items()):
        findings += [
            Finding(rule, str(subject), str(detail)) for subject, detail in session.execute(statement)
        ]
    findings += _households(session, totals) + _in_transit(session, totals) + _refunds_due(session, totals)
    return findings


def _households(session: Session, totals: dict[str, int]) -> list[Finding]:
    """Households whose balance is not what their credits say: owed, or promised to a batch that is not released."""
    held = (CreditState.OWED, CreditState.RESERVED)
    credits = {
        ledger.household(household_id): int(fen)
        for household_id, fen in session.execute(
            sa.select(
                Credit.household_id,
                sa.func.sum(sa.case((Credit.state.in_(held), Credit.amount_fen), else_=0)),
            ).group_by(Credit.household_id)
        )
    }
    booked = {account: total for account, total in totals.items() if account.startswith("household:")}
    return [
        Finding(
            "credits_are_balance",
            account,
            f"credits {credits.get(account, 0)}, book {booked.get(account, 0)}",
        )
        for account in sorted(credits.keys() | booked.keys())
        if credits.get(account, 0) != booked.get(account, 0)
    ]


def _in_transit(session: Session, totals: dict[str, int]) -> list[Finding]:
    """Whether the credits on their way are the money on its way."""
    under_way = sa.select(sa.func.coalesce(sa.func.sum(Credit.amount_fen), 0)).where(
        Credit.state == CreditState.IN_TRANSIT
    )
    credits = int(session.scalar(under_way) or 0)
    booked = sum(total for account, total in totals.items() if account.startswith("payout:"))
    if credits == booked:
        return []
    return [Finding("credits_are_in_transit", "payouts", f"credits {credits}, book {booked}")]


def _refunds_due(session: Session, totals: dict[str, int]) -> list[Finding]:
    owed = sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_fen), 0)).where(
        Refund.state != RefundState.SUCCEEDED
    )
    refunds, booked = int(session.scalar(owed) or 0), totals.get(ledger.REFUNDS_DUE, 0)
    if refunds == booked:
        return []
    return [Finding("refunds_are_balance", ledger.REFUNDS_DUE, f"refunds {refunds}, book {booked}")]
