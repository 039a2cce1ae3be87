"""The programme in figures, counted once for everybody who asks about the same time: for the API and the front door."""

from flask import current_app

from blueprints.caching import Recent
from flows.running import running
from models.base import database
from services.statistics import Statistics, statistics

#: Where an application keeps its latest figures, and how many trees are worth keeping them a second longer.
STATISTICS = "danzhu-statistics"
TREES_A_SECOND = 100_000


def recent_statistics() -> Statistics:
    """The figures as they are, or as they were some seconds ago where there are very many trees."""
    recent: Recent[Statistics] = current_app.extensions.setdefault(STATISTICS, Recent(_seconds_kept))
    return recent.get(running().clock(), lambda: statistics(database()))


def _seconds_kept(figures: Statistics) -> int:
    # A small programme is counted anew each time; four million trees take most of a second, and are kept for 40.
    return (figures.trees or 0) // TREES_A_SECOND
