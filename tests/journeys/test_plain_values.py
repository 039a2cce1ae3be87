"""Values that name a person are planted through every way in, and found in plain only where the table of "People's
data" in docs/domain.md allows: nowhere at rest, in no log, in no answer but one field for a typed reason.
"""

import io
import itertools
import logging
import re
from collections.abc import Container, Iterator, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain.consents import CURRENT
from domain.roles import Role
from models import (
    Certificate,
    Household,
    HouseholdAccount,
    Import,
    Order,
    PayoutBatch,
    Tree,
    Verification,
    database,
    transaction,
)
from models.incidents import Incident
from services import payout_files, verifications
from services.accounts import in_force
from tests.project.test_routes import _rules
from tests.support.buying import Buyer
from tests.support.clock import START
from tests.support.importing import make_ground
from tests.support.leaking import in_answer, in_database, in_logs
from tests.support.paying import make_released
from tests.support.sheets import Row, account, as_csv, household_row, identity, tree_row
from tests.support.world import COUNTY, VILLAGE, YEAR, make_officer, make_officer_token, make_verifier

API = "/api/v1"
#: What must never be told; the position to its last digit.
PLANTED = {
    "name": "欧阳明秋",
    "identity number": identity(4711),
    "phone": "19900004711",
    "account": account(4711),
    "category": "突发严重困难户",
    "longitude": "106.055731",
    "latitude": "25.320093",
}
#: Typed into the wrong cells of a sheet that is refused.
MISTYPED = {"mistyped name": "司马错填", "mistyped number": identity(4712), "mistyped phone": "19900004712"}
#: Stands in plain, so that the search is seen to find what is there.
CONTROL = {"control": "中国邮政储蓄银行望谟县支行"}
#: Before whom a consent was given.
WITNESSED = {"witness": "诸葛见证"}
EVERYTHING = {**PLANTED, **MISTYPED, **WITNESSED}
#: Fields that a registrar sees in full, one by one, for a reason.
REVEALED = {
    "name": "name",
    "identity": "identity number",
    "phone": "phone",
    "account": "account",
    "category": "category",
}
EVERYBODY = ("nobody", "buyer", "household", *(role.value for role in Role))
#: Those who see something of a household, and nobody.
TOLD_MOST = ("nobody", "buyer", "household", "registrar", "releaser")
_PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


