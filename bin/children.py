"""Child processes: what they are told before they begin, and those that begin with what their parent has loaded."""

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.context import ForkProcess

_SET_PARENT_DEATH_SIGNAL = 1
_SET_NAME = 15
_FORKING = multiprocessing.get_context("fork")


def end_with_parent() -> None:
    """Have the kernel end this process when its parent dies without saying so (kill -9); Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def fork(name: str, run: Callable[[], object]) -> ForkProcess:
    """Start a copy of this process that runs only `run` and ends; `name` is shown by ps (15 bytes of it).

    It has a session of its own: Ctrl-C reaches its parent only. No thread may run yet.
    """
    child = _FORKING.Process(target=_begin, args=(name, run), name=name)
    child.start()
    return child


def _begin(name: str, run: Callable[[], object]) -> None:
    os.setsid()
    end_with_parent()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_NAME, name.encode())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    run()
