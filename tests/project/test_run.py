"""bin/run starts everything, stops everything, and loses nothing in between."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 120


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as somebody else would have it, with this environment, and an instance folder of its own."""
    if not (ROOT / ".git").exists() or Path(sys.prefix) != ROOT / ".venv":
        pytest.skip("needs a git clone whose .venv runs the tests")
    folder = tmp_path_factory.mktemp("clone")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


@pytest.fixture(scope="module")
def port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def _running(clone: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """bin/run from its first line to the one that says how to stop it, and what it said until then."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    with subprocess.Popen(
        [clone / "bin" / "run"],
        env={**kept, "PORT": str(port), "WEB_CONCURRENCY": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as child:
        assert child.stdout
        said = ""
        for line in child.stdout:
            said += line
            if line.startswith("Ctrl-C"):
                break
        try:
            yield child, said
        finally:
            if child.poll() is None:
                child.terminate()


def _left(clone: Path) -> list[str]:
    """Processes that were started from the clone: number, name, command."""
    listed = subprocess.run(
        ["ps", "-ewwo", "pid,comm,args"], capture_output=True, text=True, check=True
    ).stdout
    return [line for line in listed.splitlines() if f"{clone}/.venv" in line]


def _read_on(child: subprocess.Popen[str]) -> tuple[str, int]:
    assert child.stdout
    said = child.stdout.read()
    return said, child.wait(SECONDS)


@pytest.mark.long
def test_what_is_bought_is_still_there_after_ctrl_c_and_a_second_start(clone: Path, port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as web:
        with _running(clone, port) as (child, said):
            assert f"http://127.0.0.1:{port}" in said
            assert web.get("/readyz").status_code == 200
            password = re.search(r"with the password (\S+)", said)
            assert password
            officer = {"username": "auditor", "password": password[1]}
            assert web.post("/api/v1/officer/session", json=officer).status_code == 201
            token = web.post("/api/v1/session", json={"code": "demo:lin"}).json()["token"]
            buyer = {"Authorization": f"Bearer {token}"}
            placed = web.post(
                "/api/v1/orders",
                headers={**buyer, "Idempotency-Key": "one"},
                json={"count": 2, "purpose": "personal", "holder_name": "林小满"},
            )
            assert placed.status_code == 201, placed.text
            number = placed.json()["number"]
            sheet = web.post(f"/api/v1/orders/{number}/payment", headers=buyer).json()
            assert web.post("/sandbox/cashier", json={"package": sheet["package"]}).status_code == 200
            assert "danzhu_orders_placed_total 1.0" in web.get("/metrics").text
            before = web.get("/api/v1/stats").json()
            assert len(_left(clone)) >= 4
            os.killpg(child.pid, signal.SIGINT)
            assert _read_on(child)[1] == 0
        assert _left(clone) == []
        with _running(clone, port) as (child, said):
            assert web.get(f"/api/v1/orders/{number}", headers=buyer).json()["status"] == "paid"
            assert web.get("/api/v1/stats").json() == before
            child.terminate()
            assert _read_on(child)[1] == 0
    assert _left(clone) == []


@pytest.mark.long
@pytest.mark.parametrize(("named", "part"), [("worker", "danzhu-worker"), ("web server", "danzhu-web")])
def test_when_one_part_dies_the_rest_is_stopped(clone: Path, port: int, named: str, part: str) -> None:
    with _running(clone, port) as (child, _):
        # The oldest of its kind: gunicorn's first process, not one of its workers.
        pid = min(int(line.split()[0]) for line in _left(clone) if part in line)
        os.kill(pid, signal.SIGKILL)
        said, code = _read_on(child)
    assert f"The {named} ended by itself" in said
    assert code == 128 + signal.SIGKILL
    assert _left(clone) == []


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has gone")
def test_nothing_is_left_when_bin_run_itself_is_killed(
    clone: Path, port: int, wait_until: Callable[..., None]
) -> None:
    with _running(clone, port) as (child, _):
        os.kill(child.pid, signal.SIGKILL)
        _read_on(child)
        wait_until(lambda: _left(clone) == [])
    assert _left(clone) == []


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    """Ask again and again until it is so, or for a long while."""

    def wait(holds: Callable[[], bool]) -> None:
        for _ in range(SECONDS * 10):
            if holds():
                return
            subprocess.run(["sleep", "0.1"], check=True)

    return wait


@pytest.mark.long
def test_a_port_in_use_is_told_before_anything_starts(clone: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)), _running(clone, port) as (child, said):
        rest, code = _read_on(child)
    assert f"Port {port} cannot be used" in said + rest
    assert code == 2
    assert _left(clone) == []


@pytest.mark.parametrize("script", ["run", "test", "check"])
def test_every_script_says_what_it_does(script: str) -> None:
    said = subprocess.run(
        [ROOT / "bin" / script, "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith(f"bin/{script}")


def test_an_old_python_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("run", "find_python.sh"):
        shutil.copy(ROOT / "bin" / name, tmp_path / "bin" / name)
    old = tmp_path / "old"
    old.mkdir()
    for name in ("python3", "python"):
        (old / name).write_text("#!/bin/sh\nexit 1\n")
        (old / name).chmod(0o755)
    for tool in ("sh", "dirname"):
        (old / tool).symlink_to(shutil.which(tool) or "")
    found = subprocess.run(
        [old / "sh", tmp_path / "bin" / "run"],
        env={"PATH": str(old)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 2
    assert "Python 3.11 or newer is needed" in found.stderr
