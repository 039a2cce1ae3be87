"""`flask payments` and `flask refunds`, as an operator types them."""

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from models import PrepayAttempt, database, transaction
from tests.support import notices
from tests.support.buying import Buyer, faults_found, make_shop
from tests.support.clock import SteppingClock
from tests.support.refunding import book, follow, given_back, sandbox_of, standing, submit


def flask(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


def _told(result: Result) -> list[str]:
    """What happened, in its order, without the times."""
    return [line[22:] for line in result.output.splitlines()[1:]]


def test_the_story_of_an_order_is_told_in_order(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=2)
    sandbox = sandbox_of(app)
    sandbox.fail("500", "prepay", number, times=2)
    assert lin.post(f"/orders/{number}/payment").status_code == 503
    clock.advance(seconds=10)
    lin.prepare(number)
    clock.advance(seconds=10)
    lin.pay(number)
    serial = lin.shown(number)["certificate"]
    clock.advance(days=1)
    refund = given_back(lin, number)
    clock.advance(seconds=5)
    submit(app)
    clock.advance(seconds=31)
    follow(app)

    shown = flask(app, "payments", "show", number)
    assert shown.exit_code == 0
    assert shown.output.splitlines()[0] == f"{number}  refunded  6.00 yuan"
    told = _told(shown)
    begins = [
        "order placed: 2 trees of 2026, 6.00 yuan, held until 2026-09-01 02:15:00Z",
        "payment asked for in app ",
        "prepay: SYSTEM_ERROR",
        "prepay: prepared",
        "WeChat received 6.00 yuan as transaction ",
        f"certificate {serial} made, now revoked",
        "booked order_paid: wechat -> household:",
        "notice EV-",
        "certificate revoked: buyer",
        "booked refund_accepted: household:",
        "refund of 6.00 yuan requested (buyer), now succeeded",
        f"refund number {refund} taken",
        f"refund {refund} first sent, WeChat last said succeeded",
        f"booked refund_paid: refunds:due -> wechat 6.00 yuan ({refund})",
        f"refund {refund} succeeded",
    ]
    kept = [line for line in told if not line.startswith(("upload", "message", "shipping"))]
    missing = [words for words in begins if not any(line.startswith(words) for line in kept)]
    assert missing == []
    places = [next(n for n, line in enumerate(kept) if line.startswith(words)) for words in begins]
    assert places[:4] == sorted(places[:4])
    assert places[-1] > places[10] > places[5]
    assert "林小满" not in shown.output


def test_an_order_nobody_knows_has_no_story(app: Flask) -> None:
    shown = flask(app, "payments", "show", "D000000NOTHING")
    assert (shown.exit_code, shown.output) == (1, "Error: There is no such order.\n")


def test_wechat_down_keeps_the_order_and_every_try(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=1)
    sandbox = sandbox_of(app)
    for fault in ("drop", "503"):
        sandbox.fail(fault, "prepay", number, times=2)
        refused = lin.post(f"/orders/{number}/payment")
        assert (refused.status_code, refused.get_json()["code"]) == (503, "payment_unavailable")
    lin.pay(number)
    with app.app_context():
        outcomes = database().scalars(sa.select(PrepayAttempt.outcome).order_by(PrepayAttempt.id)).all()
    assert outcomes == ["NO_ANSWER", "SERVICE_UNAVAILABLE", "prepared"]
    assert lin.shown(number)["status"] == "paid"


def test_a_notice_nobody_could_place_is_settled_when_it_is_replayed(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=1)
    # As after a restored backup: the notice is there, what came of it is not.
    body = notices.sealed(lin.parts, notices.told(lin.parts, number, 300), notice_id="EV-7")
    with app.app_context(), transaction() as session:
        session.execute(sa.text("UPDATE orders SET number = 'elsewhere'"))
    assert notices.send(app, body).status_code == 404
    with app.app_context(), transaction() as session:
        session.execute(sa.text("UPDATE orders SET number = :number"), {"number": number})
    run = flask(app, "payments", "replay-notice", "EV-7")
    assert (run.exit_code, run.output) == (0, "EV-7: paid\n")
    assert lin.shown(number)["status"] == "paid"
    assert flask(app, "payments", "replay-notice", "EV-7").output == "EV-7: duplicate\n"
    assert book(app) == {"wechat": -300, "households": 300}
    assert faults_found(app) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("payments", "replay-notice", "EV-0"), "Error: There is no such notice.\n"),
        (("refunds", "renew", "nothing"), "Error: There is no refund by this number.\n"),
        (("refunds", "goodwill", "D0", "1", "--reason", "x"), "Error: There is no such order.\n"),
    ],
)
def test_what_is_not_there_is_said_so(app: Flask, words: tuple[str, ...], said: str) -> None:
    run = flask(app, *words)
    assert run.exit_code == 1
    assert run.output.startswith(said)


def test_refunds_under_way_are_listed(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1)
    assert flask(app, "refunds", "list").output == ""
    refund = given_back(lin, number)
    assert flask(app, "refunds", "list").output.startswith(f"{refund}\t{number}\tbuyer\t3.00\trequested\t")


def test_goodwill_reaches_the_buyer_after_the_window(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1)
    clock.advance(days=8)
    assert flask(app, "sponsor", "pay-in", "5", "--reference", "B1").exit_code == 0
    run = flask(app, "refunds", "goodwill", number, "1.50", "--reason", "证书寄错")
    assert (run.exit_code, run.output) == (0, "1.50 yuan will go back\n")
    assert standing(app, number).cause == "goodwill"
    submit(app)
    clock.advance(seconds=31)
    follow(app)
    shown = Buyer(app).shown(number)
    assert (shown["status"], shown["money"]["refunded_fen"]) == ("paid", 150)
    assert book(app) == {"wechat": -150, "bank": -500, "sponsor": 350, "households": 300}
    assert faults_found(app) == []
