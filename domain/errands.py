"""Errands after a payment: what WeChat is still to be told, how often it is tried, and what a message says."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum


class ErrandKind(StrEnum):
    """What is to be run: tell WeChat that an order is delivered, or tell the buyer that the certificate is there."""

    SHIPPING_INFO = "shipping_info"
    CERTIFICATE_MESSAGE = "certificate_message"


class ErrandState(StrEnum):
    """`due` until it is done, or dropped because it cannot or need not be."""

    DUE = "due"
    DONE = "done"
    DROPPED = "dropped"


#: Waits after the first, second, … try; the one after the last wait is the last try. WeChat freezes the settlement
#: of orders that stay without shipping info; a message that comes a day late helps nobody.
WAITS: Mapping[ErrandKind, tuple[timedelta, ...]] = {
    ErrandKind.SHIPPING_INFO: tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720, 1440, 1440)),
    ErrandKind.CERTIFICATE_MESSAGE: tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180)),
}
#: How far back the first look for paid orders without errands goes: a delivery must be told of whenever it was, a
#: message is not sent to those who bought before there were messages.
RECENT: Mapping[ErrandKind, timedelta] = {
    ErrandKind.SHIPPING_INFO: timedelta(days=30),
    ErrandKind.CERTIFICATE_MESSAGE: timedelta(hours=1),
}
#: A payment may be written down later than one that began after it, by far less than this.
OVERLAP = timedelta(hours=1)

#: What a message may tell, by the names a template's values are mapped to (WECHAT_MESSAGE_VALUES).
TOLD = ("title", "serial", "trees", "day")


def is_last_try(kind: ErrandKind, attempts: int) -> bool:
    """Whether no try follows the `attempts`-th."""
    return attempts > len(WAITS[kind])


def wait_after(kind: ErrandKind, attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th try (from 1 on)."""
    waits = WAITS[kind]
    return waits[min(attempts, len(waits)) - 1]


def message_values(*, serial: str, count: int, year: int, issued_on: date) -> dict[str, str]:
    """What a message can tell of a certificate, each under its name in TOLD and at most 20 characters."""
    return {
        "title": "单株碳汇购碳证书",
        "serial": serial,
        "trees": f"{count}株，{year}年度",
        "day": f"{issued_on:%Y年%m月%d日}",
    }
