"""The ground of the access matrix: something of each kind in VILLAGE, and an example of every officers' call about it.

Whoever adds a call adds a line here, because tests/blueprints/officer/test_access_matrix.py makes every call as every
role, from three regions and signed out:

1. A path parameter that is new: make its thing in `make_things`, in VILLAGE, under the parameter's name. Two calls
   that give different things the same parameter name choose theirs by `things={"parameter": "name of the thing"}`.
2. A call with query, body or form: its line in `EXAMPLES`, such that an officer of VILLAGE's county is let through
   and one of another county is told 404. A call about no region says `scoped=False`, and why, in its line.
   A GET, or a POST without a body, that only has path parameters needs no line.
3. A call that holds for the whole programme says `everywhere=False`: officers of its parts are told 403.
4. A call after which its sign-in is over says `ends_sign_in=True`.

The calls are made for each role again on the same things, so the second of two "approve" answers 409: that is let
through, and all that is asked here.
"""

import io
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.consents import CURRENT
from domain.payouts import PayoutLineState
from domain.people import ProposalKind
from domain.reconciliations import DayState
from domain.roles import Role
from domain.sheet_problems import SheetKind
from flows.running import running
from models import PayoutLine, PayoutReturn, Reconciliation
from models.household_changes import ChangeKind
from models.tree_losses import LossCause
from services import household_changes, imports, incidents, proposals, tree_losses, verifications
from services.account_changes import Hands
from tests.support.accounts import make_account
from tests.support.approvals import make_year_review, measured
from tests.support.auditing import make_period_export
from tests.support.clock import START
from tests.support.released import RELEASED, make_released
from tests.support.world import (
    OFFICER_PASSWORD,
    VILLAGE,
    YEAR,
    make_context,
    make_household,
    make_officer,
    make_programme,
    make_region,
    make_regions,
    make_units,
    make_verifier,
)

Things = Mapping[str, str]

#: Stands for the number of the sign-in that makes the call.
OWN_SIGN_IN = "own sign-in"
#: A county with nothing of ours in it.
FOREIGN = "522301"


@dataclass(frozen=True, slots=True)
class Example:
    """One way to make a call about a thing of VILLAGE."""

    query: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[Things], Mapping[str, object]] | None = None
    #: A multipart form; made anew for each request, because a file is read once.
    form: Callable[[Things], dict[str, object]] | None = None
    #: Which thing stands for a path parameter, where it is not the one of the same name.
    things: Mapping[str, str] = field(default_factory=dict)
    #: False for a call that is about no region: whoever has the role is let through from everywhere.
    scoped: bool = True
    #: False for what only somebody whose region is the whole programme may do.
    everywhere: bool = True
    ends_sign_in: bool = False


HERE = {"region": VILLAGE}
#: An officer of VILLAGE.
PERSON = Example(things={"username": "person"})

