"""Payout batches: made, submitted, approved, released by different people."""

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from blueprints.idempotent import KEY_PARAMETER, once
from blueprints.officer.guard import in_scope, officer, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY, PageArgs
from blueprints.schemas.payouts import (
    LeftOutPage,
    PayoutBatchAnswer,
    PayoutBatchArgs,
    PayoutBatchPage,
    PayoutLinePage,
    PayoutListArgs,
    PayoutReasonArgs,
)
from domain.payouts import PayoutTerms
from flows.running import running
from models.base import database, transaction
from services import payout_decisions, payout_drafts, payout_views, payouts
from services.payout_drafts import DraftWanted

blueprint = officer_blueprint("payouts", "Paying out what households have earned")

BATCHES = "/officer/payout-batches"
BATCH = f"{BATCHES}/<int(max=9007199254740991):batch_id>"
_ANSWER = PayoutBatchAnswer()


def _terms() -> PayoutTerms:
    settings = running().settings
    return PayoutTerms(
        notice_days=settings.payout_notice_days,
        second_approval_fen=settings.payout_second_approval_fen,
        account_lock_days=settings.account_lock_days,
        file_encoding=settings.payout_file_encoding,
    )


@blueprint.get(BATCHES)
@blueprint.arguments(PayoutListArgs, **QUERY)
@blueprint.response(200, PayoutBatchPage)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_batches(args: dict[str, Any]) -> dict[str, Any]:
    """The payout batches of the officer's region, or of one in it, newest first."""
    key = read_cursor(args["cursor"], int)
    wanted = payout_views.BatchesWanted(in_scope(args["region"]), args["state"], key[0] if key else None)
    rows = payout_views.listed(database(), wanted, args["limit"])
    return page(rows, args["limit"], lambda row: [row["batch"].id])


@blueprint.post(BATCHES)
@blueprint.doc(parameters=[KEY_PARAMETER])
@blueprint.arguments(PayoutBatchArgs)
@blueprint.response(201, PayoutBatchAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="No household can be paid; `fields` says why")
def post_batch(args: dict[str, Any]) -> Response:
    """Draft a batch of what is mature and at least the threshold; nothing is reserved yet."""
    maker, parts = officer(), running()
    wanted = DraftWanted(
        args["region"], args["up_to"], args["threshold_fen"], args["channel"], args["year_end"]
    )

    def act(session: Session, _last: bool) -> dict[str, Any]:
        batch = payout_drafts.draft(
            session, maker, wanted, _terms(), now=parts.clock(), address=request.remote_addr
        )
        shown: dict[str, Any] = _ANSWER.dump(payout_views.shown(session, batch))
        return shown

    return once(maker.actor, parts.clock, act)


@blueprint.get(BATCH)
@blueprint.response(200, PayoutBatchAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_batch(batch_id: int) -> dict[str, Any]:
    """One batch: its people, its lines by state, and who was left out and why."""
    batch = payouts.find(database(), batch_id, officer().region_code)
    return payout_views.shown(database(), batch)


@blueprint.get(f"{BATCH}/lines")
@blueprint.arguments(PageArgs, **QUERY)
@blueprint.response(200, PayoutLinePage)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_lines(args: dict[str, Any], batch_id: int) -> dict[str, Any]:
    """The lines of a batch, masked."""
    batch = payouts.find(database(), batch_id, officer().region_code)
    key = read_cursor(args["cursor"], int)
    rows = payout_views.lines(database(), batch, after=key[0] if key else None, limit=args["limit"])
    return page(rows, args["limit"], lambda row: [row["line"].id])


@blueprint.get(f"{BATCH}/left-out")
@blueprint.arguments(PageArgs, **QUERY)
@blueprint.response(200, LeftOutPage)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_left_out(args: dict[str, Any], batch_id: int) -> dict[str, Any]:
    """The households a batch left out, masked, each with its reason."""
    batch = payouts.find(database(), batch_id, officer().region_code)
    key = read_cursor(args["cursor"], int)
    rows = payout_views.left_out(database(), batch, after=key[0] if key else None, limit=args["limit"])
    return page(rows, args["limit"], lambda row: [row["key"]])


@blueprint.post(f"{BATCH}/submit")
@blueprint.response(200, PayoutBatchAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It is no draft, or some of its money has moved since")
def post_submission(batch_id: int) -> dict[str, Any]:
    """Reserve the money of one's own draft and put it up for public objection."""
    now = running().clock()
    with transaction() as session:
        batch = payout_decisions.submit(
            session, officer(), batch_id, _terms(), now=now, address=request.remote_addr
        )
        return payout_views.shown(session, batch)


@blueprint.post(f"{BATCH}/approve")
@blueprint.response(200, PayoutBatchAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It waits for no approval, or its public notice still stands")
def post_approval(batch_id: int) -> dict[str, Any]:
    """Approve a batch after its public notice; above the tier a second person has to as well."""
    now = running().clock()
    with transaction() as session:
        batch = payout_decisions.approve(session, officer(), batch_id, now=now, address=request.remote_addr)
        return payout_views.shown(session, batch)


@blueprint.post(f"{BATCH}/reject")
@blueprint.arguments(PayoutReasonArgs)
@blueprint.response(200, PayoutBatchAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It has not been submitted, or was released")
def post_rejection(args: dict[str, Any], batch_id: int) -> dict[str, Any]:
    """Refuse a batch; its money is owed again."""
    now = running().clock()
    with transaction() as session:
        batch = payout_decisions.reject(
            session, officer(), batch_id, args["reason"], now=now, address=request.remote_addr
        )
        return payout_views.shown(session, batch)


@blueprint.post(f"{BATCH}/cancel")
@blueprint.arguments(PayoutReasonArgs)
@blueprint.response(200, PayoutBatchAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It was released or has ended")
def post_cancellation(args: dict[str, Any], batch_id: int) -> dict[str, Any]:
    """Take one's own batch back before it is released; it is then `rejected`, with the reason."""
    now = running().clock()
    with transaction() as session:
        batch = payout_decisions.cancel(
            session, officer(), batch_id, args["reason"], now=now, address=request.remote_addr
        )
        return payout_views.shown(session, batch)


@blueprint.post(f"{BATCH}/release")
@blueprint.response(200, PayoutBatchAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It is not approved, or the channel does not hold its money")
def post_release(batch_id: int) -> dict[str, Any]:
    """Let the money of an approved batch go, as a person who has done nothing else for it."""
    now = running().clock()
    with transaction() as session:
        batch = payout_decisions.release(
            session, officer(), batch_id, _terms(), now=now, address=request.remote_addr
        )
        return payout_views.shown(session, batch)
