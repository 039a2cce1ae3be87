"""What every answer tells the browser: run nothing but ours, embed nothing, tell nobody, keep nothing."""

from flask import Flask, Response

from flows.running import running

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        # The scanner is WebAssembly.
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # A certificate's address carries its token.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: In production every address is HTTPS.
_SECURE = {**HEADERS, "Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def register_headers(app: Flask) -> None:
    """Add the headers to every answer; one that a view set itself stays."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    # Every answer passes here, and looking for a header means looking through them all: it is done once.
    given = {name.lower() for name, _ in response.headers}
    wanted = _SECURE if running().settings.production else HEADERS
    for name, value in wanted.items():
        if name.lower() not in given:
            response.headers.add(name, value)
    if "cache-control" not in given:
        # What may be kept says so itself: certificates, keys, reference figures, static files.
        response.headers.add("Cache-Control", "no-store")
    return response
