"""Photos through the officers' calls, and at the addresses the catalogue gives."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from domain.roles import Role
from flows.photos import folder_of
from flows.running import Running
from jobs.tree_tasks import clear_photos
from models import Tree
from models.base import database, transaction
from tests.gateways.test_pictures import photo
from tests.support.clock import START
from tests.support.world import OTHER_VILLAGE, VILLAGE, make_household, make_units

Client = Callable[..., FlaskClient]


@pytest.fixture
def code(app: Flask) -> str:
    """A tree on sale."""
    with app.app_context(), transaction() as session:
        [unit] = make_units(session, make_household(session), 1)
        return session.get_one(Tree, unit.tree_id).code


@pytest.fixture(autouse=True)
def folder(parts: Running) -> Path:
    """The folder of photos, emptied."""
    found = folder_of(parts)
    for file in found.glob("*") if found.is_dir() else ():
        file.unlink()
    return found


def url(code: str) -> str:
    return f"/api/v1/officer/trees/{code}/photo"


def send(client: FlaskClient, code: str, content: bytes) -> Any:
    form = {"file": (io.BytesIO(content), "tree.jpg")}
    return client.post(url(code), data=form, content_type="multipart/form-data")


def test_a_photo_is_seen_where_the_catalogue_says(client: FlaskClient, signed_in: Client, code: str) -> None:
    sent = send(signed_in(Role.SURVEYOR), code, photo())
    assert sent.status_code == 201
    shown: Any = client.get(f"/api/v1/trees/{code}").get_json()
    assert (shown["photo_url"], shown["thumbnail_url"]) == (
        sent.json["photo_url"],
        sent.json["thumbnail_url"],
    )
    known: Any = signed_in(Role.VERIFIER).get(f"/api/v1/officer/trees/{code}").json
    assert {**known, **sent.json} == known
    for address in (shown["photo_url"], shown["thumbnail_url"]):
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_another_photo_replaces_the_first_and_a_withdrawn_one_is_gone(
    client: FlaskClient, signed_in: Client, code: str, folder: Path
) -> None:
    officer = signed_in()
    first, second = (send(officer, code, photo(size)).json["photo_url"] for size in ((800, 600), (600, 800)))
    assert [client.get(address).status_code for address in (first, second)] == [404, 200]
    assert client.get(first).get_json()["code"] == "not_found"
    for _ in range(2):
        assert officer.delete(url(code)).status_code == 204
    assert client.get(second).status_code == 404
    assert list(folder.iterdir()) == []


def test_a_picture_that_two_trees_share_stays_for_the_other(
    app: Flask, client: FlaskClient, signed_in: Client, code: str
) -> None:
    with app.app_context(), transaction() as session:
        [unit] = make_units(session, make_household(session), 1)
        other = session.get_one(Tree, unit.tree_id).code
    officer = signed_in()
    shared = {send(officer, one, photo()).json["photo_url"] for one in (code, other)}
    assert len(shared) == 1
    officer.delete(url(code))
    assert client.get(shared.pop()).status_code == 200


def test_what_is_no_photo_changes_nothing(app: Flask, signed_in: Client, code: str) -> None:
    answer = send(signed_in(), code, b"no photo")
    assert (answer.status_code, answer.json["code"]) == (422, "photo_unreadable")
    with app.app_context():
        assert database().scalars(sa.select(Tree.photo)).all() == [None]


def test_a_foreign_tree_is_not_there(signed_in: Client, code: str) -> None:
    foreign = signed_in(region=OTHER_VILLAGE)
    assert send(foreign, code, photo()).status_code == 404
    assert foreign.delete(url(code)).status_code == 404
    assert send(signed_in(region=VILLAGE), code, photo()).status_code == 201


@pytest.mark.parametrize("name", ["..%2f..%2fsecrets.json", "x.jpg", "0" * 32 + ".png", "0" * 32 + ".jpg"])
def test_only_photos_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/photos/{name}").status_code == 404


def test_the_worker_deletes_what_no_tree_names(
    app: Flask, client: FlaskClient, signed_in: Client, code: str, folder: Path
) -> None:
    used = send(signed_in(), code, photo()).json["photo_url"]
    left = folder / ("0" * 32 + ".jpg")
    left.write_bytes(b"left by a process that died")
    old = START.timestamp() - 86_400
    for file in folder.iterdir():
        os.utime(file, (old, old))
    with app.app_context():
        assert clear_photos() == 1
    assert (left.exists(), client.get(used).status_code) == (False, 200)
