"""Certificates on the rows: whose they are, what their faces say to whom, and what is left when they are revoked."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.certificates import Purpose, Verdict
from domain.errors import Invalid
from domain.tokens import claims_of, verify
from domain.words import WordsState
from flows.running import Running
from models import Certificate, Order, Unit, transaction
from services import certificate_views, certificates, reservations
from services.certificates import Imprint, Judged
from tests.services.test_settlement import received
from tests.support.clock import START
from tests.support.world import (
    OTHER_VILLAGE,
    SPONSOR,
    VERIFIER_NAME,
    make_household,
    make_order,
    make_units,
    make_user,
)

IMPRINT = Imprint("danzhu.example.org", "单株碳汇")


def bought(session: Session, parts: Running, **order: object) -> Certificate:
    """The certificate of an order of four trees of three households in two villages."""
    with transaction():
        units = [
            *make_units(session, make_household(session), 2),
            *make_units(session, make_household(session), 1),
            *make_units(session, make_household(session, OTHER_VILLAGE), 1),
        ]
        facts: dict[str, Any] = {"holder_name": "林小满", "words_state": WordsState.PASSED, **order}
        placed = make_order(session, units, **facts)
    received(session, parts, placed)
    return session.scalars(sa.select(Certificate)).one()


def judged(session: Session, parts: Running, certificate: Certificate, token: str | None) -> Judged:
    return certificates.judge(session, certificate.serial, token, keys=parts.public_keys, production=False)


def test_a_face_names_the_villages_counts_the_households_and_says_who_verified(
    session: Session, parts: Running
) -> None:
    face = certificates.face_of(session, bought(session, parts), IMPRINT, full=False)
    assert face.villages == ("望谟县石屯镇打狼村", "望谟县石屯镇新合村")
    assert (face.households, face.count, face.sink_g, face.amount_fen) == (3, 4, 40_000, 1_200)
    assert (face.verifier, face.fee_borne_by, face.host) == (VERIFIER_NAME, SPONSOR, "danzhu.example.org")
    assert face.holder_verified is False


@pytest.mark.parametrize(
    ("public", "passed", "to_everybody", "to_the_owner"),
    [
        (False, True, "林*", "林小满"),
        (True, True, "林小满", "林小满"),
        (True, False, "林*", "林*"),
        (False, False, "林*", "林*"),
    ],
)
def test_a_name_is_for_its_owner_or_for_everybody_once_it_has_passed(
    session: Session, parts: Running, *, public: bool, passed: bool, to_everybody: str, to_the_owner: str
) -> None:
    state = WordsState.PASSED if passed else WordsState.REVIEW
    certificate = bought(session, parts, holder_public=public, words_state=state)
    shown = [certificates.face_of(session, certificate, IMPRINT, full=full).holder for full in (False, True)]
    assert shown == [to_everybody, to_the_owner]


def test_the_face_and_the_token_say_the_same(session: Session, parts: Running) -> None:
    certificate = bought(session, parts)
    assert certificate.token is not None
    face = certificates.face_of(session, certificate, IMPRINT, full=True)
    assert verify(certificate.token, parts.public_keys) == claims_of(face)


def test_a_gift_shows_no_price_not_even_to_whoever_gave_it(session: Session, parts: Running) -> None:
    certificate = bought(session, parts, purpose=Purpose.GIFT)
    assert certificates.face_of(session, certificate, IMPRINT, full=True).amount_fen is None
    face = certificates.face_of(session, certificate, IMPRINT, full=False)
    assert certificate_views.money_of(session, certificate, face) is None


def test_a_gift_that_waits_is_unknown_to_everybody(session: Session, parts: Running) -> None:
    certificate = bought(session, parts, purpose=Purpose.GIFT)
    assert judged(session, parts, certificate, None).verdict is Verdict.UNKNOWN
    assert certificates.find(session, certificate.serial) is None


def test_a_revoked_certificate_still_says_what_it_was_for_when_its_trees_are_sold_again(
    session: Session, parts: Running
) -> None:
    certificate = bought(session, parts)
    before = certificates.face_of(session, certificate, IMPRINT, full=False)
    with transaction():
        certificates.revoke(session, certificate.order_id, "refund", START)
        reservations.release(session, certificate.order_id, START)
        session.execute(sa.update(Order).values(state="refunded"))
    session.expire_all()
    with transaction():
        free = session.scalars(sa.select(Unit).where(Unit.order_id.is_(None))).all()
        again = make_order(session, free, user=make_user(session, "wang")[0])
    received(session, parts, again)
    certificate = session.get_one(Certificate, certificate.id)
    assert judged(session, parts, certificate, certificate.token).verdict is Verdict.REVOKED
    after = certificates.face_of(session, certificate, IMPRINT, full=False)
    assert (after.villages, after.households, after.count) == (
        before.villages,
        before.households,
        before.count,
    )
    assert after.revoked_on == START.date()
    other = session.scalars(sa.select(Certificate).where(Certificate.order_id == again.id)).one()
    assert judged(session, parts, other, other.token).verdict is Verdict.VALID
    assert other.serial != certificate.serial


def test_revoking_twice_keeps_the_first_day(session: Session, parts: Running) -> None:
    certificate = bought(session, parts)
    with transaction():
        certificates.revoke(session, certificate.order_id, "refund", START)
        certificates.revoke(session, certificate.order_id, "again", START.replace(year=2027))
    session.expire_all()
    kept = session.get_one(Certificate, certificate.id)
    assert (kept.revoked_at, kept.revoked_reason) == (START, "refund")


@pytest.mark.parametrize("serial", ["", "x", "7K3M-9QX2-VB8T-CN4R", "7K3M 9QX2 VB8T", "证书" * 8, "0" * 500])
def test_a_serial_with_a_slip_is_not_looked_up(session: Session, serial: str) -> None:
    with pytest.raises(Invalid, match="serial_mistyped"):
        certificates.find(session, serial)


@pytest.mark.parametrize("token", ["", None])
def test_no_token_is_not_a_forged_one(session: Session, parts: Running, token: str | None) -> None:
    found = judged(session, parts, bought(session, parts), token)
    assert (found.verdict, found.trusted) == (Verdict.VALID, False)


@pytest.mark.parametrize("token", [" ", "A", "A" * 5_000, "礼物", "2KCE4=======", "%00", "null"])
def test_a_token_that_is_none_is_forged_and_no_error(session: Session, parts: Running, token: str) -> None:
    found = judged(session, parts, bought(session, parts), token)
    assert (found.verdict, found.certificate) == (Verdict.FORGED, None)
