"""A batch's bank file and papers over HTTP: who may have them, what they say, and that taking the file is noticed."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from domain.bank_files import BankFileEncoding
from domain.payouts import BounceReason
from domain.roles import Role
from flows.running import EXTENSION, Running
from models import AuditEntry, Household, PayoutFile, PayoutLine
from models.base import database, transaction
from services import payout_decisions, payout_news
from tests.support.binding import make_binding
from tests.support.keeping import Kept
from tests.support.payouts import RIPE, TERMS, fund_bank, make_approved, make_draft, make_office
from tests.support.released import RELEASED, Released, make_released, make_sellers
from tests.support.world import OTHER_VILLAGE

Client = Callable[..., FlaskClient]
FOREIGN = OTHER_VILLAGE


def make_batch(app: Flask, parts: Running) -> Released:
    with app.app_context(), transaction() as session:
        return make_released(session, parts)


@pytest.fixture
def batch(kept: Kept, app: Flask, parts: Running) -> Released:
    return kept(make_batch, app, parts)


def url(batch: Released, ending: str) -> str:
    return f"/api/v1/officer/payout-batches/{batch.batch_id}/{ending}"


def words_of(written: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(written)
    pages = ["".join(str(page.get_textpage().get_text_bounded()).split()) for page in document]
    document.close()
    return pages


def test_a_releaser_takes_the_frozen_bytes_with_their_hash(signed_in: Client, batch: Released) -> None:
    answer = signed_in(Role.RELEASER).get(url(batch, "file.csv"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=gb18030"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{batch.number}.csv"'
    content = answer.get_data()
    assert answer.headers["X-Content-SHA256"] == hashlib.sha256(content).hexdigest() == batch.file.sha256
    rows = content.decode("gb18030").splitlines()
    assert rows[0] == f"批次号,{batch.number},笔数,3,总金额（元）,18.00,"
    assert [row.split(",")[1:3] for row in rows[2:]] == [[one.name, one.account + "\t"] for one in batch.sent]


def test_every_download_is_written_down_and_the_second_one_is_warned_of(
    app: Flask, signed_in: Client, batch: Released
) -> None:
    client = signed_in(Role.RELEASER)
    first, second = (client.get(url(batch, "file.csv")) for _ in range(2))
    assert [one.headers["X-Times-Taken"] for one in (first, second)] == ["1", "2"]
    assert [one.headers.get("X-Warning") for one in (first, second)] == [None, "taken-before"]
    assert first.get_data() == second.get_data()
    with app.app_context():
        entries = database().scalars(
            sa.select(AuditEntry).where(AuditEntry.action.startswith("payout_file")).order_by(AuditEntry.id)
        )
        assert [(one.action, one.facts["times"]) for one in entries] == [
            ("payout_file_taken", 1),
            ("payout_file_taken_again", 2),
        ]


def test_payments_count_as_sent_from_the_first_download_on(
    app: Flask, signed_in: Client, batch: Released
) -> None:
    client = signed_in(Role.RELEASER)

    def sent() -> set[tuple[str, datetime | None]]:
        with app.app_context():
            rows = database().execute(sa.select(PayoutLine.state, PayoutLine.sent_at))
            return {(state.value, at) for state, at in rows}

    assert sent() == {("requested", None)}
    client.get(url(batch, "file.csv"))
    first = sent()
    assert {state for state, _ in first} == {"sent"}
    client.get(url(batch, "file.csv"))
    assert sent() == first


def test_a_bank_that_reads_utf_8_is_given_utf_8(app: Flask, signed_in: Client, parts: Running) -> None:
    settings = replace(parts.settings, payout_file_encoding=BankFileEncoding.UTF_8)
    app.extensions[EXTENSION] = replace(parts, settings=settings)
    try:
        with app.app_context(), transaction() as session:
            make_sellers(session, parts, ["韦大山"])
            batch = make_approved(session, make_office(session))
            fund_bank(session, batch.amount_fen)
            batch_id = batch.id
        client = signed_in(Role.RELEASER)
        path = f"/api/v1/officer/payout-batches/{batch_id}"
        assert client.post(f"{path}/release").status_code == 200
        answer = client.get(f"{path}/file.csv")
    finally:
        app.extensions[EXTENSION] = parts
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.get_data().startswith("\ufeff批次号".encode())


def test_only_a_releaser_of_the_region_takes_the_file(signed_in: Client, batch: Released) -> None:
    for role in set(Role) - {Role.RELEASER}:
        assert signed_in(role).get(url(batch, "file.csv")).status_code == 403, role
    assert signed_in(Role.RELEASER, FOREIGN).get(url(batch, "file.csv")).status_code == 404


def test_a_file_is_sealed_at_rest(app: Flask, batch: Released) -> None:
    with app.app_context():
        kept = database().execute(sa.text("SELECT content FROM payout_files")).scalar_one()
    for line in batch.sent:
        assert line.account.encode() not in bytes(kept)
        assert line.name.encode("gb18030") not in bytes(kept)


def test_the_database_keeps_a_file_as_it_was_frozen(app: Flask, batch: Released) -> None:
    for change in ("sha256 = 'x'", "amount_fen = 1", "downloads = -1", "rare_names = '[1]'"):
        with app.app_context(), pytest.raises(DBAPIError), transaction() as session:
            session.execute(sa.text(f"UPDATE payout_files SET {change}"))
    with app.app_context(), pytest.raises(DBAPIError), transaction() as session:
        session.execute(sa.text("DELETE FROM payout_files"))


def test_bytes_that_are_not_the_frozen_ones_are_not_given_away(
    app: Flask, signed_in: Client, batch: Released
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.update(PayoutFile).values(content=b"6217000000000000,999.00"))
    answer = signed_in(Role.RELEASER).get(url(batch, "file.csv"))
    assert (answer.status_code, (answer.json or {})["code"]) == (409, "payout_file_changed")


def test_the_notice_shows_a_name_only_with_consent_and_no_account(
    app: Flask, signed_in: Client, batch: Released
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(
            sa.update(Household)
            .where(Household.public_id == batch.public_ids[1])
            .values(name_public=False, display_name=None)
        )
        session.execute(
            sa.update(Household)
            .where(Household.public_id != batch.public_ids[1])
            .values(name_public=True, display_name="韦*")
        )
    answer = signed_in(Role.MAKER).get(url(batch, "notice.pdf"))
    assert answer.headers["Content-Type"] == "application/pdf"
    [page] = words_of(answer.get_data())
    assert "公示期为2026年9月9日至9月15日（7天）" in page
    assert "1韦*3.00" in page
    assert "2（未同意公开姓名）6.00" in page
    assert "合计3户18.00元" in page
    for line in batch.sent:
        assert line.name not in page
        assert line.account[-4:] not in page
    assert signed_in(Role.MAKER).get(url(batch, "notice.pdf")).get_data() == answer.get_data()


def test_a_draft_has_no_notice_and_only_what_is_approved_is_signed_for(
    app: Flask, parts: Running, signed_in: Client
) -> None:
    with app.app_context(), transaction() as session:
        make_sellers(session, parts, ["韦大山"])
        office = make_office(session)
        batch_id = make_draft(session, office).id
    client = signed_in(Role.MAKER)
    notice, sheet = (
        f"/api/v1/officer/payout-batches/{batch_id}/{name}.pdf" for name in ("notice", "sign-off")
    )
    assert [client.get(one).status_code for one in (notice, sheet)] == [409, 409]
    with app.app_context(), transaction() as session:
        payout_decisions.submit(session, office.maker, batch_id, TERMS, now=RIPE)
    assert [client.get(one).status_code for one in (notice, sheet)] == [200, 409]


def test_who_is_paid_signs_and_who_is_not_does_not(app: Flask, signed_in: Client, batch: Released) -> None:
    with app.app_context(), transaction() as session:
        line = session.scalars(sa.select(PayoutLine).order_by(PayoutLine.id)).first()
        assert line is not None
        payout_news.bounce_line(
            session, line.reference, reason=BounceReason.OTHER, now=RELEASED, actor="command"
        )
    [page] = words_of(signed_in(Role.MAKER).get(url(batch, "sign-off.pdf")).get_data())
    assert "韦*山" not in page
    assert f"岑*妹6.00{batch.sent[1].account[-4:]}" in page
    assert f"罗*9.00{batch.sent[2].account[-4:]}" in page
    assert "本村合计15.00元" in page


def test_whoever_has_bound_a_phone_confirms_there_and_signs_only_when_all_are_asked_for(
    app: Flask, signed_in: Client, batch: Released
) -> None:
    client = signed_in(Role.MAKER)

    def bind(public_id: str) -> None:
        with app.app_context(), transaction() as session:
            make_binding(
                session, session.scalars(sa.select(Household).where(Household.public_id == public_id)).one()
            )

    bind(batch.public_ids[1])
    [page] = words_of(client.get(url(batch, "sign-off.pdf")).get_data())
    assert ("岑*妹" in page, "本村合计12.00元" in page) == (False, True)
    [page] = words_of(client.get(url(batch, "sign-off.pdf?all=true")).get_data())
    assert ("岑*妹" in page, "本村合计18.00元" in page) == (True, True)
    for public_id in (batch.public_ids[0], batch.public_ids[2]):
        bind(public_id)
    nobody = client.get(url(batch, "sign-off.pdf"))
    assert (nobody.status_code, (nobody.json or {})["code"]) == (404, "payout_sign_off_empty")


def test_a_receipt_is_for_money_that_has_arrived(app: Flask, signed_in: Client, batch: Released) -> None:
    client = signed_in(Role.REGISTRAR)
    receipt = url(batch, f"receipts/{batch.sent[1].reference}.pdf")
    assert (client.get(receipt).json or {})["code"] == "payout_receipt_not_found"
    with app.app_context(), transaction() as session:
        line = session.scalars(
            sa.select(PayoutLine).where(PayoutLine.reference == batch.sent[1].reference)
        ).one()
        payout_news.confirm_line(
            session,
            line.reference,
            amount_fen=line.amount_fen,
            receipt="B0001",
            now=RELEASED,
            actor="command",
        )
    [page] = words_of(client.get(receipt).get_data())
    assert "岑*妹" in page
    assert "6.00元" in page
    assert "回单号B0001" in page
    assert "2株树的年度碳汇，购碳证书" in page
    assert batch.sent[1].account not in page
    assert signed_in(Role.REGISTRAR, FOREIGN).get(receipt).status_code == 404
