"""A household's payments: what arrived, and its own word about each."""

from typing import Any

from flask import Response, request

from blueprints.downloads import FILE, PDF_TYPE, download
from blueprints.failures import language
from blueprints.household.guard import household, household_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY, PageArgs
from blueprints.schemas.own_household import ContestArgs, OwnPayout, OwnPayoutPage, TransferSheet
from flows import transfers
from flows.running import running
from gateways.receipt_pages import receipt_pdf
from models.base import database, transaction
from services import household_payouts, payout_answers, payout_papers

blueprint = household_blueprint("household_payouts", "A household's payments")

PAYOUT = "/household/payouts/<int(max=9007199254740991):line_id>"


@blueprint.get("/household/payouts")
@blueprint.arguments(PageArgs, **QUERY)
@blueprint.response(200, OwnPayoutPage)
@blueprint.alt_response(404, description="No household is bound to this user")
def get_payouts(args: dict[str, Any]) -> dict[str, Any]:
    """What has left for the household, newest first, and what became of it."""
    key = read_cursor(args["cursor"], int)
    rows = household_payouts.listed(
        database(),
        household().household_id,
        before=key[0] if key else None,
        limit=args["limit"],
        language=language(),
    )
    return page(rows, args["limit"], lambda row: [row["id"]])


@blueprint.post(f"{PAYOUT}/confirm")
@blueprint.response(200, OwnPayout)
@blueprint.alt_response(404, description="No such payment of this household")
@blueprint.alt_response(409, description="Said already, or it came back")
def post_confirmation(line_id: int) -> dict[str, Any]:
    """Say that a payment came."""
    me = household()
    with transaction() as session:
        payout_answers.confirm(session, me, line_id, now=running().clock(), address=request.remote_addr)
        return household_payouts.find(session, me.household_id, line_id, language())


@blueprint.post(f"{PAYOUT}/contest")
@blueprint.arguments(ContestArgs)
@blueprint.response(200, OwnPayout)
@blueprint.alt_response(404, description="No such payment of this household")
@blueprint.alt_response(409, description="Said already, or it came back")
def post_contest(args: dict[str, Any], line_id: int) -> dict[str, Any]:
    """Say that something is wrong with a payment; somebody who had no part in it looks into it."""
    me = household()
    with transaction() as session:
        payout_answers.contest(
            session, me, line_id, args["reason"], now=running().clock(), address=request.remote_addr
        )
        return household_payouts.find(session, me.household_id, line_id, language())


@blueprint.post(f"{PAYOUT}/collect")
@blueprint.response(200, TransferSheet)
@blueprint.alt_response(404, description="No such payment of this household")
@blueprint.alt_response(409, description="Nothing waits to be accepted in WeChat")
def post_collection(line_id: int) -> dict[str, str]:
    """The parameters of wx.requestMerchantTransfer, with which the payment is accepted; may be asked for again."""
    reference = household_payouts.reference_of(database(), household().household_id, line_id)
    return transfers.confirm_sheet(running(), reference)


@blueprint.get(f"{PAYOUT}/receipt.pdf")
@blueprint.response(200, FILE, content_type=PDF_TYPE)
@blueprint.alt_response(
    404, description="No such payment of this household, or it is not known to have arrived"
)
def get_receipt(line_id: int) -> Response:
    """Proof of one payment that has arrived, to keep or to show."""
    settings = running().settings
    receipt = payout_papers.receipt_of_household(
        database(), household().household_id, line_id, settings.merchant_of_record
    )
    return download(receipt_pdf(receipt, demo=settings.demo), PDF_TYPE, f"receipt-{receipt.reference}.pdf")
