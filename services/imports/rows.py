"""A row that has been read into the row that is staged: hashes, opaque codes, and what follows from a consent."""

from calendar import isleap
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from domain.codes import public_code
from domain.masking import public_degrees, public_name
from domain.survey_rows import RowValues
from models.imports import Outcome
from models.types import vault

#: Takes the number of a row and its values by field; gives the staged row by column.
Stager = Callable[[int, RowValues], dict[str, Any]]

#: The facts that make two rows the same row, whatever file they stand in and however they are written.
HOUSEHOLD_FACTS = (
    "number",
    "region_code",
    "head_name",
    "identity",
    "phone",
    "category",
    "people",
    "income_per_person_yuan",
    "forest_right",
    "sale_consent_on",
    "name_public",
    "bank",
    "account",
)
TREE_FACTS = (
    "household_number",
    "tag",
    "species_code",
    "dbh_mm",
    "height_cm",
    "planted_year",
    "project",
    "longitude",
    "latitude",
    "measured_on",
    "surveyor",
)
MEASUREMENT_FACTS = ("household_number", "tag", "dbh_mm", "height_cm", "measured_on", "surveyor")
ACCOUNT_FACTS = ("household_number", "identity", "bank", "holder_name", "account")
CONSENT_FACTS = ("household_number", "kind", "text_version", "given_on", "witness")


def household_stager(random: Callable[[int], bytes], contract_years: int) -> Stager:
    """Stages household rows under contracts of so many years from the day of consent."""
    fingerprint = vault().fingerprint

    def stager(row: int, values: RowValues) -> dict[str, Any]:
        staged = {name: values[name] for name in HOUSEHOLD_FACTS}
        name, consent = values["head_name"], values["sale_consent_on"]
        staged["row"] = row
        staged["outcome"] = Outcome.NEW.value
        staged["public_id"] = public_code(random)
        staged["display_name"] = public_name(name) if name and values["name_public"] else None
        staged["contract_to"] = years_later(consent, contract_years) if consent else None
        for fact, kind, column in (
            (name, "name", "head_name_hash"),
            (values["identity"], "identity", "identity_hash"),
            (values["account"], "account", "account_hash"),
        ):
            staged[column] = fingerprint(fact, kind) if fact else None
        staged["row_hash"] = fingerprint(_canonical(values, HOUSEHOLD_FACTS), "household row")
        return staged

    return stager


def tree_stager(random: Callable[[int], bytes]) -> Stager:
    """Stages tree rows."""
    fingerprint = vault().fingerprint

    def stager(row: int, values: RowValues) -> dict[str, Any]:
        longitude, latitude = values["longitude"], values["latitude"]
        placed = longitude is not None and latitude is not None
        return {
            "row": row,
            "outcome": Outcome.NEW.value,
            "code": public_code(random),
            "tag": values["tag"],
            "household_number": values["household_number"],
            "species_code": values["species_code"],
            "dbh_mm": values["dbh_mm"],
            "height_cm": values["height_cm"],
            "planted_year": values["planted_year"],
            "project": values["project"] or "",
            "position": f"{longitude},{latitude}" if placed else None,
            "longitude_e2": _hundredths(longitude),
            "latitude_e2": _hundredths(latitude),
            "measured_on": values["measured_on"],
            "surveyor": values["surveyor"],
            "row_hash": fingerprint(_canonical(values, TREE_FACTS), "tree row"),
        }

    return stager


def measurement_stager() -> Stager:
    """Stages rows that measure a registered tree again; until one is found, the tree is unknown."""
    fingerprint = vault().fingerprint

    def stager(row: int, values: RowValues) -> dict[str, Any]:
        return {
            **{name: values[name] for name in MEASUREMENT_FACTS},
            "row": row,
            "outcome": "tree_unknown",
            "code": "",
            "project": "",
            "row_hash": fingerprint(_canonical(values, MEASUREMENT_FACTS), "measurement row"),
        }

    return stager


def account_stager() -> Stager:
    """Stages account rows; until a household is found, it is unknown."""
    fingerprint = vault().fingerprint

    def stager(row: int, values: RowValues) -> dict[str, Any]:
        staged = {
            **{name: values[name] for name in ACCOUNT_FACTS},
            "row": row,
            "outcome": "household_unknown",
        }
        for fact, kind, column in (
            (values["identity"], "identity", "identity_hash"),
            (values["holder_name"], "name", "holder_name_hash"),
            (values["account"], "account", "account_hash"),
        ):
            staged[column] = fingerprint(fact, kind) if fact else None
        return staged

    return stager


def consent_stager(contract_years: int) -> Stager:
    """Stages consent rows; one to sale may open a contract of so many years. Until a household is found, it is
    unknown.
    """

    def stager(row: int, values: RowValues) -> dict[str, Any]:
        given_on = values["given_on"]
        return {
            **{name: values[name] for name in CONSENT_FACTS},
            "row": row,
            "outcome": "household_unknown",
            "contract_to": years_later(given_on, contract_years) if given_on else None,
        }

    return stager


def years_later(day: date, years: int) -> date:
    """The same day so many years on; 28 February where 29 February does not come again."""
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def _hundredths(degrees: Decimal | None) -> int | None:
    return None if degrees is None else int(public_degrees(degrees) * 100)


def _canonical(values: RowValues, facts: tuple[str, ...]) -> str:
    # No value can hold the separator: control characters are refused before.
    return "\x1f".join("" if values[name] is None else str(values[name]) for name in facts)
