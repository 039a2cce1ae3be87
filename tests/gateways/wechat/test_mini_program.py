"""The app APIs: a token nobody destroys, codes and phone numbers, texts checked, messages by consent."""

import io
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from PIL import Image

from gateways.wechat import MemoryTokenStore, WeChat, connect, errors
from gateways.wechat.mp.mini_program import Scene, Suggestion, thing
from gateways.wechat.mp.official_account import page_signature
from gateways.wechat.simulator import Simulator
from tests.gateways.wechat.conftest import PUBLIC_URL, StillClock

NUMBER = "D20260312000001"


class Asked(httpx.BaseTransport):
    """The simulator's transport, remembering the paths asked for."""

    def __init__(self, simulator: Simulator) -> None:
        self._inner = simulator.transport()
        self.paths: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        return self._inner.handle_request(request)

    @property
    def tokens(self) -> int:
        return self.paths.count("/cgi-bin/stable_token")


@pytest.fixture
def asked(simulator: Simulator) -> Asked:
    return Asked(simulator)


@pytest.fixture
def client(simulator: Simulator, asked: Asked, clock: StillClock) -> WeChat:
    return connect(simulator.settings(PUBLIC_URL), asked, clock)


def test_a_token_is_fetched_once_and_renewed_near_its_end(
    client: WeChat, asked: Asked, clock: StillClock
) -> None:
    for _ in range(3):
        client.mini_program().code_image("c1")
    assert asked.tokens == 1
    clock.advance(seconds=7200 - 299)
    client.mini_program().code_image("c1")
    assert asked.tokens == 2
    client.mini_program().code_image("c1")
    assert asked.tokens == 2


def test_two_processes_share_the_token_and_never_destroy_each_others(
    simulator: Simulator, asked: Asked, clock: StillClock
) -> None:
    shared = MemoryTokenStore()
    settings = simulator.settings(PUBLIC_URL)
    first, second = (connect(settings, asked, clock, shared) for _ in range(2))
    first.mini_program().code_image("c1")
    second.mini_program().code_image("c1")
    assert asked.tokens == 1
    alone = connect(settings, asked, clock)
    alone.mini_program().code_image("c1")
    first.mini_program().code_image("c1")
    assert asked.tokens == 2


