"""Why a file cannot be read as a sheet.

SheetRefused
├── FileEmpty           file_empty             no bytes
├── TooLarge            file_too_large, sheet_too_long, sheet_too_wide, line_too_long   over a bound
├── ExpandsTooMuch      file_expands_too_much  a bomb, or as good as one
├── UnknownFormat       file_unknown_format, file_old_excel   neither CSV nor XLSX
├── UnknownEncoding     file_encoding_unknown  text in no encoding we read
└── Damaged             file_damaged, file_quotes_broken      cut short or malformed
"""


class SheetRefused(Exception):
    """A file that cannot be read as a sheet, by the code of its reason; never carries what the file says."""

    code = "file_damaged"

    def __init__(self, code: str | None = None, **details: object) -> None:
        self.code = code or self.code
        self.details = {name: str(value) for name, value in details.items()}
        super().__init__(self.code)


class FileEmpty(SheetRefused):
    """There are no bytes in the file."""

    code = "file_empty"


class TooLarge(SheetRefused):
    """The file, its rows, columns or lines are over a bound."""

    code = "file_too_large"


class ExpandsTooMuch(SheetRefused):
    """The file unpacks to more than its bound, or to suspiciously many times its size."""

    code = "file_expands_too_much"


class UnknownFormat(SheetRefused):
    """Neither CSV nor XLSX."""

    code = "file_unknown_format"


class UnknownEncoding(SheetRefused):
    """Text in an encoding we do not read."""

    code = "file_encoding_unknown"


class Damaged(SheetRefused):
    """Cut short, or not put together as its format asks."""

    code = "file_damaged"
