"""What the case finds, in numbers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median

from bench.checks import Check
from bench.load import Volley
from bench.machine import Spent
from bench.statements import Traffic

#: What of the CPU is spent on serving; the load generators are left out on both sides.
SERVING = ("web", "database")


@dataclass(frozen=True, slots=True)
class Span:
    """One timed span: how many were served in so many seconds, latencies, and CPU microseconds each by part."""

    served: int
    seconds: float
    p50_ms: float | None
    p99_ms: float | None
    cpu_us: dict[str, float]
    #: Share of the machine that processes which are no part of the measurement used meanwhile.
    others: float | None

    @property
    def per_second(self) -> float:
        """How many were served a second."""
        return self.served / self.seconds

    @property
    def serving_us(self) -> float | None:
        """CPU microseconds of the server side for each; None where the database's are not known."""
        return sum(self.cpu_us.get(name, 0.0) for name in SERVING) if "database" in self.cpu_us else None


def span_of(volley: Volley, spent: Spent) -> Span:
    """The span of a volley."""
    ordered = sorted(volley.latencies)
    return Span(
        served=len(ordered),
        seconds=volley.seconds,
        p50_ms=ordered[len(ordered) // 2] * 1e3,
        p99_ms=ordered[len(ordered) * 99 // 100] * 1e3,
        cpu_us=_each(spent, len(ordered)),
        others=spent.others,
    )


def span_of_pgbench(per_second: float, seconds: float, spent: Spent) -> Span:
    """The span of a pgbench run."""
    served = round(per_second * seconds)
    return Span(served, seconds, None, None, _each(spent, served), spent.others)


def _each(spent: Spent, served: int) -> dict[str, float]:
    return {name: seconds / served * 1e6 for name, seconds in spent.seconds.items()}


@dataclass(frozen=True, slots=True)
class Round:
    """One number of clients in one round, and pgbench right after it."""

    number: int
    clients: int
    orders: Span
    notices: Span
    pgbench: Span

    @property
    def per_second(self) -> float:
        """Purchases a second: so many orders and their notices in both spans together."""
        return self.orders.served / (self.orders.seconds + self.notices.seconds)

    @property
    def cpu_ratio(self) -> float | None:
        """What serving a pgbench purchase costs, to what serving one of ours does; None where that is not known."""
        order, notice, fixed = self.orders.serving_us, self.notices.serving_us, self.pgbench.serving_us
        return None if order is None or notice is None or fixed is None else fixed / (order + notice)

    @property
    def others(self) -> float | None:
        """The largest share of the machine others had in any span."""
        known = [span.others for span in (self.orders, self.notices, self.pgbench) if span.others is not None]
        return max(known, default=None)


@dataclass(slots=True)
class Result:
    """All that was found."""

    rounds: list[Round] = field(default_factory=list)
    #: By number of clients.
    hello: dict[int, Span] = field(default_factory=dict)
    #: Of an order and of a notice.
    traffic: dict[str, Traffic] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether every check held."""
        return bool(self.checks) and not any(check.broken_by for check in self.checks)

    def at(self, clients: int) -> list[Round]:
        """The rounds with so many clients."""
        return [one for one in self.rounds if one.clients == clients]

    @property
    def clients(self) -> list[int]:
        """The numbers of clients, in the order they were measured in."""
        return list(dict.fromkeys(one.clients for one in self.rounds))

    def summary(self) -> "Summary":
        """Medians over the rounds.

        A ratio is taken within its round, to the best pgbench did there with any number of clients: a machine may be
        twice as fast a minute later.
        """
        best: dict[int, float] = {}
        for one in self.rounds:
            best[one.number] = max(best.get(one.number, 0.0), one.pgbench.per_second)
        return Summary(
            ours={n: median(one.per_second for one in self.at(n)) for n in self.clients},
            pgbench={n: median(one.pgbench.per_second for one in self.at(n)) for n in self.clients},
            ratio={n: median(one.per_second / best[one.number] for one in self.at(n)) for n in self.clients},
            cpu_ratio=median_of(self.rounds, lambda one: one.cpu_ratio),
        )

    def as_dict(self) -> dict[str, object]:
        """For the result file."""
        return {"summary": self.summary().as_dict(), **asdict(self)}


@dataclass(frozen=True, slots=True)
class Summary:
    """Purchases a second by number of clients, ours and pgbench's, and the ratios."""

    ours: dict[int, float]
    pgbench: dict[int, float]
    ratio: dict[int, float]
    cpu_ratio: float | None

    @property
    def best(self) -> int:
        """The number of clients with the best ratio."""
        return max(self.ratio, key=self.ratio.__getitem__)

    def as_dict(self) -> dict[str, object]:
        """For the result file."""
        return {**asdict(self), "best_ratio": self.ratio[self.best]}


def median_of(rounds: Iterable[Round], figure: Callable[[Round], float | None]) -> float | None:
    """The median of a figure over the rounds that know it."""
    known: Sequence[float] = [value for one in rounds if (value := figure(one)) is not None]
    return median(known) if known else None
