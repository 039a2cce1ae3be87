"""What waits for an officer: whatever somebody else has begun and one of the officer's roles may decide."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.masking import officer_name
from domain.payouts import AccountOrigin, AccountState, BatchState
from domain.people import PROPOSAL_GOOD, ProposalState
from domain.period_exports import ExportState
from domain.permissions import OfficerContext
from domain.regions import village_bounds
from models import (
    Household,
    HouseholdAccount,
    Import,
    Incident,
    Officer,
    PayoutBatch,
    PayoutDuty,
    PeriodExport,
    Proposal,
    Tree,
    TreeLoss,
    Verification,
    YearReview,
)
from models.household_changes import ChangeState, HouseholdChange
from models.imports import ImportState
from models.verifications import VerificationState
from services.imports.views import may_bring

#: How many subjects are named of each kind, the oldest first; a screen of its own has them all.
NAMED = 10


@dataclass(frozen=True, slots=True)
class Subject:
    """What one thing that waits is about: a household's public id, a tree's code, or the number of a thing."""

    subject: str
    name: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many things of one kind, and the oldest of them."""

    kind: str
    count: int
    first: list[Subject]


Wanted = Callable[[OfficerContext, datetime], sa.Select[Any]]


#: The names are sealed, so that what has none must say that it would be bytes.
_NO_NAME = sa.cast(sa.null(), sa.LargeBinary)


def _about_households(model: Any, at: Any, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(at.label("since"), Household.public_id.label("subject"), Household.head_name.label("name"))
        .join(Household, Household.id == model.household_id)
        .where(*conditions)
    )


