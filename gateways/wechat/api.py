"""Calls to api.weixin.qq.com, which answers 200 to everything and says in `errcode` what happened."""

from collections.abc import Mapping

import httpx

from gateways.wechat.errors import ApiUnavailable, api_error
from gateways.wechat.fields import Fields, Malformed, encode
from gateways.wechat.transport import NoAnswer, Transport

BUSY = -1


class ApiSession:
    """Sends calls to the mini-program and official-account host and reads `errcode` out of the answer."""

    def __init__(self, base_url: str, transport: Transport) -> None:
        self._base_url = base_url.rstrip("/")
        self._transport = transport

    def get(self, path: str, params: Mapping[str, str]) -> Fields:
        """The answer's fields; ApiError for any errcode but 0.

        Asked once more only where WeChat says it is busy or no connection came about: a code in `params`
        may be used up by a call whose answer was lost.
        """
        request = self._transport.prepare(
            "GET", httpx.URL(self._base_url + path, params=dict(params)), {}, b""
        )
        return self.fields(self._send(request, path))

    def post(self, path: str, params: Mapping[str, str], body: Mapping[str, object]) -> Fields:
        """The answer's fields; ApiError for any errcode but 0."""
        return self.fields(self.post_raw(path, params, body))

    def post_raw(self, path: str, params: Mapping[str, str], body: Mapping[str, object]) -> bytes:
        """The answer's bytes, which may be an image."""
        url = httpx.URL(self._base_url + path, params=dict(params))
        headers = {"Content-Type": "application/json"}
        return self._send(self._transport.prepare("POST", url, headers, encode(body)), path)

    @staticmethod
    def fields(raw: bytes) -> Fields:
        """The fields of an answer; ApiError for any errcode but 0, ApiUnavailable for what cannot be read."""
        try:
            fields = Fields.parse(raw)
            errcode = fields.optional_whole("errcode") or 0
        except Malformed as failure:
            raise ApiUnavailable(0, "answer_not_readable") from failure
        if errcode:
            raise api_error(errcode)
        return fields

    def _send(self, request: httpx.Request, path: str) -> bytes:
        try:
            response = self._transport.send_once(request, path)
        except NoAnswer as failure:
            if failure.sent:
                raise ApiUnavailable(0, "no_answer") from failure
            response = self._again(request, path)
        else:
            if self._is_busy(response):
                response = self._again(request, path)
        if response.status_code != 200:
            raise ApiUnavailable(0, f"http_{response.status_code}")
        return response.content

    def _again(self, request: httpx.Request, path: str) -> httpx.Response:
        try:
            return self._transport.send_once(request, path, 2)
        except NoAnswer as failure:
            raise ApiUnavailable(0, "no_answer") from failure

    @staticmethod
    def _is_busy(response: httpx.Response) -> bool:
        if response.status_code != 200:
            return False
        try:
            return Fields.parse(response.content).optional_whole("errcode") == BUSY
        except Malformed:
            return False
