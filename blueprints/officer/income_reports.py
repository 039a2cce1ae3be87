"""What households earned by division, household, month or year: to read page by page, or as a table to take along."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response

from blueprints.downloads import FILE, download
from blueprints.failures import language
from blueprints.officer.guard import in_scope, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.income_reports import ReportAnswer, ReportArgs, ReportPageArgs
from domain.errors import Invalid
from domain.income import BELOW, Figures, GroupBy, GroupLine, level_below
from domain.income_periods import period_days, read_period
from domain.income_tables import Row, report_table
from flows.running import running
from gateways.statements import CSV_TYPE, XLSX_TYPE, csv_bytes, xlsx_bytes
from models import PovertyLine
from models.base import database
from services.income_reports import ReportWanted, report_page, report_total
from services.income_timelines import period_lines
from services.poverty_lines import lines_of
from services.programmes import year_on_sale

blueprint = officer_blueprint("officer_income_reports", "Households' income: reports")

#: Months a table holds at most: a century.
MOST_PERIODS = 1200
#: Addresses that answers name, as clients call them.
HOUSEHOLDS, REPORT = "/api/v1/officer/households", "/api/v1/officer/income"


@blueprint.get("/officer/income")
@blueprint.arguments(ReportPageArgs, location="query")
@blueprint.response(200, ReportAnswer)
@blueprint.alt_response(404, description="The region is not the officer's")
def get_report(args: dict[str, Any]) -> dict[str, Any]:
    """Income by county, township, village, household, month or year; a span of days counts what was booked on them."""
    wanted = _wanted(args)
    lines, total = _report(wanted, after=_after(args["cursor"]), limit=args["limit"] + 1)
    shown = page(lines, args["limit"], lambda line: [line.code])
    known = _poverty_lines(wanted, shown["items"])
    return {
        "region": wanted.scope,
        "group_by": wanted.group_by,
        "first": wanted.first,
        "last": wanted.last,
        "unsold_year": wanted.year,
        "poverty_line": known.get(_year_of(wanted) or 0),
        "totals": total.as_dict(),
        **shown,
        "items": [_shown(wanted, line, known) for line in shown["items"]],
    }


@blueprint.get("/officer/income.csv")
@blueprint.arguments(ReportArgs, location="query")
@blueprint.response(200, FILE, content_type=CSV_TYPE)
@blueprint.alt_response(404, description="The region is not the officer's")
def get_report_csv(args: dict[str, Any]) -> Response:
    """The whole report as a table for Excel."""
    wanted = _wanted(args)
    return download(csv_bytes(_table(wanted)), CSV_TYPE, f"{_file_name(wanted)}.csv")


@blueprint.get("/officer/income.xlsx")
@blueprint.arguments(ReportArgs, location="query")
@blueprint.response(200, FILE, content_type=XLSX_TYPE)
@blueprint.alt_response(404, description="The region is not the officer's")
def get_report_xlsx(args: dict[str, Any]) -> Response:
    """The whole report as a workbook."""
    wanted = _wanted(args)
    return download(xlsx_bytes("income", _table(wanted)), XLSX_TYPE, f"{_file_name(wanted)}.xlsx")


def _wanted(args: dict[str, Any]) -> ReportWanted:
    year = (args["last"] or args["first"]).year if args["last"] or args["first"] else None
    on_sale = year_on_sale(running().clock())
    return ReportWanted(
        scope=in_scope(args["region"]),
        group_by=args["group_by"],
        first=args["first"],
        last=args["last"],
        year=on_sale if year is None else min(year, on_sale),
    )


def _after(cursor: str | None) -> str | None:
    key = read_cursor(cursor, str)
    if key is not None and not key[0].replace("-", "").isalnum():
        raise Invalid("invalid_cursor")
    return None if key is None else str(key[0])


def _report(wanted: ReportWanted, *, after: str | None, limit: int | None) -> tuple[list[GroupLine], Figures]:
    if not wanted.group_by.is_of_time:
        return report_page(database(), wanted, after=after, limit=limit)
    now = running().clock()
    lines = period_lines(database(), wanted, now, after=after, limit=limit or MOST_PERIODS)
    return lines, report_total(database(), wanted)


def _table(wanted: ReportWanted) -> list[Row]:
    return report_table(*_report(wanted, after=None, limit=None), wanted.scope, language())


def _shown(wanted: ReportWanted, line: GroupLine, known: Mapping[int, PovertyLine]) -> dict[str, Any]:
    year = int(line.code) if wanted.group_by is GroupBy.YEAR else 0
    return {
        "code": line.code,
        "name": line.name,
        "place": line.place,
        "public_id": line.public_id,
        **line.figures.as_dict(),
        "poverty_line": known.get(year),
        "below": _below(wanted, line),
    }


def _below(wanted: ReportWanted, line: GroupLine) -> dict[str, str | None]:
    """The addresses of what a line's figures are made of: the next level, then statement and postings."""
    span = {"from": wanted.first, "to": wanted.last}
    if wanted.group_by is GroupBy.HOUSEHOLD:
        owner = f"{HOUSEHOLDS}/{line.public_id}"
        postings = _address(f"{owner}/postings", span)
        return {"report": None, "statement": f"{owner}/income", "postings": postings}
    place, group_by = {"region": line.code}, BELOW.get(wanted.group_by)
    if wanted.group_by.is_of_time:
        period = read_period(line.code)
        assert period is not None
        first, last = period_days(period)
        span, place = {"from": first, "to": last}, {"region": wanted.scope}
        group_by = level_below(wanted.scope)
    report = _address(REPORT, {"group_by": group_by and group_by.value, **place, **span})
    return {"report": report, "statement": None, "postings": None}


def _address(path: str, given: Mapping[str, object]) -> str:
    query = urlencode({name: value for name, value in given.items() if value is not None})
    return f"{path}?{query}" if query else path


def _year_of(wanted: ReportWanted) -> int | None:
    """The one year a span lies in."""
    same = wanted.first and wanted.last and wanted.first.year == wanted.last.year
    return wanted.first.year if same and wanted.first else None


def _poverty_lines(wanted: ReportWanted, lines: Sequence[GroupLine]) -> dict[int, PovertyLine]:
    years = [int(line.code) for line in lines] if wanted.group_by is GroupBy.YEAR else []
    whole = _year_of(wanted)
    return lines_of(database(), [*years, *([] if whole is None else [whole])])


def _file_name(wanted: ReportWanted) -> str:
    return f"income-{wanted.scope}-by-{wanted.group_by.value}"
