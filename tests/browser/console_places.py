"""Something to look at on the console: officers, households, sheets, verifications, reviews."""

import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from domain.identity import identity_check_character
from domain.roles import Role
from models import Officer, YearReview
from services.demo_officers import DEMO_REGION
from services.officers import put_officer
from services.passwords import hash_password
from tests.browser.site import Site
from tests.support.sheets import as_csv, household_row, number

#: Villages of 石屯镇 that the sample data leaves alone; each journey that registers something has its own.
READY_VILLAGE, FAULTY_VILLAGE, OWN_VILLAGE = "522326107204", "522326107205", "522326107206"
FOREIGN_COUNTY = "522301"
LONG_NAME = "阿依古丽·买买提吐尔逊·阿卜杜热依木"


def fresh_identity() -> str:
    """An identity number that nobody else has, with a right check digit."""
    first = f"522326{1950 + uuid.uuid4().int % 50}0101{uuid.uuid4().int % 1000:03d}"
    return first + identity_check_character(first)


def officer_of(site: Site, role: Role, region: str, display_name: str = "外县登记员") -> str:
    """A new officer with the demo officers' password; the user name."""
    username = f"o{uuid.uuid4().hex[:10]}"
    with site.writing() as session:
        put_officer(
            session,
            username=username,
            display_name=display_name,
            password_hash=hash_password(site.password, os.urandom),
            roles=frozenset({role}),
            region_code=region,
            actor="command",
            now=datetime.now(UTC),
        )
    return username


def household_rows(village: str, n: int, first: int = 1, **changes: Any) -> list[dict[str, Any]]:
    """Good rows of `n` new households of a village."""
    return [
        household_row(
            **{
                "户编号": number(serial, village),
                "村代码": village,
                "身份证号": fresh_identity(),
                "联系电话": "",
                "开户行": "",
                "银行账号": "",
                **changes,
            }
        )
        for serial in range(first, first + n)
    ]


def fresh_household(site: Site, village: str = OWN_VILLAGE, **changes: Any) -> str:
    """Register a new household, as a registrar does; its public id."""
    token = site.officer("county")
    serial = 1 + uuid.uuid4().int % 9998
    imported = bring(site, token, "households", household_rows(village, 1, serial, **changes))
    site.call("POST", f"/officer/imports/{imported['id']}/accept", token, json={"region": None})
    found = site.call("GET", f"/officer/households?q={number(serial, village)}", token)["items"]
    return str(found[0]["public_id"])


def bring(site: Site, token: str, kind: str, rows: Sequence[Mapping[str, Any]], status: int = 201) -> Any:
    """Upload a sheet over HTTP; the import as it was answered, checked."""
    files = {"file": (f"{kind}.csv", as_csv(rows), "text/csv")}
    return site.call("POST", "/officer/imports", token, status, data={"kind": kind}, files=files)


@dataclass(frozen=True, slots=True)
class Places:
    """Where there is something to look at, by what stands in addresses."""

    household: str
    tree: str
    lost_tree: str
    checked_import: int
    refused_import: int
    draft: int
    open_review: int
    confirmed_review: int
    invited: str
    #: The year that is being sold.
    year: int


def make_places(site: Site) -> Places:
    """Something to look at on every screen of the registry and of people."""
    county, verifier, admin = (site.officer(name) for name in ("county", "verifier", "admin"))
    household, trees = with_trees(site, county)
    lost = {"cause": "dead", "happened_on": days_ago(3), "reason": "山洪冲走，现场已看过"}
    site.call("POST", f"/officer/trees/{trees[-1]}/loss", county, 201, json=lost)
    account = {
        "bank": "望谟县农村信用合作联社石屯分社",
        "account": "6217990000000000311",
        "reason": "农户换了银行",
    }
    site.call("POST", f"/officer/households/{household}/accounts", county, 201, json=account)
    good = household_rows(READY_VILLAGE, 2, 户主姓名=LONG_NAME)
    bad = household_rows(FAULTY_VILLAGE, 2, 家庭人口="四口人，另有一人外出务工", 身份证号="52239919520825460")
    name = f"invited-{uuid.uuid4().hex[:6]}"
    invited = {
        "username": name,
        "display_name": LONG_NAME,
        "identity": fresh_identity(),
        "region": DEMO_REGION,
        "roles": ["maker", "registrar"],
    }
    site.call("POST", "/officer/people", admin, 201, json=invited)
    year = datetime.now(UTC).year - 1
    return Places(
        household=household,
        tree=trees[0],
        lost_tree=trees[-1],
        checked_import=bring(site, county, "households", good + bad)["id"],
        refused_import=bring(site, county, "households", [{"户编号": "1", "围径": "20"}])["id"],
        draft=site.call(
            "POST", "/officer/verifications", verifier, 201, json={"region": DEMO_REGION, "year": year + 1}
        )["id"],
        open_review=_review(site, trees, year),
        confirmed_review=_review(site, trees, year - 1, confirmed=True),
        invited=name,
        year=year + 1,
    )


def with_trees(site: Site, county: str) -> tuple[str, list[str]]:
    """The household that has earned most of those with trees, and its trees: other tests let some earn without any."""
    for earning in site.call("GET", "/officer/households?sort=-earned&limit=30", county)["items"]:
        household = str(earning["public_id"])
        listed = site.call("GET", f"/officer/households/{household}/trees", county)["items"]
        trees = [str(tree["code"]) for tree in listed if tree["state"] == "growing"]
        if trees:
            return household, trees
    raise AssertionError("no household that has earned has a tree")


def days_ago(days: int) -> str:
    """A day before today, as sheets and calls have it."""
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


def _review(site: Site, trees: list[str], year: int, *, confirmed: bool = False) -> int:
    now = datetime.now(UTC)
    with site.writing() as session:
        verifier = session.scalars(sa.select(Officer.id).where(Officer.username == "verifier")).one()
        row = YearReview(
            region_code=DEMO_REGION,
            year=year,
            sold=len(trees),
            sample=trees,
            gone=trees[:1] if confirmed else [],
            measured=len(trees) - 1 if confirmed else 0,
            lapsed=2 if confirmed else 0,
            drawn_by_id=verifier,
            drawn_at=now,
            verifier_id=verifier if confirmed else None,
            confirmed_at=now if confirmed else None,
        )
        session.add(row)
        session.flush()
        return row.id
