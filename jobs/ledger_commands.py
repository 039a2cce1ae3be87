"""`flask ledger …` and `flask sponsor …`: prove the book, and book what the sponsor pays in."""

import click
from flask.cli import AppGroup

from domain.errors import Refusal
from domain.messages import message
from domain.money import fen_from_yuan, yuan_text
from domain.months import Month, read_statement
from flows.running import running
from models import database, transaction
from services import audit, income_sums, ledger, months, officers, sponsor

ledger_group = AppGroup("ledger", help="The book of postings.")
sponsor_group = AppGroup("sponsor", help="Money that bears the channel's fees.")


@ledger_group.command("verify")
def verify() -> None:
    """Prove that everything sums to zero, keeps its sign, and traces to a certificate, and the sums made from it."""
    session = database()
    findings = [*ledger.verify(session), *income_sums.verify(session), *months.verify(session)]
    for finding in findings:
        click.echo(f"{finding.rule}: {finding.subject}: {finding.detail}", err=True)
    if findings:
        raise click.ClickException(f"{len(findings)} findings: the book does not hold")
    for account, fen in _grouped(ledger.balances(database())).items():
        click.echo(f"{account:<16} {yuan_text(fen):>16}")
    click.echo("the book holds")


@ledger_group.command("close")
@click.argument("month")
@click.option(
    "--by", "username", help="The officer in whose name this is done; nobody's when a timetable does it."
)
def close(month: str, username: str | None) -> None:
    """Close MONTH (YYYY-MM): store its statement for good, and print the hash to be kept elsewhere."""
    try:
        with transaction() as session:
            actor = (
                "command"
                if username is None
                else officers.context_of(session, username, running().clock()).actor
            )
            row = months.close(session, Month.of(month), running().clock(), actor=actor)
    except Refusal as refusal:
        raise click.ClickException(message(refusal.code, "en", refusal.details)) from refusal
    made = read_statement(row.statement)
    for county in made.counties:
        figures = {"start": county.start_fen, "earned": county.earned_fen, "refunded": county.refunded_fen}
        figures |= {"paid": county.paid_fen, "end": county.end_fen}
        told = "  ".join(f"{name} {yuan_text(fen)}" for name, fen in figures.items())
        click.echo(f"{county.county or 'several':<8} {told}")
    for account in made.accounts:
        click.echo(f"{account.account:<12} {yuan_text(account.start_fen)} to {yuan_text(account.end_fen)}")
    click.echo(f"{month} closed, sha256 {row.sha256.hex()}")
    click.echo(f"audit head {row.audit_position}:{row.audit_seal.hex()}")


def _grouped(balances: dict[str, int]) -> dict[str, int]:
    """Balances with all households and all payouts in one line each: a proof needs no names."""
    totals: dict[str, int] = {}
    for account, fen in sorted(balances.items()):
        name = account.partition(":")[0] + "s" if account.startswith(("household:", "payout:")) else account
        totals[name] = totals.get(name, 0) + fen
    return totals


@sponsor_group.command("pay-in")
@click.argument("yuan")
@click.option("--reference", required=True, help="The bank's reference of the transfer.")
def pay_in(yuan: str, reference: str) -> None:
    """Book YUAN that the sponsor has paid into the bank account."""
    parts = running()
    now = parts.clock()
    try:
        amount_fen = fen_from_yuan(yuan)
        with transaction() as session:
            sponsor.pay_in(session, amount_fen, reference, now)
            sponsor.set_sales_gate(
                session,
                now=now,
                fee_permille=parts.settings.channel_fee_permille,
                days=parts.settings.sponsor_fee_days,
            )
            audit.record(
                session,
                actor="command",
                action="sponsor_pay_in",
                subject=f"bank:{reference}",
                now=now,
                facts={"amount_fen": amount_fen},
            )
    except Refusal as refusal:
        raise click.ClickException(message(refusal.code, "en", refusal.details)) from refusal
    click.echo(f"booked {yuan_text(amount_fen)} yuan for the fees")
