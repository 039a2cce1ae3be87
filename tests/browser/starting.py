"""Makes the world of the browser tests once a run, and starts systems on copies of it."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.browser.site import Site
from tests.support.postgresql import fresh_database

ROOT = Path(__file__).parents[2]
#: A process that dies ends the waiting at once; one that lives may have to share its core with many.
START_SECONDS = 300.0
GRACE_SECONDS = 20.0
#: The database of the world on PostgreSQL, which those of the processes are copies of.
WORLD = "danzhu_browser"
#: What a process of ours keeps of the environment; nothing of the caller's may point it elsewhere.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")
#: In memory where that can be had, as in tests/conftest.py.
FAST_FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class StartError(Exception):
    """The system could not be started; the message has what it said."""


def made_world(shared: Path, engine: str) -> Path:
    """A folder with the files of a system full of sample data, made by the first process of the run that asks.

    Its database lies in it too, or is the one named WORLD on the PostgreSQL server.
    """
    world = shared / f"browser-world-{engine}"
    with world.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (world / "complete").exists():
            shutil.rmtree(world, ignore_errors=True)
            world.mkdir()
            code = _run("prepare", world, _database(world, engine, WORLD), 0).wait()
            if code:
                raise StartError(f"The world could not be made ({code}):\n{_last_lines(world)}")
            (world / "complete").touch()
    return world


@contextmanager
def started(world: Path, engine: str) -> Iterator[Site]:
    """A system on a copy of the world, running until the block ends."""
    with tempfile.TemporaryDirectory("", "danzhu-site-", FAST_FOLDER) as name:
        folder = Path(name)
        shutil.copytree(world, folder, dirs_exist_ok=True)
        port = _free_port()
        # Each process has a copy of its own.
        mine = f"{WORLD}_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}"
        site = Site(f"http://127.0.0.1:{port}", _database(folder, engine, mine, WORLD), folder)
        process = _run("serve", folder, site.database_url, port)
        try:
            _wait_for(site, process)
            yield site
        finally:
            process.terminate()
            try:
                process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            site.close()


def _database(folder: Path, engine: str, name: str, template: str = "template1") -> str:
    """The URL of the database in the folder, or of a new one on PostgreSQL."""
    if engine == "postgresql":
        return fresh_database(os.environ["TEST_DATABASE_URL"], name, template)
    return f"sqlite:///{folder / 'danzhu.sqlite3'}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _run(act: str, folder: Path, database_url: str, port: int) -> subprocess.Popen[bytes]:
    counts = folder / "counts"
    counts.mkdir(exist_ok=True)
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.browser.serving", act],
            cwd=ROOT,
            env={
                **{name: os.environ[name] for name in KEPT if name in os.environ},
                "DATABASE_URL": database_url,
                "PORT": str(port),
                "SITE_FOLDER": str(folder),
                "WEB_CONCURRENCY": "1",
                "PROMETHEUS_MULTIPROC_DIR": str(counts),
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C is for pytest, which ends this in order.
            start_new_session=True,
        )


def _wait_for(site: Site, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < give_up:
        try:
            if site.http.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise StartError(f"The system did not start:\n{_last_lines(site.folder)}")


def _last_lines(folder: Path) -> str:
    return "\n".join((folder / "log").read_text("utf-8", "replace").splitlines()[-20:])
