"""Money asked back."""

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from blueprints.buyer.guard import buyer, buyer_blueprint
from blueprints.idempotent import KEY_PARAMETER, once
from blueprints.schemas.refunds import RefundAnswer, RefundArgs
from flows.running import running
from services import refunds

blueprint = buyer_blueprint("refunds", "Money asked back")

_ANSWER = RefundAnswer()


@blueprint.post("/orders/<string:number>/refunds")
@blueprint.doc(parameters=[KEY_PARAMETER])
@blueprint.arguments(RefundArgs)
@blueprint.response(201, RefundAnswer)
@blueprint.alt_response(404, description="No such order of this buyer")
@blueprint.alt_response(
    409,
    description="The window is over, money has been paid out, the gift is claimed, or the order is not paid",
)
def post_refund(args: dict[str, Any], number: str) -> Response:
    """Take an order back whole: its certificate is revoked and its money goes back."""
    user_id, parts = buyer().user_id, running()

    def act(session: Session, _last: bool) -> dict[str, Any]:
        order, refund = refunds.ask(
            session, number, user_id, args["reason"], parts.clock(), address=request.remote_addr
        )
        shown: dict[str, Any] = _ANSWER.dump(
            {
                "number": order.number,
                "status": order.state.value,
                "amount_fen": refund.amount_fen,
                "refund_number": refunds.latest_number(session, refund.id),
                "refund_status": refund.state.value,
                "reason": refund.reason,
                "requested_at": refund.requested_at,
            }
        )
        return shown

    return once(f"user:{user_id}", parts.clock, act)
