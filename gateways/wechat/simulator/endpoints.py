"""The addresses of WeChat Pay: every request signed by the merchant, every good answer signed by us."""

from collections.abc import Callable

from flask import Blueprint, Response, g, request

from gateways.wechat.pay.complaints import COMPLAINTS, NOTIFICATIONS
from gateways.wechat.pay.transfers import AUTHORIZATIONS, TRANSFERS
from gateways.wechat.simulator import (
    authorizations,
    bills,
    certificates,
    complaints,
    faults,
    orders,
    refunds,
    transfers,
    wire,
)
from gateways.wechat.simulator.world import Refuse, World

ORDERS = "/v3/pay/transactions"
REFUNDS = "/v3/refund/domestic/refunds"


def pay_api(world: World) -> Blueprint:
    """All of WeChat Pay that the simulator knows."""
    api = Blueprint("pay", __name__)
    _guard(api, world)
    _orders(api, world)
    _refunds_and_bills(api, world)
    _transfers(api, world)
    _authorizations(api, world)
    _complaints(api, world)
    return api


def pass_time(world: World) -> None:
    """Let happen what time brings about by itself."""
    refunds.pass_time(world)
    transfers.pass_time(world)
    authorizations.pass_time(world)


def _guard(api: Blueprint, world: World) -> None:
    @api.before_request
    def believe() -> Response | None:
        g.fault = None
        wire.check_request(world, request)
        pass_time(world)
        g.fault = faults.take(world, request)
        return faults.before(request, g.fault[0]) if g.fault else None

    @api.after_request
    def sign(response: Response) -> Response:
        signed = wire.sign_answer(world, request, response)
        return faults.after(world, request, signed, *g.fault) if g.get("fault") else signed

    @api.errorhandler(Refuse)
    def refuse(refusal: Refuse) -> Response:
        return wire.error_answer(refusal)


def _orders(api: Blueprint, world: World) -> None:
    @api.post(f"{ORDERS}/jsapi")
    def prepay() -> Response:
        return wire.json_answer({"prepay_id": orders.prepay(world, wire.json_body(request))})

    @api.get(f"{ORDERS}/out-trade-no/<number>")
    def query_order(number: str) -> Response:
        return wire.json_answer(orders.query(world, "out_trade_no", number, request.args.get("mchid", "")))

    @api.get(f"{ORDERS}/id/<number>")
    def query_transaction(number: str) -> Response:
        return wire.json_answer(orders.query(world, "transaction_id", number, request.args.get("mchid", "")))

    @api.post(f"{ORDERS}/out-trade-no/<number>/close")
    def close_order(number: str) -> Response:
        orders.close(world, number, wire.json_body(request))
        return Response(status=204)


def _refunds_and_bills(api: Blueprint, world: World) -> None:
    @api.post(REFUNDS)
    def create_refund() -> Response:
        return wire.json_answer(refunds.create(world, wire.json_body(request)))

    @api.get(f"{REFUNDS}/<number>")
    def query_refund(number: str) -> Response:
        return wire.json_answer(refunds.query(world, number))

    @api.post(f"{REFUNDS}/<refund_id>/apply-abnormal-refund")
    def redirect_refund(refund_id: str) -> Response:
        return wire.json_answer(refunds.redirect(world, refund_id, wire.json_body(request)))

    def bill(which: str, kind: str) -> Response:
        day = request.args.get("bill_date", "")
        return wire.json_answer(bills.apply(world, which, day, kind, request.url_root.rstrip("/")))

    @api.get("/v3/bill/tradebill")
    def trade_bill() -> Response:
        return bill(bills.TRADE, request.args.get("bill_type", "ALL"))

    @api.get("/v3/bill/fundflowbill")
    def fund_bill() -> Response:
        return bill(bills.FUND, request.args.get("account_type", "BASIC"))

    @api.get("/v3/billdownload/file")
    def download_bill() -> Response:
        return Response(bills.download(world, request.args.get("token", "")), mimetype="application/x-gzip")

    @api.get("/v3/certificates")
    def list_certificates() -> Response:
        return wire.json_answer(certificates.list_all(world))


