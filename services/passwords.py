"""Officers' passwords: argon2id, and the same work for a name that nobody has."""

from collections.abc import Callable
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.errors import Invalid

#: OWASP's parameters for argon2id: 19 MiB and two passes, so that many sign-ins at once do not fill the memory.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_SALT = 16
SHORTEST = 12
#: Stands where no password has been chosen yet; nothing matches it.
NO_PASSWORD = "!"  # noqa: S105 - the mark of no password
LONGEST = 128


def check_new_password(password: str, username: str) -> str:
    """The password itself; raises Invalid when it is shorter than 12, longer than 128, or made of the user name."""
    if not SHORTEST <= len(password) <= LONGEST or len(set(password)) < 5 or username in password.lower():
        raise Invalid("password_too_weak", shortest=SHORTEST)
    return password


def hash_password(password: str, random: Callable[[int], bytes]) -> str:
    """What is kept of a password."""
    return _HASHER.hash(password, salt=random(_SALT))


def password_matches(kept: str | None, password: str) -> bool:
    """Whether a password is the kept one; with nothing kept, the same work for the answer no."""
    nobody = _nobody()
    try:
        right = _HASHER.verify(kept or nobody, password)
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


def needs_new_hash(kept: str) -> bool:
    """Whether a hash was made with parameters we no longer use."""
    return _HASHER.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _HASHER.hash("nobody's password")
