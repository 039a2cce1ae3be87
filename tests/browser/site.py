"""The system a browser is sent to, and what a test may do to it: over HTTP as a client, or by rows of its own."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from config import Settings
from domain.sealing import Vault
from models import transaction
from models.base import db
from models.types import use_vault, vault
from tests.browser.serving import PASSWORD, settings
from tests.support.buying import API, HOLDER


@dataclass
class Site:
    """A running system in demo mode; `url` is where a browser finds it."""

    url: str
    database_url: str
    folder: Path
    #: Opens every demo officer (services/demo_officers.py).
    password: str = PASSWORD

    @cached_property
    def http(self) -> httpx.Client:
        """A client that is sent to the same place."""
        # A connection that was kept may be closed by the server just as the next request goes out on it.
        return httpx.Client(base_url=self.url, timeout=60, limits=httpx.Limits(max_keepalive_connections=0))

    def close(self) -> None:
        """Let go of what this process holds open of it."""
        self.http.close()
        if "_beside" in self.__dict__:
            with self._beside.app_context():
                db.engine.dispose()

    @property
    def log(self) -> str:
        """What web server and worker have written so far."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def fresh_name(self) -> str:
        """A name nobody has signed in by yet, for `demo:<name>`."""
        return f"guest-{uuid.uuid4().hex[:12]}"

    def call(self, method: str, path: str, token: str = "", status: int = 200, **given: Any) -> Any:
        """Call the API below /api/v1; what it answered, and a failure where the status is another."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= given.pop("headers", {})
        answer = self.http.request(method, f"{API}{path}", headers=headers, **given)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def buyer(self, name: str = "") -> str:
        """Sign a buyer in, somebody new unless named; the token."""
        code = f"demo:{name or self.fresh_name()}"
        return str(self.call("POST", "/session", status=201, json={"code": code})["token"])

    def officer(self, username: str) -> str:
        """Sign a demo officer in; the token."""
        body = {"username": username, "password": self.password}
        return str(self.call("POST", "/officer/session", status=201, json=body)["token"])

    def pay(self, number: str, token: str) -> None:
        """Pay an order at the simulated cashier; its notice has arrived when this returns."""
        sheet = self.call("POST", f"/orders/{number}/payment", token, 201)
        self.http.post("/sandbox/cashier", json={"package": sheet["package"]}).raise_for_status()

    def buy(self, token: str, **order: Any) -> dict[str, Any]:
        """Place an order (one tree for HOLDER unless said otherwise) and pay it; as its buyer then sees it."""
        body = {"purpose": "personal", "holder_name": HOLDER, "count": 1, **order}
        key = {"Idempotency-Key": uuid.uuid4().hex}
        number = self.call("POST", "/orders", token, 201, json=body, headers=key)["number"]
        self.pay(number, token)
        shown: dict[str, Any] = self.call("GET", f"/orders/{number}", token)
        assert shown["status"] == "paid"
        return shown

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction in the system's own database, for the `make_*` of tests/support; committed at the end."""
        before = _keys_in_use()
        app = self._beside
        use_vault(Vault.from_text(self._settings.data_keys, self._settings.index_key))
        try:
            with app.app_context(), transaction() as session:
                yield session
        finally:
            # Other tests of this process have an application with other keys.
            if before:
                use_vault(before)

    @cached_property
    def _settings(self) -> Settings:
        return settings(self.database_url, self.folder, httpx.URL(self.url).port or 0)

    @cached_property
    def _beside(self) -> Flask:
        """The application once more, in this process."""
        return create_app(self._settings)


def _keys_in_use() -> Vault | None:
    try:
        return vault()
    except LookupError:
        return None
