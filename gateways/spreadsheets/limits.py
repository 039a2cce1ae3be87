"""How much a sheet may ask of us."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds of one sheet; every one of them is a refusal, none cuts anything off silently."""

    #: Bytes of the file as it was sent.
    file_bytes: int
    #: Bytes after unpacking: the text of a CSV, or all parts of an XLSX together.
    unpacked_bytes: int
    #: Times its size a compressed file may unpack to, looked at once it is past `ratio_from_bytes`.
    ratio: int
    rows: int
    columns: int
    #: Bytes from one line end to the next.
    line_bytes: int
    #: Bytes of an XLSX file's table of texts, which has to be held in memory.
    shared_text_bytes: int
    ratio_from_bytes: int = 4 * MIB


#: The whole campaign (4.5 million trees) fits as CSV.
SURVEY_LIMITS = Limits(
    file_bytes=256 * MIB,
    unpacked_bytes=1024 * MIB,
    ratio=100,
    rows=5_000_000,
    columns=200,
    line_bytes=64 * 1024,
    shared_text_bytes=64 * MIB,
)

#: What comes through a call is held in memory, sealed, until it is checked: the trees of the largest county fit.
UPLOAD_LIMITS = Limits(
    file_bytes=32 * MIB,
    unpacked_bytes=256 * MIB,
    ratio=100,
    rows=500_000,
    columns=200,
    line_bytes=64 * 1024,
    shared_text_bytes=64 * MIB,
)
