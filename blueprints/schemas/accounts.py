"""Payee accounts as they go in and out; never in full."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates, validates_schema

from blueprints.schemas.base import BaseSchema, Instant, Line, PageArgs, QueryWhole, Whole
from blueprints.schemas.catalogue import REGION
from domain.incidents import names_somebody
from domain.payouts import AccountOrigin, AccountState, PayoutChannel
from domain.regions import VILLAGE_CODE_LENGTH
from services.undecided_accounts import MOST_TOGETHER


class AccountArgs(BaseSchema):
    """Another account of a household; its holder is the head unless another name is given."""

    bank = Line(required=True, shortest=2, longest=64)
    account = Line(required=True, longest=40)
    holder_name = Line(load_default=None, shortest=2, longest=50)
    reason = Line(required=True, shortest=2, longest=200)

    @validates("reason")
    def names_nobody(self, reason: str, **_: Any) -> None:
        """Refuse a reason that would keep a number of somebody's in plain sight."""
        if names_somebody(reason):
            raise ValidationError("A reason must not hold an identity, phone or account number.")


class AccountAnswer(BaseSchema):
    """One version of where a household is paid, masked."""

    id = fields.Integer(required=True, attribute="version.id")
    channel = fields.Enum(PayoutChannel, by_value=True, required=True, attribute="version.channel")
    state = fields.Enum(AccountState, by_value=True, required=True, attribute="version.state")
    origin = fields.Enum(AccountOrigin, by_value=True, required=True, attribute="version.origin")
    bank = fields.String(required=True)
    holder_name = fields.String(required=True)
    account = fields.String(required=True)
    editor = fields.String(required=True, allow_none=True)
    confirmer = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True, attribute="version.reason")
    proposed_at = Instant(required=True, attribute="version.proposed_at")
    started_at = Instant(required=True, allow_none=True, attribute="version.started_at")
    ended_at = Instant(required=True, allow_none=True, attribute="version.ended_at")
    payable_from = Instant(
        required=True,
        allow_none=True,
        metadata={
            "description": "Until then nothing is paid to the household; null while undecided or over."
        },
    )


class AccountList(BaseSchema):
    """Every version of a household's accounts, newest first."""

    items = fields.List(fields.Nested(AccountAnswer), required=True)


class UndecidedArgs(PageArgs):
    """Accounts that wait for a second officer, of a division or of one sheet."""

    state = fields.String(load_default="undecided", validate=validate.OneOf(["undecided"]))
    region = fields.String(load_default=None, validate=REGION)
    import_id = QueryWhole(load_default=None, low=1)


class UndecidedAnswer(AccountAnswer):
    """An account that waits, with its household; masked."""

    public_id = fields.String(required=True)
    number = fields.String(required=True)
    head_name = fields.String(required=True)
    region_code = fields.String(required=True)
    is_head = fields.Boolean(
        required=True, metadata={"description": "Whether the holder is the head: nobody else is paid."}
    )
    import_id = fields.Integer(required=True, allow_none=True, attribute="version.import_id")
    confirmable = fields.Boolean(
        required=True,
        metadata={
            "description": "Whether the one who asks may confirm it together with others: a bank account that "
            "somebody else entered."
        },
    )


class UndecidedPage(BaseSchema):
    """A page of accounts that wait, oldest first."""

    items: Any = fields.List(fields.Nested(UndecidedAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TogetherArgs(BaseSchema):
    """The accounts of one village or of one sheet, as far as they were seen in the list."""

    region = fields.String(load_default=None, validate=[REGION, validate.Length(equal=VILLAGE_CODE_LENGTH)])
    import_id = Whole(load_default=None, low=1)
    last_id = Whole(
        required=True, low=1, metadata={"description": "The `id` of the last account that was seen."}
    )
    count = Whole(
        required=True,
        low=1,
        high=MOST_TOGETHER,
        metadata={"description": "How many of those seen were `confirmable`."},
    )

    @validates_schema
    def says_which(self, args: dict[str, Any], **_: Any) -> None:
        """Refuse a whole county at once."""
        if args["region"] is None and args["import_id"] is None:
            raise ValidationError("A village or a sheet must be named.", "region")


class TogetherAnswer(BaseSchema):
    """How many accounts are in force now."""

    confirmed = fields.Integer(required=True)
