"""The sample data of a demonstration: two surveyed villages, verified, and three months of sales, by the real verbs."""

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.certificates import Purpose
from domain.clock import business_day
from domain.errands import ErrandKind
from domain.permissions import OfficerContext
from domain.reference_tables import REFERENCE_FOLDER
from domain.selections import Selection
from domain.sheet_problems import SheetKind
from domain.words import WordsState
from flows.imports import accept_import, check_sheet
from flows.payments import terms
from flows.running import Running
from flows.sample_household import bind_and_contest
from flows.sample_payouts import pay_out
from gateways.wechat.settings import OFFICIAL_ACCOUNT
from gateways.wechat.simulator.logins import openid_of, unionid_of
from models import AuditEntry, Household, Order, Region, Verification, database, transaction
from models.imports import ImportState
from models.verifications import VerificationState
from services import (
    audit,
    bills,
    errands,
    gifts,
    officers,
    orders,
    payments,
    settlement,
    sponsor,
    users,
    verifications,
    words,
)
from services.demo_officers import seed_demo_officers
from services.programmes import year_on_sale
from services.receipts import Receipt

SURVEY = REFERENCE_FOLDER / "survey_wangmo"
DAYS_OF_SALES = 92
#: The last sale lies so many days back: the simulated WeChat never heard of these sales, and its newest bills are read.
DAYS_SINCE = 3
#: The year the survey was made in; later demonstrations move its days on by whole years.
SURVEY_YEAR = 2026
SPONSOR_FEN = 200_000
HOLD = timedelta(minutes=15)

#: Invented buyers: the name under which each signs in (`demo:<name>`), and the one on the certificates.
BUYERS = (
    ("lin", "林小满"),
    ("chen", "陈知秋"),
    ("zhou", "周一帆"),
    ("wu", "吴念慈"),
    ("yang", "杨树声"),
    ("luo", "罗青禾"),
    ("he", "何以宁"),
    ("tang", "唐若谷"),
    ("xie", "谢长风"),
    ("deng", "邓雨眠"),
    ("feng", "冯春生"),
    ("cao", "曹望舒"),
    ("peng", "彭亦安"),
    ("zeng", "曾晚舟"),
    ("xiao", "萧然"),
    ("tian", "田禾苗"),
    ("dong", "董清源"),
    ("pan", "潘星野"),
    ("yuan", "袁小溪"),
    ("jiang", "蒋云起"),
)
GREETING = "愿它替我们站在山上。"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of it is wanted: by default enough for every screen, little enough to load in seconds."""

    #: Of each household the first so many surveyed trees.
    trees_of_a_household: int = 24
    orders: int = 260


DEMONSTRATION = Extent()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the sample data now holds."""

    households: int
    trees: int
    orders: int


def load_sample(parts: Running, password: str, extent: Extent = DEMONSTRATION) -> Loaded | None:
    """Load the sample data, going on where an interrupted start left off; None where all of it is there.

    The officers' password is set each time. The extent is that of the first start; a later one adds nothing.
    """
    now = parts.clock()
    with transaction() as session:
        seed_demo_officers(session, password, now, parts.random)
    if _noted("sample_loaded"):
        return None
    began = now - timedelta(days=DAYS_OF_SALES)
    survey = _moved_on((SURVEY / "households.csv").read_bytes(), now)
    households = _bring(parts, SheetKind.HOUSEHOLDS, "households.csv", survey)
    trees = _bring(
        parts, SheetKind.TREES, "trees.csv", _moved_on(_first_trees(extent.trees_of_a_household), now)
    )
    for year in sorted({year_on_sale(began), year_on_sale(now)}):
        _verify(year, max(began, _first_day(year, began)))
    if not _noted("sample_pay_in"):
        with transaction() as session:
            sponsor.pay_in(session, SPONSOR_FEN, "SAMPLE-PAY-IN", began)
            _note(session, "sample_pay_in", now)
    placed = sum(1 for _ in _sales(parts, extent.orders, began, now))
    if not _noted("sample_paid_out"):
        with transaction() as session:
            pay_out(session, now)
            _note(session, "sample_paid_out", now)
    # The household with a telephone contests what it was paid by then.
    bind_and_contest(parts, now)
    with transaction() as session:
        gifts.lapse(session, parts.signer, now, most=extent.orders)
        # The simulated WeChat has never heard of these payments.
        errands.plan(session, ErrandKind.SHIPPING_INFO, appid=None, now=now)
        # WeChat never heard of the sales before today: its bills are wanted from today's on.
        bills.plan_day(session, business_day(now))
        _note(session, "sample_loaded", now)
    return Loaded(households, trees, placed)


def _noted(action: str) -> bool:
    return database().scalar(sa.select(AuditEntry.id).where(AuditEntry.action == action)) is not None


def _note(session: Session, action: str, now: datetime) -> None:
    audit.record(session, actor="command", action=action, subject="sample", now=now)


def _first_day(year: int, began: datetime) -> datetime:
    return began if began.year == year else began.replace(year=year, month=1, day=2)


