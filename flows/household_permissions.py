"""A household's standing permission to be paid to its WeChat without confirming each time: asked, shown, taken back."""

from dataclasses import dataclass

from domain.codes import random_characters
from domain.errors import Conflict
from domain.transfers import PURCHASE_OF_GOODS, AuthorizationState
from flows import transfer_authorizations as flow
from flows.running import Running
from models import TransferAuthorization, database, transaction
from services import bindings
from services import transfer_authorizations as permissions

#: Our number of a permission begins with this; 28 characters by chance follow.
NUMBER_PREFIX = "HP"


@dataclass(frozen=True, slots=True)
class HouseholdPermission:
    """How a household's permission stands; None as the state where there is none. `sheet` opens it in WeChat."""

    state: AuthorizationState | None
    sheet: dict[str, str] | None


def present(parts: Running, binding_id: int) -> HouseholdPermission:
    """How the permission of a binding's WeChat stands."""
    appid, openid, _ = bindings.wechat_of(database(), binding_id)
    return _shown(parts, permissions.open_one(database(), appid, openid, PURCHASE_OF_GOODS))


def ask(parts: Running, binding_id: int) -> HouseholdPermission:
    """Ask WeChat for the permission at once, or leave it to the worker; asking twice is asking once."""
    with transaction() as session:
        appid, openid, name = bindings.wechat_of(session, binding_id)
        asked = permissions.request(
            session,
            out_authorization_no=NUMBER_PREFIX + random_characters(parts.random, 28),
            appid=appid,
            openid=openid,
            user_display_name=name,
            now=parts.clock(),
        )
        number = asked.out_authorization_no
    flow.run_due(parts, number)
    return present(parts, binding_id)


def end(parts: Running, binding_id: int) -> HouseholdPermission:
    """Take the permission back: each transfer is confirmed again.

    Raises Conflict("no_permission"), Unavailable("payment_unavailable").
    """
    appid, openid, _ = bindings.wechat_of(database(), binding_id)
    open_one = permissions.open_one(database(), appid, openid, PURCHASE_OF_GOODS)
    if open_one is None:
        raise Conflict("no_permission")
    flow.close(parts, open_one.out_authorization_no)
    return present(parts, binding_id)


def _shown(parts: Running, found: TransferAuthorization | None) -> HouseholdPermission:
    if found is None:
        return HouseholdPermission(None, None)
    return HouseholdPermission(found.state, flow.confirm_sheet(parts, found))
