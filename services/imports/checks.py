"""Everything about a sheet that takes more than one row to see."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from domain.sheet_problems import SheetKind, SheetProblem
from models import Import, Programme
from services.imports.account_checks import account_problems
from services.imports.consent_checks import consent_problems
from services.imports.household_checks import household_problems
from services.imports.tree_checks import measurement_problems, tree_problems


def find_problems(session: Session, imported: Import, programme: Programme) -> Iterator[SheetProblem]:
    """Every problem between rows of the sheet, and between the sheet and the registry."""
    if imported.kind == SheetKind.TREES:
        yield from tree_problems(session, imported, programme)
    elif imported.kind == SheetKind.MEASUREMENTS:
        yield from measurement_problems(session, imported)
    else:
        yield from people_problems(session, imported)


def people_problems(session: Session, imported: Import) -> Iterator[SheetProblem]:
    """The same of a sheet about people: households, their accounts or their consents."""
    if imported.kind == SheetKind.ACCOUNTS:
        yield from account_problems(session, imported)
    elif imported.kind == SheetKind.CONSENTS:
        yield from consent_problems(session, imported)
    else:
        yield from household_problems(session, imported)
