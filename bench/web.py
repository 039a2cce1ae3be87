"""gunicorn as the Procfile and bin/run start it, with gunicorn.conf.py and all."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.machine import ROOT
from bin.children import end_with_parent

HOST = "127.0.0.1"
START_SECONDS = 60
END_SECONDS = 40
#: Lines of the log that explain why it did not start.
SHOWN = 20


class WebError(Exception):
    """The web server did not start; the message ends with its own last words."""


@dataclass(frozen=True, slots=True)
class Web:
    """A running web server."""

    address: tuple[str, int]
    pid: int


@contextmanager
def serving(application: str, environ: Mapping[str, str], log: Path) -> Iterator[Web]:
    """`application` on a free port until the block ends; its output goes to the file `log`. Raises WebError."""
    port = _free_port()
    with log.open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", application],
            cwd=ROOT,
            env={**environ, "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509  # no thread runs yet
        )
    try:
        _wait_for(child, f"http://{HOST}:{port}/healthz", log)
        yield Web((HOST, port), child.pid)
    finally:
        child.terminate()
        try:
            child.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(child: subprocess.Popen[bytes], url: str, log: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        if child.poll() is not None:
            raise WebError(f"gunicorn ended at once ({child.returncode}):\n{last_words(log)}")
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.05)
    raise WebError(f"gunicorn did not answer within {START_SECONDS} seconds:\n{last_words(log)}")


def last_words(log: Path) -> str:
    """The last lines of a server's log that are not about requests."""
    lines = log.read_text("utf-8", "replace").splitlines()
    return "\n".join([line for line in lines if '"danzhu.requests"' not in line][-SHOWN:])
