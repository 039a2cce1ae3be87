"""A buyer's certificates and gifts."""

from typing import Any

from blueprints import limits
from blueprints.buyer.guard import buyer, buyer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import PageArgs
from blueprints.schemas.certificates import ClaimAnswer, ClaimArgs, MyCertificatePage
from blueprints.schemas.orders import OrderAnswer
from flows import words
from flows.running import running
from models import database, transaction
from services import certificate_views, gifts, order_views, orders

blueprint = buyer_blueprint("certificates", "The buyer's certificates and gifts")


@blueprint.get("/certificates")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, MyCertificatePage)
def get_certificates(args: dict[str, Any]) -> dict[str, Any]:
    """The certificates the buyer holds or gave away, newest first."""
    key = read_cursor(args["cursor"], int)
    rows = certificate_views.of_user(
        database(), buyer().user_id, limit=args["limit"], before=key[0] if key else None
    )
    shown = page(rows, args["limit"], lambda row: [row.certificate.id])
    base = running().settings.public_url
    items = [certificate_views.mine(row, buyer().user_id, base) for row in shown["items"]]
    return {**shown, "items": items}


@blueprint.post("/gifts/<string:code>/claim")
@limits.look_up
@blueprint.arguments(ClaimArgs)
@blueprint.response(201, ClaimAnswer)
@blueprint.alt_response(404, description="Unknown, claimed, withdrawn or lapsed")
@blueprint.alt_response(409, description="One's own gift")
def post_claim(args: dict[str, Any], code: str) -> dict[str, Any]:
    """Claim a gift: its certificate is made out to whoever has the code."""
    parts = running()
    certificate, message = words.claim_gift(
        parts,
        words.Writer(buyer().user_id, buyer().identity_id),
        code,
        holder_name=args["holder_name"],
        holder_public=args["holder_public"],
    )
    return {
        "serial": certificate.serial,
        "url": certificate_views.link(certificate, parts.settings.public_url),
        "count": certificate.count,
        "sink_g": certificate.sink_g,
        "year": certificate.year,
        "message": message,
        "claimed_at": parts.clock(),
    }


@blueprint.post("/orders/<string:number>/gift/withdraw")
@blueprint.response(200, OrderAnswer)
@blueprint.alt_response(404, description="No such order of this buyer")
@blueprint.alt_response(409, description="Not a gift, or claimed already")
def post_withdraw(number: str) -> dict[str, Any]:
    """Take an unclaimed gift back; the certificate becomes the giver's own."""
    parts = running()
    with transaction() as session:
        order = orders.find(session, number, buyer().user_id)
        gifts.withdraw(session, order, parts.signer, parts.clock())
    return order_views.with_outcome(database(), [order])[0]
