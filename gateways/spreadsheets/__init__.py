"""Sheets people send: CSV (plain or gzip; UTF-8, GB18030, UTF-16) and XLSX, read row by row within bounds.

`open_sheet` looks at the content, never at the name. Whatever is wrong with a file is a SheetRefused; cells come as the
file has them, text, numbers or dates, and are judged elsewhere.
"""

from gateways.spreadsheets.errors import SheetRefused
from gateways.spreadsheets.limits import SURVEY_LIMITS, UPLOAD_LIMITS, Limits
from gateways.spreadsheets.opening import OpenSheet, digest, open_sheet

__all__ = ["SURVEY_LIMITS", "UPLOAD_LIMITS", "Limits", "OpenSheet", "SheetRefused", "digest", "open_sheet"]
