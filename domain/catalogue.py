"""What the public may read of a tree on sale, and of the programme as a whole."""

from enum import StrEnum

from domain.orders import OrderState

#: Figures that stand on fewer households than this are not published.
FEWEST_HOUSEHOLDS = 5

_SOLD = frozenset({OrderState.PAID, OrderState.REFUNDING})


class PublicStatus(StrEnum):
    """Whether a tree's year can be bought, is in somebody's order, or is paid for."""

    AVAILABLE = "available"
    HELD = "held"
    SOLD = "sold"


def public_status(order: OrderState | None) -> PublicStatus:
    """The status of a tree-year by the state of the order it is in, None for no order."""
    if order is None:
        return PublicStatus.AVAILABLE
    return PublicStatus.SOLD if order in _SOLD else PublicStatus.HELD


def publishable(figure: int, households: int) -> int | None:
    """A figure that stands on so many households: None when they are too few to hide among, but nothing is nothing."""
    return figure if households == 0 or households >= FEWEST_HOUSEHOLDS else None
