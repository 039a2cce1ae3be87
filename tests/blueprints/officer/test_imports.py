"""Sheets through the officers' calls: checked first, accepted village by village, seen by those they concern."""

import io
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from domain.roles import Role
from flows import uploads
from flows.imports import check_upload, clear_stale
from flows.running import Running
from jobs.import_tasks import check_uploads
from models import AuditEntry, UploadPiece
from models.base import database, transaction
from services import imports
from tests.support.clock import SteppingClock
from tests.support.importing import FAR_VILLAGE, count, make_ground, registry, staged
from tests.support.keeping import Kept
from tests.support.sheets import Row, as_csv, household_row, number, tree_row
from tests.support.world import COUNTY, OTHER_VILLAGE, VILLAGE

Client = Callable[..., FlaskClient]
URL = "/api/v1/officer/imports"


def make_divisions(app: Flask) -> None:
    with app.app_context():
        make_ground()


@pytest.fixture(autouse=True)
def ground(kept: Kept, app: Flask) -> None:
    kept(make_divisions, app)


@pytest.fixture
def by_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sheet is too large to be checked while its sender waits."""
    monkeypatch.setattr(uploads, "AT_ONCE", 0)


def other(n: int, **changes: Any) -> Row:
    return household_row(n, 户编号=number(n, OTHER_VILLAGE), 村代码=OTHER_VILLAGE, **changes)


def send(client: FlaskClient, rows: Sequence[Row] | bytes, kind: str = "households", **more: Any) -> Any:
    content = rows if isinstance(rows, bytes) else as_csv(rows)
    form = {"kind": kind, "file": (io.BytesIO(content), "调查表.csv"), **more}
    return client.post(URL, data=form, content_type="multipart/form-data")


def sent(client: FlaskClient, rows: Sequence[Row] | bytes, kind: str = "households") -> dict[str, Any]:
    answer = send(client, rows, kind)
    assert answer.status_code == 201, answer.json
    body: dict[str, Any] = answer.get_json()
    return body


def body_of(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.json
    body: dict[str, Any] = answer.get_json()
    return body


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def registered(app: Flask) -> tuple[int, ...]:
    with app.app_context():
        return registry(database())


def states(body: dict[str, Any]) -> dict[str, str]:
    return {village["code"]: village["state"] for village in body["villages"]}


def test_a_good_sheet_is_checked_and_writes_nothing_until_it_is_accepted(
    app: Flask, signed_in: Client
) -> None:
    client = signed_in()
    found = sent(client, [household_row(1), household_row(2), other(3)])
    assert (found["state"], found["rows"], found["added"], found["problems"]) == ("checked", 3, 3, 0)
    assert (found["kind"], found["file_name"], found["rows_read"]) == ("households", "调查表.csv", 4)
    assert found["villages"][0] == {
        "code": VILLAGE,
        "name": "望谟县石屯镇打狼村",
        "state": "ready",
        "rows": 2,
        "added": 2,
        "unchanged": 0,
        "accepted_at": None,
    }
    assert registered(app) == (0, 0)
    accepted = body_of(client.post(f"{URL}/{found['id']}/accept"))
    assert (accepted["state"], accepted["added"], registered(app)) == ("accepted", 3, (3, 0))
    assert states(accepted) == {VILLAGE: "accepted", OTHER_VILLAGE: "accepted"}
    with app.app_context():
        assert (staged(database()), count(database(), UploadPiece)) == ((0, 0), (0,))
        actions = database().scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["import_uploaded", "import_accepted"]


def test_villages_are_accepted_one_by_one_each_as_a_whole(app: Flask, signed_in: Client) -> None:
    client = signed_in()
    number_ = sent(client, [household_row(1), other(2), other(3)])["id"]
    first = body_of(client.post(f"{URL}/{number_}/accept", json={"region": OTHER_VILLAGE}))
    assert (first["state"], states(first)) == ("checked", {VILLAGE: "ready", OTHER_VILLAGE: "accepted"})
    assert registered(app) == (2, 0)
    again = client.post(f"{URL}/{number_}/accept", json={"region": OTHER_VILLAGE})
    assert refused(again) == (409, "import_village_accepted")
    last = body_of(client.post(f"{URL}/{number_}/accept", json={"region": VILLAGE}))
    assert (last["state"], last["added"], registered(app)) == ("accepted", 3, (3, 0))
    assert refused(client.post(f"{URL}/{number_}/accept")) == (409, "import_state")


def test_a_problem_keeps_its_village_out_and_no_other(app: Flask, signed_in: Client) -> None:
    client = signed_in()
    found = sent(client, [household_row(1), other(2), other(3, 家庭人口="0")])
    assert (found["state"], found["problems"]) == ("checked", 1)
    assert states(found) == {VILLAGE: "ready", OTHER_VILLAGE: "blocked"}
    blocked = client.post(f"{URL}/{found['id']}/accept", json={"region": OTHER_VILLAGE})
    assert refused(blocked) == (409, "import_village_blocked")
    whole = client.post(f"{URL}/{found['id']}/accept", json={"region": COUNTY})
    assert whole.get_json()["fields"] == {"villages": [OTHER_VILLAGE]}
    assert registered(app) == (0, 0)
    accepted = body_of(client.post(f"{URL}/{found['id']}/accept"))
    assert (accepted["state"], states(accepted)) == (
        "accepted",
        {VILLAGE: "accepted", OTHER_VILLAGE: "blocked"},
    )
    assert registered(app) == (1, 0)


def test_a_problem_between_rows_keeps_out_the_village_of_its_row(signed_in: Client) -> None:
    same = household_row(1)["身份证号"]
    found = sent(signed_in(), [household_row(1), other(2, 身份证号=same)])
    assert states(found) == {VILLAGE: "ready", OTHER_VILLAGE: "blocked"}


def test_a_row_that_names_no_village_keeps_the_whole_sheet_out(signed_in: Client) -> None:
    found = sent(signed_in(), [household_row(1), household_row(2, 户编号="", 村代码="")])
    assert (found["state"], set(states(found).values())) == ("refused", {"blocked"})


def test_a_file_that_is_no_sheet_is_refused_with_its_reason(signed_in: Client) -> None:
    client = signed_in()
    for content, code in ((b"", "file_empty"), (b"%PDF-1.7", "file_unknown_format")):
        found = sent(client, content)
        problems = body_of(client.get(f"{URL}/{found['id']}/problems"))["items"]
        assert (found["state"], [one["code"] for one in problems]) == ("refused", [code])


def test_the_same_file_twice_changes_nothing(app: Flask, signed_in: Client) -> None:
    client = signed_in()
    for added, unchanged in ((2, 0), (0, 2)):
        found = sent(client, [household_row(1), other(2)])
        accepted = body_of(client.post(f"{URL}/{found['id']}/accept"))
        assert (accepted["added"], accepted["unchanged"]) == (added, unchanged)
    assert registered(app) == (2, 0)


def test_what_was_registered_since_the_check_is_unchanged_at_acceptance(
    app: Flask, signed_in: Client
) -> None:
    client = signed_in()
    body_of(client.post(f"{URL}/{sent(client, [household_row(1)])['id']}/accept"))
    first, second = (sent(client, [tree_row(1), tree_row(2)], "trees")["id"] for _ in range(2))
    assert body_of(client.post(f"{URL}/{first}/accept"))["added"] == 2
    accepted = body_of(client.post(f"{URL}/{second}/accept"))
    assert (accepted["added"], accepted["unchanged"], registered(app)) == (0, 2, (1, 2))


def test_a_sheet_that_no_longer_fits_is_refused_whole(app: Flask, signed_in: Client) -> None:
    client = signed_in()
    first = sent(client, [household_row(1)])["id"]
    second = sent(client, [household_row(1, 家庭人口="5"), household_row(2)])["id"]
    body_of(client.post(f"{URL}/{first}/accept"))
    assert refused(client.post(f"{URL}/{second}/accept")) == (409, "import_overtaken")
    assert (registered(app), body_of(client.get(f"{URL}/{second}"))["state"]) == ((1, 0), "checked")


def test_problems_are_paged_and_downloaded_masked(signed_in: Client) -> None:
    client = signed_in()
    wrong = [household_row(n, 身份证号=f"52232619701301{n:03d}9") for n in range(1, 4)]
    number_ = sent(client, wrong)["id"]
    first = body_of(client.get(f"{URL}/{number_}/problems", query_string={"limit": 2}))
    rest = body_of(
        client.get(f"{URL}/{number_}/problems", query_string={"limit": 2, "cursor": first["next_cursor"]})
    )
    rows = [one["row"] for one in first["items"] + rest["items"]]
    assert (rows, rest["next_cursor"]) == ([2, 3, 4], None)
    download = client.get(f"{URL}/{number_}/problems.csv")
    text = download.get_data(as_text=True)
    assert (download.mimetype, text.count("\r\n")) == ("text/csv", 4)
    for row in wrong:
        assert row["身份证号"] not in text
        assert str(row["身份证号"]) not in str(first)


def test_an_officers_region_binds_every_row(app: Flask, signed_in: Client) -> None:
    far = household_row(9, 户编号=number(9, FAR_VILLAGE), 村代码=FAR_VILLAGE)
    found = sent(signed_in(), [household_row(1), far])
    assert states(found) == {VILLAGE: "ready", FAR_VILLAGE: "blocked"}
    assert registered(app) == (0, 0)


def test_a_sheet_learns_nothing_of_another_county(signed_in: Client) -> None:
    far_client = signed_in(region="522301")
    far = household_row(9, 户编号=number(9, FAR_VILLAGE), 村代码=FAR_VILLAGE)
    body_of(far_client.post(f"{URL}/{sent(far_client, [far])['id']}/accept"))
    client = signed_in()
    mine = sent(client, [household_row(1, 身份证号=far["身份证号"])])
    (problem,) = body_of(client.get(f"{URL}/{mine['id']}/problems"))["items"]
    assert (problem["code"], problem["column"]) == ("needs_check_above", "户编号")


def test_an_import_is_seen_within_its_region_only(signed_in: Client) -> None:
    number_ = sent(signed_in(), [household_row(1)])["id"]
    for region in ("522301", VILLAGE):
        stranger = signed_in(region=region)
        assert body_of(stranger.get(URL))["items"] == []
        for answer in (
            stranger.get(f"{URL}/{number_}"),
            stranger.get(f"{URL}/{number_}/problems"),
            stranger.get(f"{URL}/{number_}/problems.csv"),
            stranger.post(f"{URL}/{number_}/accept"),
            stranger.post(f"{URL}/{number_}/discard"),
        ):
            assert refused(answer) == (404, "import_unknown")
    above = signed_in(Role.AUDITOR, "5223")
    assert [one["id"] for one in body_of(above.get(URL))["items"]] == [number_]
    assert refused(above.post(f"{URL}/{number_}/accept")) == (403, "forbidden")


def test_a_surveyor_brings_trees_and_sees_no_sheet_about_people(app: Flask, signed_in: Client) -> None:
    registrar, surveyor = signed_in(), signed_in(Role.SURVEYOR)
    people = sent(registrar, [household_row(1)])["id"]
    body_of(registrar.post(f"{URL}/{people}/accept"))
    assert refused(send(surveyor, [household_row(2)])) == (403, "forbidden")
    assert refused(surveyor.get(f"{URL}/{people}")) == (404, "import_unknown")
    trees = sent(surveyor, [tree_row(1)], "trees")["id"]
    assert [one["id"] for one in body_of(surveyor.get(URL))["items"]] == [trees]
    body_of(surveyor.post(f"{URL}/{trees}/accept"))
    assert registered(app) == (1, 1)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.REGISTRAR, Role.SURVEYOR)])
def test_nobody_else_brings_a_sheet(app: Flask, signed_in: Client, role: Role) -> None:
    assert refused(send(signed_in(role), [household_row(1)])) == (403, "forbidden")
    assert registered(app) == (0, 0)


def test_a_form_that_cannot_be_meant_is_refused(signed_in: Client) -> None:
    client = signed_in()
    file = (io.BytesIO(b"x"), "x.csv")
    for form in (
        {},
        {"kind": "households"},
        {"kind": "households", "file": "x"},
        {"kind": "people", "file": (io.BytesIO(b"x"), "x.csv")},
        {"file": file},
        {"kind": "households", "file": (io.BytesIO(b"x"), "x.csv"), "region": VILLAGE},
    ):
        answer = client.post(URL, data=form, content_type="multipart/form-data")
        assert refused(answer) == (422, "invalid_fields"), form
    assert refused(client.post(URL, json={"kind": "households"}))[0] in (415, 422)


def test_a_large_sheet_waits_sealed_for_the_worker(app: Flask, signed_in: Client, by_worker: None) -> None:
    client = signed_in()
    found = sent(client, [household_row(1)])
    assert (found["state"], found["rows_read"], found["villages"]) == ("checking", 0, [])
    assert refused(client.post(f"{URL}/{found['id']}/accept")) == (409, "import_state")
    with app.app_context():
        kept = database().execute(sa.text("SELECT content FROM upload_pieces")).scalar_one()
        assert str(household_row(1)["身份证号"]).encode() not in bytes(kept)
        database().rollback()
        assert check_uploads() == 1
        assert count(database(), UploadPiece) == (0,)
    assert body_of(client.get(f"{URL}/{found['id']}"))["state"] == "checked"


def test_the_same_file_sent_twice_in_a_row_is_one_import(signed_in: Client, by_worker: None) -> None:
    client = signed_in()
    first, second = (sent(client, [household_row(1)])["id"] for _ in range(2))
    assert first == second
    for n in range(2, 6):
        sent(client, [household_row(n)])
    assert refused(send(client, [household_row(9)])) == (409, "too_many_uploads")
    sent(signed_in(), [household_row(9)])


def test_a_process_that_died_in_the_check_is_followed_by_another(
    app: Flask, signed_in: Client, by_worker: None, parts: Running, clock: SteppingClock
) -> None:
    number_ = sent(signed_in(), [household_row(1), household_row(2, 家庭人口="0")])["id"]
    with app.app_context():
        with transaction() as session:
            first = imports.claim(session, clock())
        assert first is not None
        assert check_uploads() == 0
        clock.advance(minutes=11)
        with transaction() as session:
            second = imports.claim(session, clock())
        assert second is not None
        # The one that was thought dead wakes up, and leaves the sheet to the other.
        check_upload(first, clock=clock, random=parts.random)
        assert staged(database()) == (0, 0)
        check_upload(second, clock=clock, random=parts.random)
    assert body_of(signed_in().get(f"{URL}/{number_}"))["problems"] == 1


def test_a_sheet_on_which_processes_keep_dying_is_let_go(
    app: Flask, signed_in: Client, by_worker: None, clock: SteppingClock
) -> None:
    number_ = sent(signed_in(), [household_row(1)])["id"]
    with app.app_context():
        for _ in range(3):
            with transaction() as session:
                assert imports.claim(session, clock()) is not None
            clock.advance(minutes=11)
        assert check_uploads() == 0
        assert count(database(), UploadPiece) == (0,)
    assert body_of(signed_in().get(f"{URL}/{number_}"))["state"] == "discarded"


def test_a_sheet_is_let_go_on_request_and_what_was_accepted_stands(app: Flask, signed_in: Client) -> None:
    client = signed_in()
    number_ = sent(client, [household_row(1), other(2)])["id"]
    body_of(client.post(f"{URL}/{number_}/accept", json={"region": VILLAGE}))
    gone = body_of(client.post(f"{URL}/{number_}/discard"))
    assert (gone["state"], registered(app)) == ("accepted", (1, 0))
    assert states(gone) == {VILLAGE: "accepted", OTHER_VILLAGE: "ready"}
    assert refused(client.post(f"{URL}/{number_}/discard")) == (409, "import_state")
    untouched = sent(client, [household_row(3)])["id"]
    assert body_of(client.post(f"{URL}/{untouched}/discard"))["state"] == "discarded"


def test_what_nobody_accepts_is_deleted_after_seven_days(
    app: Flask, signed_in: Client, clock: SteppingClock
) -> None:
    client = signed_in()
    sent(client, [household_row(1)])
    with app.app_context():
        assert clear_stale(clock() + timedelta(days=6)) == 0
        assert clear_stale(clock() + timedelta(days=7, minutes=1)) == 1
        assert staged(database()) == (0, 0)


def test_a_region_the_sheet_does_not_name_is_not_found(signed_in: Client) -> None:
    client = signed_in()
    number_ = sent(client, [household_row(1)])["id"]
    answer = client.post(f"{URL}/{number_}/accept", json={"region": OTHER_VILLAGE})
    assert refused(answer) == (404, "import_village_unknown")
