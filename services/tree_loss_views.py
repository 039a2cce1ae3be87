"""Reports of lost trees as officers see them."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Officer, Tree, TreeLoss
from services.tree_losses import made_good, standing


@dataclass(frozen=True, slots=True)
class LossYear:
    """A sold year that a loss took away."""

    year: int
    made_good: bool


@dataclass(frozen=True, slots=True)
class ShownLoss:
    """One report with the user names of both people."""

    code: str
    loss: TreeLoss
    reported_by: str
    confirmed_by: str | None
    years: tuple[LossYear, ...]

    @property
    def state(self) -> str:
        """`reported`, `confirmed` or `undone`."""
        if self.loss.undone_at is not None:
            return "undone"
        return "reported" if self.loss.confirmed_at is None else "confirmed"


def shown(session: Session, tree: Tree) -> ShownLoss:
    """The report of a tree that stands; raises NotFound loss_not_found."""
    return of_loss(session, tree.code, standing(session, tree.id))


def of_loss(session: Session, code: str, loss: TreeLoss) -> ShownLoss:
    """One report, whether it stands or not."""
    people = sa.select(Officer.id, Officer.username).where(
        Officer.id.in_((loss.reporter_id, loss.confirmer_id or 0))
    )
    names = dict(session.execute(people).all())
    years = (
        ()
        if loss.undone_at is not None
        else tuple(LossYear(year, good) for year, good in made_good(session, loss.tree_id).items())
    )
    return ShownLoss(code, loss, names[loss.reporter_id], names.get(loss.confirmer_id or 0), years)
