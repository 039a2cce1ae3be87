"""The service worker's own address, and the list of what it may keep: files of today's build, and two pages."""

import json
from pathlib import Path

from flask import Blueprint, Response, current_app

from blueprints.static_files import asset, build_name

blueprint = Blueprint("service_worker", __name__)

#: Files that the buyer's client and the scanner run by: everything in these folders ...
FOLDERS = ("client", "scan", "shared", "words", "vendor/noble-ed25519", "vendor/preact-htm")
KINDS = {".js", ".css", ".svg"}
#: ... but what nobody needs without a network: the worker itself, the console's words.
LEFT_OUT = ("shared/service-worker.js", "words/console")
#: What reads QR codes: large, and kept only on phones that scan.
SCANNER = (
    "vendor/zxing-wasm/reader/index.js",
    "vendor/zxing-wasm/share.js",
    "vendor/zxing-wasm/zxing_reader.wasm",
)
PAGES = ("/", "/scan")
KEYS = "/.well-known/danzhu-keys.json"


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """The service worker of today's build; a browser asks for it at each visit, and another build is another worker."""
    listed = {
        "build": build_name(),
        "keys": KEYS,
        "pages": PAGES,
        "scanner": [asset(file) for file in SCANNER],
        "shell": [asset(file) for file in shell(Path(current_app.root_path) / "static")],
    }
    script = f"self.DANZHU = {json.dumps(listed)};\nimportScripts({json.dumps(asset('shared/service-worker.js'))});\n"
    response = Response(script, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


def shell(static: Path) -> list[str]:
    """The files of the shell by their names below static/, in order."""
    found = (
        path.relative_to(static).as_posix()
        for folder in FOLDERS
        for path in (static / folder).rglob("*")
        if path.suffix in KINDS and path.is_file()
    )
    return sorted(name for name in found if not name.startswith(LEFT_OUT))
