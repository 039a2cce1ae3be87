"""How the application is served: where it listens, and what is counted by several processes."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def _settings(monkeypatch: pytest.MonkeyPatch, **environ: str) -> dict[str, Any]:
    """gunicorn.conf.py as gunicorn reads it, with nothing in the environment but this."""
    for name in (
        "APP_ENV",
        "DEMO_PUBLIC",
        "PORT",
        "WEB_CONCURRENCY",
        "WEB_THREADS",
        "PROMETHEUS_MULTIPROC_DIR",
    ):
        # Set first, so that it is taken back whatever the file itself puts there.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "gunicorn.conf.py"))


@pytest.mark.parametrize(
    ("environ", "bind"),
    [
        ({}, "127.0.0.1:8000"),
        ({"PORT": "8080"}, "127.0.0.1:8080"),
        ({"DEMO_PUBLIC": "0"}, "127.0.0.1:8000"),
        ({"DEMO_PUBLIC": "1"}, "0.0.0.0:8000"),
        ({"APP_ENV": "production", "PORT": "80"}, "0.0.0.0:80"),
    ],
)
def test_demo_mode_listens_on_this_machine_only_unless_asked(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], bind: str
) -> None:
    assert _settings(monkeypatch, **environ)["bind"] == bind


def test_gunicorn_writes_no_addresses_trusts_no_proxy_and_opens_no_socket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = _settings(monkeypatch)
    assert found["accesslog"] is None
    assert found["forwarded_allow_ips"] == ""
    assert found["control_socket_disable"] is True
    assert found["worker_class"] == "gthread"


def test_processes_and_threads_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _settings(monkeypatch, WEB_CONCURRENCY="3", WEB_THREADS="5")
    assert (found["workers"], found["threads"]) == (3, 5)


def test_counts_of_processes_that_are_gone_are_dropped_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = _settings(monkeypatch, PROMETHEUS_MULTIPROC_DIR=str(tmp_path / "counts"))
    (tmp_path / "counts").mkdir()
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    for pid in (gone.pid, os.getpid()):
        (tmp_path / "counts" / f"counter_{pid}.db").touch()
    found["on_starting"](None)
    assert [file.name for file in (tmp_path / "counts").iterdir()] == [f"counter_{os.getpid()}.db"]


def test_what_several_processes_count_is_added_up(tmp_path: Path) -> None:
    environ = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", f"from gateways import metrics; {code}"],
            cwd=ROOT, env=environ, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    run("metrics.order_placed()")
    run("metrics.order_placed(); metrics.worker_alive(2.0, 3)")
    said = run("print(metrics.exposition().decode())")
    assert "danzhu_orders_placed_total 2.0" in said
    assert "danzhu_incidents_open 3.0" in said


@pytest.mark.parametrize(
    ("process", "command"), [("web", "gunicorn"), ("worker", "flask"), ("release", "flask")]
)
def test_the_procfile_names_commands_that_exist(process: str, command: str) -> None:
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text("utf-8").splitlines())
    assert set(lines) == {"web", "worker", "release"}
    assert lines[process].split()[0] == command
    assert (Path(sys.executable).parent / command).exists()
