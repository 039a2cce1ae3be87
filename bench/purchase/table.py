"""The case's table for people."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from bench.purchase.figures import Result, Round, Span, median_of
from bench.tables import aligned, told

Rows = list[tuple[str, ...]]
#: Above this share of the machine in other hands the rates say little; the CPU figures still do.
NOISY = 0.1


def table(result: Result) -> str:
    """Everything worth a look, in blocks."""
    blocks = [
        aligned(_rates(result)),
        aligned(_costs(result)),
        aligned(_traffic(result)),
        told(result.checks),
        "\n".join(_verdict(result)),
    ]
    return "\n\n".join(blocks)


def _rates(result: Result) -> Rows:
    said = result.summary()
    rows: Rows = [
        ("clients", "purchases/s", "pgbench/s", "ratio", "orders/s", "notices/s", "hello/s", "others")
    ]
    for clients in result.clients:
        rounds = result.at(clients)
        hello = result.hello.get(clients)
        rows.append(
            (
                str(clients),
                f"{said.ours[clients]:.0f}",
                f"{said.pgbench[clients]:.0f}",
                f"{said.ratio[clients]:.3f}",
                _number(median_of(rounds, lambda one: one.orders.per_second)),
                _number(median_of(rounds, lambda one: one.notices.per_second)),
                _number(hello.per_second if hello else None),
                _number(median_of(rounds, lambda one: one.others), "{:.0%}"),
            )
        )
    return rows


def _costs(result: Result) -> Rows:
    rows: Rows = [("each, median", "p50 ms", "p99 ms", "web us", "database us", "client us")]
    spans: dict[str, Callable[[Round], Span]] = {
        "order": lambda one: one.orders,
        "notice": lambda one: one.notices,
        "pgbench": lambda one: one.pgbench,
    }
    for name, pick in spans.items():
        rows += [
            (f"{name}, {clients} clients", *_cells([pick(one) for one in result.at(clients)]))
            for clients in result.clients
        ]
    rows += [(f"hello, {clients} clients", *_cells([span])) for clients, span in result.hello.items()]
    return rows


def _cells(spans: Sequence[Span]) -> tuple[str, ...]:
    def middle(values: Iterable[float | None], form: str = "{:.0f}") -> str:
        known = [value for value in values if value is not None]
        return _number(median(known) if known else None, form)

    return (
        middle((span.p50_ms for span in spans), "{:.1f}"),
        middle((span.p99_ms for span in spans), "{:.1f}"),
        middle(span.cpu_us.get("web") for span in spans),
        middle(span.cpu_us.get("database") for span in spans),
        middle(span.cpu_us.get("client") for span in spans),
    )


def _traffic(result: Result) -> Rows:
    rows: Rows = [("sent to PostgreSQL", "statements", "transactions", "round trips")]
    for name, one in result.traffic.items():
        rows.append((name, str(one.statements), str(one.transactions), str(one.round_trips)))
    return rows


def _verdict(result: Result) -> list[str]:
    said = result.summary()
    lines = [
        f"Ratio {said.ratio[said.best]:.3f} with {said.best} clients: purchases a second to the best of pgbench in the"
        " same round, median over the rounds."
    ]
    if said.cpu_ratio is not None:
        lines.append(
            f"Ratio {said.cpu_ratio:.3f} by CPU: what the server side of a pgbench purchase costs, to that of ours."
        )
    noisy = [one.others for one in result.rounds if one.others is not None and one.others > NOISY]
    if noisy:
        lines.append(
            f"In {len(noisy)} of {len(result.rounds)} rounds others had up to {max(noisy):.0%} of the machine:"
            " trust the CPU figures, and measure again on a quiet one."
        )
    return lines


def _number(value: float | None, form: str = "{:.0f}") -> str:
    return "-" if value is None else form.format(value)
