"""Verdicts, documents and codes over HTTP: who may see what, and what a scanner is told."""

import os
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import zxingcpp
from flask import Flask
from PIL import Image

from domain.signing import make_key
from domain.tokens import TokenSigner
from flows.running import EXTENSION, Running
from models import Certificate, Order, Unit, UnitRelease, database, transaction
from models.certificates import CertificateState
from services.certificates import claims_of_record
from tests.support.buying import API, Buyer, make_shop, row_counts
from tests.support.clock import START
from tests.support.keeping import Kept


def serial_and_token(app: Flask, number: str) -> tuple[str, str]:
    with app.app_context():
        certificate = (
            database()
            .scalars(
                sa.select(Certificate)
                .join(Order, Order.id == Certificate.order_id)
                .where(Order.number == number)
            )
            .one()
        )
        assert certificate.token is not None
        return certificate.serial, certificate.token


def make_bought(app: Flask) -> tuple[Buyer, str, str]:
    """A buyer with one certificate: its serial and token."""
    make_shop(app, [5])
    buyer = Buyer(app)
    number = buyer.buy(count=2)
    return (buyer, *serial_and_token(app, number))


@pytest.fixture
def bought(kept: Kept, app: Flask) -> tuple[Buyer, str, str]:
    return kept(make_bought, app)


def verdict(app: Flask, serial: str, token: str | None = None, headers: dict[str, str] | None = None) -> Any:
    query = {"t": token} if token is not None else {}
    return app.test_client().get(f"{API}/certificates/{serial}", query_string=query, headers=headers)


def revoke(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Certificate).values(state=CertificateState.REVOKED, revoked_at=START))
        session.add_all(
            UnitRelease(unit_id=unit.id, order_id=unit.order_id, released_at=START)
            for unit in session.scalars(sa.select(Unit).where(Unit.order_id.is_not(None)))
        )


def stranger_signs(app: Flask, kid: str) -> str:
    """A token that says what the record says, signed with a key of somebody else's under a kid."""
    with app.app_context():
        certificate = database().scalars(sa.select(Certificate)).one()
        signer = TokenSigner.of_key(make_key(kid, os.urandom, date(2026, 1, 1)))
        return signer.sign(claims_of_record(certificate))


def in_production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    parts: Running = app.extensions[EXTENSION]
    monkeypatch.setitem(
        app.extensions, EXTENSION, replace(parts, settings=replace(parts.settings, app_env="production"))
    )


