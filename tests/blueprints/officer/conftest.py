"""Officers who are signed in, for tests of their calls."""

from collections.abc import Callable, Iterable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.roles import Role
from models.base import transaction
from tests.support.office import Office
from tests.support.world import COUNTY, make_officer, make_officer_token

Client = Callable[..., FlaskClient]


@pytest.fixture
def signed_in(app: Flask) -> Client:
    """A client signed in as an officer of these roles (a registrar when none is given) in `region`."""

    def make(roles: Role | Iterable[Role] = Role.REGISTRAR, region: str = COUNTY) -> FlaskClient:
        with app.app_context(), transaction() as session:
            token = make_officer_token(session, make_officer(session, roles, region))
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    return make


@pytest.fixture
def office(app: Flask, signed_in: Client) -> Office:
    """A county's office with two administrators, and one of its township and of a neighbour."""
    return Office(app, signed_in)