#: (method, path) as in domain/permissions.py.
EXAMPLES: dict[tuple[str, str], Example] = {
    # The officer's own sign-in.
    ("GET", "/officer/session"): Example(scoped=False),
    # Whoever asks is told what waits within their own region.
    ("GET", "/officer/waiting"): Example(scoped=False),
    ("DELETE", "/officer/session"): Example(scoped=False, ends_sign_in=True),
    ("GET", "/officer/people"): Example(query=HERE),
    ("POST", "/officer/people"): Example(
        body=lambda _: {
            "username": "wei.li",
            "display_name": "韦莉",
            "identity": "522326199001010011",
            "roles": ["surveyor"],
            "region": VILLAGE,
        }
    ),
    ("GET", "/officer/people/{username}"): PERSON,
    ("POST", "/officer/people/{username}/roles"): replace(PERSON, body=lambda _: {"roles": ["surveyor"]}),
    ("POST", "/officer/people/{username}/deputies"): replace(
        PERSON, body=lambda _: {"role": "registrar", "from": "2026-09-01", "to": "2026-09-08"}
    ),
    ("DELETE", "/officer/people/{username}/deputies/{role}"): PERSON,
    ("POST", "/officer/people/{username}/reset"): replace(PERSON, body=lambda _: {}),
    ("POST", "/officer/people/{username}/end"): PERSON,
    ("GET", "/officer/people/{username}/sessions"): PERSON,
    ("DELETE", "/officer/people/{username}/sessions"): PERSON,
    # Whoever asks is shown what waits in their own region.
    ("GET", "/officer/proposals"): Example(scoped=False),
    ("POST", "/officer/proposals/{proposal_id}/confirm"): Example(),
    ("POST", "/officer/proposals/{proposal_id}/refuse"): Example(),
    ("GET", "/officer/sessions"): Example(scoped=False),
    ("DELETE", "/officer/sessions/{session_id}"): Example(
        scoped=False, ends_sign_in=True, things={"session_id": OWN_SIGN_IN}
    ),
    # Too weak, so that it changes nothing.
    ("POST", "/officer/password"): Example(
        scoped=False, body=lambda _: {"password": OFFICER_PASSWORD, "new_password": "short"}
    ),
    ("POST", "/officer/totp"): Example(scoped=False, body=lambda _: {"password": OFFICER_PASSWORD}),
    ("POST", "/officer/totp/confirm"): Example(scoped=False, body=lambda _: {"totp": "000000"}),
    ("GET", "/officer/households"): Example(query=HERE),
    ("POST", "/officer/households/{public_id}/reveal"): Example(
        body=lambda _: {"field": "name", "reason": "公示名单核对"}
    ),
    ("POST", "/officer/households/{public_id}/binding/end"): Example(body=lambda _: {"reason": "手机遗失"}),
    ("POST", "/officer/households/{public_id}/consents"): Example(
        body=lambda _: {
            "kind": "credit_platform",
            "text_version": CURRENT,
            "given_on": "2026-08-20",
            "witness": "村干部乙",
        }
    ),
    ("POST", "/officer/households/{public_id}/consents/{kind}/withdraw"): Example(
        body=lambda _: {"withdrawn_on": "2026-09-01"}
    ),
    ("POST", "/officer/households/{public_id}/accounts"): Example(
        body=lambda _: {"bank": "望谟县农村信用合作联社", "account": "2000000009999", "reason": "换了存折"}
    ),
    ("GET", "/officer/accounts"): Example(query=HERE),
    ("POST", "/officer/accounts/confirm"): Example(
        body=lambda _: {"region": VILLAGE, "last_id": 1, "count": 1}
    ),
    ("GET", "/officer/payout-batches"): Example(query=HERE),
    ("POST", "/officer/payout-batches"): Example(
        body=lambda _: {"region": VILLAGE, "up_to": "2026-09-01", "threshold_fen": 100, "channel": "bank"}
    ),
    ("POST", "/officer/payout-batches/{batch_id}/cancel"): Example(body=lambda _: {"reason": "重复制单"}),
    ("POST", "/officer/payout-batches/{batch_id}/reject"): Example(body=lambda _: {"reason": "公示有异议"}),
    ("GET", "/officer/payouts/ageing"): Example(query=HERE),
    ("GET", "/officer/payouts/ageing.csv"): Example(query=HERE),
    ("GET", "/officer/income"): Example(query={**HERE, "group_by": "household"}),
    ("GET", "/officer/income.csv"): Example(query={**HERE, "group_by": "household"}),
    ("GET", "/officer/income.xlsx"): Example(query={**HERE, "group_by": "household"}),
    ("POST", "/officer/households/{public_id}/changes"): Example(
        body=lambda _: {
            "kind": "contract",
            "effective_on": START.date().isoformat(),
            "reason": "合同续签五年",
            "contract_from": "2026-01-01",
            "contract_to": "2031-12-31",
        }
    ),
    ("POST", "/officer/trees/{code}/photo"): Example(form=lambda _: {"file": (io.BytesIO(b"x"), "tree.jpg")}),
    ("GET", "/officer/trees/{code}/loss"): Example(things={"code": "lost_code"}),
    ("POST", "/officer/trees/{code}/loss"): Example(
        things={"code": "lost_code"},
        body=lambda _: {"cause": "dead", "happened_on": START.date().isoformat(), "reason": "巡护时发现枯死"},
    ),
    ("POST", "/officer/trees/{code}/loss/confirm"): Example(things={"code": "lost_code"}),
    ("POST", "/officer/trees/{code}/loss/undo"): Example(things={"code": "lost_code"}),
    ("GET", "/officer/year-reviews"): Example(query=HERE),
    ("POST", "/officer/year-reviews"): Example(body=lambda _: {"region": VILLAGE, "year": YEAR - 1}),
    ("POST", "/officer/year-reviews/{review_id}/confirm"): Example(
        body=lambda _: {"growing": [], "gone": []}
    ),
    ("GET", "/officer/verifications"): Example(query=HERE),
    ("POST", "/officer/verifications"): Example(body=lambda _: {"region": VILLAGE, "year": YEAR}),
    # Whoever asks is shown what of the audit concerns their own region.
    ("GET", "/officer/audit"): Example(scoped=False),
    ("GET", "/officer/audit.csv"): Example(scoped=False),
    # Whoever asks brings a sheet of their own region, and is shown the sheets of it.
    ("GET", "/officer/imports"): Example(scoped=False),
    ("POST", "/officer/imports"): Example(
        scoped=False, form=lambda _: {"kind": "trees", "file": (io.BytesIO(b"x"), "trees.csv")}
    ),
    ("POST", "/officer/payout-batches/{batch_id}/returns"): Example(
        form=lambda things: {
            "file": (
                io.BytesIO(f"业务参考号,账号,金额,处理结果\n{things['reference']},1,1,\n".encode()),
                "r.csv",
            )
        }
    ),
    ("POST", "/officer/imports/{import_id}/accept"): Example(body=lambda _: {"region": VILLAGE}),
    # A published line is the whole country's or province's.
    ("GET", "/officer/poverty-lines"): Example(scoped=False),
    ("PUT", "/officer/poverty-lines/{year}"): Example(
        scoped=False,
        everywhere=False,
        body=lambda _: {"national_yuan": 4000, "province_yuan": None, "source": "国家统计局公报"},
    ),
    # The programme's one account at WeChat and one at the bank have no region.
    ("GET", "/officer/incidents"): Example(scoped=False),
    ("GET", "/officer/incidents/{incident_id}"): Example(scoped=False),
    ("GET", "/officer/incidents/{incident_id}/assignees"): Example(scoped=False),
    ("POST", "/officer/incidents/{incident_id}/assign"): Example(
        scoped=False, body=lambda things: {"username": things["username"]}
    ),
    ("POST", "/officer/incidents/{incident_id}/resolve"): Example(
        scoped=False, body=lambda _: {"resolution": "已与银行核对,金额一致。"}
    ),
    # The whole programme's accounts; of the counties those of the officer's region.
    # Whoever asks is shown the requests of their own region.
    ("POST", "/officer/trees/{code}/reveal"): Example(body=lambda _: {"reason": "现场复核树木"}),
    ("GET", "/officer/period-exports"): Example(scoped=False),
    ("POST", "/officer/period-exports"): Example(
        body=lambda _: {
            "region": VILLAGE,
            "from": "2026-08-01",
            "to": "2026-08-31",
            "reason": "年度专项审计抽查",
        }
    ),
    ("GET", "/officer/months"): Example(scoped=False),
    ("GET", "/officer/months/{month}"): Example(scoped=False),
    ("GET", "/officer/months/{month}.csv"): Example(scoped=False),
    ("GET", "/officer/reconciliations/{day}"): Example(scoped=False),
}


