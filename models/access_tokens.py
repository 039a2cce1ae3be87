"""What WeChat lends an app for two hours, kept once for all processes."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Sealed, UTCDateTime


class AccessToken(Base):
    """One token or ticket by name; `claimed_until` is how long one process may be about to renew it."""

    __tablename__ = "access_tokens"

    #: `<appid>:access_token` or `<appid>:jsapi_ticket`.
    name: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    token: Mapped[str | None] = mapped_column(Sealed("access_tokens.token"))
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
