"""The campaign's households, trees, measurements, approvals, tree-years and lanes."""

import hashlib
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.campaign import Campaign
from domain.errors import Conflict, Unavailable
from domain.method_words import METHOD_ID, METHOD_VERSION
from domain.regions import RegionLevel
from models import Household, Region, table_of
from models.types import vault
from services.programmes import terms_of_year

SPECIES = "SM"
_NAME = "韦示例"
_CHUNK = 2000

#: The households by place, with where their trees begin, and the orders by number; both end with the transaction.
_PLACES = """
CREATE TEMPORARY TABLE campaign_places ON COMMIT DROP AS
SELECT id, number, region_code, place, trees, sold, trees * :buffer_permille / 1000 AS buffer,
    sum(trees) OVER (ORDER BY place) - trees AS first
FROM (SELECT id, number, region_code, row_number() OVER (ORDER BY id) - 1 AS place FROM households) h
CROSS JOIN LATERAL (SELECT
    :trees / :households + CASE WHEN place < mod(:trees, :households) THEN 1 ELSE 0 END AS trees,
    :sold / :households + CASE WHEN place < mod(:sold, :households) THEN 1 ELSE 0 END AS sold) n
"""
_ORDERS = """
CREATE TEMPORARY TABLE campaign_orders ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY id) - 1 AS number, id FROM orders
"""
_VERIFICATIONS = """
INSERT INTO verifications (region_code, year, state, verifier_name, method_id, method_version, programme_id,
    last_measurement_id, units, buffer_units, left_out, created_at, approved_at)
SELECT region_code, :year, 'approved', '示例核查机构', :method, :version, :programme, :trees, sum(trees), sum(buffer),
    '{}', :now, :now
FROM campaign_places GROUP BY region_code ORDER BY region_code
"""
# Trees of one household follow one another, as in a survey sheet; tree, measurement and tree-year have one number.
_TREES = """
INSERT INTO trees (id, code, tag, household_id, region_code, species_code, planted_year, project, position,
    longitude_e2, latitude_e2, state, created_at)
SELECT h.first + r + 1, 't' || substr(md5('campaign' || h.first + r), 1, 15), h.number || '-' || r, h.id, h.region_code,
    :species, :planted, '退耕还林', :position, 10606, 2532, 'growing', :now
FROM campaign_places h CROSS JOIN LATERAL generate_series(0, h.trees - 1) r
"""
_MEASUREMENTS = """
INSERT INTO measurements (id, tree_id, measured_on, dbh_mm, height_cm, surveyor)
SELECT id, id, :measured, 50 + id % 31, 400 + id % 300, '调查员01' FROM generate_series(1, CAST(:trees AS bigint)) id
"""
_UNITS = """
INSERT INTO units (id, tree_id, year, household_id, region_code, species_code, measurement_id, verification_id,
    price_fen, sink_g, basis, state, order_id)
SELECT h.first + r + 1, h.first + r + 1, :year, h.id, h.region_code, :species, h.first + r + 1, v.id, :price, :grams,
    'expected', CASE WHEN r < h.sold THEN 'taken' WHEN r >= h.trees - h.buffer THEN 'buffer' ELSE 'free' END, o.id
FROM campaign_places h
CROSS JOIN LATERAL generate_series(0, h.trees - 1) r
JOIN verifications v ON v.region_code = h.region_code AND v.year = :year
LEFT JOIN campaign_orders o ON r < h.sold AND o.number = (r * CAST(:households AS bigint) + h.place) / :of_an_order
"""
_LANES = """
INSERT INTO lanes (year, number, household_id, region_code, free, income_fen)
SELECT :year, place + 1, id, region_code, greatest(trees - sold - buffer, 0), sold * :price FROM campaign_places
ORDER BY place
"""
#: Tables whose rows were numbered above: their own numbering goes on from there.
_NUMBERED = ("trees", "measurements", "units")
#: Tables of a row for each tree.
GREAT = ("trees", "measurements", "units", "credits", "postings")


def refuse_unless_empty(session: Session) -> None:
    """Raise Unavailable on another engine than PostgreSQL, and Conflict where there are households already."""
    if session.get_bind().dialect.name != "postgresql":
        raise Unavailable("postgresql_only")
    if session.scalar(sa.select(Household.id).limit(1)) is not None:
        raise Conflict("households_there_already")


