"""Officers, their roles and what waits for a second administrator, as they go in and out."""

from marshmallow import fields, validate

from blueprints.schemas.base import BaseSchema, Flag, Instant, Line, PageArgs
from blueprints.schemas.households import REGION
from blueprints.schemas.officers import OfficerRegion
from domain.people import PersonState, ProposalKind, ProposalState
from domain.roles import Role
from services.passwords import LONGEST

_ROLES = validate.Length(min=1, max=len(Role))


class PeopleArgs(PageArgs):
    """Which officers; those who have left only with `state=ended`."""

    region = fields.String(load_default=None, validate=REGION)
    role = fields.Enum(Role, by_value=True, load_default=None)
    state = fields.Enum(PersonState, by_value=True, load_default=None)


class NewcomerArgs(BaseSchema):
    """Who is to be brought in. Of the identity number only a keyed hash is kept, so that nobody has two logins."""

    username = fields.String(required=True, validate=validate.Length(min=1, max=32))
    display_name = Line(required=True, longest=32)
    identity = fields.String(required=True, validate=validate.Length(min=1, max=40))
    roles = fields.List(fields.Enum(Role, by_value=True), validate=_ROLES, required=True)
    region = fields.String(required=True, validate=REGION)


class RolesArgs(BaseSchema):
    """Exactly the roles an officer is to have for good, and another region if they move."""

    roles = fields.List(fields.Enum(Role, by_value=True), validate=_ROLES, required=True)
    region = fields.String(load_default=None, validate=REGION)


class DeputyArgs(BaseSchema):
    """A role for the business days from `first` to `last`, both included."""

    role = fields.Enum(Role, by_value=True, required=True)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")


class ResetArgs(BaseSchema):
    """Whether the phone is lost too."""

    second_factor = Flag(load_default=False)


class ChosenPasswordArgs(BaseSchema):
    """The token of a link, and the password chosen by it."""

    token = fields.String(required=True, validate=validate.Length(min=1, max=100))
    password = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST))


class ChosenPasswordAnswer(BaseSchema):
    """Whose password it is now."""

    username = fields.String(required=True)


class PersonRole(BaseSchema):
    """One role; with `to` as a deputy, whose days are Asia/Shanghai's and included."""

    role = fields.Enum(Role, by_value=True, required=True)
    deputy = fields.Boolean(required=True)
    in_force = fields.Boolean(required=True)
    first = fields.Date(required=True, allow_none=True, data_key="from")
    last = fields.Date(required=True, allow_none=True, data_key="to")


class PersonAnswer(BaseSchema):
    """One officer. `second_factor` says whether a one-time code is set up."""

    username = fields.String(required=True)
    display_name = fields.String(required=True)
    region = fields.Nested(OfficerRegion, required=True)
    roles = fields.List(fields.Nested(PersonRole), required=True)
    state = fields.Enum(PersonState, by_value=True, required=True)
    second_factor = fields.Boolean(required=True)
    payouts_held_until = Instant(required=True, allow_none=True)
    proposal = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Number of the change that waits for a second administrator."},
    )
    created_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)


class PeoplePage(BaseSchema):
    """A page of officers."""

    items = fields.List(fields.Nested(PersonAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class LinkAnswer(BaseSchema):
    """The token of a single-use link, shown once, to be handed to the person."""

    token = fields.String(required=True)
    expires_at = Instant(required=True)


class OutcomeAnswer(BaseSchema):
    """The officer as they are now; `invitation` if a link was made, `person.proposal` where a second is to confirm."""

    person = fields.Nested(PersonAnswer, required=True)
    invitation = fields.Nested(LinkAnswer, required=True, allow_none=True)


class ProposalListArgs(PageArgs):
    """Which proposals; those that wait unless a state is asked for."""

    state = fields.Enum(ProposalState, by_value=True, load_default=ProposalState.OPEN)


class ProposalAnswer(BaseSchema):
    """One change of an account, who proposed it and who decided."""

    id = fields.Integer(required=True)
    kind = fields.Enum(ProposalKind, by_value=True, required=True)
    username = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), required=True)
    state = fields.Enum(ProposalState, by_value=True, required=True)
    proposed_by = fields.String(required=True)
    proposed_at = Instant(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


class ProposalPage(BaseSchema):
    """A page of proposals."""

    items = fields.List(fields.Nested(ProposalAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
