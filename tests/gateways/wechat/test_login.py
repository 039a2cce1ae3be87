"""Sign-in codes become identities, and WeChat's refusals become our words."""

import logging
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from gateways.wechat import App, WeChat, connect, errors
from gateways.wechat.simulator import Simulator
from tests.gateways.wechat.conftest import PUBLIC_URL, StillClock


def test_a_name_is_the_same_person_every_time_and_another_openid_in_each_app(wechat: WeChat) -> None:
    first = wechat.login.code_to_session("miniprogram", "demo:li")
    assert wechat.login.code_to_session("miniprogram", "demo:li") == first
    elsewhere = wechat.login.code_to_session("official_account", "demo:li")
    assert elsewhere.appid != first.appid
    assert elsewhere.openid != first.openid
    assert elsewhere.unionid == first.unionid
    assert wechat.login.code_to_session("miniprogram", "demo:wang").openid != first.openid


@pytest.mark.parametrize("code", ["", "anything", "demo:", "demo:" + "x" * 65, "demo:" + "x" * 5000])
def test_an_invalid_code_is_refused(wechat: WeChat, code: str) -> None:
    for channel in ("miniprogram", "official_account"):
        with pytest.raises(errors.CodeRefused) as refused:
            wechat.login.code_to_session(channel, code)
        assert refused.value.word == "code_invalid"


def test_a_wrong_appid_secret_or_channel_is_a_matter_for_an_operator(
    simulator: Simulator, clock: StillClock
) -> None:
    settings = simulator.settings(PUBLIC_URL)
    app = settings.apps["miniprogram"]
    cases = {
        "appid_wrong": {"miniprogram": App("wx0", app.secret)},
        "secret_wrong": {"miniprogram": App(app.appid, "0")},
        "channel_not_set_up": {},
    }
    for word, apps in cases.items():
        client = connect(replace(settings, apps=apps), simulator.transport(), clock)
        with pytest.raises(errors.Misconfigured) as refused:
            client.login.code_to_session("miniprogram", "demo:li")
        assert refused.value.word == word


class Scripted(httpx.BaseTransport):
    """Answers with what it is given, in turn."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/sns/jscode2session"
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, bytes)
        return httpx.Response(200, content=answer, headers={"Content-Type": "text/plain"})


@pytest.fixture
def scripted(simulator: Simulator, clock: StillClock) -> Callable[..., tuple[WeChat, Scripted]]:
    def make(*answers: object) -> tuple[WeChat, Scripted]:
        script = Scripted(*answers)
        return connect(simulator.settings(PUBLIC_URL), script, clock), script

    return make


@pytest.mark.parametrize(
    ("errcode", "kind", "word"),
    [
        (40029, errors.CodeRefused, "code_invalid"),
        (40163, errors.CodeRefused, "code_used"),
        (45011, errors.TooFrequent, "too_many_sign_ins"),
        (40226, errors.UserBlocked, "user_blocked"),
        (40013, errors.Misconfigured, "appid_wrong"),
        (40125, errors.Misconfigured, "secret_wrong"),
        (41002, errors.Misconfigured, "appid_missing"),
        (99999, errors.ApiRefused, "refused"),
    ],
)
def test_errcodes_become_our_words(
    scripted: Callable[..., tuple[WeChat, Scripted]], errcode: int, kind: type[errors.ApiError], word: str
) -> None:
    client, script = scripted(b'{"errcode":%d,"errmsg":"whatever"}' % errcode)
    with pytest.raises(kind) as refused:
        client.login.code_to_session("miniprogram", "c")
    assert (refused.value.errcode, refused.value.word) == (errcode, word)
    assert script.asked == 1


def test_a_busy_wechat_is_asked_once_more(scripted: Callable[..., tuple[WeChat, Scripted]]) -> None:
    busy, good = b'{"errcode":-1,"errmsg":"system error"}', b'{"openid":"o1","session_key":"secret"}'
    client, script = scripted(busy, good)
    assert client.login.code_to_session("miniprogram", "c").openid == "o1"
    client, script = scripted(busy, busy, good)
    with pytest.raises(errors.ApiUnavailable):
        client.login.code_to_session("miniprogram", "c")
    assert script.asked == 2


def test_a_code_whose_answer_was_lost_is_not_spent_again(
    scripted: Callable[..., tuple[WeChat, Scripted]],
) -> None:
    client, script = scripted(httpx.ReadTimeout("slow"))
    with pytest.raises(errors.ApiUnavailable):
        client.login.code_to_session("miniprogram", "c")
    assert script.asked == 1
    client, script = scripted(httpx.ConnectError("down"), b'{"openid":"o1"}')
    assert client.login.code_to_session("miniprogram", "c").unionid is None
    assert script.asked == 2


def test_an_answer_that_cannot_be_read_is_wechat_being_unavailable(
    scripted: Callable[..., tuple[WeChat, Scripted]],
) -> None:
    for answer in (b"<html>", b"{}", b'{"openid":7}', b""):
        client, _ = scripted(answer)
        with pytest.raises(errors.ApiUnavailable):
            client.login.code_to_session("miniprogram", "c")


def test_neither_secret_nor_code_nor_session_key_is_logged(
    wechat: WeChat, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        identity = wechat.login.code_to_session("miniprogram", "demo:li")
    ours = "\n".join(record.getMessage() for record in caplog.records)
    assert "/sns/jscode2session" in ours
    for secret in (wechat.settings.apps["miniprogram"].secret, "demo:li", identity.openid):
        assert secret not in ours
    assert "session_key" not in repr(identity)
