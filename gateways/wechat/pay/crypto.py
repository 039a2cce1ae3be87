"""The cryptography of WeChat Pay APIv3: values in, values out; keys are objects.

Rules: request and answer signatures are SHA256withRSA (PKCS#1 v1.5) in base64 over lines that each end in a
newline; resources are AES-256-GCM under the APIv3 key with the tag at the end; sensitive fields are RSA-
OAEP with SHA-1 (WeChat Pay's choice, not ours).
"""

import base64
import binascii
import re
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

SCHEME = "WECHATPAY2-SHA256-RSA2048"
_PADDING = PKCS1v15()
_DIGEST = SHA256()
# SHA-1 inside OAEP is what WeChat Pay prescribes; OAEP does not rest on collision resistance.
_OAEP = OAEP(mgf=MGF1(algorithm=SHA1()), algorithm=SHA1(), label=None)  # noqa: S303  # as prescribed


@lru_cache(maxsize=16)
def load_private_key(pem: str, *, own: bool = False) -> RSAPrivateKey:
    """The RSA private key in a PEM; ValueError for anything else.

    A key we made ourselves (`own`) is not checked for being prime, which takes some thirty milliseconds.
    """
    try:
        key = load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=own)
    except TypeError:
        raise ValueError("the private key is protected by a password") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA private key")
    return key


@lru_cache(maxsize=64)
def load_public_key(pem: str) -> RSAPublicKey:
    """The RSA public key in a PEM public key or PEM certificate; ValueError for anything else."""
    if "BEGIN CERTIFICATE" in pem:
        key: object = load_pem_x509_certificate(pem.encode()).public_key()
    else:
        key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA public key")
    return key


def request_message(method: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """What a caller signs: method, path with query as sent, seconds, nonce and body, a line each."""
    return f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def answer_message(timestamp: str, nonce: str, body: bytes) -> bytes:
    """What WeChat signs of an answer or a callback: seconds, nonce and body, a line each."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def pay_message(appid: str, timestamp: str, nonce: str, package: str) -> bytes:
    """What is signed for the payment sheet: appid, seconds, nonce and package, a line each."""
    return f"{appid}\n{timestamp}\n{nonce}\n{package}\n".encode()


def sign(key: RSAPrivateKey, message: bytes) -> str:
    """The base64 signature of a message."""
    return base64.b64encode(key.sign(message, _PADDING, _DIGEST)).decode()


def verify(key: RSAPublicKey, message: bytes, signature: str) -> bool:
    """Whether a base64 signature is that of the message; text that is not base64 is simply a wrong
    signature.
    """
    try:
        key.verify(base64.b64decode(signature, validate=True), message, _PADDING, _DIGEST)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def authorization(merchant_id: str, serial: str, nonce: str, timestamp: str, signature: str) -> str:
    """The Authorization header of a signed request."""
    return (
        f'{SCHEME} mchid="{merchant_id}",nonce_str="{nonce}",signature="{signature}",'
        f'timestamp="{timestamp}",serial_no="{serial}"'
    )


def read_authorization(header: str) -> Mapping[str, str] | None:
    """The five named parts of an Authorization header in any order, or None when it is malformed."""
    scheme, _, rest = header.partition(" ")
    parts = dict(re.findall(r'(\w+)="([^"]*)"(?:,|$)', rest))
    wanted = {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}
    return parts if scheme == SCHEME and set(parts) == wanted else None


def open_resource(cipher: AESGCM, nonce: str, associated_data: str, ciphertext: str) -> bytes:
    """The plaintext of an encrypted resource; ValueError when it was not sealed under this key."""
    try:
        return cipher.decrypt(
            nonce.encode(), base64.b64decode(ciphertext, validate=True), associated_data.encode()
        )
    except (InvalidTag, binascii.Error, ValueError):
        raise ValueError("the resource cannot be opened with this APIv3 key") from None


def seal_resource(cipher: AESGCM, nonce: str, associated_data: str, plaintext: bytes) -> str:
    """The base64 ciphertext, tag at the end, that `open_resource` opens."""
    return base64.b64encode(cipher.encrypt(nonce.encode(), plaintext, associated_data.encode())).decode()


def encrypt_field(key: RSAPublicKey, text: str) -> str:
    """A sensitive request field encrypted for WeChat (at most 214 bytes of text with a 2048-bit key)."""
    return base64.b64encode(key.encrypt(text.encode(), _OAEP)).decode()


def decrypt_field(key: RSAPrivateKey, ciphertext: str) -> str:
    """A sensitive answer field in clear; ValueError when it was not encrypted for this key."""
    return key.decrypt(base64.b64decode(ciphertext, validate=True), _OAEP).decode()
