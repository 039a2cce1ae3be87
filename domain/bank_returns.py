"""A bank's return file beside the payments it answers: each row is taken as it stands, or refused with its reason.

A row counts only if reference, end of account and amount echo what was sent and the bank's words are known. Nothing is
guessed: a blank result is not a success, and of two rows about one payment neither is believed.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeVar

from domain import spreadsheet_values as values
from domain.bank_files import LINE_COUNT, TOTAL_YUAN
from domain.cell_errors import CellError
from domain.errors import Invalid
from domain.masking import STAR, officer_name
from domain.money import yuan_text
from domain.payouts import BounceReason
from domain.return_headers import COLUMNS, ReturnSheet
from domain.return_lines import (
    STANDING_WORDS,
    AnsweredLine,
    LineStanding,
    Reading,
    RefusedLine,
    SentLine,
)
from domain.return_reasons import BankAnswer, answer_of, reason_of, word_of
from domain.sheet_problems import SheetProblem
from domain.shown_values import LONGEST, shown
from domain.spreadsheet_text import is_blank, text_of, written

#: Digits of an account that have to be echoed at the least.
TAIL = 4
SHORTEST_ACCOUNT = 9

_NAMES = {column.field: column.names[0] for column in COLUMNS}
_TOTALS = re.compile(r"(?:合计|总计|小计|共计|总笔数|总金额|total)", re.IGNORECASE)
_WIDE = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff0e\uff0d]")
_ACCOUNT = re.compile(r"(\d*)(\**)(\d*)", re.ASCII)
#: What a row says that was answered before, by what was booked then.
_SAID_BEFORE = {
    LineStanding.PAID: (BankAnswer.PAID,),
    LineStanding.BOUNCED: (BankAnswer.BOUNCED, BankAnswer.RETURNED),
    LineStanding.RETURNED: (BankAnswer.BOUNCED, BankAnswer.RETURNED),
}

Value = TypeVar("Value")


def read_return(
    sheet: ReturnSheet,
    sent: Mapping[str, SentLine],
    *,
    batch_number: str,
    elsewhere: Collection[str] = (),
) -> Reading:
    """Judge every row of a return file against the payments of one batch, by reference.

    `elsewhere` are references of the file that are known to be another batch's. Raises
    Invalid("return_file_of_another_batch") where the file says so above its header.
    """
    batch = sheet.stated.batch
    if batch is not None and batch != batch_number:
        raise Invalid(
            "return_file_of_another_batch",
            {"batch": shown("reference", batch)},
            batch=shown("reference", batch),
        )
    return _Judge(sheet, sent, batch_number, elsewhere).judge()


class _RowRefused(Exception):
    """Why a row is refused: the column to point at ("" for the row), the code, and what its sentence needs."""

    def __init__(self, column: str, code: str, **details: str) -> None:
        super().__init__(code)
        self.column, self.code, self.details = column, code, details
        self.received_fen: int | None = None
        self.against: BankAnswer | None = None
        self.paid_again: str | None = None


class _AmountDiffers(_RowRefused):
    """Another amount than was sent."""

    def __init__(self, sent_fen: int, received_fen: int) -> None:
        super().__init__("amount", "return_amount_differs", expected=yuan_text(sent_fen))
        self.received_fen = received_fen


class _Contradicts(_RowRefused):
    """The opposite of what is booked."""

    def __init__(self, before: LineStanding, answer: BankAnswer) -> None:
        super().__init__("answer", "return_contradicts_booked", state=STANDING_WORDS[before])
        self.against = answer


class _PaidAgain(_RowRefused):
    """It arrived, and what it left owed has been paid by another batch since."""

    def __init__(self, batch: str) -> None:
        super().__init__("answer", "return_paid_again", batch=batch)
        self.paid_again = batch


class _Judge:
    """The rows under one header against the payments of one batch."""

    def __init__(
        self, sheet: ReturnSheet, sent: Mapping[str, SentLine], batch: str, elsewhere: Collection[str]
    ) -> None:
        self._sheet, self._sent, self._batch, self._elsewhere = sheet, sent, batch, elsewhere
        self._names = {line.name for line in sent.values()}
        # The longest first, so that 张小三 is not shown as the mask of 张小 and a character.
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)

    def judge(self) -> Reading:
        """Every row once; rows that name the same payment refuse one another."""
        rows_of: dict[str, list[int]] = {}
        for row, cells in self._sheet.rows:
            reference = self._sheet.reference(cells)
            if reference:
                rows_of.setdefault(reference, []).append(row)
        answered: list[AnsweredLine] = []
        refused: list[RefusedLine] = []
        for row, cells in self._sheet.rows:
            try:
                answered.append(self._row(row, cells, rows_of))
            except _RowRefused as why:
                refused.append(self._refused(row, cells, why))
        remarks = tuple(self._remarks(refused))
        return Reading(tuple(answered), tuple(refused), remarks)

    def _row(self, row: int, cells: Sequence[object], rows_of: Mapping[str, Sequence[int]]) -> AnsweredLine:
        if self._sheet.match.repeated_by(cells):
            raise _RowRefused("", "header_row_again")
        said = text_of(self._sheet.cell(cells, "reference"))
        if _TOTALS.match(said) or (is_blank(said) and any(_TOTALS.match(text_of(one)) for one in cells)):
            raise _RowRefused("", "return_totals_row")
        line = self._line(row, cells, rows_of)
        self._echoes_account(cells, line)
        answer, why = self._answer(cells)
        amount_fen = self._read("amount", cells, values.fen)
        if amount_fen != line.amount_fen:
            raise _AmountDiffers(line.amount_fen, amount_fen)
        if line.under_incident:
            raise _RowRefused("reference", "return_under_incident")
        return self._standing(AnsweredLine(row, line.reference, answer, why), line)

    def _line(self, row: int, cells: Sequence[object], rows_of: Mapping[str, Sequence[int]]) -> SentLine:
        reference = self._read("reference", cells, lambda cell: values.text(cell, 64))
        batch = self._sheet.cell(cells, "batch")
        if not is_blank(batch) and text_of(batch) != self._batch:
            raise _RowRefused("batch", "return_batch_differs")
        line = self._sent.get(reference)
        if line is None:
            known = reference in self._elsewhere
            raise _RowRefused(
                "reference", "return_reference_elsewhere" if known else "return_reference_unknown"
            )
        others = [other for other in rows_of[reference] if other != row]
        if others:
            raise _RowRefused("reference", "return_reference_repeated", row=str(others[0]))
        return line

    def _echoes_account(self, cells: Sequence[object], line: SentLine) -> None:
        said = self._read("account", cells, _account_text)
        match = _ACCOUNT.fullmatch(said)
        if match is None:
            raise _RowRefused("account", "account_number_characters")
        first, stars, last = match.groups()
        if not stars:
            first, last = "", first
        if len(last) < TAIL:
            raise _RowRefused("account", "return_account_short")
        # Without stars, what is as long as an account is the account and not the end of one.
        whole = not stars and len(last) >= SHORTEST_ACCOUNT
        echoes = line.account.startswith(first) and line.account.endswith(last)
        if not echoes or (whole and line.account != last):
            raise _RowRefused("account", "return_account_differs")

    def _answer(self, cells: Sequence[object]) -> tuple[BankAnswer, BounceReason | None]:
        self._read("answer", cells, written, exact=False)
        answer, why = answer_of(self._sheet.cell(cells, "answer"))
        if answer is None:
            raise _RowRefused("answer", "return_answer_unknown")
        if answer is BankAnswer.PENDING:
            raise _RowRefused("answer", "return_pending")
        remark = self._sheet.cell(cells, "reason")
        if answer is BankAnswer.PAID:
            # Some banks say 成功 once more where others leave the reason blank.
            if not is_blank(remark) and answer_of(remark)[0] is not BankAnswer.PAID:
                raise _RowRefused("reason", "return_contradicts_itself")
            return answer, None
        if is_blank(remark) or word_of(remark) == word_of(self._sheet.cell(cells, "answer")):
            if why is None:
                raise _RowRefused("reason", "return_reason_missing")
            return answer, why
        said = reason_of(remark)
        if said is None or why not in (None, said):
            raise _RowRefused(
                "reason", "return_reason_unknown" if said is None else "return_contradicts_itself"
            )
        return answer, said

    def _standing(self, found: AnsweredLine, line: SentLine) -> AnsweredLine:
        """What of an answer is news, after what was booked before; raises where the two cannot both be true."""
        before, answer = line.standing, found.answer
        if before is LineStanding.UNDER_WAY:
            # What comes back before it was ever confirmed has simply not arrived.
            answer = BankAnswer.BOUNCED if answer is BankAnswer.RETURNED else answer
            return AnsweredLine(found.row, found.reference, answer, found.why)
        if before is LineStanding.PAID and answer is BankAnswer.RETURNED:
            return found
        if before is LineStanding.PAID and answer is BankAnswer.BOUNCED and line.found_failed:
            # It was confirmed by mistake: its money lies at the bank, as that of a payment that came back.
            return AnsweredLine(found.row, found.reference, BankAnswer.RETURNED, found.why)
        if before is LineStanding.BOUNCED and answer is BankAnswer.PAID:
            return self._arrived_after_all(found, line)
        if answer not in _SAID_BEFORE[before]:
            raise _Contradicts(before, answer)
        return AnsweredLine(found.row, found.reference, answer, found.why, is_news=False)

    def _arrived_after_all(self, found: AnsweredLine, line: SentLine) -> AnsweredLine:
        """A bounce that two people have found to be none, unless its money has been taken up by another batch."""
        following = line.next_attempt
        if following is not None and following.released:
            raise _PaidAgain(following.batch)
        if not line.found_arrived:
            raise _Contradicts(line.standing, found.answer)
        if following is not None:
            raise _RowRefused("answer", "return_promised_again", batch=following.batch)
        return found

    def _read(
        self, name: str, cells: Sequence[object], parse: Callable[[object], Value], *, exact: bool = True
    ) -> Value:
        """A cell's value; where `exact`, full-width digits are refused as the mark of a hand that typed them."""
        cell = self._sheet.cell(cells, name)
        if exact and isinstance(cell, str) and _WIDE.search(cell):
            raise _RowRefused(name, "return_digits_full_width")
        try:
            return parse(cell)
        except CellError as error:
            details = {key: str(value) for key, value in error.details.items()}
            raise _RowRefused(name, error.code, **details) from None

    def _refused(self, row: int, cells: Sequence[object], why: _RowRefused) -> RefusedLine:
        reference = self._sheet.reference(cells)
        known = reference if reference in self._sent else None
        value = "" if not why.column else self._shown(why.column, self._sheet.cell(cells, why.column), known)
        problem = SheetProblem(row, _NAMES.get(why.column, ""), value, why.code, why.details)
        return RefusedLine(problem, known, why.received_fen, why.against, why.paid_again)

    def _shown(self, name: str, cell: object, known: str | None) -> str:
        """A refused value without a person in it: accounts masked, and the names of payees wherever they slipped."""
        text = text_of(cell)
        if name == "reference" and known is not None:
            return known
        if name == "account" and len(text) == TAIL and text.isdigit():
            return STAR * TAIL + text
        return shown(name, self._without_names(text[:LONGEST]))

    def _without_names(self, text: str) -> str:
        for length in self._lengths:
            for start in range(len(text) - length, -1, -1):
                found = text[start : start + length]
                if found in self._names:
                    text = text[:start] + officer_name(found) + text[start + length :]
        return text

    def _remarks(self, refused: Sequence[RefusedLine]) -> Iterator[SheetProblem]:
        """What the file says of itself above its header and does not keep."""
        stated = self._sheet.stated
        codes = ("return_totals_row", "header_row_again")
        no_payment = {line.problem.row for line in refused if line.problem.code in codes}
        payments = [cells for row, cells in self._sheet.rows if row not in no_payment]
        if stated.lines is not None and stated.lines != len(payments):
            details = {"stated": str(stated.lines), "found": str(len(payments))}
            yield SheetProblem(0, LINE_COUNT, str(stated.lines), "return_rows_missing", details, blocks=False)
        found_fen = sum(map(self._amount_or_nothing, payments))
        if stated.amount_fen is not None and stated.amount_fen != found_fen:
            said = yuan_text(stated.amount_fen)
            details = {"stated": said, "found": yuan_text(found_fen)}
            yield SheetProblem(0, TOTAL_YUAN, said, "return_total_differs", details, blocks=False)

    def _amount_or_nothing(self, cells: Sequence[object]) -> int:
        try:
            return values.fen(self._sheet.cell(cells, "amount"))
        except CellError:
            return 0


def _account_text(cell: object) -> str:
    return written(cell).replace(" ", "").replace("-", "")
