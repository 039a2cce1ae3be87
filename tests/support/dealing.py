"""Deals the cases of a table to the engines, where not every case is asked for on each of them."""

from collections.abc import Mapping, Sequence

#: From so many cases on a test is a table.
TABLE = 4


def left_out(tests: Mapping[str, str], engines: Sequence[str]) -> set[str]:
    """Which of these tests, given as node id and engine, have their turn on another engine.

    A test of few cases has no turns. The cases of a table take turns, so that its rule is asked on every engine.
    """
    cases: dict[str, dict[str, int]] = {}
    for test, engine in tests.items():
        known = cases.setdefault(_rule(test), {})
        known.setdefault(_case(test, engine), len(known))
    return {
        test
        for test, engine in tests.items()
        if len(known := cases[_rule(test)]) >= TABLE
        and engine != engines[known[_case(test, engine)] % len(engines)]
    }


def _rule(test: str) -> str:
    return test.partition("[")[0]


def _case(test: str, engine: str) -> str:
    return test.partition("[")[2].replace(engine, "", 1)
