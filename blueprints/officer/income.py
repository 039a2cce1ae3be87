"""What one household earned: its statement, to read or to take along."""

from dataclasses import fields
from typing import Any

from flask import Response

from blueprints.downloads import FILE, PDF_TYPE, download
from blueprints.failures import language
from blueprints.officer.guard import officer, officer_blueprint
from blueprints.schemas.income import StatementAnswer
from domain.income import Statement
from domain.income_tables import statement_table
from domain.plain_statements import plain
from flows.running import running
from gateways.plain_pages import plain_pdf
from gateways.statement_pages import statement_pdf
from gateways.statements import CSV_TYPE, XLSX_TYPE, csv_bytes, xlsx_bytes
from models.base import database
from services import income

blueprint = officer_blueprint("officer_income", "Households' income: statements")


@blueprint.get("/officer/households/<string:public_id>/income")
@blueprint.response(200, StatementAnswer)
@blueprint.alt_response(404, description="No such household in the officer's region")
def get_statement(public_id: str) -> dict[str, Any]:
    """Every credit of a household with its certificate, and every payout."""
    statement = _statement(public_id)
    return {
        **{field.name: getattr(statement, field.name) for field in fields(statement)},
        **statement.earnings.as_dict(),
        "agrees_with_ledger": statement.agrees_with_ledger,
    }


@blueprint.get("/officer/households/<string:public_id>/income.csv")
@blueprint.response(200, FILE, content_type=CSV_TYPE)
@blueprint.alt_response(404, description="No such household in the officer's region")
def get_statement_csv(public_id: str) -> Response:
    """The statement as a table for Excel."""
    table = statement_table(_statement(public_id), language())
    return download(csv_bytes(table), CSV_TYPE, f"income-{public_id}.csv")


@blueprint.get("/officer/households/<string:public_id>/income.pdf")
@blueprint.response(200, FILE, content_type=PDF_TYPE)
@blueprint.alt_response(404, description="No such household in the officer's region")
def get_statement_pdf(public_id: str) -> Response:
    """The statement in large type and plain words, every sale and payout with it."""
    written = statement_pdf(_statement(public_id), demo=running().settings.demo)
    return download(written, PDF_TYPE, f"income-{public_id}.pdf")


@blueprint.get("/officer/households/<string:public_id>/income-plain.pdf")
@blueprint.response(200, FILE, content_type=PDF_TYPE)
@blueprint.alt_response(404, description="No such household in the officer's region")
def get_plain_statement(public_id: str) -> Response:
    """A few big numbers in plain words on one sheet, for the household itself: what was earned, paid, is to come."""
    written = plain_pdf(plain(_statement(public_id)), demo=running().settings.demo)
    return download(written, PDF_TYPE, f"income-plain-{public_id}.pdf")


@blueprint.get("/officer/households/<string:public_id>/income.xlsx")
@blueprint.response(200, FILE, content_type=XLSX_TYPE)
@blueprint.alt_response(404, description="No such household in the officer's region")
def get_statement_xlsx(public_id: str) -> Response:
    """The statement as a workbook."""
    table = statement_table(_statement(public_id), language())
    return download(xlsx_bytes("income", table), XLSX_TYPE, f"income-{public_id}.xlsx")


def _statement(public_id: str) -> Statement:
    return income.statement(database(), officer(), public_id, running().clock())
