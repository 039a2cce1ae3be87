"""Return files over HTTP: each row booked or refused, nothing guessed, and everything there to be read afterwards."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from domain.roles import Role
from flows.payout_returns import LIMITS
from flows.running import Running
from models import AuditEntry, Incident, PayoutLine, Posting
from models.base import database, db, transaction
from services import ledger
from tests.support.asking import asked_of
from tests.support.keeping import Kept
from tests.support.payouts import RIPE, fund_bank, make_draft, make_office
from tests.support.released import Released, make_released, make_sellers
from tests.support.returning import answer_row, return_csv, ten_malformed
from tests.support.world import OTHER_VILLAGE

Client = Callable[..., FlaskClient]
#: Statements that a file of answers may take, however many payments it is about.
FILE_STATEMENTS = 45


def make_batch(app: Flask, parts: Running) -> Released:
    with app.app_context(), transaction() as session:
        return make_released(session, parts)


@pytest.fixture
def batch(kept: Kept, app: Flask, parts: Running) -> Released:
    return kept(make_batch, app, parts)


def url(batch: Released, ending: str = "") -> str:
    return f"/api/v1/officer/payout-batches/{batch.batch_id}/returns{ending}"


def got(client: FlaskClient, address: str, language: str = "zh") -> Any:
    return client.get(address, headers={"Accept-Language": language}).json


def send(client: FlaskClient, batch: Released, content: bytes) -> Any:
    form = {"file": (io.BytesIO(content), "回盘.csv")}
    return client.post(url(batch), data=form, content_type="multipart/form-data")


def row(batch: Released, place: int, /, **changes: object) -> dict[str, object]:
    return answer_row(batch.sent[place], batch.number, **changes)


def booked(app: Flask) -> list[tuple[str, int]]:
    """Every posting since the release, with the household's place in the batch as it stands in its reference."""
    with app.app_context():
        rows = database().scalars(
            sa.select(Posting)
            .where(Posting.event.in_(("payout_confirmed", "payout_bounced", "payout_returned")))
            .order_by(Posting.id)
        )
        return [(one.event.value, one.amount_fen) for one in rows]


def states(app: Flask) -> list[str]:
    with app.app_context():
        assert ledger.verify(database()) == []
        lines = database().scalars(sa.select(PayoutLine).order_by(PayoutLine.reference))
        return [line.state.value for line in lines]


def test_what_arrived_and_what_did_not_is_booked_row_by_row(
    app: Flask, signed_in: Client, batch: Released
) -> None:
    content = return_csv(
        [row(batch, 0), row(batch, 1, 处理结果="失败", 失败原因="户名不符"), row(batch, 2, 处理结果="")]
    )
    answer = send(signed_in(Role.RELEASER), batch, content)
    assert answer.status_code == 200
    told = answer.json
    assert [told[name] for name in ("paid", "bounced", "returned", "unchanged", "refused")] == [1, 1, 0, 0, 1]
    assert [(one["row"], one["outcome"], one["bounce_reason"], one["code"]) for one in told["rows"]] == [
        (2, "paid", None, None),
        (3, "bounced", "name_mismatch", None),
        (4, "refused", None, "blank"),
    ]
    assert told["rows"][2]["reason"] == "此格不能为空。"
    assert booked(app) == [("payout_confirmed", 300), ("payout_bounced", 600)]
    assert states(app) == ["paid", "bounced", "requested"]
    with app.app_context():
        entry = (
            database()
            .scalars(sa.select(AuditEntry).where(AuditEntry.action == "payout_return_brought"))
            .one()
        )
        assert entry.subject == f"payout:{batch.batch_id}"
        assert (entry.facts["paid"], entry.facts["refused"]) == (1, 1)


def test_of_ten_malformed_files_nothing_is_booked_for_a_row_that_is_refused(
    app: Flask, signed_in: Client, batch: Released
) -> None:
    client = signed_in(Role.RELEASER)
    right_rows = 0
    for name, file in ten_malformed(batch.sent, batch.number).items():
        told = send(client, batch, file.content).json
        problems = [one for one in told["rows"] if one["outcome"] == "refused"]
        assert (
            tuple((one["row"], one["column"] or "", one["value"] or "", one["code"]) for one in problems)
            == file.refused
        ), name
        assert all(one["reason"].endswith("。") for one in problems), name
        right_rows += told["paid"]
        # Only what was right in the first and third row is ever booked, once.
        assert booked(app) == [("payout_confirmed", batch.sent[0].amount_fen)] + [
            ("payout_confirmed", batch.sent[2].amount_fen)
        ] * (right_rows - 1)
        assert states(app)[1] == "requested", name
    assert states(app) == ["paid", "requested", "paid"]


