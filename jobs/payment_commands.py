"""`flask payments …` and `flask refunds …`: what became of one order's money, and what a person may do about it."""

import click
from flask.cli import AppGroup

from domain.errors import Refusal
from domain.messages import message
from domain.money import fen_from_yuan, yuan_text
from flows import notices as noticing
from flows import refunds as refunding
from flows.running import running
from models import database, transaction
from services import orders, refund_decisions, refunds, timelines

payment_group = AppGroup("payments", help="What became of one order's money.")
refund_group = AppGroup("refunds", help="Money on its way back to buyers.")
ACTOR = "command"


@payment_group.command("show")
@click.argument("number")
def show(number: str) -> None:
    """Tell the story of order NUMBER: attempts, notices, postings, refunds, certificate, incidents."""
    try:
        order = orders.by_number(database(), number)
        entries = timelines.of_order(database(), number)
    except Refusal as refusal:
        raise _spoken(refusal) from refusal
    click.echo(f"{order.number}  {order.state}  {yuan_text(order.amount_fen)} yuan")
    for entry in entries:
        click.echo(f"{entry.at:%Y-%m-%d %H:%M:%SZ}  {entry.what}")


@payment_group.command("replay-notice")
@click.argument("notice_id")
def replay_notice(notice_id: str) -> None:
    """Settle notice NOTICE_ID again from what was written down of it; what was settled before changes nothing."""
    try:
        outcome = noticing.replay(running(), notice_id)
    except Refusal as refusal:
        raise _spoken(refusal) from refusal
    click.echo(f"{notice_id}: {outcome}")


@refund_group.command("list")
def list_open() -> None:
    """Show every refund that has not reached its payer."""
    for refund, order_number, number in refunds.unfinished(database()):
        click.echo(
            f"{number}\t{order_number}\t{refund.cause}\t{yuan_text(refund.amount_fen)}\t{refund.state}"
            f"\trequested {refund.requested_at:%Y-%m-%d}\tnext turn {refund.next_try_at:%Y-%m-%d %H:%M}"
        )


@refund_group.command("renew")
@click.argument("number")
def renew(number: str) -> None:
    """Give the failed refund NUMBER a new number; WeChat is asked first whether the old one is truly over."""
    try:
        new = refunding.renew(running(), number, ACTOR)
    except Refusal as refusal:
        raise _spoken(refusal) from refusal
    click.echo(f"{number} is over, {new} will be sent")


@refund_group.command("goodwill")
@click.argument("number")
@click.argument("yuan")
@click.option("--reason", required=True, help="Why, for the record.")
def goodwill(number: str, yuan: str, reason: str) -> None:
    """Give YUAN of the sponsor's money to the buyer of order NUMBER, whose ordinary refund is over."""
    try:
        with transaction() as session:
            refund = refund_decisions.goodwill(
                session,
                number,
                amount_fen=fen_from_yuan(yuan),
                reason=reason[:80],
                now=running().clock(),
                actor=ACTOR,
            )
    except Refusal as refusal:
        raise _spoken(refusal) from refusal
    click.echo(f"{yuan_text(refund.amount_fen)} yuan will go back")


def _spoken(refusal: Refusal) -> click.ClickException:
    details = {**(refusal.fields or {}), **refusal.details}
    return click.ClickException(message(refusal.code, "en", details))
