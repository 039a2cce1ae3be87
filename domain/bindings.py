"""What a household's WeChat binding allows, and when money may go there.

Binding is an account edit: a second officer confirms it, and payouts to it are locked for a while after either act.
Source: "Who may do what" in docs/domain.md.
"""

from datetime import datetime, timedelta


def payable_from(bound_at: datetime, confirmed_at: datetime | None, lock: timedelta) -> datetime | None:
    """From when money may go to a binding (`ACCOUNT_LOCK_DAYS`); None while nobody has confirmed it."""
    return None if confirmed_at is None else max(bound_at, confirmed_at) + lock
