"""`flask import …`: survey sheets from the command line."""

import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from domain.errors import Refusal
from domain.messages import message
from domain.problem_tables import problem_table, shown_row
from domain.sheet_problems import SheetKind
from flows.imports import accept_import, check_sheet, let_go
from flows.running import running
from gateways.statements import csv_bytes
from models import Import, Officer
from models.base import database
from models.imports import ImportState
from services.imports import problems

#: Problems printed; all that were kept go into the file of --problems.
PRINTED = 50
WIDEST_VALUE = 30

COLUMNS = ("行 row", "列 column", "值 value", "原因 reason")


@click.group("import")
def imports() -> None:
    """Bring in survey sheets (csv, csv.gz, xlsx); docs/imports.md describes the columns."""


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option(
            "--problems",
            "problems_file",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Write every problem to this CSV file.",
        ),
        click.option("--actor", metavar="NAME", help="The officer in whose name this is done."),
        click.option("--dry-run", is_flag=True, help="Check and report; register nothing."),
        click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)),
    ):
        command = option(command)
    return command


@imports.command("households")
@_options
@with_appcontext
def households(file: Path, dry_run: bool, actor: str | None, problems_file: Path | None) -> None:
    """Register the households of a sheet, all of them or none."""
    _bring(SheetKind.HOUSEHOLDS, file, dry_run, actor, problems_file)


@imports.command("trees")
@_options
@with_appcontext
def trees(file: Path, dry_run: bool, actor: str | None, problems_file: Path | None) -> None:
    """Register the trees of a sheet and their measurements, all of them or none."""
    _bring(SheetKind.TREES, file, dry_run, actor, problems_file)


@imports.command("measurements")
@_options
@with_appcontext
def measurements(file: Path, dry_run: bool, actor: str | None, problems_file: Path | None) -> None:
    """Measure registered trees again, all those of a sheet or none."""
    _bring(SheetKind.MEASUREMENTS, file, dry_run, actor, problems_file)


@imports.command("accounts")
@_options
@with_appcontext
def accounts(file: Path, dry_run: bool, actor: str | None, problems_file: Path | None) -> None:
    """Propose the payee accounts of a sheet, all of them or none; a second officer puts them into force."""
    if actor is None:
        raise click.UsageError(
            "收款账户须由工作人员录入：请用 --actor。 Somebody must enter an account: give --actor."
        )
    _bring(SheetKind.ACCOUNTS, file, dry_run, actor, problems_file)


@imports.command("consents")
@_options
@with_appcontext
def consents(file: Path, dry_run: bool, actor: str | None, problems_file: Path | None) -> None:
    """Write down what the households of a sheet have agreed to, all of it or nothing."""
    _bring(SheetKind.CONSENTS, file, dry_run, actor, problems_file)


def _bring(kind: SheetKind, file: Path, dry_run: bool, actor: str | None, problems_file: Path | None) -> None:
    parts = running()
    officer = _officer(actor)
    _check_writable(problems_file)
    try:
        with file.open("rb") as content, _progress() as progress:
            if not content.seekable():
                raise click.BadParameter("不能是管道 must be a file, not a pipe", param_hint="FILE")
            imported = check_sheet(
                content,
                kind=kind,
                file_name=file.name,
                now=parts.clock(),
                random=parts.random,
                officer_id=officer.id if officer else None,
                scope=officer.region_code if officer else None,
                progress=progress,
            )
        _report(imported, problems_file)
        if imported.state is ImportState.REFUSED:
            sys.exit(1)
        if dry_run:
            let_go(imported.id)
            click.echo("试运行：未写入任何内容。 Dry run: nothing was written.")
            return
        imported = accept_import(
            imported.id, now=parts.clock(), actor=f"officer:{officer.id}" if officer else "command"
        )
    except Refusal as refusal:
        shown = {**(refusal.fields or {}), **refusal.details}
        raise click.ClickException(message(refusal.code, "zh", shown)) from refusal
    click.echo(
        f"已导入：新增 {imported.added} 行，未变 {imported.unchanged} 行。 "
        f"Accepted: {imported.added} rows added, {imported.unchanged} unchanged."
    )


def _officer(username: str | None) -> Officer | None:
    if username is None:
        return None
    officer = database().scalar(
        sa.select(Officer).where(Officer.username == username, Officer.ended_at.is_(None))
    )
    if officer is None:
        raise click.BadParameter(f"没有这位工作人员 there is no officer {username}", param_hint="--actor")
    return officer


def _check_writable(path: Path | None) -> None:
    """Find out before anything is registered that the problems cannot be written down."""
    if path is not None:
        try:
            path.open("a").close()
        except OSError as error:
            raise click.BadParameter(f"{path}: {error.strerror}", param_hint="--problems") from error


@contextmanager
def _progress() -> Iterator[Callable[[int, int | None], None] | None]:
    """A progress bar on the error stream of a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label="读取 reading", file=sys.stderr) as bar:

        def told(row: int, expected: int | None) -> None:
            bar.length = max(expected or row, row, 1)
            bar.update(row - bar.pos)

        yield told
    click.echo(err=True)


def _report(imported: Import, problems_file: Path | None) -> None:
    session = database()
    click.echo(
        f"{imported.file_name}: {imported.rows} 行 rows, 问题 problems {imported.problem_count}, "
        f"提示 warnings {imported.warning_count}"
    )
    total = imported.problem_count + imported.warning_count
    if total:
        first = list(islice(problems(session, imported.id), PRINTED))
        english = [told.reason for told in islice(problems(session, imported.id, "en"), PRINTED)]
        click.echo(
            _table(
                [
                    (shown_row(told), told.column, told.value, f"{told.reason} {said}")
                    for told, said in zip(first, english, strict=True)
                ]
            )
        )
        if total > len(first):
            click.echo(
                f"另有 {total - len(first)} 处，用 --problems 文件.csv 导出。 "
                f"{total - len(first)} more: write them with --problems FILE.csv."
            )
    if problems_file is not None:
        told, english_too = (problems(session, imported.id, language) for language in ("zh", "en"))
        table = list(problem_table(told, english_too))
        problems_file.write_bytes(csv_bytes(table))
        click.echo(f"问题清单 problems: {problems_file} ({len(table) - 1})")
    session.rollback()


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows under COLUMNS, aligned on a terminal where Chinese characters are two wide."""
    shown = [COLUMNS, *(tuple(_cut(cell) for cell in row[:3]) + row[3:] for row in rows)]
    widths = [max(_width(row[place]) for row in shown) for place in range(3)]
    lines = []
    for row in shown:
        cells = [row[place] + " " * (widths[place] - _width(row[place])) for place in range(3)]
        lines.append("  ".join([*cells, row[3]]).rstrip())
    return "\n".join(lines)


def _cut(cell: str) -> str:
    return cell if len(cell) <= WIDEST_VALUE else cell[: WIDEST_VALUE - 1] + "…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