def _about(number: Any, at: Any, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(
        at.label("since"), sa.cast(number, sa.String).label("subject"), _NO_NAME.label("name")
    ).where(*conditions)


def _below(column: Any, officer: OfficerContext) -> sa.ColumnElement[bool]:
    return sa.and_(True, column.startswith(officer.region_code, autoescape=True))


def _lives_below(officer: OfficerContext) -> sa.ColumnElement[bool]:
    return Household.region_code.between(*village_bounds(officer.region_code))


def _accounts(origin: sa.ColumnElement[bool]) -> Wanted:
    return lambda officer, _now: _about_households(
        HouseholdAccount,
        HouseholdAccount.proposed_at,
        HouseholdAccount.state == AccountState.PROPOSED,
        HouseholdAccount.ended_at.is_(None),
        HouseholdAccount.editor_id.is_distinct_from(officer.id),
        origin,
        _lives_below(officer),
    )


def _changes(officer: OfficerContext, _now: datetime) -> sa.Select[Any]:
    return _about_households(
        HouseholdChange,
        HouseholdChange.proposed_at,
        HouseholdChange.state == ChangeState.PROPOSED,
        HouseholdChange.proposer_id != officer.id,
        _lives_below(officer),
    )


def _losses(officer: OfficerContext, _now: datetime) -> sa.Select[Any]:
    return _about(
        Tree.code,
        TreeLoss.reported_at,
        TreeLoss.tree_id == Tree.id,
        TreeLoss.confirmed_at.is_(None),
        TreeLoss.undone_at.is_(None),
        TreeLoss.reporter_id != officer.id,
        Tree.region_code.between(*village_bounds(officer.region_code)),
    )


def _imports(officer: OfficerContext, _now: datetime) -> sa.Select[Any]:
    return _about(Import.id, Import.created_at, Import.state == ImportState.CHECKED, may_bring(officer))


def _verifications(officer: OfficerContext, _now: datetime) -> sa.Select[Any]:
    return _about(
        Verification.id,
        Verification.created_at,
        Verification.state == VerificationState.DRAFT,
        _below(Verification.region_code, officer),
    )


def _reviews(officer: OfficerContext, _now: datetime) -> sa.Select[Any]:
    return _about(
        YearReview.id,
        YearReview.drawn_at,
        YearReview.confirmed_at.is_(None),
        _below(YearReview.region_code, officer),
    )


def _batches(state: BatchState, at: Any, *, own: bool = False) -> Wanted:
    """Batches in a state: the officer's own to go on with, or those in which the officer has no duty yet."""

    def wanted(officer: OfficerContext, _now: datetime) -> sa.Select[Any]:
        has_duty = sa.exists().where(
            PayoutDuty.batch_id == PayoutBatch.id, PayoutDuty.officer_id == officer.id
        )
        return _about(
            PayoutBatch.id,
            at,
            PayoutBatch.state == state,
            has_duty if own else ~has_duty,
            _below(PayoutBatch.region_code, officer),
        )

    return wanted


def _incidents(_officer: OfficerContext, _now: datetime) -> sa.Select[Any]:
    return _about(Incident.id, Incident.opened_at, Incident.resolved_at.is_(None))


def _proposals(officer: OfficerContext, now: datetime) -> sa.Select[Any]:
    return _about(
        Proposal.id,
        Proposal.proposed_at,
        Officer.id == Proposal.officer_id,
        Proposal.state == ProposalState.OPEN,
        Proposal.proposed_at > now - PROPOSAL_GOOD,
        Proposal.proposed_by_id != officer.id,
        Proposal.officer_id != officer.id,
        _below(Officer.region_code, officer),
    )


def _exports(officer: OfficerContext, now: datetime) -> sa.Select[Any]:
    return _about(
        PeriodExport.id,
        PeriodExport.requested_at,
        PeriodExport.state == ExportState.REQUESTED,
        PeriodExport.expires_at > now,
        _below(PeriodExport.region_code, officer),
    )


_HOUSEHOLD = "/officer/households/{public_id}"
_BY_BINDING = HouseholdAccount.origin == AccountOrigin.BINDING
#: kind -> (the path of the POST that decides it, what waits).
KINDS: dict[str, tuple[str, Wanted]] = {
    "imports": ("/officer/imports/{import_id}/accept", _imports),
    "verifications": ("/officer/verifications/{verification_id}/approve", _verifications),
    "year_reviews": ("/officer/year-reviews/{review_id}/confirm", _reviews),
    "tree_losses": ("/officer/trees/{code}/loss/confirm", _losses),
    "accounts": (f"{_HOUSEHOLD}/accounts/{{account_id}}/confirm", _accounts(~_BY_BINDING)),
    "bindings": (f"{_HOUSEHOLD}/binding/confirm", _accounts(_BY_BINDING)),
    "household_changes": (f"{_HOUSEHOLD}/changes/{{change_id}}/confirm", _changes),
    "batches_to_submit": (
        "/officer/payout-batches/{batch_id}/submit",
        _batches(BatchState.DRAFT, PayoutBatch.drafted_at, own=True),
    ),
    "batches_to_approve": (
        "/officer/payout-batches/{batch_id}/approve",
        _batches(BatchState.SUBMITTED, PayoutBatch.submitted_at),
    ),
    "batches_to_release": (
        "/officer/payout-batches/{batch_id}/release",
        _batches(BatchState.APPROVED, PayoutBatch.approved_at),
    ),
    "incidents": ("/officer/incidents/{incident_id}/resolve", _incidents),
    "proposals": ("/officer/proposals/{proposal_id}/confirm", _proposals),
    "period_exports": ("/officer/period-exports/{export_id}/grant", _exports),
}


def waiting(
    session: Session, officer: OfficerContext, calls: frozenset[tuple[str, str]], now: datetime
) -> list[Waiting]:
    """What waits for the officer by kind, kinds without anything left out; `calls` are those open to the officer."""
    open_to = [(kind, wanted) for kind, (path, wanted) in KINDS.items() if ("POST", path) in calls]
    if not open_to:
        return []
    # One statement for all kinds: each line is one thing that waits, with how many of its kind there are.
    rows = sa.union_all(*(_oldest(kind, wanted(officer, now)) for kind, wanted in open_to)).subquery()
    named = sa.type_coerce(rows.c.name, Household.head_name.type).label("name")
    found: dict[str, Waiting] = {}
    lines = sa.select(rows.c.kind, rows.c.number, rows.c.since, rows.c.subject, named)
    for row in session.execute(lines.order_by(rows.c.since, rows.c.subject)):
        kind = found.setdefault(row.kind, Waiting(row.kind, row.number, []))
        kind.first.append(Subject(row.subject, _masked(row.name), row.since))
    return [found[kind] for kind in KINDS if kind in found]


def _oldest(kind: str, wanted: sa.Select[Any]) -> sa.Select[Any]:
    """The oldest things of one kind and the number of all of them."""
    rows = wanted.subquery()
    number = sa.func.count().over().label("number")
    oldest = (
        sa.select(sa.literal(kind).label("kind"), number, rows.c.since, rows.c.subject, rows.c.name)
        .order_by(rows.c.since, rows.c.subject)
        .limit(NAMED)
        .subquery()
    )
    return sa.select(oldest)


def _masked(name: str | None) -> str | None:
    return None if name is None else officer_name(name)