def make_things(session: Session) -> dict[str, str]:
    """One of each kind in VILLAGE by the name of its path parameter; the test commits."""
    make_regions(session)
    make_programme(session)
    make_region(session, FOREIGN, name="兴义市", level="county")
    household = make_household(session)
    make_units(session, household, 2, YEAR - 1)
    trees = measured(session, household, 1)
    verifier = make_verifier(session)
    change = household_changes.propose(
        session,
        make_verifier(session),
        household.public_id,
        household_changes.Wish(
            kind=ChangeKind.CONTRACT,
            effective_on=START.date(),
            reason="合同续签五年",
            contract_from=date(YEAR, 1, 1),
            contract_to=date(YEAR + 5, 12, 31),
        ),
        now=START,
    )
    review = make_year_review(VILLAGE, YEAR - 1, make_officer(session, Role.VERIFIER).id)
    session.add(review)
    session.flush()
    [lost] = measured(session, household, 1)
    tree_losses.report(
        session,
        lost.code,
        cause=LossCause.DEAD,
        happened_on=START.date(),
        reason="巡护时发现枯死",
        officer=make_verifier(session),
        now=START,
    )
    draft = verifications.draft(session, verifier=verifier, region_code=VILLAGE, year=YEAR, now=START)
    incidents.open_incident(session, kind="paid_late", subject="order:1", now=START)
    [incident] = incidents.about(session, ["order:1"])
    sheet = imports.begin(
        session, kind=SheetKind.TREES, file_name="trees.csv", sha256="0" * 64, now=START, scope=VILLAGE
    )
    person = make_officer(session, Role.SURVEYOR, VILLAGE)
    administrator = make_context(session, Role.ADMINISTRATOR)
    proposal = proposals.propose(
        session,
        ProposalKind.ROLES,
        person,
        {"roles": ["surveyor", "maker"], "region": VILLAGE},
        Hands(administrator, START, os.urandom),
    )
    account = make_account(session, household)
    day = START.date()
    session.add(
        Reconciliation(
            day=day,
            state=DayState.WAITING,
            look_again_at=None,
            reconciled_at=None,
            runs=0,
            figures={},
            fee_fen=None,
            fee_returned_fen=None,
            fee_booked_at=None,
        )
    )
    session.flush()
    batch = make_released(session, running(), ["韦大山"], region=VILLAGE)
    brought = PayoutReturn(
        batch_id=batch.batch_id,
        sha256="0" * 64,
        brought_by="command",
        brought_at=RELEASED,
        paid=0,
        bounced=0,
        returned=0,
        unchanged=0,
        refused=0,
    )
    session.add(brought)
    session.flush()
    session.execute(sa.update(PayoutLine).values(state=PayoutLineState.PAID, paid_at=RELEASED))
    return {
        "batch_id": str(batch.batch_id),
        "return_id": str(brought.id),
        "reference": batch.sent[0].reference,
        "public_id": household.public_id,
        "account_id": str(account.id),
        "code": trees[0].code,
        "lost_code": lost.code,
        "review_id": str(review.id),
        "change_id": str(change.id),
        "verification_id": str(draft.id),
        "incident_id": str(incident.id),
        "import_id": str(sheet.id),
        "export_id": str(make_period_export(session, make_officer(session, Role.AUDITOR)).id),
        "kind": "credit_platform",
        "day": day.isoformat(),
        "month": day.isoformat()[:7],
        "year": str(YEAR),
        "person": person.username,
        "role": Role.REGISTRAR.value,
        "proposal_id": str(proposal.id),
        "username": make_officer(session, Role.APPROVER).username,
    }
