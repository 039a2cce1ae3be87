"""What the case finds, in numbers, and its table for people."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median

from bench.checks import Check
from bench.client.line import Line
from bench.client.visit import Visit
from bench.tables import aligned, told

#: What a first visit may cost: bytes of everything it is sent, and milliseconds to the real totals.
WANTED_BYTES = 60_000
WANTED_MS = 3_000


@dataclass(slots=True)
class Result:
    """Every first visit with its second one, and what was checked."""

    line: Line
    first: list[Visit] = field(default_factory=list)
    second: list[Visit] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether every check held."""
        return not any(check.broken_by for check in self.checks)

    def as_dict(self) -> dict[str, object]:
        """Everything, for the file of results."""
        wanted = {"wanted_bytes": WANTED_BYTES, "wanted_ms": WANTED_MS}
        return {
            **wanted,
            **{name: _medians(visits) for name, visits in self._visits().items()},
            **asdict(self),
        }

    def _visits(self) -> dict[str, list[Visit]]:
        return {"first_median": self.first, "second_median": self.second}


def _medians(visits: Sequence[Visit]) -> dict[str, float]:
    def middle(pick: Callable[[Visit], float]) -> float:
        return round(median(pick(visit) for visit in visits))

    return {
        "bytes": middle(lambda one: one.bytes),
        "requests": middle(lambda one: one.requests),
        "content_ms": middle(lambda one: one.content_ms),
        "usable_ms": middle(lambda one: one.usable_ms),
    }


def table(result: Result) -> str:
    """Both visits, the files of the first one by what they weigh, and the checks."""
    line = result.line
    rows = [("visit", "bytes", "requests", "totals s", "price s", "slowest s")]
    for name, visits in (("first, nothing kept", result.first), ("second, shell kept", result.second)):
        found = _medians(visits)
        rows.append(
            (
                name,
                f"{found['bytes']:,.0f}",
                f"{found['requests']:.0f}",
                f"{found['content_ms'] / 1000:.2f}",
                f"{found['usable_ms'] / 1000:.2f}",
                f"{max(one.content_ms for one in visits) / 1000:.2f}",
            )
        )
    heaviest = sorted(result.first[-1].sent.items(), key=lambda one: -one[1])
    return "\n\n".join(
        [
            f"{line.bits // 1000} kbit/s, {line.latency_ms} ms, processor {line.slower} times slower; medians of"
            f" {len(result.first)}, wanted of the first: {WANTED_BYTES:,} bytes, totals in {WANTED_MS / 1000:.0f} s",
            aligned(rows),
            "\n".join(f"{size:8,}  {url}" for url, size in heaviest),
            told(result.checks),
        ]
    )
