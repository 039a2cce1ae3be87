"""Migrates the database and fills in what it needs to start; run by bin/run, and loaded there once for all it starts.

The same as `flask db upgrade`, `flask seed` and, with --sample, `flask sample`, but the application is loaded once.
"""

import sys

from flask import Flask
from flask.cli import ScriptInfo

from app import create_app


def main(arguments: list[str]) -> None:
    """Run each command in turn; each does nothing where it has been done."""
    app = create_app()
    sample = [["sample"]] if "--sample" in arguments else []
    for command in (["db", "upgrade"], ["seed"], *sample):
        _run(app, command)


def work() -> None:
    """Be the worker until asked to end, as `flask worker`."""
    _run(create_app(), ["worker"])


def _run(app: Flask, command: list[str]) -> None:
    app.cli.main(args=command, obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)


if __name__ == "__main__":
    main(sys.argv[1:])