def _moved_on(sheet: bytes, now: datetime) -> bytes:
    """The sheet with its days in the newest year that has them all behind it: contracts and measurements run out."""
    year = now.year if now.month > 6 else now.year - 1
    return sheet.replace(f",{SURVEY_YEAR}-".encode(), f",{max(year, SURVEY_YEAR)}-".encode())


def _first_trees(of_a_household: int) -> bytes:
    """The survey sheet of the trees with only the first few of each household."""
    kept = io.StringIO()
    with gzip.open(SURVEY / "trees.csv.gz", "rt", encoding="utf-8-sig", newline="") as sheet:
        rows = csv.reader(sheet)
        write = csv.writer(kept, lineterminator="\n").writerow
        write(next(rows))
        seen: dict[str, int] = {}
        for row in rows:
            seen[row[0]] = seen.get(row[0], 0) + 1
            if seen[row[0]] <= of_a_household:
                write(row)
    return kept.getvalue().encode()


def _bring(parts: Running, kind: SheetKind, file_name: str, content: bytes) -> int:
    now = parts.clock()
    county = officers.find_officer(database(), "county")
    imported = check_sheet(
        io.BytesIO(content),
        kind=kind,
        file_name=file_name,
        now=now,
        random=parts.random,
        officer_id=county.id,
        scope=county.region_code,
    )
    if imported.state is ImportState.REFUSED:
        raise RuntimeError(f"the sample sheet {file_name} has {imported.problem_count} problems")
    return accept_import(imported.id, now=now, actor=f"officer:{county.id}").added


def _verify(year: int, at: datetime) -> None:
    with transaction() as session:
        verifier = officers.context_of(session, "verifier")
        done = session.scalars(
            sa.select(Verification.region_code).where(
                Verification.year == year, Verification.state == VerificationState.APPROVED
            )
        ).all()
        for village in sorted(set(_villages(session, verifier)) - set(done)):
            draft = verifications.draft(session, verifier=verifier, region_code=village, year=year, now=at)
            verifications.approve(session, draft.id, verifier=verifier, now=at)


def _villages(session: Session, verifier: OfficerContext) -> list[str]:
    return list(
        session.scalars(
            sa.select(Region.code)
            .where(
                Region.code.in_(sa.select(Household.region_code)),
                Region.code.startswith(verifier.region_code, autoescape=True),
            )
            .order_by(Region.code)
        )
    )


def _sales(parts: Running, wanted: int, began: datetime, now: datetime) -> Iterator[Order]:
    """Orders spread over the days, more of them lately; most paid, some gifts, a few left to lapse."""
    appid = parts.wechat.login.app(OFFICIAL_ACCOUNT).appid
    begun = database().scalars(sa.select(sa.func.count()).select_from(Order)).one()
    for n in range(begun, wanted):
        name, holder = BUYERS[_lot(n, "buyer") % len(BUYERS)]
        share = ((n + 1) / (wanted + 1)) ** 0.7
        at = (
            began
            + (now - timedelta(days=DAYS_SINCE) - began) * share
            - timedelta(minutes=_lot(n, "minute") % 50)
        )
        known = users.Known(OFFICIAL_ACCOUNT, appid, openid_of(appid, name), unionid_of(name))
        is_gift = _lot(n, "gift") % 9 == 0
        with transaction() as session:
            user, identity_id = users.recognise(session, known, at, parts.random)
            order = orders.place(
                session,
                user_id=user.id,
                selection=Selection(year=year_on_sale(at), count=1 + _lot(n, "count") % 12),
                wish=orders.Wish(
                    purpose=Purpose.GIFT if is_gift else Purpose.PERSONAL,
                    holder_name=holder,
                    holder_public=_lot(n, "public") % 4 == 0,
                    message=GREETING if is_gift else None,
                ),
                now=at,
                hold=HOLD,
                random=parts.random,
            )
        if _lot(n, "paid") % 17 == 0:
            _let_lapse(order, at)
        else:
            _pay(parts, order, identity_id, at, n)
        yield order


def _pay(parts: Running, order: Order, identity_id: int, at: datetime, n: int) -> None:
    with transaction() as session:
        payment = payments.ask(
            session,
            order.id,
            identity_id,
            notify_url=parts.wechat.settings.notify_url("transactions"),
            now=at,
        )
        words.note(session, order.id, WordsState.PASSED)
        settlement.settle(
            session,
            Receipt(
                number=order.number,
                transaction_id=f"SAMPLE{n:022d}",
                merchant_id=parts.wechat.settings.merchant_id,
                appid=payment.appid,
                openid=payment.openid,
                amount_fen=order.amount_fen,
                currency="CNY",
                paid_at=at + timedelta(minutes=1),
            ),
            terms(parts),
            at + timedelta(minutes=1),
        )


def _let_lapse(order: Order, at: datetime) -> None:
    with transaction() as session:
        payments.close(session, order.id, at + HOLD)


def _lot(n: int, what: str) -> int:
    """A number that looks random and is the same in every installation."""
    return int.from_bytes(sha256(f"{what}:{n}".encode()).digest()[:4], "big")
