"""What the case finds, in numbers, and its table for people."""

from dataclasses import asdict, dataclass, field

from bench.checks import Check
from bench.purchase.figures import Span
from bench.tables import aligned, told

#: What the owner of a county page may wait, in milliseconds: the design's figure, said beside what was found.
WANTED_MS = 100


@dataclass(frozen=True, slots=True)
class Sized:
    """One size of the campaign: seconds it took to write, rows behind the reports, and a span for each page."""

    households: int
    trees: int
    postings: int
    sums: int
    written_seconds: float
    pages: dict[str, Span]


@dataclass(slots=True)
class Result:
    """Every size from the smallest to the greatest, and what was checked of each."""

    sizes: list[Sized] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether every check held."""
        return not any(check.broken_by for check in self.checks)

    def as_dict(self) -> dict[str, object]:
        """Everything, for the file of results."""
        return {"wanted_ms": WANTED_MS, "growth": self.growth(), **asdict(self)}

    def growth(self) -> dict[str, float]:
        """By how much more CPU a page of the greatest size costs the server than of the smallest."""
        if not self.sizes:
            return {}
        least, most = self.sizes[0].pages, self.sizes[-1].pages
        return {
            name: (most[name].serving_us or 0.0) / (least[name].serving_us or 1.0)
            for name in least
            if name in most
        }


def table(result: Result) -> str:
    """Every page at every size, then the growth and the checks."""
    return "\n\n".join([_pages(result), _growth(result), told(result.checks)])


def _pages(result: Result) -> str:
    rows = [("page", "trees", "postings", "p50 ms", "p99 ms", "web ms", "database ms", "others")]
    for size in result.sizes:
        rows += [
            (
                name,
                f"{size.trees:,}",
                f"{size.postings:,}",
                f"{span.p50_ms or 0:.0f}",
                f"{span.p99_ms or 0:.0f}",
                f"{span.cpu_us.get('web', 0) / 1000:.0f}",
                f"{span.cpu_us.get('database', 0) / 1000:.0f}",
                "-" if span.others is None else f"{span.others:.0%}",
            )
            for name, span in size.pages.items()
        ]
    return aligned(rows)


def _growth(result: Result) -> str:
    least, most = result.sizes[0], result.sizes[-1]
    lines = list[str]()
    if most is not least:
        lines.append(
            f"From {least.postings:,} to {most.postings:,} postings"
            f" ({most.postings / least.postings:.0f} times as many) the server's CPU for a page grew to"
        )
        lines += [f"  {times:6.1f} times  {name}" for name, times in result.growth().items()]
    county = most.pages["county"]
    lines.append(
        f"The county page took {county.p50_ms or 0:.0f} ms at the median; {WANTED_MS} ms are wanted."
        + ("" if (county.others or 0) < 0.1 else " Others used the machine: go by the CPU.")
    )
    return "\n".join(lines)
