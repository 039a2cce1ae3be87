"""A simulator in a temporary file, a client that reaches it in process, and a clock that stands still until
it is moved.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from gateways.wechat import WeChat, connect
from gateways.wechat.pay.notices import AnyNotice
from gateways.wechat.simulator import Simulator, SimulatorKeys, create_simulator, make_keys
from gateways.wechat.simulator.storage import Storage

VECTORS = Path(__file__).parents[3].parent / "shared" / "vectors" / "wechat_vectors.json"
START = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
PUBLIC_URL = "https://danzhu.example.org"


@dataclass
class StillClock:
    """A clock that is moved by hand."""

    instant: datetime = START

    def __call__(self) -> datetime:
        return self.instant

    def advance(self, **span: float) -> None:
        """Move on by a timedelta's keywords."""
        self.instant += timedelta(**span)


@dataclass
class Inbox:
    """What was delivered to our callbacks, and the status each next delivery gets back."""

    status: int = 204
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.received.append((url, dict(headers), body))
        return self.status


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(scope="session")
def keys() -> SimulatorKeys:
    return make_keys(START)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory, keys: SimulatorKeys) -> Simulator:
    """One simulator for all tests: putting its routes together takes longer than most of them."""
    return create_simulator(tmp_path_factory.mktemp("twin") / "wechat.sqlite3", keys=keys)


@pytest.fixture
def simulator(tmp_path: Path, twin: Simulator, clock: StillClock, inbox: Inbox) -> Iterator[Simulator]:
    """The simulator with an empty memory."""
    world = twin.world
    world.storage, world.clock, world.deliver = Storage(tmp_path / "wechat.sqlite3"), clock, inbox
    yield twin
    twin.close()


@pytest.fixture
def wechat(simulator: Simulator, clock: StillClock) -> Iterator[WeChat]:
    client = connect(simulator.settings(PUBLIC_URL), simulator.transport(), clock)
    yield client
    client.close()


@pytest.fixture
def prepay(wechat: WeChat, clock: StillClock) -> Callable[..., str]:
    """Prepares an order of 300 fen by a person of the mini program; keywords change it."""

    def make(number: str = "D20260312000001", **changes: Any) -> str:
        appid = wechat.settings.apps["miniprogram"].appid
        order: dict[str, Any] = {
            "appid": appid,
            "openid": wechat.login.code_to_session("miniprogram", "demo:li").openid,
            "out_trade_no": number,
            "description": "单株碳汇 1 株",
            "total_fen": 300,
            "time_expire": START + timedelta(minutes=15),
        }
        return wechat.pay.prepay_jsapi(**(order | changes))

    return make


@pytest.fixture
def heard(
    wechat: WeChat, simulator: Simulator, inbox: Inbox, clock: StillClock
) -> Callable[[str], AnyNotice]:
    """Delivers what is due and reads the last callback, which must have come to the given hook."""

    def read(hook: str) -> AnyNotice:
        simulator.deliver_due()
        url, headers, body = inbox.received[-1]
        assert url == f"{PUBLIC_URL}/hooks/wechat-pay/{hook}"
        return wechat.pay.read_notice(headers, body, clock())

    return read


class Vectors:
    """The published vectors and the published test keys they were made with."""

    def __init__(self, path: Path) -> None:
        kept = json.loads(path.read_text("utf-8"))
        self._keys = kept["keys"]
        self.all: dict[str, dict[str, Any]] = {vector["id"]: vector for vector in kept["vectors"]}

    def of_kind(self, *kinds: str) -> list[dict[str, Any]]:
        """The vectors of these kinds; never none."""
        found = [vector for vector in self.all.values() if vector["kind"] in kinds]
        assert found, kinds
        return found

    def private_key(self, name: str) -> RSAPrivateKey:
        """A published private key."""
        der = base64.b64decode("".join(self._keys[name]["der_base64"]))
        key = load_der_private_key(der, password=None)
        assert isinstance(key, RSAPrivateKey)
        return key

    def pem(self, name: str) -> str:
        """A published public key or certificate."""
        return str(self._keys[name]["pem"])


@pytest.fixture(scope="session")
def vectors() -> Vectors:
    if not VECTORS.exists():
        pytest.skip("the published WeChat vectors are not beside the project (../shared/vectors)")
    return Vectors(VECTORS)
