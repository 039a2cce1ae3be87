"""What the machine is, and who used its CPU meanwhile; the latter on Linux only."""

import os
import platform
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
FSYNCS = 200
#: A machine is quiet when less than this share of it was used for so long.
QUIET = 0.08
QUIET_SECONDS = 1.0
_PROC = Path("/proc")
#: Places in /proc/PID/stat after the name: user and system time of the process, and of the children it outlived.
_TIMES = (11, 12, 13, 14)
#: Places in the first line of /proc/stat: everything but idle and waiting for the disk. Guests are in user already.
_BUSY = (0, 1, 2, 5, 6, 7)

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU of one span: seconds by part, and the share of the machine (0 to 1) that others used meanwhile."""

    seconds: dict[str, float]
    others: float | None


class CpuMeter:
    """Reads the CPU that the process trees under named roots use; this process and pgbench are the part `client`.

    A root that is None is not a process of this machine.
    """

    def __init__(self, roots: Mapping[str, int | None]) -> None:
        self._knows = _PROC.is_dir()
        self._knows_all = self._knows and None not in roots.values()
        self._roots = {name: pid for name, pid in roots.items() if pid is not None}

    def of(self, act: Callable[[], Found]) -> tuple[Found, Spent]:
        """What `act` gives, and the CPU used while it ran."""
        began, before, busy = time.perf_counter(), self._read(), self._busy()
        found = act()
        after, busy_after, took = self._read(), self._busy(), time.perf_counter() - began
        seconds = {name: after[name] - before[name] for name in after}
        if not self._knows_all:
            # What is not known to be ours would be counted among the others.
            return found, Spent(seconds, None)
        foreign = busy_after - busy - sum(seconds.values())
        return found, Spent(seconds, max(0.0, foreign / took / (os.cpu_count() or 1)))

    def _read(self) -> dict[str, float]:
        """Seconds so far by part, each with all its children, those that have ended included."""
        mine = os.times()
        # A child of this process that ran and ended within the span is a client too: pgbench.
        parts = {"client": mine.user + mine.system + mine.children_user + mine.children_system}
        if self._knows:
            children, seconds = _processes()
            parts |= {name: _tree(pid, children, seconds) for name, pid in self._roots.items()}
        return parts

    def _busy(self) -> float:
        return _busy() if self._knows else 0.0


def wait_for_quiet(most_seconds: float) -> None:
    """Wait until the machine has been all but idle for a second, but no longer than `most_seconds`."""
    give_up = time.monotonic() + most_seconds
    while _PROC.is_dir() and time.monotonic() < give_up:
        before = _busy()
        time.sleep(QUIET_SECONDS)
        if (_busy() - before) / QUIET_SECONDS / (os.cpu_count() or 1) < QUIET:
            return


def _busy() -> float:
    """CPU seconds the whole machine has used so far."""
    fields = (_PROC / "stat").read_text("ascii").partition("\n")[0].split()[1:]
    return sum(int(fields[place]) for place in _BUSY) / os.sysconf("SC_CLK_TCK")


def _processes() -> tuple[dict[int, list[int]], dict[int, float]]:
    ticks = os.sysconf("SC_CLK_TCK")
    children: dict[int, list[int]] = defaultdict(list)
    seconds: dict[int, float] = {}
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # The name in parentheses may hold spaces; what follows it is numbers.
            fields = (folder / "stat").read_text("ascii", "replace").rpartition(") ")[2].split()
        except OSError:
            continue
        pid = int(folder.name)
        children[int(fields[1])].append(pid)
        seconds[pid] = sum(int(fields[place]) for place in _TIMES) / ticks
    return children, seconds


def _tree(pid: int, children: dict[int, list[int]], seconds: dict[int, float]) -> float:
    return seconds.get(pid, 0.0) + sum(_tree(child, children, seconds) for child in children.get(pid, ()))


def describe(folder: Path) -> dict[str, object]:
    """The machine a result was found on; `folder` is on the disk whose fsync is timed."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30), 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "fsync_us": round(fsync_us(folder)),
        "load_before": round(os.getloadavg()[0], 2),
        "commit": commit(),
    }


def fsync_us(folder: Path) -> float:
    """Median microseconds to write 8 KiB and have them on the disk."""
    times = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(FSYNCS):
            began = time.perf_counter()
            os.pwrite(file.fileno(), bytes(8192), 0)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    return sorted(times)[FSYNCS // 2] * 1e6


def commit() -> str:
    """The commit of the tree, with a plus sign when files differ from it; empty outside a clone."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--abbrev=10"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip()


def _processor() -> str:
    try:
        lines = (_PROC / "cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
