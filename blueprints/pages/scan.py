"""The scanner: reads a certificate's QR code on the phone and tells the verdict, also without a network."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template

from blueprints import limits
from blueprints.failures import language
from flows.running import running

blueprint = Blueprint("scan", __name__, template_folder="templates")

#: What the scanner imports before anything is scanned, so that a slow line fetches it in one round.
PRELOAD = (
    "client/buyer.js",
    "scan/camera.js",
    "scan/card.js",
    "scan/cbor.js",
    "scan/enhance.js",
    "scan/judging.js",
    "scan/kept-scans.js",
    "scan/keys.js",
    "scan/link.js",
    "scan/outbox.js",
    "scan/pictures.js",
    "scan/reader.js",
    "scan/serial.js",
    "scan/token.js",
    "scan/ways.js",
    "scan/wechat.js",
    "shared/api.js",
    "shared/bridge.js",
    "shared/care.js",
    "shared/decoded.js",
    "shared/format.js",
    "shared/kept.js",
    "shared/offline.js",
    "shared/parts.js",
    "shared/view.js",
    "shared/words.js",
    "vendor/preact-htm/standalone.module.js",
    "words/scan.js",
    "words/shared.js",
)


@blueprint.get("/scan")
@limits.look_up
def scan() -> Response:
    """The scanner's shell; everything else happens on the phone."""
    settings = running().settings
    shown = render_template(
        "scan.html",
        demo=settings.demo,
        production=settings.production,
        # Links to it are ours, whichever address the page itself was opened by.
        host=urlsplit(settings.public_url).netloc,
        english=language() == "en",
        preload=PRELOAD,
    )
    response = Response(shown, mimetype="text/html")
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Vary"] = "Accept-Language"
    return response
