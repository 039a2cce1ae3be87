"""Binding a household's WeChat: a wrong try is kept although the call is refused."""

from datetime import datetime, timedelta

from domain.binding_codes import read_binding_code
from domain.errors import NotFound
from flows.running import Running
from models import transaction
from services import bindings
from services.users import Buyer


def bind(parts: Running, buyer: Buyer, text: str, address: str | None) -> dict[str, datetime | None]:
    """Bind the household of a code to a signed-in user, and say how the binding stands.

    Raises NotFound("binding_code_refused") alike for a code that is unknown, used, withdrawn, expired or tried too
    often; Invalid for a slip of the finger, which costs no try; Conflict; TooMany.
    """
    digits, lock = read_binding_code(text), timedelta(days=parts.settings.account_lock_days)
    with transaction() as session:
        binding = bindings.bind(
            session,
            digits,
            user_id=buyer.user_id,
            identity_id=buyer.identity_id,
            now=parts.clock(),
            address=address,
        )
        stands = None if binding is None else bindings.standing(bindings.account_of(session, binding), lock)
    # Only now, with the try on disk.
    if stands is None:
        raise NotFound("binding_code_refused")
    return stands
