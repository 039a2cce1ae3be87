"""What the case finds, in numbers, and its table for people."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from bench.checks import Check
from bench.tables import aligned, told

#: Each step to the plain statement it is held against: writing lines and what they pay, or moving credits.
FLOOR_OF = {"draft": "write", "submit": "move", "release": "move", "returns": "move"}


@dataclass(frozen=True, slots=True)
class Step:
    """One call: seconds to its answer, CPU seconds by part, and the share of the machine in other hands."""

    seconds: float
    cpu: dict[str, float]
    others: float | None


@dataclass(slots=True)
class Result:
    """The steps of one batch in their order, the plain statements beside them, and what was checked."""

    lines: int = 0
    credits: int = 0
    steps: dict[str, Step] = field(default_factory=dict)
    floor: dict[str, Step] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether every check held."""
        return not any(check.broken_by for check in self.checks)

    def ratios(self) -> dict[str, float]:
        """Seconds of the plain statement to those of the step that does the same among other things."""
        return {
            name: self.floor[floor].seconds / self.steps[name].seconds for name, floor in FLOOR_OF.items()
        }

    def as_dict(self) -> dict[str, object]:
        """Everything, for the file of results."""
        return {"ratios": self.ratios(), **asdict(self)}


def table(result: Result) -> str:
    """Every step, the plain statements, and the checks."""
    ratios = result.ratios()
    rows: list[Sequence[str]] = [("step", "seconds", "web s", "database s", "ratio", "others")]
    for name, step in {**result.steps, **{f"floor: {k}": v for k, v in result.floor.items()}}.items():
        rows.append(
            (
                name,
                f"{step.seconds:.2f}",
                f"{step.cpu.get('web', 0):.2f}",
                f"{step.cpu.get('database', 0):.2f}",
                f"{ratios[name]:.2f}" if name in ratios else "",
                "-" if step.others is None else f"{step.others:.0%}",
            )
        )
    head = f"One batch of {result.lines:,} payments for {result.credits:,} credits"
    return "\n\n".join([head, aligned(rows), told(result.checks)])
