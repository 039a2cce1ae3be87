"""The published vectors of WeChat Pay pass through our primitives."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateways.wechat import App
from gateways.wechat.errors import NoticeRefused, RefusalReason
from gateways.wechat.fields import Fields
from gateways.wechat.pay import crypto
from gateways.wechat.pay.keys import KeyMap
from gateways.wechat.pay.notices import NoticeReader, OtherNotice
from gateways.wechat.simulator import SimulatorKeys, create_simulator
from tests.gateways.wechat.conftest import StillClock


def test_requests_are_signed_as_published(vectors: Any) -> None:
    for vector in vectors.of_kind("request-signature"):
        message = crypto.request_message(
            vector["method"], vector["url"], vector["timestamp"], vector["nonce"], vector["body"].encode()
        )
        assert message.decode() == vector["message"], vector["id"]
        signed = crypto.sign(vectors.private_key(vector["key"]), message)
        assert signed == vector["expected_signature"], vector["id"]


def test_payment_sheets_are_signed_as_published(vectors: Any) -> None:
    for vector in vectors.of_kind("pay-sign"):
        message = crypto.pay_message(vector["appid"], vector["timestamp"], vector["nonce"], vector["package"])
        signed = crypto.sign(vectors.private_key(vector["key"]), message)
        assert signed == vector["expected_signature"], vector["id"]


def test_raw_signatures_are_as_published_and_verify(vectors: Any) -> None:
    for vector in vectors.of_kind("raw-signature"):
        key = vectors.private_key(vector["key"])
        message = vector["message"].encode()
        assert crypto.sign(key, message) == vector["expected_signature"], vector["id"]
        assert crypto.verify(key.public_key(), message, vector["expected_signature"])


def test_a_certificate_verifies_what_its_key_signed(vectors: Any) -> None:
    vector = vectors.all["java-sign-message"]
    key = crypto.load_public_key(vectors.pem(vector["verify_key"]))
    assert crypto.verify(key, b"message", vector["expected_signature"])
    assert not crypto.verify(key, b"another message", vector["expected_signature"])


def test_the_published_answer_is_believed_and_a_changed_one_is_not(vectors: Any) -> None:
    good = vectors.all["docs-response-verify"]
    key = crypto.load_public_key(vectors.pem(good["key"]))
    message = crypto.answer_message(good["timestamp"], good["nonce"], good["body"].encode())
    assert message.decode() == good["message"]
    assert crypto.verify(key, message, good["signature"])
    bad = vectors.all["docs-response-verify-tampered"]
    assert not crypto.verify(key, bad["message"].encode(), bad["signature"])


def test_resources_open_as_published(vectors: Any) -> None:
    for vector in vectors.of_kind("aes-gcm"):
        cipher = AESGCM(vector["key_utf8"].encode())
        plain = crypto.open_resource(cipher, vector["nonce"], vector["aad"], vector["ciphertext"])
        assert plain.decode() == vector["plaintext"], vector["id"]
        sealed = crypto.seal_resource(cipher, vector["nonce"], vector["aad"], plain)
        assert sealed == vector["ciphertext"], vector["id"]


def test_sensitive_fields_open_as_published(vectors: Any) -> None:
    for vector in vectors.of_kind("rsa-oaep-decrypt"):
        key = vectors.private_key(vector["key"])
        assert crypto.decrypt_field(key, vector["ciphertext"]) == vector["plaintext"], vector["id"]
        again = crypto.encrypt_field(key.public_key(), vector["plaintext"])
        assert crypto.decrypt_field(key, again) == vector["plaintext"]


def test_certificate_answers_open_to_the_published_certificates(vectors: Any) -> None:
    for vector in vectors.of_kind("certificates-response"):
        cipher = AESGCM(vector["apiv3_key_utf8"].encode())
        opened = []
        for entry in Fields.parse(vector["body"].encode()).children("data"):
            sealed = entry.child("encrypt_certificate")
            plain = crypto.open_resource(
                cipher, sealed.text("nonce"), sealed.text("associated_data"), sealed.text("ciphertext")
            )
            opened.append((entry.text("serial_no"), plain.decode().strip()))
        assert opened == [(one["serial_no"], one["pem"].strip()) for one in vector["expected"]], vector["id"]


def test_the_published_callback_is_read_at_its_own_time(vectors: Any) -> None:
    vector = vectors.all["go-notify-full"]
    reader = NoticeReader(
        KeyMap({vector["headers"]["Wechatpay-Serial"]: vectors.pem(vector["key"])}), vector["apiv3_key_utf8"]
    )
    then = datetime.fromtimestamp(int(vector["headers"]["Wechatpay-Timestamp"]), UTC)
    notice = reader.read(vector["headers"], vector["body"].encode(), then)
    assert isinstance(notice, OtherNotice)
    assert (notice.event_type, notice.original_type) == ("PAYSCORE.USER_OPEN_SERVICE", "payscore")
    assert notice.payload["mchid"] == "1234567890"


def test_a_genuine_callback_of_years_ago_is_refused(vectors: Any) -> None:
    vector = vectors.all["go-notify-full"]
    reader = NoticeReader(
        KeyMap({vector["headers"]["Wechatpay-Serial"]: vectors.pem(vector["key"])}), vector["apiv3_key_utf8"]
    )
    with pytest.raises(NoticeRefused) as refused:
        reader.read(vector["headers"], vector["body"].encode(), datetime(2027, 6, 24, tzinfo=UTC))
    assert refused.value.reason is RefusalReason.STALE


def test_an_authorization_header_is_read_in_any_order() -> None:
    header = crypto.authorization("1900", "ABC", "nonce", "1700000000", "c2ln")
    expected = {
        "mchid": "1900",
        "serial_no": "ABC",
        "nonce_str": "nonce",
        "timestamp": "1700000000",
        "signature": "c2ln",
    }
    assert crypto.read_authorization(header) == expected
    scheme, _, rest = header.partition(" ")
    turned = f"{scheme} {','.join(reversed(rest.split(',')))}"
    assert crypto.read_authorization(turned) == expected
    assert crypto.read_authorization(f"{scheme} mchid=1900") is None
    assert crypto.read_authorization("") is None


def test_text_that_is_not_base64_is_a_wrong_signature(keys: Any) -> None:
    key = crypto.load_private_key(keys.merchant_private_key).public_key()
    assert not crypto.verify(key, b"x", "WECHATPAY/SIGNTEST/abc")
    assert not crypto.verify(key, b"x", "")


def test_every_published_vector_is_checked_or_belongs_to_what_we_do_not_use(vectors: Any) -> None:
    checked = {
        "request-signature",
        "pay-sign",
        "raw-signature",
        "response-signature-verify",
        "response-signature-verify-negative",
        "aes-gcm",
        "rsa-oaep-decrypt",
        "certificates-response",
        "notify",
    }
    # The session key is dropped at sign-in and WeChat pushes no messages to us.
    unused = {"miniprogram-rawdata-signature", "miniprogram-encrypted-data", "message-push"}
    assert {vector["kind"] for vector in vectors.all.values()} == checked | unused
    assert len(vectors.all) == 25


def test_the_simulator_believes_the_published_requests(
    vectors: Any, keys: SimulatorKeys, tmp_path: Path
) -> None:
    post, get = vectors.all["docs-body-post-jsapi"], vectors.all["docs-path-get-refund"]
    private = vectors.private_key(post["key"]).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    merchant = replace(
        keys,
        merchant_id=post["mchid"],
        merchant_serial=post["serial_no"],
        merchant_private_key=private.decode(),
        apps={"miniprogram": App("wxd678efh567hg6787", "secret")},
    )
    then = StillClock(datetime.fromtimestamp(int(post["timestamp"]), UTC))
    simulator = create_simulator(tmp_path / "published.sqlite3", then, merchant)
    for vector, (status, field) in {post["id"]: (200, "prepay_id"), get["id"]: (404, "code")}.items():
        request = vectors.all[vector]
        header = crypto.authorization(
            post["mchid"],
            post["serial_no"],
            request["nonce"],
            request["timestamp"],
            request["expected_signature"],
        )
        answer = simulator.app.test_client().open(
            request["url"],
            method=request["method"],
            data=request["body"].encode(),
            headers={"Authorization": header, "Accept": "application/json", "User-Agent": "x"},
        )
        assert answer.status_code == status, answer.data
        assert answer.get_json()[field]
    simulator.close()
