"""The control interface and the cashier: not part of WeChat's interface, and never there in production."""

from dataclasses import asdict, is_dataclass

from flask import Blueprint, Response, request

from gateways.wechat.simulator import wire
from gateways.wechat.simulator.checking import text_in
from gateways.wechat.simulator.twin import Simulator
from gateways.wechat.simulator.world import Refuse


def control(simulator: Simulator) -> Blueprint:
    """`POST /_sim/<verb>` with the verb's keywords as JSON -> {"result": …}; `GET /_sim/` lists the verbs."""
    api = Blueprint("control", __name__, url_prefix="/_sim")
    verbs = simulator.verbs()

    @api.errorhandler(Refuse)
    def refuse(refusal: Refuse) -> Response:
        return wire.error_answer(refusal)

    @api.get("/")
    def list_verbs() -> Response:
        return wire.json_answer(
            {name: (verb.__doc__ or "").split("\n", 1)[0] for name, verb in verbs.items()}
        )

    @api.post("/<verb>")
    def act(verb: str) -> Response:
        if verb not in verbs:
            raise Refuse(404, "NOT_FOUND", verb)
        try:
            result = verbs[verb](**(wire.json_body(request) if request.get_data() else {}))
        except (TypeError, ValueError, LookupError) as wrong:
            raise Refuse(400, "PARAM_ERROR", str(wrong)) from wrong
        return wire.json_answer({"result": _plain(result)})

    return api


def cashier(simulator: Simulator) -> Blueprint:
    """`POST /cashier {package}`: somebody pays a prepared order; `POST /collector {package}`: somebody takes money."""
    api = Blueprint("cashier", __name__)

    @api.errorhandler(Refuse)
    def refuse(refusal: Refuse) -> Response:
        return wire.error_answer(refusal)

    @api.post("/cashier")
    def pay() -> Response:
        return wire.json_answer(asdict(simulator.pay(text_in(wire.json_body(request), "package", 128))))

    @api.post("/collector")
    def collect() -> Response:
        simulator.agree(text_in(wire.json_body(request), "package", 256))
        return wire.json_answer({})

    return api


def _plain(result: object) -> object:
    if is_dataclass(result) and not isinstance(result, type):
        return asdict(result)
    return [_plain(item) for item in result] if isinstance(result, list) else result
