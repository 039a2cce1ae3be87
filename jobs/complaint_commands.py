"""`flask complaints`: read and answer what buyers complain of at WeChat."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click
from flask.cli import AppGroup

from domain.clock import SHANGHAI, business_day
from domain.masking import masked_phone
from flows import complaints
from flows.running import running
from gateways.wechat.errors import WeChatError
from gateways.wechat.pay.complaints import LONGEST_REPLY, Complaint

complaint_group = AppGroup("complaints", help="What buyers complain of at WeChat Pay.")

_complaint = click.argument("complaint_id")


@complaint_group.command("list")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 30), help="How many days back.")
def list_complaints(days: int) -> None:
    """Show the complaints of the last days, oldest first."""
    today = business_day(running().clock())
    with _refusals():
        for one in running().wechat.complaints.between(today - timedelta(days=days - 1), today):
            click.echo(_line(one))


@complaint_group.command("show")
@_complaint
def show(complaint_id: str) -> None:
    """Show one complaint and what was said and done since, oldest first."""
    client = running().wechat.complaints
    with _refusals():
        one, steps = client.get(complaint_id), client.history(complaint_id)
    click.echo(_line(one))
    click.echo(f"  phone {masked_phone(one.phone) if one.phone else '-'}; {one.detail}")
    for step in reversed(steps):
        click.echo(f"  {step.at.astimezone(SHANGHAI):%m-%d %H:%M}  {step.operator}  {step.kind}  {step.text}")


@complaint_group.command("reply")
@_complaint
@click.argument("text")
def reply(complaint_id: str, text: str) -> None:
    """Answer whoever complains."""
    if not 0 < len(text) <= LONGEST_REPLY:
        raise click.ClickException(f"a reply has 1 to {LONGEST_REPLY} characters")
    with _refusals():
        complaints.reply(running(), complaint_id, text)
    click.echo(f"complaints: {complaint_id} answered")


@complaint_group.command("finish")
@_complaint
def finish(complaint_id: str) -> None:
    """Tell WeChat that a complaint is settled; it must have been answered before."""
    with _refusals():
        complaints.finish(running(), complaint_id)
    click.echo(f"complaints: {complaint_id} finished")


def _line(one: Complaint) -> str:
    marks = [
        mark
        for mark, there in (("refunded", one.is_fully_refunded), ("new message", one.has_new_user_message))
        if there
    ]
    made = one.made_at.astimezone(SHANGHAI)
    orders = ",".join(one.out_trade_nos)
    return (
        f"{one.complaint_id}\t{made:%Y-%m-%d %H:%M}\t{one.state.value}\t{orders}\t{', '.join(marks) or '-'}"
    )


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except WeChatError as error:
        raise click.ClickException(f"WeChat refused: {error}") from error
