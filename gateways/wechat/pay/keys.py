"""The keys by which WeChat Pay is believed: platform certificates and public keys in one map, each parsed
once.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from domain import clock
from gateways.wechat.errors import WeChatError
from gateways.wechat.pay.crypto import load_public_key

PUBLIC_KEY_PREFIX = "PUB_KEY_ID_"
#: Certificates are fetched again after this long, so that a new one is known before it signs.
LONGEST_AGE = timedelta(hours=12)
#: A serial nobody knows is not asked for again for this long.
NEGATIVE_AGE = timedelta(seconds=60)
#: Callbacks, forged ones too, cause at most one fetch in this long.
SHORTEST_PAUSE = timedelta(seconds=60)
MOST_NEGATIVE = 1000


class UnknownSerial(LookupError):
    """No key of WeChat Pay by that serial or PUB_KEY_ID is known."""


@dataclass(frozen=True)
class PlatformKey:
    """A key of WeChat Pay; a public key has no dates, a certificate has both."""

    serial: str
    key: RSAPublicKey
    not_before: datetime | None = None
    not_after: datetime | None = None

    def is_effective(self, now: datetime) -> bool:
        """Whether the key may be used at that instant."""
        begun = self.not_before is None or self.not_before <= now
        return begun and (self.not_after is None or now <= self.not_after)


def platform_key(serial: str, pem: str) -> PlatformKey:
    """The key in a PEM certificate or PEM public key; ValueError when it cannot be read."""
    key = load_public_key(pem)
    if "BEGIN CERTIFICATE" not in pem:
        return PlatformKey(serial, key)
    certificate = load_pem_x509_certificate(pem.encode())
    return PlatformKey(serial, key, certificate.not_valid_before_utc, certificate.not_valid_after_utc)


class KeyMap:
    """{serial or PUB_KEY_ID: key} of this process.

    The map is only ever replaced as a whole, so that reading needs no lock. A serial that is not in it
    causes one fetch of the certificates (a single flight: whoever comes meanwhile is told UnknownSerial at
    once), at most one a minute.
    """

    def __init__(self, pems: Mapping[str, str], now: Callable[[], datetime] = clock.now) -> None:
        self._now = now
        self._keys: Mapping[str, PlatformKey] = {
            serial: platform_key(serial, pem) for serial, pem in pems.items()
        }
        self._fetch: Callable[[], Mapping[str, PlatformKey]] | None = None
        self._flight = threading.Lock()
        self._fetched_at = now()
        self._asked_at: datetime | None = None
        self._negative: dict[str, datetime] = {}

    def __contains__(self, serial: str) -> bool:
        return serial in self._keys

    def fetch_with(self, fetch: Callable[[], Mapping[str, PlatformKey]]) -> None:
        """Ask this for the certificates from now on; it may raise a WeChatError."""
        self._fetch = fetch

    def key(self, serial: str) -> RSAPublicKey:
        """The key of that serial, fetched if need be; UnknownSerial when there is none."""
        known = self._keys.get(serial)
        if known is None and self._may_be_new(serial):
            self.refresh()
            known = self._keys.get(serial)
            if known is None:
                self._remember_unknown(serial)
        if known is None:
            raise UnknownSerial(serial)
        return known.key

    def encryption(self, preferred: str) -> PlatformKey:
        """The key to encrypt with: the preferred one or, among certificates, the newest already in force."""
        now = self._now()
        known = self._keys.get(preferred)
        if known is None or known.not_before is not None:
            certificates = [key for key in self._keys.values() if key.not_before and key.is_effective(now)]
            known = max(certificates, key=lambda key: key.not_before or now, default=known)
        if known is None:
            raise UnknownSerial(preferred)
        return known

    def refresh_if_old(self) -> None:
        """Fetch the certificates again twelve hours after the last time; a merchant with public keys only
        has none.
        """
        old = self._now() - self._fetched_at > LONGEST_AGE
        if old and self._has_paused() and any(key.not_before for key in self._keys.values()):
            self.refresh()

    def refresh(self) -> bool:
        """Replace the certificates by those WeChat has now; False when another thread is at it or it cannot
        be done.

        Configured public keys stay, certificates that are over go.
        """
        if self._fetch is None or not self._flight.acquire(blocking=False):
            return False
        try:
            now = self._now()
            self._asked_at = now
            fetched = self._fetch()
            self._keys = {
                serial: key
                for serial, key in (dict(self._keys) | dict(fetched)).items()
                if key.not_after is None or now <= key.not_after
            }
            self._fetched_at = now
        except WeChatError:
            # Nothing changed: the keys we have go on being believed, and the next unknown serial tries again.
            return False
        finally:
            self._flight.release()
        return True

    def _may_be_new(self, serial: str) -> bool:
        refused_until = self._negative.get(serial)
        return self._has_paused() and (refused_until is None or self._now() >= refused_until)

    def _has_paused(self) -> bool:
        return self._asked_at is None or self._now() - self._asked_at >= SHORTEST_PAUSE

    def _remember_unknown(self, serial: str) -> None:
        if len(self._negative) >= MOST_NEGATIVE:
            self._negative = {}
        self._negative[serial] = self._now() + NEGATIVE_AGE
