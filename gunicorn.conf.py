"""How gunicorn serves the application; read from the project's root by `gunicorn "app:create_app()"`."""

import gc
import os
import re
from pathlib import Path
from typing import Any

# Demo mode has open doors by design, so it listens on this machine only unless somebody asks for more.
_everywhere = os.environ.get("APP_ENV") == "production" or os.environ.get("DEMO_PUBLIC") == "1"
bind = f"{'0.0.0.0' if _everywhere else '127.0.0.1'}:{os.environ.get('PORT') or 8000}"  # noqa: S104  # as asked

workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS") or 8)
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # gunicorn's heartbeat needs no disk
timeout = 60
graceful_timeout = 30
keepalive = 5
# Runtime control over a socket is one more door; restarting does the same.
control_socket_disable = True
# Whose X-Forwarded-* counts is TRUSTED_PROXIES' say, in the application.
forwarded_allow_ips = ""
# One line a request is written by the application, without addresses and query strings.
accesslog = None
errorlog = "-"

# Every process writes its counts here, and /metrics adds them up. Set before the application is imported.
os.environ.setdefault(
    "PROMETHEUS_MULTIPROC_DIR", str(Path(__file__).resolve().parent / "instance" / "metrics")
)


def on_starting(server: Any) -> None:  # noqa: ARG001  # gunicorn's signature
    """Make the folder for counts and drop what processes left that are no more."""
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        owner = re.search(r"_(\d+)\.db$", file.name)
        if owner and not _alive(int(owner[1])):
            file.unlink(missing_ok=True)


def post_worker_init(worker: Any) -> None:  # noqa: ARG001  # gunicorn's signature
    """Take what is there for good out of the garbage collector's rounds.

    Modules, schemas and compiled statements are some 200,000 objects that never go; walking through them again and
    again costs a tenth of every request. What a request leaves is mostly freed by counting, so rounds are rarer too.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def child_exit(server: Any, worker: Any) -> None:  # noqa: ARG001  # gunicorn's signature
    """Stop adding up the gauges of a worker that has gone; its counters stay."""
    for file in Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).glob(f"gauge_live*_{worker.pid}.db"):
        file.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
