"""How long a user name or an address is locked after failed sign-ins."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class LockRule:
    """How failures of one kind are counted."""

    #: Failures in a row before the first lock, and between one lock and the next.
    failures_a_lock: int
    first: timedelta
    longest: timedelta
    #: Quiet for so long, the count begins anew; longer than the longest lock, or waiting would be rewarded.
    forgotten_after: timedelta

    def lock_after(self, failures: int) -> timedelta | None:
        """The lock that the failure of this number brings, each twice as long as the one before."""
        if failures <= 0 or failures % self.failures_a_lock:
            return None
        doublings = min(failures // self.failures_a_lock - 1, 10)
        return min(self.first * (1 << doublings), self.longest)


#: 15 minutes at the 5th failure, 30 at the 10th, and so on.
NAME = LockRule(5, timedelta(minutes=15), timedelta(hours=12), timedelta(hours=24))
#: A whole county office may be one address and mistypes honestly; whoever tries one password on many names does not
#: stop at twenty. A success takes back its own count only, or one good login would open the way for guessing.
ADDRESS = LockRule(20, timedelta(minutes=15), timedelta(hours=1), timedelta(hours=2))
