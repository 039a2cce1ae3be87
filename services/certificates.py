"""Certificates: issued when an order is paid, made out to a holder, shown, and judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import masking
from domain.certificates import (
    Basis,
    CertificateStatus,
    Face,
    Purpose,
    TokenCheck,
    Verdict,
    decide_verdict,
)
from domain.clock import business_day
from domain.errors import NotFound
from domain.ids import new_id
from domain.serials import check_serial, make_serial
from domain.signing import PublicKeyInfo, is_test
from domain.tokens import Claims, TokenSigner, check_token
from domain.words import WordsState
from models import Certificate, MakeGood, Region, Unit, UnitRelease, Verification, table_of
from models.certificates import CertificateState
from services.programmes import terms_of_year

#: Villages named on a face; the rest are counted.
MOST_VILLAGES = 6

_Certificates = table_of(Certificate)


@dataclass(frozen=True, slots=True)
class Imprint:
    """What every face of this installation carries beside the record."""

    host: str
    account_name: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A certificate that is to be written: its id, and the values of WRITING."""

    id: int
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Judged:
    """A certificate as a scanner meets it: the verdict, and the record unless it is forged."""

    verdict: Verdict
    certificate: Certificate | None
    trusted: bool


_FACTS = tuple(column.name for column in _Certificates.columns)
#: Writes a drafted certificate.
WRITING = sa.insert(_Certificates).values({name: sa.bindparam(f"certificate_{name}") for name in _FACTS})


def draft(order: Any, *, now: datetime, random: Callable[[int], bytes], signer: TokenSigner | None) -> Draft:
    """The certificate of a paid order (a row or an Order); without a signer it waits to be made out."""
    today = business_day(now)
    # Not a Certificate: a row of the ORM keeps watch over every value, which none but WRITING ever asks for here.
    certificate = SimpleNamespace(
        id=new_id(now, random),
        serial=make_serial(random),
        order_id=order.id,
        user_id=order.user_id,
        state=CertificateState.RESERVED if signer is None else CertificateState.ISSUED,
        holder_name=order.holder_name,
        holder_masked=masking.public_name(order.holder_name),
        holder_public=order.holder_public,
        words_state=order.words_state,
        purpose=order.purpose,
        count=order.count,
        sink_g=order.sink_g,
        amount_fen=order.amount_fen,
        year=order.year,
        # Whatever the day: nobody has looked at the trees again since they were verified.
        basis=Basis.EXPECTED,
        issued_on=today,
        token=None,
        kid=None,
        created_at=now,
        revoked_at=None,
        revoked_reason=None,
    )
    if signer is not None:
        sign(certificate, signer)
    return Draft(certificate.id, {f"certificate_{name}": value for name, value in vars(certificate).items()})


def sign(certificate: Any, signer: TokenSigner) -> None:
    """Sign what the certificate's QR code is to say."""
    certificate.token = signer.sign(claims_of_record(certificate))
    certificate.kid = signer.kid


def claims_of_record(certificate: Any) -> Claims:
    """What a token of this certificate (its row, or what will be one) has to say."""
    return Claims(
        serial=certificate.serial,
        holder=certificate.holder_masked,
        count=certificate.count,
        sink_g=certificate.sink_g,
        years=(certificate.year,),
        basis=certificate.basis,
        issued_on=certificate.issued_on,
    )


def make_out(
    certificate: Certificate,
    *,
    user_id: int,
    holder_name: str,
    holder_public: bool,
    words_state: WordsState,
    signer: TokenSigner,
    now: datetime,
) -> None:
    """Make a reserved certificate out to whoever is to hold it, from today on."""
    certificate.state = CertificateState.ISSUED
    certificate.user_id = user_id
    certificate.holder_name = holder_name
    certificate.holder_masked = masking.public_name(holder_name)
    certificate.holder_public = holder_public
    certificate.words_state = words_state
    certificate.issued_on = business_day(now)
    sign(certificate, signer)


def revoke(session: Session, order_id: int, reason: str, now: datetime) -> None:
    """Revoke the certificate of an order; whoever scans it from now on is told so."""
    session.execute(
        sa.update(_Certificates)
        .where(_Certificates.c.order_id == order_id, _Certificates.c.state != CertificateState.REVOKED)
        .values(state=CertificateState.REVOKED, revoked_at=now, revoked_reason=reason)
    )


def is_made_out(certificate: Any) -> bool:
    """Whether a certificate (or its row) ever had a face: a gift refunded before it was claimed had none."""
    return certificate.token is not None


