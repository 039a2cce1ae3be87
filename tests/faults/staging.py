"""Processes of their own on the database of the application under test, to be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
from flask import Flask

from flows.running import Running
from models.base import db
from tests.support.clock import START

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0


@dataclass
class Stage:
    """Web server and worker in processes of their own, on the database of the application under test."""

    app: Flask
    parts: Running
    port: int
    folder: Path
    began: float = field(default_factory=time.time)
    start: datetime = START

    @property
    def fate(self) -> Path:
        """Where a test writes how the web server is to die in its next request; see tests/faults/serving.py."""
        return self.folder / "fate.json"

    @property
    def url(self) -> str:
        """Where the web server listens."""
        return f"http://127.0.0.1:{self.port}"

    def _arguments(self) -> tuple[str, str, float, str]:
        with self.app.app_context():
            url = db.engine.url.render_as_string(hide_password=False)
            db.engine.dispose()
        return url, str(self.parts.settings.instance), self.began, self.start.isoformat()

    @contextmanager
    def _process(self, name: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "TMPDIR")}
        counts = self.folder / "counts"
        counts.mkdir(exist_ok=True)
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env={
                    **kept,
                    "PORT": str(self.port),
                    "PROMETHEUS_MULTIPROC_DIR": str(counts),
                    "WEB_CONCURRENCY": "1",
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            # All of it dies without a word: that, too, is a way in which a machine ends.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    @contextmanager
    def web(self) -> Iterator[subprocess.Popen[bytes]]:
        """gunicorn; it loads the application before it forks, so that a new worker is there at once."""
        target = f"tests.faults.serving:web{(*self._arguments(), str(self.fate))!r}"
        with self._process("web", "gunicorn", "--preload", "--log-level", "warning", target) as process:
            yield process

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """A worker, and another whenever it dies."""
        url, instance, began, start = self._arguments()
        with self._process("worker", "tests.faults.serving", url, instance, str(began), start) as process:
            yield process

    def wait_until_ready(
        self, web: subprocess.Popen[bytes], worker: subprocess.Popen[bytes] | None = None
    ) -> None:
        """Return when the web server answers and the worker, where there is one, works."""
        deadline = time.monotonic() + START_SECONDS
        while not (self._answers() and (worker is None or children(worker.pid))):
            assert web.poll() is None, (self.folder / "web.log").read_text()
            assert worker is None or worker.poll() is None, (self.folder / "worker.log").read_text()
            assert time.monotonic() < deadline, "they do not start"
            time.sleep(0.05)

    def _answers(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/healthz").status_code == 200
        return False


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if line.split()[1] == str(pid)]