def test_a_serial_alone_is_valid_and_names_nobody(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    _, serial, _ = bought
    answer = verdict(app, serial)
    assert answer.status_code == 200
    assert answer.json["verdict"] == "valid"
    assert answer.json["certificate"]["holder"] == "林*"
    assert "money" not in answer.json
    assert "signature" not in answer.json


def test_a_serial_may_be_typed_carelessly(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    _, serial, _ = bought
    assert verdict(app, serial.replace("-", "").lower()).json["verdict"] == "valid"


def test_with_its_token_it_tells_where_the_money_is(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    _, serial, token = bought
    answer = verdict(app, serial, token).json
    assert answer["verdict"] == "valid"
    assert answer["money"]["to_households_fen"] == 600
    assert answer["money"]["paid_out_fen"] == 0
    assert answer["signature"]["kid"].startswith("test-")


def test_its_owner_sees_the_full_name(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    buyer, serial, _ = bought
    assert verdict(app, serial, headers=buyer.headers).json["certificate"]["holder"] == "林小满"


def test_a_revoked_certificate_is_revoked_with_and_without_its_token(
    app: Flask, bought: tuple[Buyer, str, str]
) -> None:
    _, serial, token = bought
    revoke(app)
    assert verdict(app, serial).json["verdict"] == "revoked"
    assert verdict(app, serial, token).json["verdict"] == "revoked"


@pytest.mark.parametrize("revoked", [False, True])
@pytest.mark.parametrize(
    "harm", ["changed", "another key, our kid", "unknown key", "no token at all", "other serial"]
)
def test_forged_outranks_everything_and_shows_nothing(
    app: Flask, bought: tuple[Buyer, str, str], harm: str, revoked: bool
) -> None:
    buyer, serial, token = bought
    with app.app_context():
        kid = database().scalars(sa.select(Certificate.kid)).one()
    assert kid is not None
    if harm == "changed":
        forged = ("A" if token[40] != "A" else "B").join((token[:40], token[41:]))
    elif harm == "another key, our kid":
        forged = stranger_signs(app, kid)
    elif harm == "unknown key":
        forged = stranger_signs(app, "2026z")
    elif harm == "no token at all":
        forged = "hello"
    else:
        other, forged = serial_and_token(app, buyer.buy(count=1))
        assert other != serial
    if revoked:
        revoke(app)
    answer = verdict(app, serial, forged)
    assert answer.status_code == 200
    assert answer.json == {"verdict": "forged"}


def test_a_record_that_was_changed_makes_its_own_token_forged(
    app: Flask, bought: tuple[Buyer, str, str]
) -> None:
    _, serial, token = bought
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Certificate).values(count=20))
    assert verdict(app, serial, token).json == {"verdict": "forged"}


def test_production_calls_a_test_key_a_test(
    app: Flask, bought: tuple[Buyer, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, serial, token = bought
    in_production(app, monkeypatch)
    assert verdict(app, serial, token).json["verdict"] == "test"
    assert verdict(app, serial).json["verdict"] == "test"
    revoke(app)
    assert verdict(app, serial, token).json["verdict"] == "revoked"


def test_an_unknown_serial_is_not_found_and_says_so(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    answer = verdict(app, "7K3M-9QX2-VB8T-CN4Q")
    assert answer.status_code == 404
    assert answer.json["verdict"] == "unknown"
    assert answer.json["code"] == "certificate_unknown"


def test_a_mistyped_serial_is_refused_as_mistyped(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    _, serial, _ = bought
    wrong = ("3" if serial[0] != "3" else "4") + serial[1:]
    answer = verdict(app, wrong)
    assert answer.status_code == 422
    assert answer.json["code"] == "serial_mistyped"


DOCUMENTS = [".pdf", ".png"]
CODES = ["/qr.png", "/qr.svg"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_is_for_its_owner_and_whoever_has_the_token(
    app: Flask, bought: tuple[Buyer, str, str], document: str
) -> None:
    buyer, serial, token = bought
    anyone = app.test_client()
    path = f"/c/{serial}{document}"
    assert anyone.get(path).status_code == 403
    assert anyone.get(path, headers=Buyer(app, "chen").headers).status_code == 403
    assert anyone.get(path, query_string={"t": "hello"}).status_code == 403
    by_token = anyone.get(path, query_string={"t": token, "from": "groupmessage"})
    by_owner = anyone.get(path, headers=buyer.headers)
    assert by_token.status_code == by_owner.status_code == 200
    assert by_owner.data[:4] in (b"%PDF", b"\x89PNG")
    assert by_token.data != by_owner.data


@pytest.mark.parametrize("code", CODES)
def test_a_qr_code_is_for_its_owner(app: Flask, bought: tuple[Buyer, str, str], code: str) -> None:
    buyer, serial, token = bought
    anyone = app.test_client()
    assert anyone.get(f"/c/{serial}{code}", query_string={"t": token}).status_code == 403
    assert anyone.get(f"/c/{serial}{code}", headers=buyer.headers).status_code == 200


def test_the_qr_code_leads_to_a_page_that_says_valid(
    app: Flask, bought: tuple[Buyer, str, str], tmp_path: Any
) -> None:
    buyer, serial, _ = bought
    picture = tmp_path / "qr.png"
    picture.write_bytes(app.test_client().get(f"/c/{serial}/qr.png", headers=buyer.headers).data)
    link = urlsplit(zxingcpp.read_barcodes(Image.open(picture))[0].text)
    page = app.test_client().get(f"{link.path}?{link.query}&scancode_time=1")
    assert page.status_code == 200
    assert "有效" in page.get_data(as_text=True)
    assert "应付农户" in page.get_data(as_text=True)


@pytest.mark.parametrize("path", ["{}", "{}.pdf", "{}.png", "{}/qr.png"])
def test_unknown_and_mistyped_serials_have_no_page_and_no_document(app: Flask, path: str) -> None:
    client = app.test_client()
    assert client.get("/c/" + path.format("7K3M-9QX2-VB8T-CN4Q")).status_code == 404
    assert client.get("/c/" + path.format("7K3M-9QX2-VB8T-CN4R")).status_code == 422


def test_a_document_is_sent_once_until_it_is_revoked(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    _, serial, token = bought
    client = app.test_client()
    first = client.get(f"/c/{serial}.pdf", query_string={"t": token})
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"/c/{serial}.pdf", query_string={"t": token}, headers=tag).status_code == 304
    revoke(app)
    again = client.get(f"/c/{serial}.pdf", query_string={"t": token}, headers=tag)
    assert again.status_code == 200
    assert again.data != first.data


def test_a_gift_hides_its_price_and_its_giver(app: Flask) -> None:
    make_shop(app, [3])
    giver, friend = Buyer(app, "lin"), Buyer(app, "chen")
    number = giver.buy(count=1, purpose="gift", message="愿它替我们站在山上。")
    code = giver.shown(number)["gift_code"]
    claimed = friend.post(f"/gifts/{code}/claim", {"holder_name": "陈知秋"})
    assert claimed.status_code == 201
    serial, token = serial_and_token(app, number)
    shown = verdict(app, serial, token).json
    assert shown["verdict"] == "valid"
    assert "money" not in shown
    page = app.test_client().get(f"/c/{serial}", query_string={"t": token}).get_data(as_text=True)
    assert "3.00" not in page
    assert "林" not in page.replace("林木", "").replace("森林", "")


def test_looking_changes_nothing(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    buyer, serial, token = bought
    before = row_counts(app)
    verdict(app, serial, token)
    app.test_client().get(f"/c/{serial}.pdf", headers=buyer.headers)
    assert row_counts(app) == before