def test_the_same_file_again_changes_nothing_and_is_answered_as_before(
    app: Flask, signed_in: Client, batch: Released
) -> None:
    client = signed_in(Role.RELEASER)
    content = return_csv([row(batch, 0), row(batch, 1, 处理结果="已销户"), row(batch, 2, 账号="0000")])
    first = send(client, batch, content)
    before = booked(app)
    again = send(client, batch, content)
    assert again.json == first.json
    assert (booked(app), len(got(client, url(batch))["items"])) == (before, 1)
    # A later file has the same rows again: what was booked is no news, what was refused is put right.
    later = send(
        client, batch, return_csv([row(batch, 0), row(batch, 1, 处理结果="已销户"), row(batch, 2)])
    ).json
    assert [one["outcome"] for one in later["rows"]] == ["unchanged", "unchanged", "paid"]
    assert states(app) == ["paid", "bounced", "paid"]


def test_money_that_comes_back_after_it_had_arrived_is_owed_again(
    app: Flask, signed_in: Client, batch: Released
) -> None:
    client = signed_in(Role.RELEASER)
    send(client, batch, return_csv([row(batch, place) for place in range(3)]))
    told = send(client, batch, return_csv([row(batch, 0, 处理结果="退汇", 失败原因="账户已销户")])).json
    assert (told["returned"], told["rows"][0]["bounce_reason"]) == (1, "account_closed")
    assert booked(app)[-1] == ("payout_returned", 300)
    assert states(app) == ["returned", "paid", "paid"]


def test_another_amount_books_nothing_until_two_people_have_settled_it(
    app: Flask, signed_in: Client, batch: Released
) -> None:
    client = signed_in(Role.RELEASER)
    send(client, batch, return_csv([row(batch, 0, **{"金额（元）": "2.99"})]))
    assert booked(app) == []
    with app.app_context():
        incident = database().scalars(sa.select(Incident)).one()
        assert (incident.kind, incident.subject) == (
            "payout_amount_differs",
            f"payout_line:{batch.sent[0].reference}",
        )
        assert incident.facts == {
            "reference": batch.sent[0].reference,
            "our_fen": 300,
            "actual_fen": 299,
        }
        number = incident.id
    # Somebody who puts the figure right in the file does not get round the two people.
    told = send(client, batch, return_csv([row(batch, 0)])).json
    assert told["rows"][0]["code"] == "return_under_incident"
    for state, officer in (("proposed", Role.RELEASER), ("resolved", Role.APPROVER)):
        resolve = f"/api/v1/officer/incidents/{number}/resolve"
        answer = signed_in(officer).post(resolve, json={"resolution": "银行更正为三元整"})
        assert (answer.json or {})["state"] == state
    assert booked(app) == []
    assert send(client, batch, return_csv([row(batch, 0)], "utf-8")).json["paid"] == 1
    assert booked(app) == [("payout_confirmed", 300)]


def test_the_opposite_of_what_is_booked_waits_for_two_people_and_is_then_believed(
    app: Flask, signed_in: Client, batch: Released
) -> None:
    client, failed = signed_in(Role.RELEASER), row(batch, 0, 处理结果="失败", 失败原因="账号不存在")
    send(client, batch, return_csv([row(batch, 0)]))
    told = send(client, batch, return_csv([failed])).json
    assert told["rows"][0]["code"] == "return_contradicts_booked"
    assert states(app) == ["paid", "requested", "requested"]
    with app.app_context():
        incident = database().scalars(sa.select(Incident)).one()
        assert (incident.kind, incident.facts["said"]) == ("payout_news_differs", "bounced")
        number = incident.id
    told = send(client, batch, return_csv([failed, row(batch, 1)])).json
    assert [one["code"] for one in told["rows"]] == ["return_under_incident", None]
    for state, officer in (("proposed", Role.RELEASER), ("resolved", Role.APPROVER)):
        resolve = f"/api/v1/officer/incidents/{number}/resolve"
        answer = signed_in(officer).post(resolve, json={"resolution": "银行确认误报成功，款未入账"})
        assert (answer.json or {})["state"] == state
    told = send(client, batch, return_csv([failed, row(batch, 2)])).json
    assert [(one["outcome"], one["bounce_reason"]) for one in told["rows"]] == [
        ("returned", "account_unknown"),
        ("paid", None),
    ]
    assert states(app) == ["returned", "paid", "paid"]
    assert ("payout_returned", 300) in booked(app)
    # The bank's files go on naming it: that is the same answer again.
    told = send(client, batch, return_csv([failed, row(batch, 1), row(batch, 2)])).json
    assert (told["unchanged"], told["refused"]) == (3, 0)


