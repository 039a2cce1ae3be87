"""Who may call what: the one table that the officers' guard reads, and that docs/permissions.md is made from.

A call that does not stand here is open to nobody. Scope comes after the role: what lies outside an officer's region
does not exist for them. Source: "Who may do what" and "People's data" in docs/domain.md.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime

from domain.clock import rfc3339
from domain.errors import Forbidden, Invalid, NotFound
from domain.regions import PROGRAMME, contains
from domain.roles import Role
from domain.sheet_problems import SheetKind

EVERY_OFFICER = frozenset(Role)
PAYOUT = frozenset({Role.MAKER, Role.APPROVER, Role.RELEASER})
#: Below these everything is about money on its way out.
PAYOUT_PATHS = ("/officer/payout",)
#: Whoever moves money, or says who may, shows a one-time code in production.
SECOND_FACTOR = PAYOUT | {Role.ADMINISTRATOR}
#: An administrator looks after people and roles, and sees no household.
HOUSEHOLD_READERS = EVERY_OFFICER - {Role.ADMINISTRATOR}
#: Who may read what households earned and were paid, in a statement, a report or a list. Tree-years sold are earnings
#: too, because a year has one price.
INCOME_READERS = PAYOUT | {Role.REGISTRAR, Role.AUDITOR}
#: Who may see an account, masked: a surveyor measures, and a verifier is a third party.
BANK_READERS = INCOME_READERS
#: Who may confirm an account that somebody else entered; in a small office the head does, and then approves no payout
#: that pays it.
ACCOUNT_DECIDERS = frozenset({Role.REGISTRAR, Role.APPROVER})
#: Incidents and reconciliations are about the programme's one account at WeChat and one at the bank: they have no
#: region, and name numbers and amounts, never a household or a buyer.
INCIDENT_READERS = PAYOUT | {Role.AUDITOR, Role.ADMINISTRATOR}
#: An auditor only reads. Saying how an incident was settled moves no money.
INCIDENT_RESOLVERS = PAYOUT | {Role.ADMINISTRATOR}
#: Who may say who looks after one.
INCIDENT_ASSIGNERS = frozenset({Role.APPROVER, Role.ADMINISTRATOR})

#: Who may read the audit: an auditor all of their region, an administrator what was done about officers.
AUDIT_READERS = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})

#: Who may see officers, their roles and sign-ins; only an administrator changes them.
PEOPLE_READERS = AUDIT_READERS

#: Who may read a month of the book.
MONTH_READERS = PAYOUT | {Role.AUDITOR}

#: Who may read what a household agreed to.
CONSENT_READERS = PAYOUT | {Role.REGISTRAR, Role.AUDITOR}

#: Who may see one field of a household in full, for a typed reason. An auditor reads everything masked; a period in
#: full only by an export that a second person grants.
REVEALERS: dict[str, frozenset[Role]] = {
    "name": frozenset({Role.REGISTRAR}),
    "identity": frozenset({Role.REGISTRAR}),
    "phone": frozenset({Role.REGISTRAR}),
    "account": frozenset({Role.REGISTRAR}),
    "category": frozenset({Role.REGISTRAR}),
}

#: Who brings in which sheet, and accepts it: a surveyor measures trees and knows nothing of people or accounts.
IMPORTERS: dict[SheetKind, frozenset[Role]] = {
    SheetKind.HOUSEHOLDS: frozenset({Role.REGISTRAR}),
    SheetKind.TREES: frozenset({Role.REGISTRAR, Role.SURVEYOR}),
    SheetKind.MEASUREMENTS: frozenset({Role.REGISTRAR, Role.SURVEYOR}),
    SheetKind.ACCOUNTS: frozenset({Role.REGISTRAR}),
    SheetKind.CONSENTS: frozenset({Role.REGISTRAR}),
}
#: Who sees imports of every kind without bringing any; problems show people masked.
IMPORT_READERS = frozenset({Role.AUDITOR})
_IMPORTING = frozenset().union(*IMPORTERS.values())

#: (method, path below /api/v1) -> the roles that may.
CALLS: dict[tuple[str, str], frozenset[Role]] = {
    ("GET", "/officer/session"): EVERY_OFFICER,
    ("DELETE", "/officer/session"): EVERY_OFFICER,
    ("GET", "/officer/waiting"): EVERY_OFFICER,
    ("GET", "/officer/people"): PEOPLE_READERS,
    ("POST", "/officer/people"): frozenset({Role.ADMINISTRATOR}),
    ("GET", "/officer/people/{username}"): PEOPLE_READERS,
    ("POST", "/officer/people/{username}/roles"): frozenset({Role.ADMINISTRATOR}),
    ("POST", "/officer/people/{username}/deputies"): frozenset({Role.ADMINISTRATOR}),
    ("DELETE", "/officer/people/{username}/deputies/{role}"): frozenset({Role.ADMINISTRATOR}),
    ("POST", "/officer/people/{username}/reset"): frozenset({Role.ADMINISTRATOR}),
    ("POST", "/officer/people/{username}/end"): frozenset({Role.ADMINISTRATOR}),
    ("GET", "/officer/people/{username}/sessions"): PEOPLE_READERS,
    ("DELETE", "/officer/people/{username}/sessions"): frozenset({Role.ADMINISTRATOR}),
    ("GET", "/officer/proposals"): PEOPLE_READERS,
    ("POST", "/officer/proposals/{proposal_id}/confirm"): frozenset({Role.ADMINISTRATOR}),
    ("POST", "/officer/proposals/{proposal_id}/refuse"): frozenset({Role.ADMINISTRATOR}),
    ("GET", "/officer/sessions"): EVERY_OFFICER,
    ("DELETE", "/officer/sessions/{session_id}"): EVERY_OFFICER,
    ("POST", "/officer/password"): EVERY_OFFICER,
    ("POST", "/officer/totp"): EVERY_OFFICER,
    ("POST", "/officer/totp/confirm"): EVERY_OFFICER,
    ("GET", "/officer/verifications"): frozenset({Role.VERIFIER, Role.REGISTRAR, Role.AUDITOR}),
    ("POST", "/officer/verifications"): frozenset({Role.VERIFIER}),
    ("GET", "/officer/verifications/{verification_id}"): frozenset(
        {Role.VERIFIER, Role.REGISTRAR, Role.AUDITOR}
    ),
    ("POST", "/officer/verifications/{verification_id}/approve"): frozenset({Role.VERIFIER}),
    ("POST", "/officer/verifications/{verification_id}/withdraw"): frozenset({Role.VERIFIER}),
    ("GET", "/officer/households"): HOUSEHOLD_READERS,
    ("GET", "/officer/households/{public_id}"): HOUSEHOLD_READERS,
    ("GET", "/officer/households/{public_id}/trees"): HOUSEHOLD_READERS,
    ("GET", "/officer/trees/{code}"): HOUSEHOLD_READERS,
    ("GET", "/officer/households/{public_id}/binding"): BANK_READERS,
    ("POST", "/officer/households/{public_id}/binding-codes"): frozenset({Role.REGISTRAR}),
    ("POST", "/officer/households/{public_id}/binding-codes/withdraw"): frozenset({Role.REGISTRAR}),
    ("POST", "/officer/households/{public_id}/binding/confirm"): frozenset({Role.REGISTRAR}),
    ("POST", "/officer/households/{public_id}/binding/end"): frozenset({Role.REGISTRAR}),
    ("GET", "/officer/households/{public_id}/changes"): frozenset(
        {Role.REGISTRAR, Role.APPROVER, Role.AUDITOR}
    ),
    ("POST", "/officer/households/{public_id}/changes"): frozenset({Role.REGISTRAR}),
    ("POST", "/officer/households/{public_id}/changes/{change_id}/confirm"): frozenset(
        {Role.REGISTRAR, Role.APPROVER}
    ),
    ("POST", "/officer/households/{public_id}/changes/{change_id}/reject"): frozenset(
        {Role.REGISTRAR, Role.APPROVER}
    ),
    ("GET", "/officer/year-reviews"): frozenset({Role.VERIFIER, Role.REGISTRAR, Role.AUDITOR}),
    ("POST", "/officer/year-reviews"): frozenset({Role.VERIFIER}),
    ("GET", "/officer/year-reviews/{review_id}"): frozenset({Role.VERIFIER, Role.REGISTRAR, Role.AUDITOR}),
    ("POST", "/officer/year-reviews/{review_id}/confirm"): frozenset({Role.VERIFIER}),
    ("POST", "/officer/trees/{code}/photo"): frozenset({Role.SURVEYOR, Role.REGISTRAR}),
    ("DELETE", "/officer/trees/{code}/photo"): frozenset({Role.SURVEYOR, Role.REGISTRAR}),
    ("GET", "/officer/trees/{code}/loss"): HOUSEHOLD_READERS,
    ("POST", "/officer/trees/{code}/loss"): frozenset({Role.SURVEYOR, Role.REGISTRAR}),
    ("POST", "/officer/trees/{code}/loss/confirm"): frozenset({Role.VERIFIER, Role.REGISTRAR}),
    ("POST", "/officer/trees/{code}/loss/undo"): frozenset({Role.SURVEYOR, Role.REGISTRAR}),
    ("GET", "/officer/households/{public_id}/payout-answers"): INCOME_READERS,
    ("GET", "/officer/households/{public_id}/income"): INCOME_READERS,
    ("GET", "/officer/households/{public_id}/income.csv"): INCOME_READERS,
    ("GET", "/officer/households/{public_id}/income.pdf"): INCOME_READERS,
    ("GET", "/officer/households/{public_id}/income.xlsx"): INCOME_READERS,
    ("GET", "/officer/households/{public_id}/income-plain.pdf"): INCOME_READERS,
    ("GET", "/officer/households/{public_id}/postings"): INCOME_READERS,
    ("POST", "/officer/trees/{code}/reveal"): frozenset({Role.REGISTRAR}),
    ("GET", "/officer/households/{public_id}/consents"): CONSENT_READERS,
    ("POST", "/officer/households/{public_id}/consents"): frozenset({Role.REGISTRAR}),
    ("POST", "/officer/households/{public_id}/consents/{kind}/withdraw"): frozenset({Role.REGISTRAR}),
    ("POST", "/officer/households/{public_id}/reveal"): frozenset().union(*REVEALERS.values()),
    ("GET", "/officer/households/{public_id}/accounts"): BANK_READERS,
    ("POST", "/officer/households/{public_id}/accounts"): frozenset({Role.REGISTRAR}),
    ("POST", "/officer/households/{public_id}/accounts/{account_id}/confirm"): ACCOUNT_DECIDERS,
    ("POST", "/officer/households/{public_id}/accounts/{account_id}/refuse"): ACCOUNT_DECIDERS,
    ("GET", "/officer/accounts"): BANK_READERS,
    ("POST", "/officer/accounts/confirm"): ACCOUNT_DECIDERS,
    ("GET", "/officer/payout-batches"): INCOME_READERS,
    ("POST", "/officer/payout-batches"): frozenset({Role.MAKER}),
    ("GET", "/officer/payout-batches/{batch_id}"): INCOME_READERS,
    ("GET", "/officer/payout-batches/{batch_id}/lines"): INCOME_READERS,
    ("GET", "/officer/payout-batches/{batch_id}/left-out"): INCOME_READERS,
    ("POST", "/officer/payout-batches/{batch_id}/submit"): frozenset({Role.MAKER}),
    ("POST", "/officer/payout-batches/{batch_id}/cancel"): frozenset({Role.MAKER}),
    ("POST", "/officer/payout-batches/{batch_id}/approve"): frozenset({Role.APPROVER}),
    ("POST", "/officer/payout-batches/{batch_id}/reject"): frozenset({Role.APPROVER}),
    ("POST", "/officer/payout-batches/{batch_id}/release"): frozenset({Role.RELEASER}),
    ("GET", "/officer/payouts/ageing"): INCOME_READERS,
    ("GET", "/officer/payouts/ageing.csv"): INCOME_READERS,
    ("GET", "/officer/income"): INCOME_READERS,
    ("GET", "/officer/income.csv"): INCOME_READERS,
    ("GET", "/officer/income.xlsx"): INCOME_READERS,
    ("GET", "/officer/audit"): AUDIT_READERS,
    ("GET", "/officer/audit.csv"): AUDIT_READERS,
    ("GET", "/officer/imports"): _IMPORTING | IMPORT_READERS,
    ("POST", "/officer/imports"): _IMPORTING,
    ("GET", "/officer/imports/{import_id}"): _IMPORTING | IMPORT_READERS,
    ("GET", "/officer/imports/{import_id}/problems"): _IMPORTING | IMPORT_READERS,
    ("GET", "/officer/imports/{import_id}/problems.csv"): _IMPORTING | IMPORT_READERS,
    ("POST", "/officer/imports/{import_id}/accept"): _IMPORTING,
    ("POST", "/officer/imports/{import_id}/discard"): _IMPORTING,
    ("GET", "/officer/period-exports"): frozenset({Role.AUDITOR, Role.REGISTRAR}),
    ("POST", "/officer/period-exports"): frozenset({Role.AUDITOR}),
    # A registrar sees these households in full anyway; an administrator sees none.
    ("POST", "/officer/period-exports/{export_id}/grant"): frozenset({Role.REGISTRAR}),
    ("POST", "/officer/period-exports/{export_id}/refuse"): frozenset({Role.REGISTRAR}),
    ("POST", "/officer/period-exports/{export_id}/file.csv"): frozenset({Role.AUDITOR}),
    ("GET", "/officer/months"): MONTH_READERS,
    ("GET", "/officer/months/{month}"): MONTH_READERS,
    ("GET", "/officer/months/{month}.csv"): MONTH_READERS,
    ("GET", "/officer/poverty-lines"): INCOME_READERS | {Role.ADMINISTRATOR},
    ("PUT", "/officer/poverty-lines/{year}"): frozenset({Role.ADMINISTRATOR}),
    ("GET", "/officer/payout-batches/{batch_id}/notice.pdf"): INCOME_READERS,
    ("GET", "/officer/payout-batches/{batch_id}/sign-off.pdf"): INCOME_READERS,
    ("GET", "/officer/payout-batches/{batch_id}/receipts/{reference}.pdf"): INCOME_READERS,
    ("GET", "/officer/payout-batches/{batch_id}/file.csv"): frozenset({Role.RELEASER}),
    ("POST", "/officer/payout-batches/{batch_id}/returns"): frozenset({Role.RELEASER}),
    ("GET", "/officer/payout-batches/{batch_id}/returns"): PAYOUT | {Role.AUDITOR},
    ("GET", "/officer/payout-batches/{batch_id}/returns/{return_id}"): PAYOUT | {Role.AUDITOR},
    ("GET", "/officer/payout-batches/{batch_id}/returns/{return_id}/rows"): PAYOUT | {Role.AUDITOR},
    ("GET", "/officer/payout-batches/{batch_id}/returns/{return_id}/refused.csv"): PAYOUT | {Role.AUDITOR},
    ("GET", "/officer/reconciliations/{day}"): INCIDENT_READERS,
    ("GET", "/officer/incidents"): INCIDENT_READERS,
    ("GET", "/officer/incidents/{incident_id}"): INCIDENT_READERS,
    ("GET", "/officer/incidents/{incident_id}/assignees"): INCIDENT_ASSIGNERS,
    ("POST", "/officer/incidents/{incident_id}/assign"): INCIDENT_ASSIGNERS,
    ("POST", "/officer/incidents/{incident_id}/resolve"): INCIDENT_RESOLVERS,
}

#: What a sign-in may do that still has to set its one-time code up.
WITHOUT_SECOND_FACTOR = frozenset(
    {
        ("GET", "/officer/session"),
        ("DELETE", "/officer/session"),
        ("POST", "/officer/totp"),
        ("POST", "/officer/totp/confirm"),
    }
)


def check_roles(roles: Iterable[Role]) -> frozenset[Role]:
    """The roles one person may have together; raises Invalid for none, or for two that keep watch on one another.

    A verifier is a third party and nothing else; an administrator moves no money; an auditor only reads.
    """
    chosen = frozenset(roles)
    alone = chosen & {Role.VERIFIER, Role.AUDITOR}
    moves_money_and_people = Role.ADMINISTRATOR in chosen and chosen & PAYOUT
    if not chosen or (alone and len(chosen) > 1) or moves_money_and_people:
        raise Invalid("roles_cannot_combine")
    return chosen


@dataclass(frozen=True, slots=True)
class OfficerContext:
    """The officer who is asking, as the guard found them in this request."""

    id: int
    username: str
    display_name: str
    roles: frozenset[Role]
    region_code: str
    session_id: int
    #: Where the request came from, for the audit; None at a terminal.
    address: str | None = None
    #: Whether a one-time or recovery code was shown in this sign-in.
    second_factor: bool = False
    #: Until then the officer does not act on payouts, because the account was reset.
    payouts_held_until: datetime | None = None

    @property
    def actor(self) -> str:
        """How the audit names this officer."""
        return f"officer:{self.id}"

    def may_be(self, roles: Set[Role]) -> bool:
        """Whether the officer has one of these roles."""
        return not self.roles.isdisjoint(roles)

    def need(self, *roles: Role) -> None:
        """Raise Forbidden unless the officer has one of these roles."""
        if not self.may_be(frozenset(roles)):
            raise Forbidden("forbidden")

    def need_call(self, method: str, path: str) -> None:
        """Raise Forbidden unless the table lets one of the officer's roles make this call."""
        self.need(*CALLS.get((method, path), ()))

    def calls(self, *, code_asked: bool) -> frozenset[tuple[str, str]]:
        """Every call the officer's roles open; `code_asked`: whether this installation asks for a one-time code."""
        opened = frozenset(call for call, roles in CALLS.items() if self.may_be(roles))
        return opened & WITHOUT_SECOND_FACTOR if code_asked and self.must_show_code else opened

    @property
    def sheets(self) -> list[SheetKind]:
        """The kinds of sheets the officer may bring and accept, in the order in which they are needed."""
        return [kind for kind, roles in IMPORTERS.items() if self.may_be(roles)]

    @property
    def must_show_code(self) -> bool:
        """Whether a production installation lets this sign-in do nothing but set up a one-time code."""
        return self.may_be(SECOND_FACTOR) and not self.second_factor

    def need_second_factor(self, method: str, path: str) -> None:
        """Raise Forbidden for all but setting up a code while one is to be shown and was not."""
        if self.must_show_code and (method, path) not in WITHOUT_SECOND_FACTOR:
            raise Forbidden("second_factor_needed")

    def need_free_hands(self, method: str, path: str, now: datetime) -> None:
        """Raise Forbidden for a payout, and for whatever else only a payout role opens, while payouts are held.

        Reading goes on, except of payouts themselves: a bank file is an act too.
        """
        if self.payouts_held_until is None or now >= self.payouts_held_until:
            return
        acts = method not in ("GET", "HEAD") or path.startswith(PAYOUT_PATHS)
        if acts and not self.may_be_besides(CALLS.get((method, path), frozenset())):
            raise Forbidden("payouts_held", {"until": rfc3339(self.payouts_held_until)})

    def may_be_besides(self, roles: Set[Role]) -> bool:
        """Whether one of the officer's roles that pay nothing is among these, or everybody's call is meant."""
        return roles == EVERY_OFFICER or not (self.roles - PAYOUT).isdisjoint(roles)

    def need_programme(self) -> None:
        """Raise Forbidden for an officer of a part of the programme, where what is done holds for all of it."""
        if not contains(self.region_code, PROGRAMME):
            raise Forbidden("whole_programme_only")

    def in_scope(self, region_code: str | None) -> str:
        """The region asked for, or the officer's own when None; NotFound for a foreign one, Invalid for no code."""
        if region_code is None:
            return self.region_code
        if not contains(self.region_code, region_code):
            raise NotFound("not_found")
        return region_code
