"""Everything that can go wrong in talking to WeChat, in our words.

WeChatError
├── PayError                 WeChat Pay: status, code, message, request id
│   ├── Refused              a definite no: nothing was done
│   │   ├── SignError        our signature, serial or clock is not accepted
│   │   ├── NotFound         no order, refund, transfer or bill by that number
│   │   ├── AlreadyPaid      the order to be closed has been paid
│   │   ├── OrderClosed      the order is closed at WeChat
│   │   ├── NumberUsed       the number was used before with other parameters
│   │   ├── NotEnough        the merchant's balance is too small: top up, same number
│   │   ├── NotAllowed       the merchant lacks the permission or the account is limited
│   │   ├── NotReady         not yet: ask again later (bill still being made)
│   │   └── EmptyDay         there is no bill because nothing happened that day
│   └── Unknown              the outcome is not known: ask by our own number, never take a new one
│       ├── Unreachable      no answer, or none in time
│       ├── RateLimited      429, which at refunds may still mean accepted
│       └── ProtocolError    an answer that cannot be believed or read
├── ApiError                 api.weixin.qq.com: errcode and our word for it
│   ├── CodeRefused          login or phone code invalid or used: ask the client for a new one
│   ├── TooFrequent          over a rate limit
│   ├── UserBlocked          WeChat calls this user high-risk
│   ├── Misconfigured        appid, secret or permission wrong: an operator must look
│   ├── TokenRefused         the access token is not valid (any more)
│   ├── ApiRefused           any other no
│   └── ApiUnavailable       busy, no answer, or one that cannot be read
└── NoticeRefused            a callback that is not to be believed; `reason` says why
"""

from enum import StrEnum

from gateways.wechat.fields import Fields, Malformed


class WeChatError(Exception):
    """Root of all errors of this gateway."""


class PayError(WeChatError):
    """WeChat Pay did not do what was asked; branch on the class, show `code`, never parse `message`."""

    def __init__(self, code: str, message: str = "", status: int = 0, request_id: str = "") -> None:
        super().__init__(f"{code} ({status}) {message}".strip())
        self.code = code
        self.message = message
        self.status = status
        self.request_id = request_id


class Refused(PayError):
    """A definite no: nothing was done and repeating it unchanged will not help."""


class SignError(Refused):
    """Our signature, certificate serial or clock is not accepted."""


class NotFound(Refused):
    """There is nothing by that number."""


class AlreadyPaid(Refused):
    """The order has been paid: query it and fulfil."""


class OrderClosed(Refused):
    """The order is closed at WeChat."""


class NumberUsed(Refused):
    """Our number was used before with other parameters."""


class NotEnough(Refused):
    """The merchant's balance is too small; after a top-up the same number goes through."""


class NotAllowed(Refused):
    """The merchant lacks a permission, or an account is limited."""


class NotReady(Refused):
    """What was asked for is still being made; ask again later."""


class EmptyDay(Refused):
    """There is no bill for that day because nothing happened on it."""


class Unknown(PayError):
    """The outcome is not known: query by our own number before deciding, and never take a new number."""


class Unreachable(Unknown):
    """Neither host answered in time."""


class RateLimited(Unknown):
    """Too many requests; at refunds the request may have been accepted all the same."""


class ProtocolError(Unknown):
    """The answer cannot be believed (signature, time, serial) or cannot be read."""


#: WeChat Pay's codes in our words; old spellings are aliases of the same word.
PAY_CODES: dict[str, type[PayError]] = {
    "SIGN_ERROR": SignError,
    "ORDER_NOT_EXIST": NotFound,
    "ORDER_NOT_EXISTS": NotFound,
    "ORDERNOTEXIST": NotFound,
    "RESOURCE_NOT_EXISTS": NotFound,
    "NOT_FOUND": NotFound,
    "MCH_NOT_EXISTS": NotAllowed,
    "ORDER_PAID": AlreadyPaid,
    "ORDERPAID": AlreadyPaid,
    "ORDER_CLOSED": OrderClosed,
    "ORDERCLOSED": OrderClosed,
    "OUT_TRADE_NO_USED": NumberUsed,
    "NOT_ENOUGH": NotEnough,
    "NOTENOUGH": NotEnough,
    "NO_AUTH": NotAllowed,
    "NOAUTH": NotAllowed,
    "ACCOUNT_ERROR": NotAllowed,
    "USER_ACCOUNT_ABNORMAL": NotAllowed,
    "RULE_LIMIT": NotAllowed,
    "RULELIMIT": NotAllowed,
    "TRADE_ERROR": Refused,
    "PARAM_ERROR": Refused,
    "INVALID_REQUEST": Refused,
    "APPID_MCHID_NOT_MATCH": Refused,
    "OPENID_MISMATCH": Refused,
    "NO_STATEMENT_EXIST": EmptyDay,
    "STATEMENT_CREATING": NotReady,
    "FREQUENCY_LIMITED": RateLimited,
    "FREQUENCY_LIMIT_EXCEED": RateLimited,
    "RATELIMIT_EXCEED": RateLimited,
    "RATELIMIT_EXCEEDED": RateLimited,
    "SYSTEM_ERROR": Unknown,
    "SYSTEMERROR": Unknown,
    "BANK_ERROR": Unknown,
    "SERVICE_UNAVAILABLE": Unknown,
}


