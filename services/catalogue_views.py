"""Trees, regions and species as the public reads them."""

from collections.abc import Mapping
from typing import Any

from domain.catalogue import public_status
from domain.clock import business_day
from domain.methodology import TreeMeasurement, annual_sink
from domain.photos import photo_url, thumbnail_url
from domain.species import Species, load_species
from models import Programme, table_of
from services.catalogue import PublicRow, PublicTree

DATUM = "WGS-84"


def tree_item(row: PublicRow) -> dict[str, Any]:
    """One line of the list of trees."""
    return {
        **_about(row),
        "year": row.year,
        "basis": row.basis,
        "sink_g": row.sink_g,
        "price_fen": row.price_fen,
        "status": public_status(row.order_state),
        "dbh_mm": row.dbh_mm,
        "height_cm": row.height_cm,
    }


def tree_page(found: PublicTree, year: int) -> dict[str, Any]:
    """Everything public of one tree; the figures are those of `year`, or of its latest year if it has no such year."""
    unit = next((row for row in found.years if row.year == year), found.years[-1])
    by_id = {row.id: row for row in found.measurements}
    latest = by_id[unit.measurement_id]
    return {
        **_about(found.tree),
        "year": unit.year,
        "basis": unit.basis,
        "sink_g": unit.sink_g,
        "price_fen": unit.price_fen,
        "status": public_status(unit.order_state),
        "dbh_mm": latest.dbh_mm,
        "height_cm": latest.height_cm,
        "position": {
            "longitude": found.tree.longitude_e2 / 100,
            "latitude": found.tree.latitude_e2 / 100,
            "datum": DATUM,
        },
        "measurements": found.measurements,
        "method": _method(found.tree, unit, by_id),
        "verified_by": unit.verifier_name,
        "years": [{"year": row.year, "status": public_status(row.order_state)} for row in found.years],
    }


def _about(row: PublicRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "species": load_species()[row.species_code],
        "region": {"code": row.region_code, "name": row.region_name, "path": row.region_path},
        "household": {"display_name": row.display_name},
        "planted_year": row.planted_year,
        "photo_url": photo_url(row.photo),
        "thumbnail_url": thumbnail_url(row.photo),
    }


def _method(tree: PublicRow, unit: PublicRow, by_id: Mapping[int, PublicRow]) -> dict[str, Any]:
    earlier = by_id.get(unit.earlier_measurement_id)
    sink = annual_sink(
        load_species()[tree.species_code],
        _measurement(by_id[unit.measurement_id]),
        None if earlier is None else _measurement(earlier),
        planted_year=tree.planted_year,
        programme_flat_g=unit.flat_sink_g,
        on=business_day(unit.approved_at),
    )
    # What was frozen at approval counts, whatever a later version of the method would say.
    frozen = {"id": unit.method_id, "version": unit.method_version, "result_g": unit.sink_g}
    return {**sink.as_dict(), **frozen}


def _measurement(row: PublicRow) -> TreeMeasurement:
    return TreeMeasurement(row.dbh_mm, row.height_cm, row.measured_on)


def species_items() -> list[dict[str, Any]]:
    """Every species with its parameters and their sources."""
    return [species_item(one) for one in load_species().values()]


def species_item(species: Species) -> dict[str, Any]:
    """One species with its parameters and their sources."""
    return {
        "code": species.code,
        "name_zh": species.name_zh,
        "name_en": species.name_en,
        "latin": species.latin,
        "parameters": species.parameters(),
    }


def programme(terms: Programme, year: int) -> dict[str, Any]:
    """The terms of a year; whatever the row has, the schema picks."""
    facts = {column.key: getattr(terms, column.key) for column in table_of(Programme).c}
    return {**facts, "year_on_sale": year}
