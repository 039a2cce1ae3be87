"""The simulator alone on a port, with its own clockwork."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import BaseWSGIServer, make_server

from gateways.wechat.simulator.twin import Simulator

TICK_SECONDS = 1.0


@contextmanager
def serving(simulator: Simulator, host: str, port: int) -> Iterator[str]:
    """Serve in the background while inside; the address (port 0 takes a free one). Notices go out as they fall due."""
    server: BaseWSGIServer = make_server(host, port, simulator.app, threaded=True)
    stopped = threading.Event()
    threads = [
        threading.Thread(target=server.serve_forever, daemon=True),
        threading.Thread(target=_tick, args=(simulator, stopped), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        for thread in threads:
            thread.join()


def _tick(simulator: Simulator, stopped: threading.Event) -> None:
    while not stopped.wait(TICK_SECONDS):
        simulator.deliver_due()
    simulator.close()
