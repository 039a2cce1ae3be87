"""What a phone opens after scanning a certificate, and the certificate itself."""

from flask import Blueprint, Response, render_template, request

from blueprints import limits
from blueprints.buyer.guard import owner_id
from blueprints.failures import language
from blueprints.pages.wording import WORDS
from domain.certificates import Verdict
from domain.errors import Forbidden, Invalid, NotFound
from flows.running import running
from gateways.faces import render_pdf, render_png
from gateways.qr import qr_png, qr_svg
from models import Certificate, database
from services import certificate_views, certificates

blueprint = Blueprint("pages", __name__, template_folder="templates")


@blueprint.get("/c/<string:serial>")
@limits.look_up
def certificate_page(serial: str) -> Response:
    """The verdict, what was bought and where the money is."""
    parts = running()
    session = database()
    try:
        judged = certificates.judge(
            session,
            serial,
            request.args.get("t"),
            keys=parts.public_keys,
            production=parts.settings.production,
        )
    except Invalid:
        return _page(422, verdict=Verdict.MISTYPED, serial=serial)
    certificate = judged.certificate
    if certificate is None:
        return _page(404 if judged.verdict is Verdict.UNKNOWN else 200, verdict=judged.verdict, serial=serial)
    owner = owner_id() == certificate.user_id
    face = certificates.face_of(session, certificate, certificate_views.imprint(parts.settings), full=owner)
    shows_money = judged.trusted or owner
    return _page(
        200,
        verdict=judged.verdict,
        serial=certificate.serial,
        face=face,
        money=certificate_views.money_of(session, certificate, face) if shows_money else None,
        revoked_on=face.revoked_on,
        # The sheet itself needs the token, which whoever scanned brought along.
        document_url=f"/c/{certificate.serial}.pdf?t={certificate.token}" if judged.trusted else None,
        picture_url=f"/c/{certificate.serial}.png?t={certificate.token}" if judged.trusted else None,
    )


@blueprint.get("/c/<string:serial>.pdf")
@limits.look_up
def certificate_pdf(serial: str) -> Response:
    """The certificate as a PDF, made in this request."""
    return _document(serial, "application/pdf")


@blueprint.get("/c/<string:serial>.png")
@limits.look_up
def certificate_png(serial: str) -> Response:
    """The certificate as a picture, from the same PDF."""
    return _document(serial, "image/png")


@blueprint.get("/c/<string:serial>/qr.png")
@limits.look_up
def certificate_qr_png(serial: str) -> Response:
    """The QR code as a picture, for the owner."""
    url = certificate_views.link(_owned(serial), running().settings.public_url)
    return _cached(Response(qr_png(url), mimetype="image/png"), url)


@blueprint.get("/c/<string:serial>/qr.svg")
@limits.look_up
def certificate_qr_svg(serial: str) -> Response:
    """The QR code as a drawing, for the owner."""
    url = certificate_views.link(_owned(serial), running().settings.public_url)
    return _cached(Response(qr_svg(url), mimetype="image/svg+xml"), url)


def _page(status: int, **context: object) -> Response:
    shown = {
        "face": None,
        "money": None,
        "revoked_on": None,
        "document_url": None,
        "picture_url": None,
        "public_url": running().settings.public_url,
        "lang": language(),
        **context,
    }
    response = Response(
        render_template("certificate.html", **WORDS, **shown), status=status, mimetype="text/html"
    )
    return _cached(response, response.get_data())


def _document(serial: str, mimetype: str) -> Response:
    parts = running()
    session = database()
    token = request.args.get("t")
    judged = certificates.judge(
        session, serial, token, keys=parts.public_keys, production=parts.settings.production
    )
    certificate = judged.certificate
    if judged.verdict is Verdict.UNKNOWN:
        raise NotFound("certificate_unknown")
    owner = certificate is not None and owner_id() == certificate.user_id
    if certificate is None or not (judged.trusted or owner):
        raise Forbidden("certificate_not_yours")
    face = certificates.face_of(session, certificate, certificate_views.imprint(parts.settings), full=owner)
    tag = certificate_views.etag((face, mimetype))
    if request.if_none_match.contains_weak(tag):
        return _cached(Response(status=304), (face, mimetype))
    pdf = render_pdf(face, certificate_views.link(certificate, parts.settings.public_url))
    content = pdf if mimetype == "application/pdf" else render_png(pdf)
    response = Response(content, mimetype=mimetype)
    extension = mimetype.rpartition("/")[2]
    response.headers["Content-Disposition"] = f'inline; filename="{certificate.serial}.{extension}"'
    return _cached(response, (face, mimetype))


def _owned(serial: str) -> Certificate:
    certificate = certificates.find(database(), serial)
    if certificate is None:
        raise NotFound("certificate_unknown")
    if owner_id() != certificate.user_id:
        raise Forbidden("certificate_not_yours")
    return certificate


def _cached(response: Response, shown: object) -> Response:
    """Keep, but ask each time: a revocation must show at once."""
    response.set_etag(certificate_views.etag(shown), weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
