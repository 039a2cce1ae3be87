"""Habits of the tree: where a commit stands, how long a file may be, what may be named."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Layers and edges: what runs, in the order of the architecture.
LAYERS = ("domain", "models", "gateways", "services", "flows", "jobs", "blueprints")
LONGEST_FILE = 400
MIGRATIONS = "migrations/versions/"
SAYS_NOTHING = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "handle",
    "handler",
    "process",
    "misc",
    "common",
    "data",
}
TEXT = {
    ".py",
    ".sh",
    ".md",
    ".txt",
    ".toml",
    ".ini",
    ".mako",
    ".html",
    ".css",
    ".js",
    ".json",
    ".csv",
    ".svg",
    "",
}
#: Written in pieces, so that this file does not name what it forbids.
PLACES = [f"/{place}/" for place in ("work", "root", "home", "Users", "tmp", "opt", "mnt")]
HOSTS = [
    "pypi" + ".org",
    "python" + "hosted",
    "npm" + "js.",
    "proxy.golang" + ".org",
    "crates" + ".io",
    "mirrors" + ".",
]


@cache
def _files() -> tuple[Path, ...]:
    """What belongs to the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return tuple(sorted(path for name in listed.split("\0") if name and (path := ROOT / name).is_file()))


@pytest.fixture(autouse=True)
def _needs_the_list_of_files() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("needs a git clone, to know which files belong to the project")


def _python(*folders: str, holding: str = "") -> Iterator[tuple[str, ast.Module]]:
    """Python files read, of all folders or of these, without those in whose text there is no `holding`."""
    for name, text in _texts():
        wanted = name.endswith(".py") and (not folders or name.split("/")[0] in folders)
        if wanted and re.search(holding, text, re.MULTILINE):
            yield name, ast.parse(text)


@cache
def _texts() -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, path.read_text("utf-8"))
        for path in _files()
        if path.suffix in TEXT
        and not (name := path.relative_to(ROOT).as_posix()).startswith("static/vendor/")
    )


def _calls(tree: ast.AST, method: str) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
        for node in ast.walk(tree)
    )


def test_one_place_commits() -> None:
    assert [
        name for name, tree in _python(*LAYERS, "app.py", holding="commit") if _calls(tree, "commit")
    ] == ["models/base.py"]


def test_services_neither_commit_nor_roll_back() -> None:
    assert [
        name
        for name, tree in _python("services", holding=r"\.(rollback|begin)\b")
        if _calls(tree, "rollback") or _calls(tree, "begin")
    ] == []


def test_no_file_is_longer_than_a_chapter() -> None:
    long = {
        name: text.count("\n")
        for name, text in _texts()
        if Path(name).suffix in (".py", ".js", ".html", ".css") and text.count("\n") > LONGEST_FILE
    }
    assert long == {}


def test_imports_stand_at_the_top() -> None:
    hidden = [
        f"{name}:{inner.lineno}"
        for name, tree in _python(holding=r"^[ \t]+(from|import)\b|[:;].*\bimport\b")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_no_knot_needs_type_checking_to_undo() -> None:
    mark = "TYPE" + "_CHECKING"
    assert [name for name, text in _texts() if name.endswith(".py") and mark in text] == []


def test_a_file_is_named_for_what_it_holds() -> None:
    assert [
        name for name, _ in _texts() if name.endswith(".py") and Path(name).stem.lower() in SAYS_NOTHING
    ] == []


def test_every_module_and_public_function_says_its_rule() -> None:
    silent = []
    for name, tree in _python(*LAYERS, "bin", "app.py", "config.py"):
        if not ast.get_docstring(tree) and not (name.endswith("__init__.py") and not tree.body):
            silent.append(name)
        silent += [
            f"{name}: {node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
    assert silent == []


def test_nothing_names_a_place_on_one_machine_or_a_registry() -> None:
    forbidden = [name.lower() for name in PLACES + HOSTS]
    found = [f"{name}: {mark}" for name, text in _texts() for mark in forbidden if mark in text.lower()]
    assert found == []


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X{3})\b")
    assert [name for name, text in _texts() if name.endswith(".py") and marks.search(text)] == []


def test_every_ignored_finding_says_why() -> None:
    ignored = re.compile(r"#\s*(?:noqa|type: ignore)(.*)")
    reason = re.compile(r"(?:: [A-Z0-9, ]+|\[[\w, -]+\])?\s*(?:#|-)\s*\w.{5,}")
    bare = [
        f"{name}:{number}"
        for name, text in _texts()
        if name.endswith(".py") and not name.startswith("tests/")
        for number, line in enumerate(text.splitlines(), 1)
        if (found := ignored.search(line)) and not reason.match(found[1])
    ]
    assert bare == []


def test_every_test_asserts() -> None:
    """A test without an assertion cannot fail; what it calls in the same file, or from tests/support, may assert."""
    idle = []
    for name, tree in _python("tests"):
        functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        idle += [
            f"{name}: {test}"
            for test, node in functions.items()
            if test.startswith("test_")
            and Path(name).name.startswith("test_")
            and not _asserts(node, functions)
        ]
    assert idle == []


def _asserts(node: ast.FunctionDef, functions: dict[str, ast.FunctionDef], depth: int = 3) -> bool:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assert):
            return True
        if isinstance(inner, ast.Call):
            called = (
                inner.func.attr if isinstance(inner.func, ast.Attribute) else getattr(inner.func, "id", "")
            )
            if called in ("raises", "fail", "expect") or called.startswith(("assert_", "check_", "expect_")):
                return True
            if depth and called in functions and _asserts(functions[called], functions, depth - 1):
                return True
    return False
