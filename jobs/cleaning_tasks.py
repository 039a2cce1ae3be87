"""What the worker throws away: what was only kept for a while, and nobody waits for any more."""

from flows import imports
from flows.running import running
from models import transaction
from services import sign_in_locks, sign_in_states


def clear_imports() -> int:
    """Delete staged survey sheets that nobody waits for any more."""
    return imports.clear_stale(running().clock())


def forget_guesses() -> int:
    """Drop the counts of wrong passwords that no longer matter."""
    with transaction() as session:
        return sign_in_locks.forget_old_guesses(session, running().clock())


def forget_sign_in_states() -> int:
    """Drop used sign-in states that would have ended by now."""
    with transaction() as session:
        return sign_in_states.forget_old(session, running().clock())
