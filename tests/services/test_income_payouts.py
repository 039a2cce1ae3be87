"""Reports follow a payout by its real postings: what left, what arrived, what came back."""

import pytest
from sqlalchemy.orm import Session

from domain.income import Earnings, GroupBy
from domain.payouts import BounceReason
from flows.income import fold_due
from flows.running import Running
from models.base import transaction
from services import income_sums, payout_news
from services.income_reports import ReportWanted, report_lines, report_total
from tests.support.keeping import Kept
from tests.support.released import RELEASED, make_released
from tests.support.world import COUNTY


def total(session: Session) -> Earnings:
    return report_total(session, ReportWanted(COUNTY, GroupBy.COUNTY)).earnings


def make_sent(session: Session, parts: Running) -> list[str]:
    """The references of three payments on their way."""
    with transaction():
        return [line.reference for line in make_released(session, parts).sent]


@pytest.mark.parametrize("folding", [True, False])
def test_a_report_follows_a_payout_through_arrival_bounce_and_return(
    kept: Kept, session: Session, parts: Running, folding: bool
) -> None:
    def look() -> tuple[int, int, int]:
        if folding:
            fold_due()
        found = total(session)
        assert found.earned_fen == 1800
        return found.in_transit_fen, found.paid_fen, found.balance_fen

    first, second, third = kept(make_sent, session, parts)
    now, actor = RELEASED, "officer:1"
    assert look() == (1800, 0, 0)
    with transaction():
        payout_news.confirm_line(session, first, amount_fen=300, receipt="B1", now=now, actor=actor)
        payout_news.confirm_line(session, third, amount_fen=900, receipt="B3", now=now, actor=actor)
    assert look() == (600, 1200, 0)
    with transaction():
        payout_news.bounce_line(session, second, reason=BounceReason.NAME_MISMATCH, now=now, actor=actor)
    assert look() == (0, 1200, 600)
    with transaction():
        payout_news.return_line_after_confirmation(
            session, third, amount_fen=900, reason=BounceReason.ACCOUNT_CLOSED, now=now, actor=actor
        )
    assert look() == (0, 300, 1500)
    paid = [
        line.figures.earnings.paid_fen
        for line in report_lines(session, ReportWanted(COUNTY, GroupBy.HOUSEHOLD))
    ]
    assert sorted(paid) == [0, 0, 300]
    assert income_sums.verify(session) == []
