"""Signed requests to WeChat Pay and answers that are checked before they are believed."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from domain import clock
from gateways.wechat.errors import ProtocolError, Unreachable, pay_error
from gateways.wechat.fields import Fields, Malformed, encode
from gateways.wechat.pay import crypto
from gateways.wechat.pay.keys import KeyMap, PlatformKey, UnknownSerial
from gateways.wechat.settings import WeChatSettings
from gateways.wechat.transport import NoAnswer, Transport

Record = TypeVar("Record")

#: How far WeChat's clock and ours may be apart, both ways (seconds).
WINDOW_SECONDS = 300


def is_stale(timestamp: str, now: datetime) -> bool:
    """Whether a signed timestamp lies more than five minutes from now, or is no timestamp at all."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return True
    return abs(now.timestamp() - int(timestamp)) > WINDOW_SECONDS


class PaySession:
    """Signs with the merchant's key, sends through both hosts, verifies the answer."""

    def __init__(
        self,
        settings: WeChatSettings,
        transport: Transport,
        keys: KeyMap,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._private_key = crypto.load_private_key(settings.merchant_private_key)
        self._hosts = (settings.pay_base_url, settings.pay_backup_url)
        self.keys = keys
        self.now = now

    @property
    def settings(self) -> WeChatSettings:
        """The settings this session signs for."""
        return self._settings

    def sign(self, message: bytes) -> str:
        """The merchant's signature of a message."""
        return crypto.sign(self._private_key, message)

    def encryption(self) -> PlatformKey:
        """The key to encrypt sensitive fields with; its serial must be given to the request that carries
        them.
        """
        return self.keys.encryption(self._settings.encryption_serial)

    def decrypt_field(self, ciphertext: str) -> str:
        """A sensitive field of an answer in clear; ValueError when it is not for our key."""
        return crypto.decrypt_field(self._private_key, ciphertext)

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Fields:
        """Ask; the verified answer's fields."""
        return self._fields(self._verified(self._call("GET", path, params=params or {})))

    def post(self, path: str, body: Mapping[str, object] | None = None, serial: str | None = None) -> Fields:
        """Ask for something to be done; the verified answer's fields (none for 204).

        `serial` is that of the key the body's sensitive fields are encrypted with.
        """
        return self.change("POST", path, body, serial)

    def change(
        self, method: str, path: str, body: Mapping[str, object] | None = None, serial: str | None = None
    ) -> Fields:
        """Ask for a change by POST, PUT or DELETE; the verified answer's fields (none for 204)."""
        sent = encode(body) if body is not None else b""
        return self._fields(self._verified(self._call(method, path, body=sent, serial=serial)))

    def read(self, build: Callable[[Fields], Record], fields: Fields) -> Record:
        """What an answer says; ProtocolError when it does not say what was agreed."""
        try:
            return build(fields)
        except Malformed as failure:
            raise ProtocolError("ANSWER_NOT_READABLE", str(failure), 200) from failure

    def ask_unverified(self, path: str) -> httpx.Response:
        """An answer whose signature the caller checks with `believe`."""
        return self._call("GET", path)

    def download(self, url: str) -> bytes:
        """The bytes at an address WeChat gave, which are signed for in asking and unsigned in coming."""
        target = httpx.URL(url)
        host = f"{target.scheme}://{target.netloc.decode()}"
        response = self._send("GET", target.raw_path.decode(), b"", (host, host), self._announced_serial())
        if response.status_code != 200:
            raise pay_error(response.status_code, response.content, response.headers.get("Request-ID", ""))
        return response.content

    def believe(self, response: httpx.Response, more: Mapping[str, RSAPublicKey] | None = None) -> None:
        """Raise ProtocolError unless an answer is signed in time by a key of ours or of `more`."""
        fault = self._fault(response, more or {})
        if fault:
            request_id = response.headers.get("Request-ID", "")
            raise ProtocolError("ANSWER_NOT_BELIEVED", fault, response.status_code, request_id)

    def _verified(self, response: httpx.Response) -> httpx.Response:
        self.believe(response)
        self.keys.refresh_if_old()
        return response

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: bytes = b"",
        serial: str | None = None,
    ) -> httpx.Response:
        target = f"{path}?{urlencode(params)}" if params else path
        response = self._send(method, target, body, self._hosts, serial or self._announced_serial())
        if response.status_code not in (200, 204):
            raise pay_error(response.status_code, response.content, response.headers.get("Request-ID", ""))
        return response

    def _send(
        self, method: str, target: str, body: bytes, hosts: tuple[str, ...], serial: str
    ) -> httpx.Response:
        def build(host: str) -> httpx.Request:
            return self._signed(method, httpx.URL(host.rstrip("/") + target), body, serial)

        # Our own numbers and WeChat's may stand in the log, tokens in a query may not.
        name = f"{method} {target.partition('?')[0]}"
        try:
            return self._transport.send(hosts, build, name)
        except NoAnswer as failure:
            raise Unreachable("NO_ANSWER", str(failure)) from failure

    def _signed(self, method: str, url: httpx.URL, body: bytes, serial: str) -> httpx.Request:
        timestamp, nonce = str(int(self.now().timestamp())), secrets.token_hex(16)
        headers = {"Wechatpay-Serial": serial}
        if body:
            headers["Content-Type"] = "application/json"
        request = self._transport.prepare(method, url, headers, body)
        target = request.url.raw_path.decode()
        signature = self.sign(crypto.request_message(method, target, timestamp, nonce, body))
        request.headers["Authorization"] = crypto.authorization(
            self._settings.merchant_id, self._settings.merchant_serial, nonce, timestamp, signature
        )
        return request

    def _announced_serial(self) -> str:
        try:
            return self.keys.encryption(self._settings.encryption_serial).serial
        except UnknownSerial:
            # Before the first certificate has been fetched there is nothing to announce.
            return self._settings.encryption_serial

    def _fault(self, response: httpx.Response, more: Mapping[str, RSAPublicKey]) -> str:
        """Why an answer is not to be believed, or nothing."""
        headers = response.headers
        timestamp, nonce = headers.get("Wechatpay-Timestamp", ""), headers.get("Wechatpay-Nonce", "")
        if is_stale(timestamp, self.now()):
            return "the answer's time is missing or more than five minutes off"
        serial = headers.get("Wechatpay-Serial", "")
        try:
            key = more.get(serial) or self.keys.key(serial)
        except UnknownSerial:
            return "the answer is signed by a key that is not known"
        message = crypto.answer_message(timestamp, nonce, response.content)
        if not crypto.verify(key, message, headers.get("Wechatpay-Signature", "")):
            return "the answer's signature is wrong"
        return ""

    @staticmethod
    def _fields(response: httpx.Response) -> Fields:
        if not response.content:
            return Fields({})
        try:
            return Fields.parse(response.content)
        except Malformed as failure:
            request_id = response.headers.get("Request-ID", "")
            raise ProtocolError(
                "ANSWER_NOT_READABLE", str(failure), response.status_code, request_id
            ) from failure
