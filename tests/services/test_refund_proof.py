"""What the book's proof finds when money that goes back is not where it should be."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger as rules
from domain.errors import Conflict, Invalid, NotFound
from domain.ledger import Event
from domain.refunds import RefundCause
from flows.running import Running
from models import Credit, Household, Order, Posting, Refund, RefundAttempt, Unit, transaction
from models.credits import CreditState
from models.units import UnitState
from services import ledger, refund_decisions, refund_news, refunds, sponsor
from services.refund_news import Learnt, News, Word
from tests.support.accounts import make_account
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.paying import make_paid, make_released
from tests.support.sales import make_sale
from tests.support.world import make_household, make_programme, make_units


def make_sold(session: Session, parts: Running) -> Order:
    """An order of three trees of two households, paid."""
    with transaction():
        make_programme(session)
        units = [
            *make_units(session, make_household(session), 2),
            *make_units(session, make_household(session), 1),
        ]
        return make_sale(session, parts, units)


@pytest.fixture
def order(kept: Kept, session: Session, parts: Running) -> Order:
    return kept(make_sold, session, parts)


@pytest.fixture
def given_back(session: Session, order: Order) -> Order:
    """The same order after its buyer has asked for the money back."""
    with transaction():
        refunds.ask(session, order.number, order.user_id, "买错了", START)
    return order


def book(session: Session) -> dict[str, int]:
    """Every account that holds something, in fen, the households in one line."""
    totals: dict[str, int] = {}
    for account, fen in ledger.balances(session).items():
        name = "households" if account.startswith("household:") else account
        totals[name] = totals.get(name, 0) + fen
    return {name: fen for name, fen in totals.items() if fen}


def findings(session: Session) -> set[str]:
    """The rules that do not hold."""
    session.expire_all()
    return {finding.rule for finding in ledger.verify(session)}


def _tell(session: Session, number: str, news: News, fen: int = 900) -> Learnt:
    attempt = session.scalars(sa.select(RefundAttempt).where(RefundAttempt.number == number)).one()
    with transaction():
        return refund_news.learn(
            session,
            Word(number, news, "", attempt.transaction_id, "50300000000000000000000000001", 900, fen),
            START,
        )


def test_a_refund_moves_what_was_earned_and_then_what_was_paid(session: Session, order: Order) -> None:
    assert book(session) == {"wechat": -900, "households": 900}
    with transaction():
        refunds.ask(session, order.number, order.user_id, "买错了", START)
    assert book(session) == {"wechat": -900, "refunds:due": 900}
    moved = session.scalars(sa.select(Posting).where(Posting.event == Event.REFUND_ACCEPTED)).all()
    assert sorted(posting.amount_fen for posting in moved) == [300, 600]
    assert all(posting.order_id == order.id and posting.certificate_id for posting in moved)
    assert _tell(session, f"{order.number}R1", News.SUCCEEDED) is Learnt.RECORDED
    assert book(session) == {}
    assert findings(session) == set()


def test_credits_of_a_refunded_order_are_kept_and_cancelled(session: Session, given_back: Order) -> None:
    assert session.scalars(sa.select(Credit.state)).all() == [CreditState.CANCELLED] * 2


@pytest.mark.parametrize(
    ("deed", "rules_broken"),
    [
        ("credit", {"order_given_back_has_no_credits", "credits_are_balance", "credit_is_its_trees"}),
        ("unit", {"order_given_back_holds_no_trees"}),
        ("certificate", {"order_given_back_has_no_certificate"}),
        ("refund", {"order_given_back_has_its_refund", "refunds_are_balance"}),
        ("amount", {"refunds_are_balance"}),
        ("state", {"order_given_back_has_its_refund"}),
    ],
)
def test_what_is_left_behind_is_found(
    session: Session, given_back: Order, deed: str, rules_broken: set[str]
) -> None:
    with transaction():
        match deed:
            case "credit":
                one = sa.select(sa.func.min(Credit.id)).scalar_subquery()
                session.execute(sa.update(Credit).where(Credit.id == one).values(state=CreditState.OWED))
            case "unit":
                one = sa.select(sa.func.min(Unit.id)).scalar_subquery()
                session.execute(
                    sa.update(Unit)
                    .where(Unit.id == one)
                    .values(state=UnitState.TAKEN, order_id=given_back.id)
                )
            case "certificate":
                session.execute(sa.text("UPDATE certificates SET state = 'issued'"))
            case "refund":
                session.execute(sa.delete(RefundAttempt))
                session.execute(sa.delete(Refund))
            case "amount":
                session.execute(sa.update(Refund).values(amount_fen=899))
            case "state":
                session.execute(sa.text("UPDATE orders SET state = 'refunded'"))
    assert findings(session) == rules_broken


def test_a_refund_booked_as_paid_twice_is_found(session: Session, order: Order, parts: Running) -> None:
    with transaction():
        refunds.ask(session, order.number, order.user_id, "买错了", START)
    _tell(session, f"{order.number}R1", News.SUCCEEDED)
    with transaction():
        ledger.post(
            session,
            [rules.Posting(Event.REFUND_PAID, rules.REFUNDS_DUE, rules.WECHAT, 900)],
            now=START,
            order_id=order.id,
            reference=f"{order.number}R1",
        )
    assert findings(session) == {"refund_is_paid_once", "refunds_are_balance", "sign"}


def test_a_paid_order_whose_certificate_is_revoked_is_found(session: Session, order: Order) -> None:
    with transaction():
        session.execute(sa.text("UPDATE certificates SET state = 'revoked'"))
    assert findings(session) == {"paid_order_has_certificate"}


def test_a_transaction_is_given_back_whole_only_once(session: Session, given_back: Order) -> None:
    refund = session.scalars(sa.select(Refund)).one()
    again = refunds.Payback(
        given_back.id, given_back.number, RefundCause.SECOND_PAYMENT, refund.transaction_id, 900, 900
    )
    with pytest.raises(sa.exc.IntegrityError), transaction():
        refunds.request(session, again, START)


def test_a_refund_never_exceeds_what_was_paid(session: Session, order: Order) -> None:
    more = refunds.Payback(order.id, order.number, RefundCause.GOODWILL, "4200X", 900, 901)
    with pytest.raises(sa.exc.IntegrityError), transaction():
        refunds.request(session, more, START)


def test_a_renewed_refund_that_succeeds_under_both_numbers_is_for_a_person(
    session: Session, given_back: Order
) -> None:
    first, second = f"{given_back.number}R1", f"{given_back.number}R2"
    _tell(session, first, News.CLOSED)
    with transaction():
        refund_decisions.renew(session, first, START, "command")
    assert _tell(session, second, News.SUCCEEDED) is Learnt.RECORDED
    assert _tell(session, first, News.SUCCEEDED) is Learnt.MISMATCH
    assert _tell(session, first, News.CLOSED) is Learnt.DUPLICATE
    assert book(session) == {}
    assert findings(session) == set()


def test_only_a_failed_refund_gets_a_new_number(session: Session, given_back: Order) -> None:
    first = f"{given_back.number}R1"
    with pytest.raises(Conflict) as refused, transaction():
        refund_decisions.renew(session, first, START, "command")
    assert refused.value.code == "refund_state"
    _tell(session, first, News.CLOSED)
    with transaction():
        refund_decisions.renew(session, first, START, "command")
    for number, kind in ((first, Conflict), ("nothing", NotFound)):
        with pytest.raises(kind), transaction():
            refund_decisions.renew(session, number, START, "command")


def _sponsor(session: Session, fen: int) -> None:
    with transaction():
        sponsor.pay_in(session, fen, "bank-1", START)


def test_goodwill_comes_from_the_sponsor_and_leaves_the_household_its_money(
    session: Session, order: Order
) -> None:
    _sponsor(session, 1000)
    with transaction():
        for household in session.scalars(sa.select(Household).order_by(Household.id)).all():
            make_paid(session, make_released(session, household, make_account(session, household)))
    before = {"wechat": -900, "bank": -100, "sponsor": 1000}
    assert book(session) == before
    with transaction():
        refund_decisions.goodwill(
            session, order.number, amount_fen=500, reason="证书寄错", now=START, actor="command"
        )
    assert book(session) == {"wechat": -900, "bank": -100, "sponsor": 500, "refunds:due": 500}
    assert _tell(session, f"{order.number}R1", News.SUCCEEDED, 500) is Learnt.RECORDED
    assert book(session) == {"wechat": -400, "bank": -100, "sponsor": 500}
    session.refresh(order)
    assert order.state == "paid"
    assert findings(session) == set()
    # No more than what was paid, all together.
    with pytest.raises(Invalid) as refused, transaction():
        refund_decisions.goodwill(
            session, order.number, amount_fen=401, reason="再补", now=START, actor="command"
        )
    assert (refused.value.code, refused.value.fields) == ("refund_amount", {"left_fen": 400})


def test_goodwill_is_for_what_the_ordinary_refund_cannot_do(session: Session, order: Order) -> None:
    _sponsor(session, 1000)
    with pytest.raises(Conflict) as refused, transaction():
        refund_decisions.goodwill(
            session, order.number, amount_fen=100, reason="", now=START, actor="command"
        )
    assert refused.value.code == "refund_still_open"
    with transaction():
        refunds.ask(session, order.number, order.user_id, "买错了", START)
    with pytest.raises(Conflict) as refused, transaction():
        refund_decisions.goodwill(
            session, order.number, amount_fen=100, reason="", now=START, actor="command"
        )
    assert refused.value.code == "order_state"


def test_goodwill_ends_where_the_sponsors_money_does(session: Session, order: Order) -> None:
    _sponsor(session, 99)
    with transaction():
        session.execute(sa.update(Credit).values(state=CreditState.RESERVED))
    with pytest.raises(Conflict) as refused, transaction():
        refund_decisions.goodwill(
            session, order.number, amount_fen=100, reason="", now=START, actor="command"
        )
    assert refused.value.code == "sponsor_short"
