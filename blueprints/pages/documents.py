"""Privacy and terms, in plain words, in Chinese or English."""

from flask import Blueprint, Response, render_template, request

from blueprints.failures import language
from domain.clock import business_day
from domain.errors import Refusal
from domain.public_documents import DOCUMENTS
from flows.running import running
from models import database
from services.programmes import current_programme

blueprint = Blueprint("documents", __name__, template_folder="templates")

_LANGUAGES = {"zh", "en"}
#: Who it is as long as no programme has been set up.
_NOBODY = ("本项目的收款主体", "The merchant of record")


@blueprint.get("/privacy")
def privacy() -> Response:
    """How data is treated."""
    return _page("privacy")


@blueprint.get("/terms")
def terms() -> Response:
    """On what terms trees are sold."""
    return _page("terms")


def _page(name: str) -> Response:
    chosen = request.args.get("lang", "")
    english = (chosen if chosen in _LANGUAGES else language()) == "en"
    shown = render_template(
        "document.html", document=DOCUMENTS[name], operator=_operator(english=english), english=english
    )
    response = Response(shown, mimetype="text/html")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Vary"] = "Accept-Language"
    return response


def _operator(*, english: bool) -> str:
    try:
        programme = current_programme(database(), business_day(running().clock()))
    except Refusal:
        return _NOBODY[english]
    return programme.merchant_of_record