def write_households(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """The households of every village, with an account of nobody's name."""
    villages = _villages(session, campaign)
    rows: list[dict[str, Any]] = []
    for place in range(campaign.households):
        village = villages[place * len(villages) // campaign.households]
        identity = f"{village[:6]}19700101{place:06d}"
        digest = hashlib.sha256(identity.encode()).digest()
        rows.append(
            {
                "public_id": "h" + digest.hex()[:12],
                "number": f"{village}{place:06d}",
                "region_code": village,
                "head_name": _NAME,
                "head_name_hash": vault().fingerprint(_NAME, "name"),
                "identity": identity,
                "identity_hash": vault().fingerprint(identity, "identity"),
                "phone": "19900000000",
                "category": "其他低收入林户",
                "people": 2 + place % 5,
                "income_per_person_yuan": 6000,
                "forest_right": "示例林证字(2010)第00001号",
                "sale_consent_on": date(now.year, 1, 1),
                "name_public": False,
                "row_hash": digest,
                "created_at": now,
            }
        )
    for start in range(0, len(rows), _CHUNK):
        session.execute(sa.insert(table_of(Household)), rows[start : start + _CHUNK])


def _villages(session: Session, campaign: Campaign) -> list[str]:
    """So many villages, spread over so many counties, in the order of their codes."""
    codes = session.scalars(
        sa.select(Region.code).where(Region.level == RegionLevel.VILLAGE).order_by(Region.code)
    )
    by_county: dict[str, list[str]] = {}
    for code in codes:
        by_county.setdefault(code[:6], []).append(code)
    most = -(-campaign.villages // campaign.counties)
    counties = [found for found in by_county.values() if len(found) >= most][: campaign.counties]
    if len(counties) < campaign.counties:
        raise Unavailable("not_enough_villages")
    return [
        code
        for place, found in enumerate(counties)
        for code in found[: most - (place >= campaign.villages - campaign.counties * (most - 1))]
    ]


def write_trees(session: Session, campaign: Campaign, *, year: int, now: datetime) -> None:
    """Trees, measurements, approvals, tree-years and lanes; those sold belong to the orders that are there."""
    terms = terms_of_year(session, year)
    facts: dict[str, Any] = {
        "year": year,
        "now": now,
        "method": METHOD_ID,
        "version": METHOD_VERSION,
        "programme": terms.id,
        "species": SPECIES,
        "planted": year - 10,
        "position": vault().seal("106.055738,25.320096", "trees.position"),
        "trees": campaign.trees,
        "sold": campaign.sold,
        "households": campaign.households,
        "of_an_order": campaign.trees_of_an_order,
        "buffer_permille": terms.buffer_permille,
        "measured": date(year, 1, 1),
        "price": terms.price_fen,
        "grams": terms.flat_sink_g,
    }
    for statement in (
        _PLACES,
        _ORDERS,
        "ANALYZE campaign_places, campaign_orders",
        _VERIFICATIONS,
        _TREES,
        _MEASUREMENTS,
        _UNITS,
        _LANES,
    ):
        run(session, statement, facts)
    for table in _NUMBERED:
        go_on_numbering(session, table)


def run(session: Session, statement: str, facts: dict[str, Any]) -> None:
    """One statement with those of the facts that it names."""
    wanted = sa.text(statement)
    session.execute(wanted, {name: facts[name] for name in wanted.compile().params})


def drop_indexes(session: Session, *tables: str) -> list[str]:
    """Drop the indexes of tables that no constraint needs; the statements that make them again.

    An index of millions of rows is made much faster at once than row by row.
    """
    found = session.execute(
        sa.text(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid IN (SELECT unnest(CAST(:tables AS text[]))::regclass)"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)"
        ),
        {"tables": list(tables)},
    ).all()
    for name, _ in found:
        session.execute(sa.text(f"DROP INDEX {name}"))
    return [definition for _, definition in found]


def make_indexes(session: Session, definitions: list[str]) -> None:
    """Make the indexes again that were dropped, with memory enough to sort them."""
    session.execute(sa.text("SET LOCAL maintenance_work_mem = '512MB'"))
    for definition in definitions:
        # Conditions in it may hold colons that are not parameters.
        session.connection().exec_driver_sql(definition)


def go_on_numbering(session: Session, table: str) -> None:
    """Let the rows a table is given from now on be numbered after those it has."""
    session.execute(
        sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608 - a constant of ours
    )


def without_checks(session: Session) -> None:
    """Let the server not look up every reference, where our account may ask for that; until the transaction ends.

    Rows here are made from one another. Millions of look-ups would take longer than everything else.
    """
    may = session.scalar(sa.text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
    if may:
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
