"""What the worker does about trees that were lost, and about photos that no tree names."""

from flows import photos
from flows.running import running
from models import transaction
from services import make_goods, tree_losses


def make_good_losses() -> int:
    """Take lost trees out of the sale, and make good what had been sold of them."""
    parts = running()
    with transaction() as session:
        withdrawn = tree_losses.withdraw_unsold(session, parts.clock())
    with transaction() as session:
        return withdrawn + make_goods.make_good(session, now=parts.clock(), random=parts.random)


def clear_photos() -> int:
    """Delete photos that no tree names any more."""
    return photos.clear_unused(running())
