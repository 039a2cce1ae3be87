"""From a body that says which trees are meant to a selection."""

from collections.abc import Mapping
from typing import Any

from domain.clock import Clock
from domain.selections import Selection
from services import orders
from services.programmes import year_on_sale


def selection_of(args: Mapping[str, Any], clock: Clock) -> Selection:
    """The selection that SelectionArgs describe, for the year on sale unless they name one; raises as check_year."""
    year = args.get("year") or year_on_sale(clock())
    return Selection(
        year=orders.check_year(year, clock()),
        trees=tuple(args.get("trees", ())),
        count=args.get("count"),
        budget_fen=args.get("budget_fen"),
        sink_g=args.get("sink_g"),
        region=args.get("region"),
        species=args.get("species"),
    )
