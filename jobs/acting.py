"""What is done at a terminal in the name of an officer: with the roles and refusals of the same act's call."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from domain.errors import Refusal
from domain.messages import message
from domain.permissions import OfficerContext
from flows.running import running
from models.base import transaction
from services import officers


@contextmanager
def acting(username: str, path: str, method: str = "POST") -> Iterator[OfficerContext]:
    """The officer of this name, who may make the call of this path; a refusal ends the command with its sentences."""
    try:
        with transaction() as session:
            officer = officers.context_of(session, username, running().clock())
        officer.need_call(method, path)
        yield officer
    except Refusal as refusal:
        shown = {**(refusal.fields or {}), **refusal.details}
        raise click.ClickException(
            " ".join(message(refusal.code, language, shown) for language in ("zh", "en"))
        ) from refusal