class Told:
    """What each role, a buyer, the household itself and nobody are told by every GET, once all values are planted."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            make_ground()
        with app.app_context(), transaction() as session:
            self.tokens = {
                role.value: make_officer_token(session, make_officer(session, role, COUNTY)) for role in Role
            }
        self.answers: dict[tuple[str, str], TestResponse] = {}
        self.registrar = self.client("registrar")
        self._register()
        self._sell()
        self._bind()
        self._consent()
        self.batch_id, self.reference = self._pay_out()

    def client(self, who: str) -> FlaskClient:
        """A client signed in as an officer of a role."""
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens[who]}"
        return client

    def _upload(self, kind: str, rows: Sequence[Row]) -> dict[str, Any]:
        sent = {"kind": kind, "file": (io.BytesIO(as_csv(rows)), f"{kind}.csv")}
        answer = self.registrar.post(f"{API}/officer/imports", data=sent)
        assert answer.status_code == 201, answer.get_json()
        self.answers["registrar", f"upload {kind} {len(self.answers)}"] = answer
        shown: dict[str, Any] = answer.get_json()
        return shown

    def _register(self) -> None:
        people = household_row(
            1,
            户主姓名=PLANTED["name"],
            身份证号=PLANTED["identity number"],
            联系电话=PLANTED["phone"],
            户属性=PLANTED["category"],
            银行账号=PLANTED["account"],
        )
        trees = [
            tree_row(number, 1, 经度=PLANTED["longitude"], 纬度=PLANTED["latitude"]) for number in range(1, 4)
        ]
        for kind, rows in (("households", [people]), ("trees", trees)):
            sheet = self._upload(kind, rows)
            accepted = self.registrar.post(f"{API}/officer/imports/{sheet['id']}/accept", json={})
            assert accepted.status_code == 200, accepted.get_json()
        # A clumsy sheet: values of people where others belong; and the same person again.
        self._upload(
            "households",
            [
                household_row(
                    2,
                    户编号=MISTYPED["mistyped number"],
                    上年人均纯收入元=MISTYPED["mistyped name"],
                    家庭人口=MISTYPED["mistyped phone"],
                ),
                household_row(3, 身份证号=PLANTED["identity number"], 户主姓名=PLANTED["name"]),
            ],
        )
        self._upload("trees", [tree_row(9, 1, 调查员="", 胸径cm=MISTYPED["mistyped phone"])])

    def _sell(self) -> None:
        with self.app.app_context(), transaction() as session:
            verifier = make_verifier(session)
            draft = verifications.draft(session, verifier=verifier, region_code=VILLAGE, year=YEAR, now=START)
            verifications.approve(session, draft.id, verifier=verifier, now=START)
        self.buyer = Buyer(self.app)
        self.buyer.buy(count=1)
        with self.app.app_context():
            self.public_id = database().scalars(sa.select(Household.public_id)).one()

    def _bind(self) -> None:
        """The household signs in with its own phone."""
        self.own = Buyer(self.app, "owner")
        issued = self.registrar.post(f"{API}/officer/households/{self.public_id}/binding-codes")
        assert issued.status_code == 201, issued.get_json()
        bound = self.own.post("/household/bind", {"code": issued.get_json()["code"]})
        assert bound.status_code in (200, 201), bound.get_json()
        self.answers["registrar", "binding code"], self.answers["household", "bind"] = issued, bound

    def _consent(self) -> None:
        asked = {
            "kind": "credit_platform",
            "text_version": CURRENT,
            "given_on": "2026-08-20",
            "witness": WITNESSED["witness"],
        }
        path = f"{API}/officer/households/{self.public_id}/consents"
        answer = self.registrar.post(path, json=asked)
        assert answer.status_code == 201, answer.get_json()
        self.answers["registrar", "consent"] = answer

    def _pay_out(self) -> tuple[int, str]:
        """A released batch with its bank file, which pays the household's imported account."""
        with self.app.app_context(), transaction() as session:
            household = session.scalars(sa.select(Household)).one()
            line = make_released(
                session, household, session.scalars(sa.select(HouseholdAccount).where(in_force())).one()
            )
            payout_files.freeze(session, session.get_one(PayoutBatch, line.batch_id), now=START)
            return line.batch_id, line.reference

    def crawl(self, askers: Container[str]) -> dict[tuple[str, str], TestResponse]:
        """Every GET of the application by these, with the things that are there."""
        known = self._known()
        paths = {
            _PARAMETER.sub(lambda part: str(known.get(part[1], "1")), rule.rule)
            for method, rule in _rules(self.app).values()
            if method == "GET" and not rule.rule.startswith("/static/")
        }
        paths |= {f"{API}/officer/income?group_by=household", f"{API}/officer/income.xlsx?group_by=household"}
        for who, client in self._everybody():
            for path in sorted(paths) if who in askers else ():
                self.answers[who, path] = client.get(path)
        return self.answers

    def _everybody(self) -> Iterator[tuple[str, FlaskClient]]:
        yield "nobody", self.app.test_client()
        for name, buyer in (("buyer", self.buyer), ("household", self.own)):
            client = self.app.test_client()
            client.environ_base["HTTP_AUTHORIZATION"] = buyer.headers["Authorization"]
            yield name, client
        for role in Role:
            yield role.value, self.client(role.value)

    def _known(self) -> dict[str, object]:
        with self.app.app_context():
            rows = database()
            return {
                "public_id": self.public_id,
                "code": rows.scalars(sa.select(Tree.code).limit(1)).one(),
                "number": rows.scalars(sa.select(Order.number)).one(),
                "serial": rows.scalars(sa.select(Certificate.serial)).one(),
                # The last sheet but one is the clumsy one.
                "import_id": rows.scalars(sa.select(Import.id).order_by(Import.id.desc())).all()[1],
                "verification_id": rows.scalars(sa.select(Verification.id)).one(),
                "incident_id": rows.scalars(sa.select(Incident.id).limit(1)).first() or 1,
                "batch_id": self.batch_id,
                "reference": self.reference,
                "month": "2026-09",
                "day": "2026-09-01",
            }


