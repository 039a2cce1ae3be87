"""What waits for an officer, on whatever screen it is decided."""

from typing import Any

from blueprints.officer.guard import officer, officer_blueprint
from blueprints.schemas.waiting import WaitingAnswer
from flows.running import running
from models.base import database
from services.waiting import waiting

blueprint = officer_blueprint("officer_waiting", "What waits for an officer")


@blueprint.get("/officer/waiting")
@blueprint.response(200, WaitingAnswer)
def get_waiting() -> dict[str, Any]:
    """What somebody else has begun and one of the officer's roles may decide, by kind, the oldest first."""
    asking, parts = officer(), running()
    calls = asking.calls(code_asked=parts.settings.production)
    return {"items": waiting(database(), asking, calls, parts.clock())}
