"""Files of static/: their addresses, how long they may be kept, and how they go out."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from flask_compress.flask_compress import _uncompress_data

from blueprints import compression, static_files
from flows.running import EXTENSION

SCRIPT = 'import { words } from "./words.js";\n' + "// Ein Baum, ein Jahr.\n" * 100
ANOTHER = "0123456789"


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A static/ of its own."""
    made = tmp_path / "static"
    (made / "client").mkdir(parents=True)
    (made / "client" / "main.js").write_text(SCRIPT)
    (made / "client" / "words.js").write_text("export const words = 1;\n")
    (made / "picture.png").write_bytes(b"\x89PNG" + bytes(5000))
    (tmp_path / "secret.txt").write_text("not for the web")
    monkeypatch.setattr(app, "root_path", str(tmp_path))
    app.extensions.pop(static_files._BUILD, None)
    yield made
    app.extensions.pop(static_files._BUILD, None)


def today(app: Flask) -> str:
    with app.app_context():
        return static_files.build_name()


def test_a_file_of_todays_build_is_kept_for_good(app: Flask, client: FlaskClient, folder: Path) -> None:
    answer = client.get(f"/static/{today(app)}/client/main.js")
    assert (answer.status_code, answer.text) == (200, SCRIPT)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.mimetype in ("text/javascript", "application/javascript")


def test_another_builds_page_is_given_todays_file_and_keeps_nothing(
    client: FlaskClient, folder: Path
) -> None:
    answer = client.get(f"/static/{ANOTHER}/client/main.js")
    assert (answer.status_code, answer.text) == (200, SCRIPT)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["client/main.js", "picture.png"])
def test_a_plain_address_is_asked_about_each_time(client: FlaskClient, folder: Path, name: str) -> None:
    first = client.get(f"/static/{name}")
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get(f"/static/{name}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    (folder / name).write_bytes(b"changed")
    changed = client.get(f"/static/{name}", headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, changed.data) == (200, b"changed")


def test_a_build_has_another_name_when_any_file_has_changed(app: Flask, folder: Path) -> None:
    first = today(app)
    assert re.fullmatch("[0-9a-f]{10}", first)
    assert today(app) == first
    (folder / "client" / "words.js").write_text("export const words = 2;\n")
    second = today(app)
    (folder / "client" / "words.js").rename(folder / "client" / "speech.js")
    third = today(app)
    (folder / "client" / "speech.js").rename(folder / "client" / "words.js")
    assert len({first, second, third}) == 3
    assert today(app) == second


def test_production_looks_the_build_up_once(app: Flask, folder: Path) -> None:
    parts = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(parts, settings=replace(parts.settings, app_env="production"))
    try:
        first = today(app)
        (folder / "client" / "words.js").write_text("export const words = 2;\n")
        assert today(app) == first
    finally:
        app.extensions[EXTENSION] = parts
    assert today(app) != first


@pytest.mark.parametrize(
    "path",
    [
        "nothing.css",
        "client",
        "client/",
        "../secret.txt",
        "%2e%2e/secret.txt",
        f"{ANOTHER}/../../secret.txt",
        f"{ANOTHER}/nothing.css",
        f"{ANOTHER}/",
        "012345678/client/main.js",
        "ABCDEF0123/client/main.js",
    ],
)
def test_what_is_not_a_file_of_ours_is_not_found(client: FlaskClient, folder: Path, path: str) -> None:
    answer: Any = client.get(f"/static/{path}")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert answer.headers["Cache-Control"] == "no-store"


def test_pages_name_files_of_todays_build_that_are_there(app: Flask, client: FlaskClient) -> None:
    build = today(app)
    for page in ("/", "/privacy", "/c/nothing"):
        named = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get(page).text)
        assert named
        for address in named:
            assert address.startswith(f"/static/{build}/")
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_script_goes_out_compressed_once_and_is_kept(
    app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    client, address = app.test_client(), f"/static/{today(app)}/client/main.js"
    headers = {"Accept-Encoding": encoding}
    first = client.get(address, headers=headers)
    assert first.headers["Content-Encoding"] == encoding
    assert first.headers["Vary"] == "Accept-Encoding"
    assert first.headers["Cache-Control"] == static_files.FOREVER
    assert len(first.data) < len(SCRIPT) / 5
    assert _uncompress_data(first.data, encoding).decode() == SCRIPT
    monkeypatch.setattr("flask_compress.flask_compress._compress_data", None)
    assert client.get(address, headers=headers).data == first.data


def test_an_etag_is_good_for_the_encoding_it_came_with(app: Flask, client: FlaskClient, folder: Path) -> None:
    address = "/static/client/main.js"
    packed = client.get(address, headers={"Accept-Encoding": "br"})
    plain = client.get(address)
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert plain.headers["Vary"] == "Accept-Encoding"
    for accepted, tag in (("br", packed.headers["ETag"]), ("", plain.headers["ETag"])):
        again = client.get(address, headers={"Accept-Encoding": accepted, "If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Vary"] == "Accept-Encoding"
        assert "Content-Encoding" not in again.headers


def test_pictures_and_small_files_go_out_as_they_are(client: FlaskClient, folder: Path) -> None:
    for name in ("picture.png", "client/words.js"):
        answer = client.get(f"/static/{name}", headers={"Accept-Encoding": "br, gzip"})
        assert "Content-Encoding" not in answer.headers
        assert answer.data == (folder / name).read_bytes()


def test_pages_and_lists_go_out_compressed_and_are_not_kept(app: Flask, client: FlaskClient) -> None:
    for path in ("/privacy", "/api/v1/openapi.json"):
        plain = client.get(path)
        packed = client.get(path, headers={"Accept-Encoding": "br, gzip"})
        assert packed.headers["Content-Encoding"] == "br"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert _uncompress_data(packed.data, "br") == plain.data
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert "Accept-Language" in client.get("/privacy", headers={"Accept-Encoding": "br"}).headers["Vary"]


def test_answers_made_for_one_request_are_not_kept() -> None:
    kept = compression.KeptFiles()
    kept.set("br;", b"somebody's list")
    kept.set("br;digest", b"a script")
    assert kept.get("br;") is None
    assert kept.get("br;digest") == b"a script"


def test_small_answers_and_files_to_download_go_out_as_they_are(app: Flask, client: FlaskClient) -> None:
    rows = ["a,b\n" * 1000, "c,d\n" * 1000]
    made = {
        "stream": Response((row for row in rows), mimetype="text/csv"),
        "streamed_json": Response((row for row in rows), mimetype="application/json"),
        "pdf": Response(bytes(5000), mimetype="application/pdf"),
        "small": Response("{}", mimetype="application/json"),
        "refused": Response(" " * 5000, mimetype="application/json", status=409),
    }
    for name, response in made.items():
        streamed = response.is_streamed
        with app.test_request_context("/", headers={"Accept-Encoding": "br"}):
            after = app.process_response(response)
            assert "Content-Encoding" not in after.headers, name
            assert after.is_streamed is streamed
