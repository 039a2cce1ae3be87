"""`flask audit`, as whoever runs the installation types it."""

import logging

import pytest
from click.testing import Result
from flask import Flask

from jobs.audit_tasks import seal_audit
from models import transaction
from services import audit_seals
from tests.support.auditing import meddle, write_entries


def flask(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *words])


def written(app: Flask, n: int) -> None:
    with app.app_context(), transaction() as session:
        write_entries(session, n)


def test_the_worker_seals_and_notes_the_head_in_the_log(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_seals, "MOST", 2)
    written(app, 5)
    with app.app_context(), caplog.at_level(logging.INFO, "danzhu.audit"):
        assert seal_audit() == 5
    assert flask(app, "verify").output.startswith(f"head 5:{caplog.records[-1].seal}\n")  # type: ignore[attr-defined]  # given by `extra`


def test_a_chain_that_holds_ends_well_and_says_how_far_it_goes(app: Flask) -> None:
    written(app, 3)
    assert "0 entries" in flask(app, "verify").output
    assert flask(app, "seal").output.startswith("3 sealed\nhead 3:")
    written(app, 1)
    done = flask(app, "verify")
    assert done.exit_code == 0
    assert "1 not sealed yet, the oldest of 2026-" in done.output
    assert "the chain holds: 3 entries" in done.output


def test_a_chain_that_does_not_hold_ends_with_a_failure_that_names_the_entry(app: Flask) -> None:
    written(app, 3)
    head = flask(app, "seal").output.split()[-1]
    with app.app_context(), transaction() as session:
        meddle(session, "audit_entries", "UPDATE audit_entries SET subject = 'bank:9' WHERE id = 2")
    done = flask(app, "verify", "--noted", head)
    assert done.exit_code == 1
    assert "broken at position 2, entry 2: the entry or its seal was changed" in done.output


def test_a_head_that_is_none_is_refused(app: Flask) -> None:
    assert flask(app, "verify", "--noted", "3:abc").exit_code == 2