def test_near_its_end_one_caller_renews_while_the_others_keep_the_old_one(clock: StillClock) -> None:
    store = MemoryTokenStore()
    until = clock() + timedelta(seconds=30)
    claims = []
    threads = [
        threading.Thread(target=lambda: claims.append(store.claim("a", clock(), until))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claims) == [False] * 7 + [True]
    clock.advance(seconds=31)
    assert store.claim("a", clock(), clock() + timedelta(seconds=30))


def test_a_token_wechat_no_longer_takes_is_replaced_once(
    client: WeChat, simulator: Simulator, asked: Asked
) -> None:
    client.mini_program().code_image("c1")
    simulator.forget_tokens()
    assert client.mini_program().code_image("c1")
    assert asked.tokens == 2


def test_a_token_refused_again_is_an_error(simulator: Simulator, asked: Asked, clock: StillClock) -> None:
    class Forgetful(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = asked.handle_request(request)
            simulator.forget_tokens()
            return answer

    client = connect(simulator.settings(PUBLIC_URL), Forgetful(), clock)
    with pytest.raises(errors.TokenRefused):
        client.mini_program().code_image("c1")
    assert asked.tokens == 2


def test_renewal_that_fails_leaves_the_token_that_is_still_good(
    client: WeChat, simulator: Simulator, clock: StillClock
) -> None:
    client.mini_program().code_image("c1")
    clock.advance(seconds=7200 - 200)
    simulator.fail("drop", "stable_token")
    assert client.mini_program().code_image("c1")


def test_an_operator_can_force_a_new_token(client: WeChat, asked: Asked, clock: StillClock) -> None:
    client.mini_program().code_image("c1")
    client.force_new_token("miniprogram")
    assert client.mini_program().code_image("c1")
    assert asked.tokens == 2
    with pytest.raises(errors.TooFrequent):
        client.force_new_token("miniprogram")
    clock.advance(seconds=30)
    client.force_new_token("miniprogram")


def test_a_phone_number_is_given_for_a_code_once(
    wechat: WeChat, simulator: Simulator, clock: StillClock
) -> None:
    code = simulator.new_code("13800138000", "phone")
    phone = wechat.mini_program().phone_number(code)
    assert (phone.number, phone.country_code) == ("13800138000", "86")
    assert "13800138000" not in repr(phone)
    with pytest.raises(errors.CodeRefused):
        wechat.mini_program().phone_number(code)
    old = simulator.new_code("13800138000", "phone")
    clock.advance(minutes=5)
    with pytest.raises(errors.CodeRefused):
        wechat.mini_program().phone_number(old)
    with pytest.raises(errors.CodeRefused):
        wechat.mini_program().phone_number(simulator.new_code("li", "sign_in"))


def test_a_real_sign_in_code_is_good_once_for_five_minutes(
    wechat: WeChat, simulator: Simulator, clock: StillClock
) -> None:
    code = simulator.new_code("li")
    identity = wechat.login.code_to_session("miniprogram", code)
    assert identity == wechat.login.code_to_session("miniprogram", "demo:li")
    with pytest.raises(errors.CodeRefused) as refused:
        wechat.login.code_to_session("miniprogram", code)
    assert refused.value.word == "code_used"
    late = simulator.new_code("li")
    clock.advance(minutes=5)
    with pytest.raises(errors.CodeRefused) as refused:
        wechat.login.code_to_session("miniprogram", late)
    assert refused.value.word == "code_invalid"


def test_a_code_image_is_an_image_and_trouble_is_an_error(wechat: WeChat) -> None:
    picture = Image.open(io.BytesIO(wechat.mini_program().code_image("c=ABC123", "pages/certificate")))
    assert picture.format == "PNG"
    for scene in ("", "x" * 33, "空"):
        with pytest.raises(errors.ApiRefused) as refused:
            wechat.mini_program().code_image(scene)
        assert refused.value.word == "scene_wrong"
    with pytest.raises(errors.Misconfigured) as wrong:
        wechat.mini_program().code_image("c1", "/pages/certificate")
    assert wrong.value.word == "page_not_published"


def test_links_last_thirty_days_at_most(wechat: WeChat, clock: StillClock) -> None:
    mini = wechat.mini_program()
    month = clock() + timedelta(days=30)
    assert mini.scheme_link("pages/index", "a=1", month).startswith("weixin://")
    assert mini.url_link("pages/index", "a=1", month).startswith("https://")
    with pytest.raises(errors.ApiRefused):
        mini.url_link("pages/index", "a=1", month + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("送给外婆", Suggestion.PASS),
        ("一起来投资碳汇", Suggestion.REVIEW),
        ("代开发票", Suggestion.RISKY),
    ],
)
def test_a_text_is_judged(wechat: WeChat, text: str, suggestion: Suggestion) -> None:
    openid = wechat.login.code_to_session("miniprogram", "demo:li").openid
    verdict = wechat.mini_program().check_text(openid, text, Scene.SOCIAL)
    assert verdict.suggestion is suggestion
    assert verdict.trace_id


def test_a_user_who_was_not_seen_for_two_hours_is_a_matter_for_a_person(
    wechat: WeChat, clock: StillClock
) -> None:
    openid = wechat.login.code_to_session("miniprogram", "demo:li").openid
    clock.advance(hours=2, seconds=1)
    with pytest.raises(errors.ApiRefused) as refused:
        wechat.mini_program().check_text(openid, "你好", Scene.SOCIAL)
    assert refused.value.word == "user_not_active"
    with pytest.raises(ValueError, match="2500"):
        wechat.mini_program().check_text(openid, "", Scene.SOCIAL)


def test_one_consent_is_one_message(wechat: WeChat, simulator: Simulator) -> None:
    openid = wechat.login.code_to_session("miniprogram", "demo:li").openid
    values = {"thing1": thing("单株碳汇证书已生成, 请到小程序中查看您的证书"), "number2": "3"}
    with pytest.raises(errors.ApiRefused) as refused:
        wechat.mini_program().send_message(openid, "tpl", values)
    assert refused.value.word == "no_consent"
    simulator.grant_consent(openid, "tpl")
    wechat.mini_program().send_message(openid, "tpl", values, "pages/order")
    with pytest.raises(errors.ApiRefused):
        wechat.mini_program().send_message(openid, "tpl", values)
    (message,) = simulator.messages(openid)
    assert message["template_id"] == "tpl"


def test_a_message_value_that_is_too_long_is_refused(wechat: WeChat, simulator: Simulator) -> None:
    simulator.grant_consent("o1")
    with pytest.raises(errors.ApiRefused) as refused:
        wechat.mini_program().send_message("o1", "tpl", {"thing1": "字" * 21})
    assert refused.value.word == "message_value_wrong"
    assert [len(thing("字" * n)) for n in (20, 21, 40)] == [20, 20, 20]


def test_a_paid_order_is_reported_as_delivered_and_an_unpaid_one_is_not(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str], clock: StillClock
) -> None:
    paid = simulator.pay(prepay())
    openid = wechat.login.code_to_session("miniprogram", "demo:li").openid
    wechat.mini_program().upload_shipping_info(paid.transaction_id, openid, "单株碳汇证书", clock())
    shipped = simulator.world.storage.rows("SELECT out_trade_no, item FROM shipments")
    assert [tuple(row) for row in shipped] == [(NUMBER, "单株碳汇证书")]
    with pytest.raises(errors.ApiRefused):
        wechat.mini_program().upload_shipping_info("4200", openid, "单株碳汇证书", clock())


