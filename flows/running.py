"""What a running application carries besides its database: settings, clock, randomness, gateways and keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from flask import current_app

from config import Settings
from domain.clock import Clock
from domain.signing import PublicKeyInfo
from domain.tokens import TokenSigner
from gateways.wechat import WeChat
from gateways.wechat.simulator import Simulator

EXTENSION = "danzhu"


@dataclass(frozen=True)
class Running:
    """The parts that are given to the rules instead of being looked up by them."""

    settings: Settings
    clock: Clock
    random: Callable[[int], bytes]
    wechat: WeChat
    signer: TokenSigner
    public_keys: Mapping[str, PublicKeyInfo]
    #: The simulated WeChat of a demonstration; None where real money is behind the process.
    sandbox: Simulator | None = None


def running() -> Running:
    """The parts of the application that answers this request or command."""
    return cast(Running, current_app.extensions[EXTENSION])
