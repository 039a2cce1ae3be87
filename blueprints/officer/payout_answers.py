"""What a household said of its payments."""

from blueprints.officer.guard import officer, officer_blueprint
from blueprints.schemas.own_household import PayoutAnswers
from models.base import database
from services import payout_answers

blueprint = officer_blueprint("officer_payout_answers", "What households say of their payments")


@blueprint.get("/officer/households/<string:public_id>/payout-answers")
@blueprint.response(200, PayoutAnswers)
@blueprint.alt_response(404, description="No such household in the officer's region")
def get_payout_answers(public_id: str) -> dict[str, object]:
    """Which payments the household confirmed or contested, and its reasons; newest first."""
    return {"items": payout_answers.of_household(database(), officer(), public_id)}
