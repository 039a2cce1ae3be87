"""Certificates as their owners, their givers and a scanner see them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from domain.certificates import Face, claim
from models import Certificate, Order
from models.certificates import CertificateState
from services import certificates, make_goods, money
from services.certificates import Imprint, Judged


@dataclass(frozen=True, slots=True)
class Row:
    """A certificate and the order it came from."""

    certificate: Certificate
    order: Order


def link(certificate: Certificate, public_url: str) -> str:
    """What its QR code says: the page a phone opens, with the signed token."""
    return f"{public_url}/c/{certificate.serial}?t={certificate.token}"


def of_user(session: Session, user_id: int, *, limit: int, before: int | None) -> Sequence[Row]:
    """The certificates a user holds or gave away, newest first, one more than `limit`."""
    statement = (
        sa.select(Certificate, Order)
        .join(Order, Order.id == Certificate.order_id)
        .where(sa.or_(Certificate.user_id == user_id, Order.user_id == user_id))
        .order_by(Certificate.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        statement = statement.where(Certificate.id < before)
    return [Row(certificate, order) for certificate, order in session.execute(statement)]


def mine(row: Row, user_id: int, public_url: str) -> dict[str, Any]:
    """One certificate in a user's list: `mine`, `received`, `given`, or `waiting` to be claimed.

    Who claimed a gift is the claimer's affair: the giver sees the masked name and no link.
    """
    certificate, order = row.certificate, row.order
    made_out = certificates.is_made_out(certificate)
    held = certificate.user_id == user_id and made_out
    waiting = certificate.state is CertificateState.RESERVED
    bought = order.user_id == user_id
    relation = "waiting" if waiting else ("mine" if bought else "received") if held else "given"
    return {
        "serial": certificate.serial if held else None,
        "order": order.number if bought else None,
        "relation": relation,
        "holder_name": certificate.holder_name if held else certificate.holder_masked if made_out else "",
        "holder_public": certificate.holder_public,
        "purpose": certificate.purpose.value,
        "count": certificate.count,
        "sink_g": certificate.sink_g,
        "year": certificate.year,
        "basis": certificate.basis.value,
        "issued_on": certificate.issued_on if made_out else None,
        "status": certificate.state.value,
        "url": link(certificate, public_url) if held else None,
    }


def imprint(settings: Settings) -> Imprint:
    """What every face of this installation carries."""
    return Imprint(host=urlsplit(settings.public_url).netloc, account_name=settings.account_name)


def verdict(session: Session, judged: Judged, imprint: Imprint, *, reader_id: int | None) -> dict[str, Any]:
    """What a scanner is told: nothing but the verdict when forged; the money only with a token or for the owner."""
    certificate = judged.certificate
    if certificate is None:
        return {"verdict": judged.verdict.value}
    owner = reader_id is not None and certificate.user_id == reader_id
    face = certificates.face_of(session, certificate, imprint, full=owner)
    shown: dict[str, Any] = {
        "verdict": judged.verdict.value,
        "certificate": {**_facts(face), **_fate(session, certificate)},
    }
    if judged.trusted or owner:
        shown["signature"] = {"alg": "EdDSA", "kid": certificate.kid, "token": certificate.token}
        money_now = money_of(session, certificate, face)
        if money_now is not None:
            shown["money"] = money_now
    return shown


def _fate(session: Session, certificate: Certificate) -> dict[str, int]:
    """Trees that were lost before their year was over, and for how many of them another tree stands in."""
    fate = make_goods.fate_of(session, certificate.order_id)
    return {"lost": fate.lost, "made_good": fate.made_good}


def money_of(session: Session, certificate: Certificate, face: Face) -> dict[str, Any] | None:
    """Where the money of a certificate is now; None where its price is hidden, as on a gift."""
    if face.amount_fen is None:
        return None
    trail = money.of_order(session, certificate.order_id)
    return {
        "to_households_fen": trail.to_households_fen,
        "paid_out_fen": trail.paid_out_fen,
        "fee_borne_by": face.fee_borne_by,
    }


def etag(shown: object) -> str:
    """A tag that changes whenever what is shown does."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


def _facts(face: Face) -> dict[str, Any]:
    return {
        "serial": face.serial,
        "holder": face.holder,
        "holder_verified": face.holder_verified,
        "purpose": face.purpose.value,
        "count": face.count,
        "years": list(face.years),
        "basis": face.basis.value,
        "sink_g": face.sink_g,
        "villages": list(face.villages),
        "households": face.households,
        "issued_on": face.issued_on,
        "claim": claim(face, "zh"),
        "method": f"{face.method_id}/{face.method_version}",
        "verifier": face.verifier,
        "status": face.status.value,
        "revoked_on": face.revoked_on,
    }
