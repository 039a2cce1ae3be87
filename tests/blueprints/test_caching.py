"""Answers that are dear to compute are computed no oftener than they must."""

from threading import Event, Thread

from blueprints.caching import Recent
from tests.support.clock import START, SteppingClock


def test_an_answer_worth_no_seconds_is_computed_each_time() -> None:
    computed = iter(range(10))
    recent: Recent[int] = Recent(lambda _: 0)
    assert [recent.get(START, lambda: next(computed)) for _ in range(3)] == [0, 1, 2]


def test_an_answer_is_kept_for_its_seconds_and_then_computed_anew() -> None:
    clock, computed = SteppingClock(), iter(range(10))
    recent: Recent[int] = Recent(lambda _: 40)
    seen = []
    for seconds in (0, 39, 1, 39):
        clock.advance(seconds=seconds)
        seen.append(recent.get(clock(), lambda: next(computed)))
    assert seen == [0, 0, 1, 1]


def test_while_one_computes_the_others_get_the_answer_before() -> None:
    clock = SteppingClock()
    recent: Recent[str] = Recent(lambda _: 1)
    recent.get(clock(), lambda: "old")
    clock.advance(seconds=1)
    begun, go_on = Event(), Event()
    seen: list[str] = []

    def slow() -> str:
        begun.set()
        go_on.wait(10)
        return "new"

    thread = Thread(target=lambda: seen.append(recent.get(clock(), slow)))
    thread.start()
    assert begun.wait(10)
    assert recent.get(clock(), lambda: "never") == "old"
    go_on.set()
    thread.join(10)
    assert seen == ["new"]
    assert recent.get(clock(), lambda: "never") == "new"


def test_a_failure_keeps_nothing_and_lets_the_next_one_try() -> None:
    clock = SteppingClock()
    recent: Recent[int] = Recent(lambda _: 1)
    recent.get(clock(), lambda: 1)
    clock.advance(seconds=1)
    for _ in range(2):
        try:
            recent.get(clock(), lambda: 1 // 0)
        except ZeroDivisionError:
            continue
        raise AssertionError("the failure was swallowed")
    assert recent.get(clock(), lambda: 2) == 2
