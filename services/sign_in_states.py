"""A sign-in state is good once."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Invalid
from domain.sign_in_states import SignInState
from models import UsedSignInState, insert_for


def use(session: Session, state: SignInState) -> None:
    """Use a state up; raises Invalid("login_state_invalid") for one that was used before."""
    used = session.execute(
        insert_for(session.get_bind().dialect.name, UsedSignInState)
        .values(name=state.name, expires_at=state.expires_at)
        .on_conflict_do_nothing()
        .returning(UsedSignInState.name)
    ).first()
    if used is None:
        raise Invalid("login_state_invalid")


def forget_old(session: Session, now: datetime) -> int:
    """Drop what is too old to be used anyway; returns how many."""
    dropped = session.execute(
        sa.delete(UsedSignInState).where(UsedSignInState.expires_at <= now).returning(UsedSignInState.name)
    )
    return len(dropped.all())
