"""Tokens of WeChat's apps: read by all processes, renewed by the one that claims it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from models import AccessToken, insert_for, table_of

_Tokens = table_of(AccessToken)


def read(connection: Connection, name: str) -> tuple[str, datetime] | None:
    """The token kept under a name and when it ends; None while there is none."""
    row = connection.execute(
        sa.select(_Tokens.c.token, _Tokens.c.expires_at).where(_Tokens.c.name == name)
    ).first()
    return None if row is None or row.token is None else (row.token, row.expires_at)


def claim(connection: Connection, name: str, now: datetime, until: datetime) -> bool:
    """Whether the caller is the one that may renew until `until`."""
    taken = (
        insert_for(connection.dialect.name, AccessToken)
        .values(name=name, claimed_until=until)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"claimed_until": until},
            where=sa.or_(_Tokens.c.claimed_until.is_(None), _Tokens.c.claimed_until <= now),
        )
        .returning(_Tokens.c.name)
    )
    return connection.execute(taken).first() is not None


def save(connection: Connection, name: str, token: str, expires_at: datetime) -> None:
    """Keep a token and give up the claim."""
    kept = {"token": token, "expires_at": expires_at, "claimed_until": None}
    connection.execute(
        insert_for(connection.dialect.name, AccessToken)
        .values(name=name, **kept)
        .on_conflict_do_update(index_elements=["name"], set_=kept)
    )


def release(connection: Connection, name: str) -> None:
    """Give up a claim that came to nothing."""
    connection.execute(sa.update(_Tokens).where(_Tokens.c.name == name).values(claimed_until=None))
