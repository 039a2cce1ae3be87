"""Who may give whom which role: what takes a second administrator, and for how long links, proposals and deputies hold.

Source: separation of duties in docs/domain.md. An account that can move money, or say who may, is never the work of
one person.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.clock import day_span
from domain.errors import Invalid
from domain.permissions import SECOND_FACTOR
from domain.roles import Role

#: Roles that one administrator alone cannot give: the same that show a one-time code.
NEEDS_SECOND_PERSON = SECOND_FACTOR
#: How long the link of an invitation, or of a reset, may be used.
INVITATION_GOOD = timedelta(days=7)
RESET_GOOD = timedelta(hours=24)
#: How long a proposal waits for the second administrator.
PROPOSAL_GOOD = timedelta(days=7)
#: After a reset nobody acts on payouts for so long, whoever holds the account now.
PAYOUTS_HELD = timedelta(hours=72)
LONGEST_DEPUTY_DAYS = 366


class LinkKind(StrEnum):
    """What a single-use link lets its holder do: choose a first password, or a new one."""

    INVITE = "invite"
    RESET = "reset"


class ProposalKind(StrEnum):
    """What waits for a second administrator."""

    INVITE = "invite"
    ROLES = "roles"
    DEPUTY = "deputy"
    RESET = "reset"


class ProposalState(StrEnum):
    """`open`; then `confirmed` by a second administrator, or `refused` by anybody of them, or by time."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class PersonState(StrEnum):
    """`invited` until a first password has been chosen."""

    INVITED = "invited"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Span:
    """From when, and until when, a deputy has a role: half open, aware UTC."""

    starts_at: datetime
    ends_at: datetime


def takes_second_person(before: Set[Role], after: Set[Role], *, moved: bool) -> bool:
    """Whether a change of roles, or of the region they hold in, takes a second administrator.

    Taking a role away never does: what protects money must be quick.
    """
    return bool((after - before) & NEEDS_SECOND_PERSON) or (moved and bool(after & NEEDS_SECOND_PERSON))


def deputy_span(first: date, last: date, today: date) -> Span:
    """The business days first..last as instants; raises Invalid for days that are over, turned round or over a year."""
    if last < first or last < today or (last - first).days >= LONGEST_DEPUTY_DAYS:
        raise Invalid("deputy_days", longest=LONGEST_DEPUTY_DAYS)
    return Span(*day_span(first, last))
