"""An officer's one-time codes: a new phone is scanned, and is in force once it has shown its first code."""

from typing import Any

from flask import request

from blueprints import limits
from blueprints.officer.guard import officer, officer_blueprint
from blueprints.schemas.officers import EnrolmentAnswer, EnrolmentArgs, FirstCodeArgs, RecoveryCodesAnswer
from flows.officer_sign_in import Proof, begin_enrolment, confirm_enrolment
from flows.running import running
from gateways.qr import secret_qr_svg

blueprint = officer_blueprint("officer_totp", "An officer's one-time codes")


@blueprint.post("/officer/totp")
@limits.sign_in
@blueprint.arguments(EnrolmentArgs)
@blueprint.response(201, EnrolmentAnswer)
@blueprint.alt_response(429, description="Too many failures: `locked_out`, with `retry_after_seconds`")
def post_enrolment(body: dict[str, Any]) -> dict[str, str]:
    """Begin to set up a phone: its secret and QR code, shown once; a phone in use stays good until the next call."""
    asking = officer()
    proof = Proof(asking.username, **body, address=request.remote_addr)
    enrolment = begin_enrolment(running(), asking, proof)
    return {"secret": enrolment.secret, "uri": enrolment.uri, "qr_svg": secret_qr_svg(enrolment.uri)}


@blueprint.post("/officer/totp/confirm")
@blueprint.arguments(FirstCodeArgs)
@blueprint.response(200, RecoveryCodesAnswer)
@blueprint.alt_response(409, description="Nothing was begun")
def post_first_code(body: dict[str, Any]) -> dict[str, list[str]]:
    """Put the phone in force by its first code; the recovery codes are shown once, and every other sign-in ends."""
    return {"recovery_codes": confirm_enrolment(running(), officer(), body["totp"])}