def find(session: Session, serial: str) -> Certificate | None:
    """The issued certificate of a serial number as typed; raises Invalid("serial_mistyped")."""
    certificate = session.scalar(sa.select(Certificate).where(Certificate.serial == check_serial(serial)))
    if certificate is None or not is_made_out(certificate):
        return None
    return certificate


def judge(
    session: Session,
    serial: str,
    token: str | None,
    *,
    keys: Mapping[str, PublicKeyInfo],
    production: bool,
) -> Judged:
    """The verdict on a serial number and the token that came with it, if any.

    A serial alone is held against the token of its own record, so that a test certificate in production shows.
    """
    certificate = find(session, serial)
    if certificate is None:
        return Judged(Verdict.UNKNOWN, None, trusted=False)
    expected = claims_of_record(certificate)
    if token:
        check = check_token(token, expected, keys)
    else:
        check = TokenCheck.TEST if is_test(certificate.kid or "") else TokenCheck.GENUINE
    status = (
        CertificateStatus.REVOKED
        if certificate.state is CertificateState.REVOKED
        else CertificateStatus.VALID
    )
    verdict = decide_verdict(status, check, production=production)
    shown = None if verdict is Verdict.FORGED else certificate
    return Judged(verdict, shown, trusted=bool(token) and verdict is not Verdict.FORGED)


def face_of(session: Session, certificate: Certificate, imprint: Imprint, *, full: bool) -> Face:
    """The face of a certificate: in full for its owner, else with the holder masked unless made public.

    A name that has not passed the check of words is masked for everybody: a sheet goes from hand to hand.

    The price of a gift is never shown to whoever was given it.
    """
    places = _places(session, certificate)
    gift = certificate.purpose is Purpose.GIFT
    shown = (full or certificate.holder_public) and certificate.words_state is WordsState.PASSED
    return Face(
        serial=certificate.serial,
        holder=certificate.holder_name if shown else certificate.holder_masked,
        holder_masked=certificate.holder_masked,
        holder_verified=False,
        purpose=certificate.purpose,
        count=certificate.count,
        years=(certificate.year,),
        basis=_basis_now(session, certificate),
        sink_g=certificate.sink_g,
        villages=places.villages,
        households=places.households,
        issued_on=certificate.issued_on,
        method_id=places.method_id,
        method_version=places.method_version,
        verifier=places.verifier,
        amount_fen=None if gift else certificate.amount_fen,
        fee_borne_by=terms_of_year(session, certificate.year).sponsor,
        host=imprint.host,
        account_name=imprint.account_name,
        status=CertificateStatus.REVOKED
        if certificate.state is CertificateState.REVOKED
        else CertificateStatus.VALID,
        revoked_on=business_day(certificate.revoked_at) if certificate.revoked_at else None,
        demo=is_test(certificate.kid or ""),
    )


def _basis_now(session: Session, certificate: Certificate) -> Basis:
    """Measured once a review has found every tree of it, or another stands in; its token goes on saying expected."""
    found = session.execute(
        sa.select(
            sa.func.count(),
            sa.func.sum(
                sa.case((sa.or_(Unit.basis == Basis.MEASURED, MakeGood.unit_id.is_not(None)), 1), else_=0)
            ),
        )
        .select_from(Unit)
        .outerjoin(MakeGood, MakeGood.unit_id == Unit.id)
        .where(Unit.order_id == certificate.order_id)
    ).one()
    return Basis.MEASURED if found[0] and found[0] == found[1] else certificate.basis


@dataclass(frozen=True, slots=True)
class _Places:
    villages: tuple[str, ...]
    households: int
    method_id: str
    method_version: str
    verifier: str


def _places(session: Session, certificate: Certificate) -> _Places:
    units = (
        sa.select(Unit.region_code, Unit.household_id, Unit.verification_id)
        .where(Unit.order_id == certificate.order_id)
        .subquery()
    )
    if certificate.state is CertificateState.REVOKED:
        units = (
            sa.select(Unit.region_code, Unit.household_id, Unit.verification_id)
            .join(UnitRelease, UnitRelease.unit_id == Unit.id)
            .where(UnitRelease.order_id == certificate.order_id)
            .subquery()
        )
    villages = session.execute(
        sa.select(Region.path, sa.func.count(sa.distinct(units.c.household_id)))
        .join(Region, Region.code == units.c.region_code)
        .group_by(Region.code, Region.path)
        .order_by(Region.code)
    ).all()
    method = session.execute(
        sa.select(Verification.method_id, Verification.method_version, Verification.verifier_name)
        .where(Verification.id.in_(sa.select(units.c.verification_id)))
        .order_by(Verification.id)
    ).first()
    if method is None:
        raise NotFound("certificate_unknown")
    return _Places(tuple(path for path, _ in villages), sum(count for _, count in villages), *method)
