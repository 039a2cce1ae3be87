"""The front door: the buyer's client, which shows what this is and how far it has come before any script has run."""

import re
from collections.abc import Callable
from dataclasses import asdict

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from blueprints import limits
from blueprints.failures import language
from blueprints.figures import recent_statistics
from domain.certificates import kilograms_text
from domain.errors import Refusal
from domain.money import grouped_yuan
from flows.running import running
from gateways.qr import qr_svg
from models import database
from services.programmes import terms_of_year, year_on_sale

blueprint = Blueprint("home", __name__, template_folder="templates")

#: What the first screen imports, so that a slow line fetches it in one round instead of one after the other.
PRELOAD = (
    "shared/api.js",
    "shared/calls.js",
    "shared/care.js",
    "shared/format.js",
    "shared/kept.js",
    "shared/offline.js",
    "shared/parts.js",
    "shared/router.js",
    "shared/view.js",
    "shared/words.js",
    "words/shared.js",
    "words/client.js",
    "client/buyer.js",
    "client/unfinished.js",
    "client/countdown.js",
    "client/buying/placing.js",
    "client/screens/home.js",
    "vendor/preact-htm/standalone.module.js",
)
#: A screen of the client, by the part of the address behind `#`.
_SCREEN = re.compile(r"/[!-~]{0,299}")


@blueprint.get("/")
@limits.look_up
def home() -> Response:
    """The client's shell with the programme in figures, and where to look a certificate up without scripts."""
    figures = recent_statistics()
    shown = render_template(
        "client.html",
        demo=running().settings.demo,
        english=language() == "en",
        figures=figures,
        sent={**asdict(figures), "price_fen": _price_fen()},
        preload=PRELOAD,
        shown=_shown,
        kilograms_text=kilograms_text,
        grouped_yuan=grouped_yuan,
    )
    response = Response(shown, mimetype="text/html")
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Vary"] = "Accept-Language"
    return response


@blueprint.get("/qr.svg")
@limits.look_up
def code_of_screen() -> Response:
    """The QR code that opens a screen of the client elsewhere, in WeChat; it never leads to another host."""
    at = request.args.get("at", "")
    if not _SCREEN.fullmatch(at):
        raise NotFound
    response = Response(qr_svg(f"{running().settings.public_url}/#{at}"), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@blueprint.get("/c")
@limits.look_up
def look_up() -> AnyResponse:
    """From a typed serial number to its certificate's page."""
    serial = request.args.get("serial", "").strip()[:40].replace("/", "")
    if not serial:
        return redirect(url_for("home.home"))
    return redirect(url_for("pages.certificate_page", serial=serial))


def _price_fen() -> int | None:
    """The price of a tree for the year on sale; None as long as no programme has been set up."""
    try:
        return terms_of_year(database(), year_on_sale(running().clock())).price_fen
    except Refusal:
        return None


def _shown(figure: int | None, text: Callable[[int], str] = "{:,}".format) -> str:
    """A figure for people; one that is not given, because it stands on too few households, is a dash."""
    return "—" if figure is None else text(figure)
