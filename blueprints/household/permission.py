"""A household's standing permission to be paid to its WeChat without confirming each time."""

from blueprints.household.guard import household, household_blueprint
from blueprints.schemas.own_household import PermissionAnswer
from flows import household_permissions as permission
from flows.running import running

blueprint = household_blueprint("household_permission", "Being paid without confirming each time")


@blueprint.get("/household/permission")
@blueprint.response(200, PermissionAnswer)
@blueprint.alt_response(404, description="No household is bound to this user")
def get_permission() -> permission.HouseholdPermission:
    """How the permission stands, and with what it is given in the mini program."""
    return permission.present(running(), household().binding_id)


@blueprint.post("/household/permission")
@blueprint.response(201, PermissionAnswer)
@blueprint.alt_response(404, description="No household is bound to this user")
def post_permission() -> permission.HouseholdPermission:
    """Ask for the permission; it is given in WeChat, with `sheet`, within a day."""
    return permission.ask(running(), household().binding_id)


@blueprint.post("/household/permission/end")
@blueprint.response(200, PermissionAnswer)
@blueprint.alt_response(404, description="No household is bound to this user")
@blueprint.alt_response(409, description="There is no permission")
@blueprint.alt_response(503, description="WeChat Pay cannot be reached; nothing was changed")
def post_permission_end() -> permission.HouseholdPermission:
    """Take the permission back: from now on each payment is confirmed."""
    return permission.end(running(), household().binding_id)
