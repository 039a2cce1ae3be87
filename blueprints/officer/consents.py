"""What a household agrees to, and what it takes back."""

from typing import Any

from blueprints.failures import language
from blueprints.officer.guard import officer, officer_blueprint
from blueprints.schemas.consents import ConsentAnswer, ConsentArgs, ConsentsAnswer, WithdrawalArgs
from domain.consents import CURRENT, TEXTS, ConsentKind, Given
from domain.errors import NotFound
from domain.masking import officer_name
from flows.running import running
from models import Consent
from models.base import database, transaction
from services import consents

blueprint = officer_blueprint("officer_consents", "What households agree to")

CONSENTS = "/officer/households/<string:public_id>/consents"


@blueprint.get(CONSENTS)
@blueprint.response(200, ConsentsAnswer)
@blueprint.alt_response(404, description="No such household in the officer's region")
def get_consents(public_id: str) -> dict[str, Any]:
    """The four consents of a household as they stand, in the words to ask them in, and their history."""
    rows = consents.listed(database(), officer(), public_id)
    stand = {row.kind for row in rows if row.withdrawn_on is None}
    english = language() == "en"
    return {
        "public_id": public_id,
        "states": [
            {
                "kind": kind,
                "stands": kind in stand,
                "text_version": CURRENT,
                "text": TEXTS[CURRENT][kind][english],
            }
            for kind in ConsentKind
        ],
        "items": [_shown(row) for row in rows],
    }


@blueprint.post(CONSENTS)
@blueprint.arguments(ConsentArgs)
@blueprint.response(201, ConsentAnswer)
@blueprint.alt_response(404, description="No such household in the officer's region")
@blueprint.alt_response(
    409, description="It stands already, or a name is to be public without consent to sale"
)
def post_consent(args: dict[str, Any], public_id: str) -> dict[str, Any]:
    """Write down a consent that a household has given before a witness."""
    with transaction() as session:
        return _shown(consents.give(session, officer(), public_id, Given(**args), running().clock()))


@blueprint.post(f"{CONSENTS}/<string:kind>/withdraw")
@blueprint.arguments(WithdrawalArgs)
@blueprint.response(200, ConsentAnswer)
@blueprint.alt_response(404, description="No such household in the officer's region, or no such consent")
@blueprint.alt_response(409, description="It does not stand")
def post_withdrawal(args: dict[str, Any], public_id: str, kind: str) -> dict[str, Any]:
    """Write down that a household takes a consent back; without the one to sale, nothing unsold is sold any more."""
    if kind not in set(ConsentKind):
        raise NotFound("not_found")
    with transaction() as session:
        row = consents.withdraw(
            session,
            officer(),
            public_id,
            ConsentKind(kind),
            args["withdrawn_on"],
            now=running().clock(),
        )
        return _shown(row)


def _shown(row: Consent) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "text_version": row.text_version,
        "given_on": row.given_on,
        "witness": None if row.witness is None else officer_name(row.witness),
        "recorded_at": row.recorded_at,
        "recorded_by": f"import:{row.import_id}" if row.officer_id is None else f"officer:{row.officer_id}",
        "withdrawn_on": row.withdrawn_on,
        "withdrawal_recorded_at": row.withdrawal_recorded_at,
        "withdrawal_recorded_by": row.withdrawal_officer_id and f"officer:{row.withdrawal_officer_id}",
    }
