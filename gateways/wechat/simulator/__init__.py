"""A twin of WeChat for demonstrations and tests: it verifies our signatures for real, signs its own, keeps its rules.

It may live in our own process, in another, or alone on a port; it never knows anything of the programme.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from domain import clock as clocks
from gateways.wechat.settings import WeChatSettings
from gateways.wechat.simulator.app_endpoints import app_api
from gateways.wechat.simulator.control import cashier, control
from gateways.wechat.simulator.delivery import deliver_by_http, deliver_to_wsgi
from gateways.wechat.simulator.endpoints import pay_api
from gateways.wechat.simulator.keys import SimulatorKeys, keys_for, make_keys, settings_for
from gateways.wechat.simulator.orders import PaidOrder
from gateways.wechat.simulator.serve import serving
from gateways.wechat.simulator.storage import Storage
from gateways.wechat.simulator.twin import IN_PROCESS_URL, Delivery, Simulator
from gateways.wechat.simulator.world import Deliver, Refuse, World

__all__ = [
    "IN_PROCESS_URL",
    "Deliver",
    "Delivery",
    "PaidOrder",
    "Refuse",
    "Simulator",
    "SimulatorKeys",
    "create_simulator",
    "deliver_by_http",
    "deliver_to_wsgi",
    "demo_settings",
    "make_keys",
    "run",
    "serving",
]


def create_simulator(
    storage_path: str | Path,
    clock: Callable[[], datetime] = clocks.now,
    keys: SimulatorKeys | None = None,
    deliver: Deliver = deliver_by_http,
) -> Simulator:
    """A simulator whose memory is the SQLite file `storage_path`, shared with every process that opens it.

    Keys are given, or kept beside the storage and made at the first start.
    """
    world = World(Storage(storage_path), keys or keys_for(storage_path, clock()), clock, deliver)
    app = Flask("wechat_simulator", static_folder=None)
    # A call that is dropped on purpose must reach the server as the ConnectionError it is.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    simulator = Simulator(world, app)
    for blueprint in (pay_api(world), app_api(world), cashier(simulator), control(simulator)):
        app.register_blueprint(blueprint)

    @app.errorhandler(HTTPException)
    def bare(error: HTTPException) -> Response:
        # An unknown path or a wrong method gets an empty body from WeChat.
        return Response(status=error.code or 500)

    return simulator


def demo_settings(
    storage_path: str | Path,
    public_url: str,
    base_url: str = IN_PROCESS_URL,
    clock: Callable[[], datetime] = clocks.now,
) -> WeChatSettings:
    """Client settings for the simulator at `storage_path`, with our callbacks under `public_url`.

    `base_url` is where the client finds the simulator: the default is for `Simulator.transport()`. Browsers are sent
    to it under `public_url`/sandbox.
    """
    return settings_for(keys_for(storage_path, clock()), public_url, base_url)


def run(storage_path: str | Path, host: str = "127.0.0.1", port: int = 8600) -> None:
    """Serve a simulator alone on a port, with its own clockwork, until interrupted."""
    simulator = create_simulator(storage_path)
    with serving(simulator, host, port):
        threading.Event().wait()