def test_refused_rows_are_taken_along_as_a_table_in_both_languages(
    signed_in: Client, batch: Released
) -> None:
    content = return_csv(
        [row(batch, 0), row(batch, 1, 账号="6228480000000000017"), row(batch, 2, 处理结果="")]
    )
    brought = send(signed_in(Role.RELEASER), batch, content).json
    answer = signed_in(Role.AUDITOR).get(url(batch, f"/{brought['id']}/refused.csv"))
    name = f"refused-{batch.number}-{brought['id']}.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    table = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert table[0] == ["行", "业务参考号", "列", "值", "代码", "原因", "reason"]
    assert [line[:5] for line in table[1:]] == [
        ["3", batch.sent[1].reference, "账号", "6228***********0017", "return_account_differs"],
        ["4", batch.sent[2].reference, "处理结果", "", "blank"],
    ]
    assert table[1][6] == "The account does not end as the one that was paid."
    assert signed_in(Role.AUDITOR, OTHER_VILLAGE).get(url(batch, "/1/refused.csv")).status_code == 404


def test_refused_rows_can_be_read_afterwards_and_show_no_person(
    app: Flask, signed_in: Client, batch: Released
) -> None:
    content = return_csv(
        [row(batch, 0), row(batch, 1, 账号="6228480000000000017"), row(batch, 2, 处理结果="罗永")]
    )
    releaser = signed_in(Role.RELEASER)
    brought = send(releaser, batch, content).json
    auditor = signed_in(Role.AUDITOR)
    assert got(auditor, url(batch, f"/{brought['id']}")) == brought
    listed = got(auditor, url(batch))
    name = got(releaser, "/api/v1/officer/session")["display_name"]
    assert [(one["id"], one["brought_by"]) for one in listed["items"]] == [(brought["id"], name)]
    first = got(auditor, url(batch, f"/{brought['id']}/rows?outcome=refused&limit=1"))
    rest = got(
        auditor, url(batch, f"/{brought['id']}/rows?outcome=refused&limit=1&cursor={first['next_cursor']}")
    )
    assert [one["value"] for one in first["items"] + rest["items"]] == ["6228***********0017", "罗*"]
    assert rest["next_cursor"] is None
    english = got(auditor, url(batch, f"/{brought['id']}/rows?outcome=refused"), "en")
    assert english["items"][0]["reason"] == "The account does not end as the one that was paid."
    with app.app_context():
        kept = str(database().execute(sa.text("SELECT * FROM payout_return_rows")).all())
    for line in batch.sent:
        assert line.name not in kept
        assert line.account not in kept


def test_a_file_that_cannot_be_read_is_refused_as_a_whole(
    app: Flask, signed_in: Client, batch: Released
) -> None:
    client = signed_in(Role.RELEASER)
    good = return_csv([row(batch, 0), row(batch, 1)])
    for content, status, code in (
        (b"", 422, "return_file_unreadable"),
        (b"\xff\xfe\xff", 422, "return_file_unreadable"),
        (b"%PDF-1.7", 422, "return_file_unreadable"),
        (return_csv([{"业务参考号": "A", "金额": "1"}]), 422, "return_file_unreadable"),
        (good + b'"', 422, "return_file_unreadable"),
        ("批次号,P00000099\r\n".encode("gb18030") + good, 422, "return_file_of_another_batch"),
    ):
        answer = send(client, batch, content)
        assert (answer.status_code, answer.json["code"]) == (status, code), content[:20]
    too_much = {"CONTENT_LENGTH": str(LIMITS.file_bytes + (1 << 20))}
    answer = client.post(url(batch), content_type="multipart/form-data", environ_overrides=too_much)
    assert (answer.status_code, (answer.json or {})["code"]) == (413, "body_too_large")
    assert booked(app) == []
    assert got(client, url(batch))["items"] == []