def test_the_published_page_signature_is_made() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    url = "http://mp.weixin.qq.com?params=value"
    signed = page_signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, url)
    assert signed == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
    assert page_signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, f"{url}#fragment") == signed


def test_a_page_is_signed_with_a_shared_ticket(client: WeChat, asked: Asked, clock: StillClock) -> None:
    url = "https://danzhu.example.org/c/ABC?t=1"
    first, second = client.official_account().page_config(url), client.official_account().page_config(url)
    assert first["appId"] == client.settings.apps["official_account"].appid
    assert first["timestamp"] == int(clock().timestamp())
    assert first["nonceStr"] != second["nonceStr"]
    assert asked.paths.count("/cgi-bin/ticket/getticket") == 1
    kept = client.tokens.read(f"{first['appId']}:jsapi_ticket")
    assert kept is not None
    assert first["signature"] == page_signature(kept.value, first["nonceStr"], first["timestamp"], url)


def test_the_browser_comes_back_from_sign_in_with_a_code_and_our_state(
    wechat: WeChat, simulator: Simulator
) -> None:
    url = wechat.official_account().sign_in_url("https://danzhu.example.org/signed-in?a=1", "state 1")
    assert url.startswith(f"{PUBLIC_URL}/sandbox/connect/")
    assert url.endswith("#wechat_redirect")
    answer = simulator.app.test_client().get(httpx.URL(url).raw_path.decode().removeprefix("/sandbox"))
    back = httpx.URL(answer.headers["Location"])
    assert (back.host, back.params["a"], back.params["state"]) == ("danzhu.example.org", "1", "state 1")
    identity = wechat.login.code_to_session("official_account", back.params["code"])
    assert identity == wechat.login.code_to_session("official_account", "demo:visitor")


def test_a_channel_that_is_not_set_up_is_a_matter_for_an_operator(
    simulator: Simulator, clock: StillClock
) -> None:
    client = connect(replace(simulator.settings(PUBLIC_URL), apps={}), simulator.transport(), clock)
    for ask in (client.mini_program, client.official_account):
        with pytest.raises(errors.Misconfigured):
            ask()


def test_a_wrong_secret_gets_no_token(simulator: Simulator, clock: StillClock) -> None:
    settings = simulator.settings(PUBLIC_URL)
    apps = {"miniprogram": replace(settings.apps["miniprogram"], secret="0")}
    client = connect(replace(settings, apps=apps), simulator.transport(), clock)
    with pytest.raises(errors.Misconfigured):
        client.mini_program().code_image("c1")
