"""Log lines as JSON on standard error, one object a line, without secrets and without what a statement was given."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

#: What every record carries anyway; the rest was given by `extra`.
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
#: Libraries that say at INFO what our own lines say better, or say addresses and secrets.
_WARNINGS_ONLY = ("httpx", "httpcore", "apscheduler", "alembic", "flask-limiter")
#: Values beside these names are secret wherever they turn up.
_NAMED_SECRET = re.compile(
    r"""(?ix) (?<![a-z]) (authorization|bearer|token|secret|password|session_key|openid)
        ([\\"']*\s*[=:][\s\\"']*(?:bearer\s+)?|\s+) [a-z0-9._~+/=-]{16,}"""
)
#: A certificate's token in its address.
_TOKEN_IN_ADDRESS = re.compile(r"([?&]t=)[A-Za-z0-9._-]+")
_SHORTEST_SECRET = 8
_MOST_FRAMES = 15


class JsonLines(logging.Formatter):
    """Writes one record as one JSON object; what `secrets` holds becomes asterisks."""

    def __init__(self, secrets: Iterable[str], explain: bool) -> None:
        super().__init__()
        #: As they stand in a JSON text: a PEM key has line breaks.
        self.secrets = {json.dumps(secret)[1:-1] for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        #: Whether to write what an unforeseen error says; it may quote what somebody typed.
        self.explain = explain

    def format(self, record: logging.LogRecord) -> str:
        """The line; a value JSON does not know is written as text."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _USUAL}
        if record.exc_info and record.exc_info[1]:
            line["errors"] = list(self._errors(record.exc_info[1]))
        return self._without_secrets(json.dumps(line, ensure_ascii=False, default=str))

    def _errors(self, error: BaseException) -> Iterator[dict[str, object]]:
        """The error and its causes: class and places, and the first line of what it says where that is wanted."""
        cause: BaseException | None = error
        while cause is not None:
            frames = traceback.extract_tb(cause.__traceback__)[-_MOST_FRAMES:]
            told: dict[str, object] = {"class": f"{type(cause).__module__}.{type(cause).__qualname__}"}
            # A database error quotes statement and values; the driver's own first line names the constraint only.
            said = str(getattr(cause, "orig", None) or cause).strip().splitlines()
            if said and (self.explain or hasattr(cause, "orig")):
                told["says"] = said[0][:300]
            told["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            yield told
            cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)

    def _without_secrets(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return _TOKEN_IN_ADDRESS.sub(r"\1***", _NAMED_SECRET.sub(r"\1\2***", text))


def start_logging(secrets: Iterable[str], explain: bool) -> None:
    """Send every record of INFO and above to standard error as JSON; a second call adds its secrets to the first."""
    root = logging.getLogger()
    for handler in root.handlers:
        if isinstance(handler.formatter, JsonLines):
            handler.formatter.secrets |= JsonLines(secrets, explain).secrets
            handler.formatter.explain = explain
            return
    ours = logging.StreamHandler(sys.stderr)
    ours.setFormatter(JsonLines(secrets, explain))
    root.addHandler(ours)
    root.setLevel(logging.INFO)
    for name in _WARNINGS_ONLY:
        logging.getLogger(name).setLevel(logging.WARNING)
