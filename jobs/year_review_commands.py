"""`flask year-review`: look at a sample of what was sold of a year that is over, in the name of a verifier."""

import click
from flask.cli import AppGroup

from flows.running import running
from jobs.acting import acting
from models import YearReview
from models.base import database, transaction
from services import year_reviews

year_review_group = AppGroup("year-review", help="Review years that are over.")

REVIEWS = "/officer/year-reviews"
REVIEW = f"{REVIEWS}/{{review_id}}"
#: Reviews that are listed.
MOST = 50

_review = click.argument("review_id", type=int)
_verifier = click.option("--verifier", "username", required=True, help="User name of the verifier.")


@year_review_group.command("draw")
@click.argument("region")
@click.argument("year", type=int)
@_verifier
def draw(region: str, year: int, username: str) -> None:
    """Draw the trees of REGION to look at, of what was sold of YEAR; nobody chooses them."""
    parts = running()
    with acting(username, REVIEWS) as verifier, transaction() as session:
        review = year_reviews.begin(
            session,
            verifier=verifier,
            region_code=region,
            year=year,
            seed=parts.random(16).hex(),
            now=parts.clock(),
        )
    _show(review, sample=True)


@year_review_group.command("list")
@_verifier
def list_all(username: str) -> None:
    """Show the newest reviews of the verifier's region."""
    with acting(username, REVIEWS, "GET") as verifier:
        found = year_reviews.listed(database(), verifier.region_code, before=None, limit=MOST)
    if not found:
        click.echo("没有年度复核。 There is no review.")
    for review in found[:MOST]:
        _show(review)


@year_review_group.command("show")
@_review
@_verifier
def show(review_id: int, username: str) -> None:
    """Show one review with the trees to look at."""
    with acting(username, REVIEW, "GET") as verifier:
        review = year_reviews.find(database(), review_id, verifier.region_code)
    _show(review, sample=True)


@year_review_group.command("confirm")
@_review
@click.option("--gone", multiple=True, help="Code of a tree that is gone; say it for each.")
@click.option(
    "--all-others-stand", is_flag=True, required=True, help="Say that every other tree of the sample stands."
)
@_verifier
def confirm(review_id: int, gone: tuple[str, ...], *, all_others_stand: bool, username: str) -> None:
    """Say what became of the sample: what was sold becomes measured, what was not lapses."""
    if not all_others_stand:
        raise click.UsageError(
            "每一株都须看过：请用 --all-others-stand。 Every tree must have been looked at."
        )
    with acting(username, f"{REVIEW}/confirm") as verifier, transaction() as session:
        sample = year_reviews.find(session, review_id, verifier.region_code).sample
        review = year_reviews.confirm(
            session,
            review_id,
            growing=[code for code in sample if code not in gone],
            gone=gone,
            verifier=verifier,
            now=running().clock(),
        )
    _show(review)


def _show(review: YearReview, *, sample: bool = False) -> None:
    state = "confirmed" if review.confirmed_at else "drawn"
    click.echo(
        f"review {review.id}: {review.region_code} {review.year} {state}, {len(review.sample)} trees of"
        f" {review.sold} sold tree-years, {len(review.gone)} gone, {review.measured} measured, {review.lapsed} lapsed"
    )
    if sample:
        for code in review.sample:
            click.echo(f"  {code}")
