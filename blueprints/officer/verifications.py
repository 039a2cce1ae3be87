"""Measurements become sellable tree-years, by a verifier who neither imported nor surveyed them."""

from typing import Any

from blueprints.officer.guard import in_scope, officer, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY
from blueprints.schemas.verifications import (
    VerificationAnswer,
    VerificationArgs,
    VerificationListArgs,
    VerificationPage,
)
from flows.running import running
from models.base import database, transaction
from services import verification_views, verifications
from services.verification_views import ShownVerification

blueprint = officer_blueprint("verifications", "Approving measurements as sellable tree-years.")


@blueprint.get("/officer/verifications")
@blueprint.arguments(VerificationListArgs, **QUERY)
@blueprint.response(200, VerificationPage)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_verifications(args: dict[str, Any]) -> dict[str, Any]:
    """The verifications of the officer's region, newest first."""
    key = read_cursor(args["cursor"], int)
    rows = verification_views.listed(
        database(),
        in_scope(args.get("region")),
        year=args.get("year"),
        before=key[0] if key else None,
        limit=args["limit"],
    )
    return page(rows, args["limit"], lambda row: [row.verification.id])


@blueprint.post("/officer/verifications")
@blueprint.arguments(VerificationArgs)
@blueprint.response(201, VerificationAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
def post_verification(args: dict[str, Any]) -> ShownVerification:
    """Count what an approval would make sellable, and why other trees are left out; nothing is sold yet."""
    with transaction() as session:
        row = verifications.draft(
            session, verifier=officer(), region_code=args["region"], year=args["year"], now=running().clock()
        )
        return verification_views.shown(session, row)


@blueprint.get("/officer/verifications/<int(max=9007199254740991):verification_id>")
@blueprint.response(200, VerificationAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_verification(verification_id: int) -> ShownVerification:
    """One verification of the officer's region."""
    row = verifications.find(database(), verification_id, officer().region_code)
    return verification_views.shown(database(), row)


@blueprint.post("/officer/verifications/<int(max=9007199254740991):verification_id>/approve")
@blueprint.response(200, VerificationAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It is no draft any more, or no tree can be approved")
def post_approval(verification_id: int) -> ShownVerification:
    """Approve a draft: its trees may be sold for the year, on terms that are frozen now."""
    with transaction() as session:
        row = verifications.approve(session, verification_id, verifier=officer(), now=running().clock())
        return verification_views.shown(session, row)


@blueprint.post("/officer/verifications/<int(max=9007199254740991):verification_id>/withdraw")
@blueprint.response(200, VerificationAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It has been withdrawn already")
def post_withdrawal(verification_id: int) -> ShownVerification:
    """Take a draft or an approval back: what is unsold is sold no more, what is sold stands."""
    with transaction() as session:
        row = verifications.withdraw(session, verification_id, verifier=officer(), now=running().clock())
        return verification_views.shown(session, row)
