"""Fills a migrated database with households, tree-years on sale and signed-in buyers, mostly in statements over sets.

The rows are as the services leave them after a survey, an import and an approval; tests/support/world.py makes the
same one by one.
"""

import hashlib
import os
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.method_words import METHOD_ID, METHOD_VERSION
from gateways.wechat.settings import MINIPROGRAM
from models import Household, Region, User, WeChatIdentity, table_of
from models.sessions import Audience
from models.types import vault
from services.programmes import terms_of_year
from services.sessions import open_session

COUNTY = "522326"
VILLAGES = 20
SPECIES = "SM"
BUYERS = 300

_VERIFICATIONS = """
INSERT INTO verifications (region_code, year, state, verifier_name, method_id, method_version, programme_id,
    last_measurement_id, units, buffer_units, left_out, created_at, approved_at)
SELECT code, :year, 'approved', '演示核查机构', :method, :version, :programme, 0, 0, 0, '{}', :now, :now
FROM regions WHERE code = ANY(:villages)
"""

# Trees of one household follow one another, as in a survey sheet.
_TREES = """
INSERT INTO trees (code, tag, household_id, region_code, species_code, planted_year, project, position,
    longitude_e2, latitude_e2, state, created_at)
SELECT 't' || substr(md5('tree' || g), 1, 12), h.number || '-' || g, h.id, h.region_code, :species, :planted,
    '退耕还林', :position, 10606, 2532, 'growing', :now
FROM generate_series(1, CAST(:units AS bigint)) g
JOIN (SELECT id, number, region_code, row_number() OVER (ORDER BY id) - 1 AS place FROM households) h
    ON h.place = (g - 1) * :households / :units
ORDER BY g
"""
_MEASUREMENTS = """
INSERT INTO measurements (tree_id, measured_on, dbh_mm, height_cm, surveyor)
SELECT id, :measured, 50 + id % 31, 400 + id % 300, '调查员01' FROM trees ORDER BY id
"""
_UNITS = """
INSERT INTO units (tree_id, year, household_id, region_code, species_code, measurement_id, verification_id,
    price_fen, sink_g, basis, state)
SELECT t.id, :year, t.household_id, t.region_code, t.species_code, m.id, v.id, :price, :grams, 'expected', 'free'
FROM trees t
JOIN measurements m ON m.tree_id = t.id
JOIN verifications v ON v.region_code = t.region_code AND v.year = :year
ORDER BY t.id
"""
_LANES = """
INSERT INTO lanes (year, number, household_id, region_code, free, income_fen)
SELECT year, row_number() OVER (ORDER BY household_id), household_id, min(region_code), count(*), 0
FROM units GROUP BY year, household_id
"""
_STATISTICS = (
    "UPDATE verifications v SET units = (SELECT count(*) FROM units u WHERE u.verification_id = v.id)"
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many households there are, and how many tree-years of this year they have on sale together."""

    households: int
    units: int


def fill(session: Session, size: Size, *, year: int, now: datetime) -> None:
    """Households, trees, measurements, approvals, free tree-years and lanes."""
    villages = _villages(session)
    terms = terms_of_year(session, year)
    session.execute(sa.insert(table_of(Household)), _households(size.households, villages, now))
    facts = {
        "year": year,
        "now": now,
        "method": METHOD_ID,
        "version": METHOD_VERSION,
        "programme": terms.id,
        "villages": villages,
        "species": SPECIES,
        "planted": year - 10,
        "position": vault().seal("106.055738,25.320096", "trees.position"),
        "units": size.units,
        "households": size.households,
        "measured": date(year, 2, 1),
        "price": terms.price_fen,
        "grams": terms.flat_sink_g,
    }
    for statement in (_VERIFICATIONS, _TREES, _MEASUREMENTS, _UNITS, _LANES, _STATISTICS):
        wanted = sa.text(statement)
        session.execute(wanted, {name: facts[name] for name in wanted.compile().params})


def sign_in_buyers(session: Session, appid: str, now: datetime) -> list[str]:
    """The bearer tokens of BUYERS buyers who have just signed in."""
    tokens = []
    for number in range(BUYERS):
        user = User(
            nickname=f"买家{number}", language="zh", name_public=False, created_at=now, deleted_at=None
        )
        session.add(user)
        session.flush()
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        identity = WeChatIdentity(
            user_id=user.id, channel=MINIPROGRAM, appid=appid, openid="o" + digest[:27], unionid=None
        )
        session.add(identity)
        session.flush()
        token, _ = open_session(
            session,
            audience=Audience.BUYER,
            now=now,
            random=os.urandom,
            user_id=user.id,
            identity_id=identity.id,
        )
        tokens.append(token)
    return tokens


def _villages(session: Session) -> list[str]:
    return list(
        session.scalars(
            sa.select(Region.code)
            .where(Region.level == "village", Region.code.startswith(COUNTY))
            .order_by(Region.code)
            .limit(VILLAGES)
        )
    )


def _households(count: int, villages: list[str], now: datetime) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for number in range(count):
        village = villages[number * len(villages) // count]
        identity = f"{COUNTY}19700101{number:06d}"
        rows.append(
            {
                "public_id": "h" + hashlib.sha256(identity.encode()).hexdigest()[:12],
                "number": f"{village}{number:06d}",
                "region_code": village,
                "head_name": "韦测试",
                "head_name_hash": vault().fingerprint("韦测试", "name"),
                "identity": identity,
                "identity_hash": vault().fingerprint(identity, "identity"),
                "phone": "19900000000",
                "category": "其他低收入林户",
                "people": 4,
                "income_per_person_yuan": 6000,
                "forest_right": "望府林证字(2010)第00001号",
                "sale_consent_on": date(now.year, 1, 15),
                "name_public": False,
                "row_hash": hashlib.sha256(identity.encode()).digest(),
                "created_at": now,
            }
        )
    return rows