@pytest.fixture
def told(app: Flask, caplog: pytest.LogCaptureFixture) -> Told:
    caplog.set_level(logging.DEBUG)
    # It would tell every statement, without its values.
    caplog.set_level(logging.WARNING, "sqlalchemy")
    return Told(app)


def test_nothing_that_names_a_person_lies_in_plain_in_the_database(told: Told, app: Flask) -> None:
    assert in_database(app, EVERYTHING) == set()
    assert in_database(app, CONTROL) == {"control"}


@pytest.mark.one_engine("sqlite")
@pytest.mark.parametrize("askers", [TOLD_MOST, pytest.param(EVERYBODY, marks=pytest.mark.long)], ids=len)
def test_nobody_is_told_more_than_a_mask_and_no_log_tells_anything(
    told: Told, caplog: pytest.LogCaptureFixture, askers: Sequence[str]
) -> None:
    answers = told.crawl(askers)
    leaks = {call: found for call, answer in answers.items() if (found := in_answer(answer, EVERYTHING))}
    # A bank is told whom to pay, and where.
    bank_file = ("releaser", f"{API}/officer/payout-batches/{told.batch_id}/file.csv")
    assert leaks == {bank_file: {"name", "account"}}
    assert in_logs(caplog.records, EVERYTHING) == set()
    # The crawl has met what it looked for.
    seen = {who for (who, _), answer in answers.items() if in_answer(answer, {"mask": "欧*秋"})}
    assert "registrar" in seen
    statuses = [answer.status_code for answer in answers.values()]
    assert statuses.count(200) > 80
    assert max(statuses) < 500


def test_a_search_finds_a_person_and_repeats_nothing_of_what_was_typed(
    told: Told, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    for asked in ("name", "identity number"):
        answer = told.registrar.get(f"{API}/officer/households", query_string={"q": PLANTED[asked]})
        assert len(answer.get_json()["items"]) == 1
        assert in_answer(answer, EVERYTHING) == set()
    assert in_database(app, EVERYTHING) == set()
    assert in_logs(caplog.records, EVERYTHING) == set()


def test_one_field_in_full_is_for_a_registrar_and_leaves_no_trace_of_its_value(
    told: Told, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"{API}/officer/households/{told.public_id}/reveal"
    for role, (field, name) in itertools.product(Role, REVEALED.items()):
        answer = told.client(role.value).post(path, json={"field": field, "reason": "核对领款人信息"})
        allowed = role is Role.REGISTRAR
        assert in_answer(answer, EVERYTHING) == ({name} if allowed else set())
        assert answer.status_code == (200 if allowed else 403)
    assert in_database(app, EVERYTHING) == set()
    assert in_logs(caplog.records, EVERYTHING) == set()


def test_a_granted_period_is_told_to_the_auditor_who_asked_and_kept_nowhere(
    told: Told, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    auditor = told.client("auditor")
    asked = {"from": "2026-09-01", "to": "2026-09-30", "reason": "年度专项审计抽查"}
    number = auditor.post(f"{API}/officer/period-exports", json=asked).get_json()["id"]
    granted = told.registrar.post(f"{API}/officer/period-exports/{number}/grant")
    taken = auditor.post(f"{API}/officer/period-exports/{number}/file.csv")
    assert in_answer(granted, EVERYTHING) == set()
    assert in_answer(taken, EVERYTHING) == {"name", "identity number", "phone", "account"}
    assert in_database(app, EVERYTHING) == set()
    assert in_logs(caplog.records, EVERYTHING) == set()
