"""Writes the documents that are made from the code: openapi.json, errors.md, permissions.md and audit.md in docs/.

.venv/bin/python -m bin.documents      writes all of them; the tests compare them with what the code says
"""

import ast
import json
from collections import defaultdict
from collections.abc import Iterator, Set
from functools import cache
from http import HTTPStatus
from pathlib import Path

from app import create_app
from blueprints.failures import EDGE_CODES
from domain import errors
from domain.audit_actions import ACTIONS
from domain.bank_files import PROBLEMS
from domain.cell_errors import REASONS
from domain.messages import MESSAGES
from domain.permissions import CALLS, REVEALERS
from domain.return_reasons import RETURN_REASONS
from domain.roles import ROLE_WORDS, Role
from domain.sheet_problems import SHEET_REASONS

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("blueprints", "domain", "flows", "gateways", "jobs", "models", "services")
REFUSALS: dict[str, int] = {
    name: kind.status
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.Refusal)
}

_ERRORS_HEAD = """\
# Error codes

Every failure answers `{"code", "message", "fields"?, "request_id"}`; clients decide by `code`, people read `message`
(Chinese, or English with `Accept-Language: en`), and whoever asks for help quotes `request_id`. This page is written by
`python -m bin.documents` from the sentences in domain/.

| code | status | 中文 | English |
|---|---|---|---|
"""
_REASONS_HEAD = """
## Survey sheets

Reasons in the problem list of an import; they name row and column, and never what a sensitive cell says.

| reason | 中文 | English |
|---|---|---|
"""
_AUDIT_HEAD = """\
# The audit

Whoever does something that another person may have to answer for leaves an entry: who (`officer:<id>`, `user:<id>`,
`command`, `worker`, `stranger`), what, about what, when, and from which address. Facts hold numbers, amounts, states
and days; never a name, a number of a person, or what somebody looked for. A reason is kept as it was typed. Entries
are only ever added, and each is sealed into a chain of hashes ([decision 21](decisions/0021-audit-seals.md),
domain/audit.py), which `flask --app app audit verify` proves from the first entry on.

`GET /api/v1/officer/audit` (`.csv`) reads them: an auditor what officers of their region did, and what was done about
its officers, households, verifications and period exports, at the province everything; an administrator what was
done about officers. Taking the file along is an entry, too. This page is written by `python -m bin.documents` from
domain/audit_actions.py; a test holds it to the code.

| action | subject | 中文 | English |
|---|---|---|---|
"""
_BANK_HEAD = """
## Bank files and return files

Why a payment cannot stand in a bank file (`bank_file_impossible`), and why a row of a return file is refused; reasons
of survey sheets occur there too. What the files hold is said in [bank-files.md](bank-files.md).

| reason | 中文 | English |
|---|---|---|
"""

_PERMISSIONS_HEAD = """\
# Who may call what

One line for each call of the officers' side, one column for each role; ● is yes. This is the table that the guard reads
(domain/permissions.py), written down by `python -m bin.documents`; a call that does not stand here is open to nobody.
What lies outside an officer's division does not exist for them (404), a call without ● answers 403, and without a
sign-in everything answers 401. [domain.md](domain.md#who-may-do-what) says why; the access matrix among the tests makes
every call as every role.

"""
_REVEALERS_HEAD = """
## One field in full

`POST /officer/households/{public_id}/reveal` shows one field, for a typed reason that is written down.

"""


def openapi_document() -> str:
    """The OpenAPI document as the application serves it."""
    served = create_app().test_client().get("/api/v1/openapi.json").get_json()
    return json.dumps(served, ensure_ascii=False, indent=2) + "\n"


def errors_page() -> str:
    """docs/errors.md: every code with its statuses and sentences."""
    statuses = statuses_by_code()
    lines = [_ERRORS_HEAD]
    for code in sorted(MESSAGES):
        shown = ", ".join(str(status) for status in sorted(statuses.get(code, ()))) or "—"
        lines.append(_row(code, shown, *MESSAGES[code]))
    lines.append(_REASONS_HEAD)
    reasons = REASONS | SHEET_REASONS
    lines += [_row(reason, *reasons[reason]) for reason in sorted(reasons)]
    lines.append(_BANK_HEAD)
    bank_reasons = PROBLEMS | RETURN_REASONS
    lines += [_row(reason, *bank_reasons[reason]) for reason in sorted(bank_reasons)]
    return "".join(lines)


def permissions_page() -> str:
    """docs/permissions.md: every officers' call with the roles it is open to."""
    calls = sorted(CALLS, key=lambda call: (call[1], call[0]))
    lines = [_PERMISSIONS_HEAD, _role_heading("call")]
    lines += [_role_row(f"{method} {path}", CALLS[method, path]) for method, path in calls]
    lines += [_REVEALERS_HEAD, _role_heading("field")]
    lines += [_role_row(field, REVEALERS[field]) for field in sorted(REVEALERS)]
    return "".join(lines)


def _role_heading(first: str) -> str:
    roles = " | ".join(f"{role.value} {ROLE_WORDS[role]}" for role in Role)
    return f"| {first} | {roles} |\n|---{'|:-:' * len(Role)}|\n"


def _role_row(name: str, roles: Set[Role]) -> str:
    return _row(name, *("●" if role in roles else "" for role in Role))


def audit_page() -> str:
    """docs/audit.md: every act that is written down."""
    lines = [_AUDIT_HEAD]
    for action, (subject, chinese, english) in sorted(ACTIONS.items()):
        lines.append(_row(action, f"`{subject}`", chinese, english))
    return "".join(lines)


@cache
def statuses_by_code() -> dict[str, set[int]]:
    """With which HTTP statuses each code is refused, wherever in the tree."""
    found: dict[str, set[int]] = defaultdict(set)
    for status, code in EDGE_CODES.items():
        found[code].add(status)
    found["internal_error"].add(HTTPStatus.INTERNAL_SERVER_ERROR)
    for folder in LAYERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for status, code in _refused_in(ast.parse(file.read_text("utf-8"))):
                found[code].add(status)
    return found


def _refused_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """`NotFound("x")` and `failure(404, "x")`, as (status, code)."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        if node.func.id in REFUSALS:
            yield from ((REFUSALS[node.func.id], code) for code in _texts(node.args[0]))
        elif node.func.id == "failure" and isinstance(node.args[0], ast.Constant) and len(node.args) > 1:
            yield from ((int(str(node.args[0].value)), code) for code in _texts(node.args[1]))


def _texts(node: ast.expr) -> Iterator[str]:
    """The texts an expression may stand for: itself, or either end of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def _row(name: str, *cells: str) -> str:
    safe = [cell.replace("|", "\\|").replace("\n", " ") for cell in cells]
    return f"| `{name}` | {' | '.join(safe)} |\n"


def main() -> None:
    """Write every document."""
    (ROOT / "docs" / "openapi.json").write_text(openapi_document(), "utf-8")
    (ROOT / "docs" / "errors.md").write_text(errors_page(), "utf-8")
    (ROOT / "docs" / "permissions.md").write_text(permissions_page(), "utf-8")
    (ROOT / "docs" / "audit.md").write_text(audit_page(), "utf-8")


if __name__ == "__main__":
    main()
