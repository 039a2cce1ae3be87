"""No sequence of purchases, faults, clock jumps, spoiled notices and deaths loses a fen or sells a tree twice."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.money import MoneyMachine
from tests.machine.programme import Tally
from tests.support.clock import SteppingClock

LONG_STEPS = 2_000
log = logging.getLogger(__name__)


def _run(afresh: Callable[[], Flask], clock: SteppingClock, *, runs: int, steps: int) -> Tally:
    tally = Tally()
    machine = type(
        "Machine", (MoneyMachine,), {"afresh": staticmethod(afresh), "clock": clock, "tally": tally}
    )
    profile = settings(
        max_examples=runs,
        stateful_step_count=steps,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        # A step takes as long as a purchase does, and a run as long as forty of them.
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=profile)
    log.warning("%s", tally)
    return tally


@pytest.mark.one_engine("sqlite")
def test_nothing_is_lost_whatever_happens(afresh: Callable[[], Flask], clock: SteppingClock) -> None:
    tally = _run(afresh, clock, runs=6, steps=25)
    assert tally.steps > 100
    assert tally.paid > 0


@pytest.mark.long
def test_nothing_is_lost_in_thousands_of_steps(afresh: Callable[[], Flask], clock: SteppingClock) -> None:
    # Programmes that are made up anew may all be short.
    tally = _run(afresh, clock, runs=48 if settings().derandomize else 80, steps=50)
    assert tally.steps >= LONG_STEPS
    assert min(tally.deaths, tally.paid, tally.refunded) > 0