def test_only_a_batch_that_went_to_the_bank_has_answers_and_only_a_releaser_brings_them(
    app: Flask, parts: Running, signed_in: Client, batch: Released
) -> None:
    content = return_csv([row(batch, 0)])
    for role in set(Role) - {Role.RELEASER}:
        assert send(signed_in(role), batch, content).status_code == 403, role
    assert send(signed_in(Role.RELEASER, OTHER_VILLAGE), batch, content).status_code == 404
    with app.app_context(), transaction() as session:
        make_sellers(session, parts, ["韦小山"])
        draft = make_draft(session, make_office(session), at=RIPE + timedelta(days=9)).id
    answer = signed_in(Role.RELEASER).post(
        f"/api/v1/officer/payout-batches/{draft}/returns",
        data={"file": (io.BytesIO(content), "x.csv")},
        content_type="multipart/form-data",
    )
    assert (answer.status_code, (answer.json or {})["code"]) == (409, "payout_state")
    assert booked(app) == []


def test_rows_of_another_batch_are_refused_by_name_and_those_of_another_county_as_unknown(
    app: Flask, parts: Running, signed_in: Client, batch: Released
) -> None:
    with app.app_context(), transaction() as session:
        # What the first batch needs is on its way and does not cover the second one.
        fund_bank(session, 300)
        other = make_released(session, parts, ["王小明"])
    client = signed_in(Role.RELEASER)
    foreign = {**answer_row(other.sent[0], batch.number)}
    told = send(client, batch, return_csv([row(batch, 0), foreign])).json
    assert [one["code"] for one in told["rows"]] == [None, "return_reference_elsewhere"]
    assert booked(app) == [("payout_confirmed", 300)]


def test_the_command_finds_the_batch_by_the_references_of_the_file(
    app: Flask, parts: Running, batch: Released, tmp_path: Any
) -> None:
    file = tmp_path / "returns.csv"
    file.write_bytes(return_csv([row(batch, 0), row(batch, 1, 处理结果="")]))
    for _ in range(2):
        result = app.test_cli_runner().invoke(args=["payouts", "read-returns", str(file)])
        assert result.exit_code == 1
        assert (
            "到账 paid 1, 退回 bounced 0, 退汇 returned 0, 无变化 unchanged 0, 拒绝 refused 1"
            in result.output
        )
        assert "3 处理结果 此格不能为空。" in result.output
    assert booked(app) == [("payout_confirmed", 300)]
    file.write_bytes(return_csv([{**row(batch, 0), "业务参考号": "NOBODY-1"}]))
    result = app.test_cli_runner().invoke(args=["payouts", "read-returns", str(file)])
    assert "从业务参考号看不出" in result.output
    file.write_bytes(return_csv([row(batch, 1), row(batch, 2)]))
    result = app.test_cli_runner().invoke(args=["payouts", "read-returns", str(file)])
    assert result.exit_code == 0, result.output
    assert states(app) == ["paid", "paid", "paid"]


@pytest.mark.parametrize("payments", [4, 12])
def test_a_long_file_takes_no_more_statements_than_a_short_one(
    app: Flask, signed_in: Client, parts: Running, payments: int
) -> None:
    with app.app_context(), transaction() as session:
        batch = make_released(session, parts, ["韦大山"] * payments)
    bounced = {"处理结果": "失败", "失败原因": "户名不符"}
    content = return_csv([row(batch, place, **(bounced if place % 2 else {})) for place in range(payments)])
    client = signed_in(Role.RELEASER)
    with app.app_context():
        engine = db.engine
    with asked_of(engine) as sent:
        assert send(client, batch, content).status_code == 200
    assert sorted(states(app)) == ["bounced"] * (payments // 2) + ["paid"] * (payments // 2)
    # SQLite takes the entries of the audit, one a payment, one after another.
    assert len([one for one in sent if not one.startswith("INSERT INTO audit_entries")]) <= FILE_STATEMENTS