def pay_error(status: int, body: bytes, request_id: str) -> PayError:
    """The error an answer other than 200 or 204 stands for; a code that is not in the table leaves the
    outcome unknown.
    """
    code, message = "", ""
    if body:
        try:
            fields = Fields.parse(body)
            code, message = fields.optional_text("code") or "", fields.optional_text("message") or ""
        except Malformed:
            message = "the error answer is not JSON"
    kind = PAY_CODES.get(code, Unknown)
    if status == 429:
        kind = RateLimited
    elif (status >= 500 and kind is not Refused) or status == 202:
        kind = Unknown
    elif status == 404 and not code:
        # Nothing but the path was wrong: a gateway in between, or an address that does not exist. No order
        # was looked up.
        kind = ProtocolError
    return kind(code or f"HTTP_{status}", message, status, request_id)


class ApiError(WeChatError):
    """api.weixin.qq.com refused; `word` is our snake_case name of the reason."""

    def __init__(self, errcode: int, word: str) -> None:
        super().__init__(f"{word} ({errcode})")
        self.errcode = errcode
        self.word = word


class CodeRefused(ApiError):
    """A code from the client is invalid, used or too old: the client must fetch a new one."""


class TooFrequent(ApiError):
    """Over a rate limit: answer 429 and wait."""


class UserBlocked(ApiError):
    """WeChat holds this user to be high-risk."""


class Misconfigured(ApiError):
    """Appid, secret or permission is wrong: an operator must look."""


class TokenRefused(ApiError):
    """The access token is not valid (any more)."""


class ApiRefused(ApiError):
    """Any other no."""


class ApiUnavailable(ApiError):
    """WeChat is busy, gave no answer, or one that cannot be read."""


#: errcodes in our words.
API_CODES: dict[int, tuple[type[ApiError], str]] = {
    -1: (ApiUnavailable, "wechat_busy"),
    40029: (CodeRefused, "code_invalid"),
    40163: (CodeRefused, "code_used"),
    45011: (TooFrequent, "too_many_sign_ins"),
    45009: (TooFrequent, "quota_used_up"),
    40226: (UserBlocked, "user_blocked"),
    40013: (Misconfigured, "appid_wrong"),
    40125: (Misconfigured, "secret_wrong"),
    41002: (Misconfigured, "appid_missing"),
    40164: (Misconfigured, "address_not_allowed"),
    48001: (Misconfigured, "permission_missing"),
    40001: (TokenRefused, "token_wrong"),
    40014: (TokenRefused, "token_wrong"),
    42001: (TokenRefused, "token_expired"),
    61010: (ApiRefused, "user_not_active"),
    87014: (ApiRefused, "text_risky"),
    43101: (ApiRefused, "no_consent"),
    47003: (ApiRefused, "message_value_wrong"),
    40037: (Misconfigured, "template_wrong"),
    41030: (Misconfigured, "page_not_published"),
    45168: (ApiRefused, "text_risky"),
    40129: (ApiRefused, "scene_wrong"),
    40002: (ApiRefused, "parameter_wrong"),
    40165: (Misconfigured, "page_not_published"),
    85079: (Misconfigured, "app_not_published"),
    10060004: (ApiRefused, "not_shippable_yet"),
}


def api_error(errcode: int) -> ApiError:
    """The error an errcode other than 0 stands for."""
    kind, word = API_CODES.get(errcode, (ApiRefused, "refused"))
    return kind(errcode, word)


class RefusalReason(StrEnum):
    """Why a callback is not believed."""

    MISSING_HEADER = "missing_header"
    STALE = "stale"
    UNKNOWN_SERIAL = "unknown_serial"
    BAD_SIGNATURE = "bad_signature"
    NOT_JSON = "not_json"
    CANNOT_DECRYPT = "cannot_decrypt"
    MALFORMED = "malformed"


class NoticeRefused(WeChatError):
    """A callback that must not be acted on; answer it with FAIL."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__(reason.value)
        self.reason = reason