def _transfers(api: Blueprint, world: World) -> None:
    def asked(create: Callable[[World, wire.Values], dict[str, object]]) -> Response:
        allowed = world.setting("addresses")
        if isinstance(allowed, list) and allowed and request.remote_addr not in allowed:
            raise Refuse(403, "NO_AUTH", "此IP地址不允许调用接口，请按开发指引设置")
        return wire.json_answer(create(world, wire.json_body(request)))

    @api.post(TRANSFERS)
    def create_transfer() -> Response:
        return asked(transfers.create)

    @api.post(f"{TRANSFERS}/transfer")
    def create_authorized_transfer() -> Response:
        return asked(transfers.create_authorized)

    @api.post(f"{TRANSFERS}/pre-transfer-with-authorization")
    def create_transfer_and_authorize() -> Response:
        return asked(transfers.create_and_authorize)

    @api.get(f"{TRANSFERS}/out-bill-no/<number>")
    def query_transfer(number: str) -> Response:
        return wire.json_answer(transfers.query(world, "out_bill_no", number))

    @api.get(f"{TRANSFERS}/transfer-bill-no/<number>")
    def query_transfer_bill(number: str) -> Response:
        return wire.json_answer(transfers.query(world, "transfer_bill_no", number))

    @api.post(f"{TRANSFERS}/out-bill-no/<number>/cancel")
    def cancel_transfer(number: str) -> Response:
        return wire.json_answer(transfers.cancel(world, number))


def _authorizations(api: Blueprint, world: World) -> None:
    @api.post(AUTHORIZATIONS)
    def authorize() -> Response:
        return wire.json_answer(authorizations.ask(world, wire.json_body(request)))

    @api.get(f"{AUTHORIZATIONS}/out-authorization-no/<number>")
    def query_authorization(number: str) -> Response:
        return wire.json_answer(authorizations.query(world, number))

    @api.post(f"{AUTHORIZATIONS}/out-authorization-no/<number>/close")
    def close_authorization(number: str) -> Response:
        authorizations.query(world, number)
        return wire.json_answer(authorizations.close(world, number, authorizations.CLOSED_BY_MERCHANT))


def _complaints(api: Blueprint, world: World) -> None:
    @api.get(COMPLAINTS)
    def list_complaints() -> Response:
        return wire.json_answer(complaints.list_between(world, request.args))

    @api.get(f"{COMPLAINTS}/<number>")
    def get_complaint(number: str) -> Response:
        return wire.json_answer(complaints.get(world, number))

    @api.get(f"{COMPLAINTS}/<number>/negotiation-historys")
    def complaint_history(number: str) -> Response:
        return wire.json_answer(complaints.history(world, number, request.args))

    @api.post(f"{COMPLAINTS}/<number>/response")
    def reply_to_complaint(number: str) -> Response:
        complaints.reply(world, number, wire.json_body(request))
        return Response(status=204)

    @api.post(f"{COMPLAINTS}/<number>/complete")
    def finish_complaint(number: str) -> Response:
        complaints.finish(world, number, wire.json_body(request))
        return Response(status=204)

    @api.post(NOTIFICATIONS)
    def listen() -> Response:
        return wire.json_answer(complaints.listen(world, wire.json_body(request), anew=True))

    @api.put(NOTIFICATIONS)
    def listen_elsewhere() -> Response:
        return wire.json_answer(complaints.listen(world, wire.json_body(request), anew=False))

    @api.get(NOTIFICATIONS)
    def listening_at() -> Response:
        return wire.json_answer(complaints.listening_at(world))

    @api.delete(NOTIFICATIONS)
    def stop_listening() -> Response:
        complaints.stop_listening(world)
        return Response(status=204)
