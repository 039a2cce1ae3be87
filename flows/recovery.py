"""Opening an installation restored from a backup: what happened since is replayed from WeChat's bills first."""

from datetime import date, timedelta

from domain.bills import ready_at
from domain.errors import Conflict, Refusal
from domain.reconciliations import DayState
from flows import bills as fetching
from flows.payments import terms
from flows.reconciliations import reconcile
from flows.refunds import follow_due
from flows.running import Running
from gateways.wechat.settings import MINIPROGRAM
from models import TradeLine, database, transaction
from models.reconciliations import Reconciliation
from services import audit, gates, ledger, recovery, settlement
from services.offers import RESTORED
from services.receipts import Receipt
from services.recovery import Gap


def reopen(parts: Running, actor: str, *, nothing_at_bank: bool = False) -> list[str]:
    """Replay the days since the backup and open; returns what still stands in the way, nothing once it is open.

    It may be asked again and again: what has been replayed is not replayed twice. `nothing_at_bank`: somebody asked the
    bank, and it has no payment of ours in hand any more. Raises Conflict("not_restored").
    """
    gap = recovery.gap(database())
    if parts.clock() < ready_at(gap.last):
        return [f"the bills of {gap.last} can be had from {ready_at(gap.last):%Y-%m-%d %H:%M} UTC on"]
    in_the_way: list[str] = []
    for day in _days(gap):
        try:
            row = _replay(parts, day)
        except Refusal as refusal:
            in_the_way.append(f"{day}: {refusal.code}")
            continue
        if row.state is not DayState.BALANCED:
            in_the_way.append(
                f"{day}: {row.state.value}; see `flask reconcile day {day}` and `flask incidents list`"
            )
    follow_due(parts)
    in_the_way += recovery.unheard_of_payouts(database(), gap, nothing_at_bank=nothing_at_bank)
    in_the_way += [f"{found.rule}: {found.subject}: {found.detail}" for found in ledger.verify(database())]
    if not in_the_way:
        now = parts.clock()
        with transaction() as session:
            gates.open_gate(session, RESTORED, now)
            audit.record(
                session,
                actor=actor,
                action=recovery.REOPENED,
                subject="database",
                now=now,
                facts={"nothing_at_bank": nothing_at_bank},
            )
    return in_the_way


def _days(gap: Gap) -> list[date]:
    return [gap.first + timedelta(days=n) for n in range((gap.last - gap.first).days + 1)]


def _replay(parts: Running, day: date) -> Reconciliation:
    """Make lost orders anew and take lost refunds over, then go through the day as always."""
    fetching.fetch_day(parts, day)
    for line in recovery.lost_payments(database(), day):
        _take_in(parts, line)
    for line, order in recovery.lost_refunds(database(), day):
        with transaction() as session:
            recovery.take_over(session, session.merge(line), session.merge(order), parts.clock())
    follow_due(parts)
    return reconcile(parts, day)


def _take_in(parts: Running, line: TradeLine) -> None:
    """An order nobody here knows, closed, and its money, which then goes back to whoever paid it."""
    channel = next(
        (name for name, app in parts.wechat.settings.apps.items() if app.appid == line.appid), MINIPROGRAM
    )
    now = parts.clock()
    with transaction() as session:
        order = recovery.remake(session, line, channel, now, parts.random)
        outcome = settlement.settle(
            session,
            Receipt(
                number=line.number,
                transaction_id=line.transaction_id,
                merchant_id=line.merchant_id,
                appid=line.appid,
                openid=line.openid,
                amount_fen=line.amount_fen,
                currency=line.currency,
                paid_at=line.at,
            ),
            terms(parts),
            now,
        )
        if outcome is not settlement.Outcome.UNPLACED:
            raise Conflict("order_state", {"order": order.number}, state=outcome.value)
