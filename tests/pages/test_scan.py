"""The scanner's shell: what it tells its scripts, and what stands there without any."""

import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from flows.running import running

ROOT = Path(__file__).parents[2]


def test_without_scripts_a_number_can_be_looked_up(client: FlaskClient) -> None:
    page = client.get("/scan")
    assert page.status_code == 200
    assert '<form class="card stack tight" action="/c" method="get">' in page.get_data(as_text=True)


def test_the_scanner_is_told_which_links_are_ours(app: Flask) -> None:
    page = app.test_client().get("/scan").get_data(as_text=True)
    with app.app_context():
        settings = running().settings
    assert f'data-host="{settings.public_url.partition("://")[2]}"' in page
    assert f'data-production="{str(settings.production).lower()}"' in page


def test_every_module_the_scanner_imports_is_named_at_once(client: FlaskClient) -> None:
    page = client.get("/scan").get_data(as_text=True)
    named = set(re.findall(r'<link rel="modulepreload" href="/static/[0-9a-f]+/([^"]+)"', page)) | {
        "scan/main.js"
    }
    imported = {
        (ROOT / "static" / module).parent.joinpath(path).resolve().relative_to(ROOT / "static").as_posix()
        for module in named
        if not module.startswith("vendor/")
        for path in re.findall(
            r'^(?:import|export)\b(?:[^;"]*?from)? "(\.[^"]+)"',
            (ROOT / "static" / module).read_text("utf-8"),
            re.M,
        )
    }
    assert imported | {"scan/main.js"} == named
