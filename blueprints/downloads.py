"""Files as answers: what the contract says of them, and the header that names them."""

from flask import Response

FILE = {"type": "string", "format": "binary"}
PDF_TYPE = "application/pdf"


def download(content: bytes, media_type: str, name: str) -> Response:
    """A file to be saved under a name, which is made of letters, digits, dots and dashes only."""
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
