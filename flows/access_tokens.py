"""Where the processes of this installation share WeChat's tokens: the database, a short transaction a call.

Every call has a connection of its own, so that it neither commits nor sees the caller's half-done work; it must not
be made inside `transaction()`, where nothing of WeChat may be called anyway.
"""

from datetime import datetime

from gateways.wechat import StoredToken
from models.base import aside
from services import access_tokens


class DatabaseTokenStore:
    """The gateways' TokenStore; needs an application context at each call, not when it is made."""

    def read(self, name: str) -> StoredToken | None:
        """The token kept under a name."""
        with aside() as connection:
            kept = access_tokens.read(connection, name)
        return None if kept is None else StoredToken(*kept)

    def claim(self, name: str, now: datetime, until: datetime) -> bool:
        """True for one caller until `until`."""
        with aside(writes=True) as connection:
            return access_tokens.claim(connection, name, now, until)

    def save(self, name: str, token: StoredToken) -> None:
        """Keep a token under a name and give up the claim."""
        with aside(writes=True) as connection:
            access_tokens.save(connection, name, token.value, token.expires_at)

    def release(self, name: str) -> None:
        """Give up a claim that came to nothing."""
        with aside(writes=True) as connection:
            access_tokens.release(connection, name)
