"""`flask words`: words on certificates and gifts that a person has to look at."""

import click
from flask.cli import AppGroup

from domain.errors import Refusal
from domain.messages import message
from domain.words import WordsState
from flows.running import running
from models.base import database, transaction
from services import words

words_group = AppGroup("words", help="Names and messages that a person has to look at.")

_number = click.argument("number")


@words_group.command("list")
def list_doubtful() -> None:
    """Show what waits, oldest first: order, holder's name, message."""
    for one in words.in_doubt(database()):
        click.echo(f"{one.number}\t{one.holder_name or '-'}\t{one.message or '-'}")


@words_group.command("pass")
@_number
def let_pass(number: str) -> None:
    """Let the words of an order be shown."""
    _decide(number, WordsState.PASSED)


@words_group.command("refuse")
@_number
def refuse(number: str) -> None:
    """Keep the words of an order hidden: the holder stays masked; the certificate stands."""
    _decide(number, WordsState.REFUSED)


def _decide(number: str, state: WordsState) -> None:
    try:
        with transaction() as session:
            words.decide(session, number, state, actor="command", now=running().clock())
    except Refusal as refusal:
        shown = {**(refusal.fields or {}), **refusal.details}
        chinese, english = (message(refusal.code, language, shown) for language in ("zh", "en"))
        raise click.ClickException(f"{chinese} {english}") from refusal
    click.echo(f"words: those of order {number} have been {state.value}")
