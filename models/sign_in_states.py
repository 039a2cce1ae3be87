"""States of WeChat's sign-in page that have been used, until they would have ended anyway."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import UTCDateTime


class UsedSignInState(Base):
    """One state that signs nobody in any more."""

    __tablename__ = "used_sign_in_states"

    name: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
