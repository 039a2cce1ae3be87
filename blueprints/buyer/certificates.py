"""A buyer's certificates and gifts."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from blueprints import limits
from blueprints.buyer.guard import buyer, buyer_blueprint
from blueprints.idempotent import OPTIONAL_KEY_PARAMETER, answered_before, once
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import PageArgs
from blueprints.schemas.certificates import ClaimAnswer, ClaimArgs, MyCertificatePage
from blueprints.schemas.orders import OrderAnswer
from domain.errors import NotFound
from flows import words
from flows.running import running
from models import database, transaction
from services import certificate_views, gifts, order_views, orders, users

_CLAIM = ClaimAnswer()

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
@blueprint.alt_response(409, description="One's own gift, or the key was used for something else")
@blueprint.doc(parameters=[OPTIONAL_KEY_PARAMETER])
def post_claim(args: dict[str, Any], code: str) -> Response:
    """Claim a gift: its certificate is made out to whoever has the code."""
    parts, user_id = running(), buyer().user_id
    actor, now = users.actor_of(user_id), parts.clock()
    try:
        state = words.look_at_claim(parts, words.Writer(user_id, buyer().identity_id), code, **args)
    except NotFound:
        # What this request asks for may be done, and its answer lost on the way.
        again = answered_before(actor)
        if again is None:
            raise
        return again

    def act(session: Session, _last: bool) -> dict[str, Any]:
        certificate = gifts.claim(
            session, code, user_id=user_id, words_state=state, signer=parts.signer, now=now, **args
        )
        shown: dict[str, Any] = _CLAIM.dump(
            {
                "serial": certificate.serial,
                "url": certificate_views.link(certificate, parts.settings.public_url),
                "count": certificate.count,
                "sink_g": certificate.sink_g,
                "year": certificate.year,
                "message": orders.message_of(session, certificate.order_id),
                "claimed_at": now,
            }
        )
        return shown

    return once(actor, parts.clock, act, key_needed=False)


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
