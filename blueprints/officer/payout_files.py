"""A batch's papers and its bank file, to take along: each within the officer's region."""

from typing import Any

from flask import Response, request

from blueprints.downloads import FILE, PDF_TYPE, download
from blueprints.officer.guard import officer, officer_blueprint
from blueprints.schemas.base import QUERY
from blueprints.schemas.payouts import SignOffArgs
from domain.payouts import batch_number
from flows.running import running
from gateways.notice_pages import notice_pdf
from gateways.receipt_pages import receipt_pdf
from gateways.sign_off_pages import sign_off_pdf
from gateways.statements import CSV_TYPE
from models import PayoutBatch
from models.base import database, transaction
from services import payout_files, payout_papers, payouts

blueprint = officer_blueprint("payout_files", "What is printed about a payout, and what the bank is given.")

BATCH = "/officer/payout-batches/<int(max=9007199254740991):batch_id>"
#: What a download says of itself beside its bytes.
SHA256, TIMES, WARNING = "X-Content-SHA256", "X-Times-Taken", "X-Warning"


@blueprint.get(f"{BATCH}/notice.pdf")
@blueprint.response(200, FILE, content_type=PDF_TYPE)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="The batch has not been submitted, so that it has no window yet")
def get_notice(batch_id: int) -> Response:
    """The public notice: masked names, amounts, until when anybody may object, and where."""
    batch = _batch(batch_id)
    settings = running().settings
    notice = payout_papers.notice(database(), batch, settings.objections_at or None)
    return download(notice_pdf(notice, demo=settings.demo), PDF_TYPE, f"notice-{batch_number(batch.id)}.pdf")


@blueprint.get(f"{BATCH}/sign-off.pdf")
@blueprint.arguments(SignOffArgs, **QUERY)
@blueprint.response(200, FILE, content_type=PDF_TYPE)
@blueprint.alt_response(404, description="No such batch here, or every household of it has bound its phone")
@blueprint.alt_response(409, description="The batch has not been approved")
def get_sign_off(args: dict[str, Any], batch_id: int) -> Response:
    """The sheets that are signed in the villages: households without a bound phone, or with `all=true` every one."""
    batch = _batch(batch_id)
    sheets = payout_papers.sign_off(database(), batch, everybody=args["all"])
    written = sign_off_pdf(sheets, demo=running().settings.demo)
    return download(written, PDF_TYPE, f"sign-off-{batch_number(batch.id)}.pdf")


@blueprint.get(f"{BATCH}/receipts/<string:reference>.pdf")
@blueprint.response(200, FILE, content_type=PDF_TYPE)
@blueprint.alt_response(404, description="No such payment in the batch, or it is not known to have arrived")
def get_receipt(batch_id: int, reference: str) -> Response:
    """Proof for a household that one payment has arrived."""
    settings = running().settings
    receipt = payout_papers.receipt(database(), _batch(batch_id), reference, settings.merchant_of_record)
    return download(receipt_pdf(receipt, demo=settings.demo), PDF_TYPE, f"receipt-{receipt.reference}.pdf")


@blueprint.get(f"{BATCH}/file.csv")
@blueprint.response(
    200,
    FILE,
    content_type=CSV_TYPE,
    headers={
        SHA256: {"description": "SHA-256 of the bytes, in hexadecimal", "schema": {"type": "string"}},
        TIMES: {
            "description": "How often the file has been taken, this time included",
            "schema": {"type": "integer"},
        },
        WARNING: {
            "description": "`taken-before` from the second time on: a bank that is given the file twice may pay twice",
            "schema": {"type": "string"},
        },
    },
)
@blueprint.alt_response(404, description="No such batch here, or it has no bank file")
@blueprint.alt_response(409, description="The kept bytes are not those that were frozen")
def get_file(batch_id: int) -> Response:
    """The bank file as it was frozen at release; each download is written down, a second one is warned of."""
    batch = _batch(batch_id)
    with transaction() as session:
        taken = payout_files.take(
            session, officer(), batch, now=running().clock(), address=request.remote_addr
        )
    response = download(taken.content, CSV_TYPE, f"{batch_number(batch.id)}.csv")
    response.content_type = f"{CSV_TYPE}; charset={taken.file.encoding.value}"
    response.headers[SHA256] = taken.file.sha256
    response.headers[TIMES] = str(taken.times)
    if taken.again:
        response.headers[WARNING] = "taken-before"
    return response


def _batch(batch_id: int) -> PayoutBatch:
    return payouts.find(database(), batch_id, officer().region_code)
