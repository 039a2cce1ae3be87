"""The console's page is a shell: everybody may load it, and it tells nothing but the names of a demo."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from blueprints.pages.console import PRELOAD
from flows.running import EXTENSION
from services.demo_officers import DEMO_OFFICERS

STATIC = Path(__file__).parents[2] / "static"


@pytest.fixture
def production(app: Flask) -> Iterator[None]:
    parts = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(
        parts, settings=replace(parts.settings, app_env="production", demo=False)
    )
    yield
    app.extensions[EXTENSION] = parts


def _page(app: Flask, **headers: str) -> str:
    return app.test_client().get("/console", headers=headers).get_data(as_text=True)


def test_a_demo_names_its_officers(app: Flask) -> None:
    page = _page(app)
    assert all(f'"username": "{name}"' in page for name in DEMO_OFFICERS)


@pytest.mark.usefixtures("production")
def test_nobody_is_named_outside_a_demo(app: Flask) -> None:
    page = _page(app)
    assert "demo-officers" not in page
    assert "demo-band" not in page
    assert not any(name in page for name in DEMO_OFFICERS)


def test_a_page_says_that_nobody_is_signed_in_only_where_a_cookie_would_have_come(app: Flask) -> None:
    assert 'data-signed-in="no"' in _page(app, **{"Sec-Fetch-Site": "none"})
    assert 'data-signed-in="perhaps"' in _page(app, **{"Sec-Fetch-Site": "cross-site"})
    assert 'data-signed-in="perhaps"' in _page(app)
    client = app.test_client()
    client.set_cookie("danzhu_officer", "anything")
    shown = client.get("/console", headers={"Sec-Fetch-Site": "same-origin"})
    assert 'data-signed-in="perhaps"' in shown.get_data(as_text=True)


def test_what_the_page_preloads_is_there(app: Flask) -> None:
    assert [name for name in PRELOAD if not (STATIC / name).is_file()] == []
