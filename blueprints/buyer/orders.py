"""Orders and their payment."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Response

from blueprints.buyer.guard import buyer, buyer_blueprint
from blueprints.idempotent import KEY_PARAMETER, REPLAYED, once
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import PageArgs
from blueprints.schemas.orders import (
    OrderAnswer,
    OrderArgs,
    OrderPage,
    PaySheetAnswer,
)
from blueprints.selections import selection_of
from domain.certificates import Purpose
from domain.words import check_words
from flows import payments as paying
from flows.running import running
from gateways import metrics
from models import Order, database
from services import order_views, orders, users

blueprint = buyer_blueprint("orders", "Orders and payment")

_ANSWER = OrderAnswer()


def _shown(order: Order) -> dict[str, Any]:
    return order_views.with_outcome(database(), [order])[0]


@blueprint.post("/orders")
@blueprint.doc(parameters=[KEY_PARAMETER])
@blueprint.arguments(OrderArgs)
@blueprint.response(201, OrderAnswer)
@blueprint.alt_response(
    409, description="Not enough trees, some are taken, or the key was used for something else"
)
def post_order(args: dict[str, Any]) -> Response:
    """Take trees and hold them for a quarter of an hour."""
    parts = running()
    user_id = buyer().user_id
    selection = selection_of(args, parts.clock)
    wish = orders.Wish(
        purpose=Purpose(args["purpose"]),
        holder_name=check_words(args["holder_name"]),
        holder_public=args["holder_public"],
        message=check_words(args["message"]) if args["message"] else None,
    )
    hold = timedelta(minutes=parts.settings.hold_minutes)

    answer = once(
        users.actor_of(user_id),
        parts.clock,
        lambda session, last: _ANSWER.dump(
            order_views.fresh(
                orders.place(
                    session,
                    user_id=user_id,
                    selection=selection,
                    wish=wish,
                    now=parts.clock(),
                    hold=hold,
                    random=parts.random,
                    alone=last,
                )
            )
        ),
    )
    if REPLAYED not in answer.headers:
        metrics.order_placed()
    return answer


@blueprint.get("/orders")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, OrderPage)
def get_orders(args: dict[str, Any]) -> dict[str, Any]:
    """The buyer's orders, newest first."""
    key = read_cursor(args["cursor"], int)
    rows = orders.of_user(database(), buyer().user_id, limit=args["limit"], before=key[0] if key else None)
    shown = page(rows, args["limit"], lambda order: [order.id])
    return {**shown, "items": order_views.with_outcome(database(), shown["items"])}


@blueprint.get("/orders/<string:number>")
@blueprint.response(200, OrderAnswer)
@blueprint.alt_response(404, description="No such order of this buyer")
def get_order(number: str) -> dict[str, Any]:
    """One order of the buyer."""
    return _shown(orders.find(database(), number, buyer().user_id))


@blueprint.post("/orders/<string:number>/payment")
@blueprint.response(201, PaySheetAnswer)
@blueprint.alt_response(404, description="No such order of this buyer")
@blueprint.alt_response(409, description="Expired, or no longer pending")
@blueprint.alt_response(503, description="WeChat Pay cannot be reached; the order is kept")
def post_payment(number: str) -> Mapping[str, str]:
    """The parameters that open WeChat's payment sheet; may be asked for again."""
    return paying.ask(running(), number, buyer().user_id, buyer().identity_id)


@blueprint.post("/orders/<string:number>/sync")
@blueprint.response(200, OrderAnswer)
@blueprint.alt_response(404, description="No such order of this buyer")
@blueprint.alt_response(503, description="WeChat Pay cannot be reached; nothing was lost")
def post_sync(number: str) -> dict[str, Any]:
    """Ask WeChat what became of the payment."""
    return _shown(paying.sync(running(), number, buyer().user_id))


@blueprint.post("/orders/<string:number>/cancel")
@blueprint.response(200, OrderAnswer)
@blueprint.alt_response(404, description="No such order of this buyer")
@blueprint.alt_response(503, description="WeChat Pay cannot be reached; nothing was lost")
def post_cancel(number: str) -> dict[str, Any]:
    """Close an order that is not paid; `paid` if WeChat says that it is."""
    return _shown(paying.cancel(running(), number, buyer().user_id))
