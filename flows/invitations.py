"""Choosing a password by a single-use link: hashing takes its time, so it is done between two transactions."""

from domain.errors import about
from flows.running import Running
from models.base import transaction
from services.account_changes import holder_of, use_link
from services.passwords import check_new_password, hash_password


def choose_password(parts: Running, token: str, password: str, address: str | None) -> str:
    """Put a first or new password in force; the user name it is for. Raises NotFound, Invalid for a weak one."""
    with transaction() as session:
        username = holder_of(session, token, parts.clock()).username
    with about("password"):
        hashed = hash_password(check_new_password(password, username), parts.random)
    with transaction() as session:
        use_link(session, token, hashed, parts.clock(), address)
    return username
