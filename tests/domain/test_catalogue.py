"""What the public may read."""

import pytest

from domain.catalogue import PublicStatus, public_status, publishable
from domain.orders import OrderState


@pytest.mark.parametrize(
    ("order", "status"),
    [
        (None, PublicStatus.AVAILABLE),
        (OrderState.PENDING, PublicStatus.HELD),
        (OrderState.CLOSED, PublicStatus.HELD),
        (OrderState.PAID, PublicStatus.SOLD),
        (OrderState.REFUNDING, PublicStatus.SOLD),
        (OrderState.REFUNDED, PublicStatus.HELD),
    ],
)
def test_a_tree_year_is_sold_once_its_order_is_paid(order: OrderState | None, status: PublicStatus) -> None:
    assert public_status(order) is status


@pytest.mark.parametrize(("households", "given"), [(0, 7), (1, None), (4, None), (5, 7), (6, 7)])
def test_a_figure_of_fewer_than_five_households_is_hidden(households: int, given: int | None) -> None:
    assert publishable(7, households) == given
