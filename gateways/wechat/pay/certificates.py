"""Fetching the platform certificates, which are trusted for the APIv3 key they are sealed under and their
signature.
"""

from collections.abc import Mapping

import httpx
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateways.wechat.errors import NotFound, ProtocolError
from gateways.wechat.fields import Fields, Malformed
from gateways.wechat.pay import crypto
from gateways.wechat.pay.keys import PlatformKey, platform_key
from gateways.wechat.pay.session import PaySession

PATH = "/v3/certificates"


def fetch_certificates(session: PaySession) -> Mapping[str, PlatformKey]:
    """The certificates WeChat Pay signs with now; none for a merchant that has gone over to public keys.

    Raises ProtocolError when they are not sealed for us or the answer is not signed by one of them or by a
    key we know.
    """
    try:
        response = session.ask_unverified(PATH)
    except NotFound:
        return {}
    try:
        opened = _open(session, response)
    except (Malformed, ValueError) as failure:
        raise ProtocolError("ANSWER_NOT_READABLE", str(failure), response.status_code) from failure
    session.believe(response, {serial: key.key for serial, key in opened.items()})
    return opened


def _open(session: PaySession, response: httpx.Response) -> dict[str, PlatformKey]:
    cipher = AESGCM(session.settings.api_v3_key.encode())
    opened = {}
    for entry in Fields.parse(response.content).children("data"):
        sealed = entry.child("encrypt_certificate")
        pem = crypto.open_resource(
            cipher,
            sealed.text("nonce"),
            sealed.optional_text("associated_data") or "",
            sealed.text("ciphertext"),
        )
        serial = entry.text("serial_no")
        opened[serial] = platform_key(serial, pem.decode())
    return opened
