"""Look for plain values where they must not be: in the database, in log records, in answers."""

import io
import json
import logging
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from models import database
from models.base import Base, db

#: How a text may be written down: as we do, and as banks do.
ENCODINGS = ("utf-8", "gb18030")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def in_database(app: Flask, values: Mapping[str, str]) -> set[str]:
    """Which of these (by name) stand in plain in any row of any table; on SQLite anywhere in the file."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            file = Path(str(db.engine.url.database))
            content = b"".join(
                path.read_bytes() for path in (file, file.with_name(f"{file.name}-wal")) if path.exists()
            )
            return {name for name, value in values.items() if any(one in content for one in written(value))}
        found: set[str] = set()
        for table in Base.metadata.sorted_tables:
            # A whole row as text; bytes are in hexadecimal there.
            for (row,) in database().execute(sa.text(f"SELECT t::text FROM {table.name} t")):
                found |= {
                    name
                    for name, value in values.items()
                    if value in row or any(one.hex() in row for one in written(value))
                }
        database().rollback()
        return found


def in_logs(records: Iterable[logging.LogRecord], values: Mapping[str, str]) -> set[str]:
    """Which of these stand in any log record, or in what was given along with it."""
    told = "\n".join(f"{record.getMessage()} {vars(record)}" for record in records)
    return {name for name, value in values.items() if value in told}


def in_answer(answer: TestResponse, values: Mapping[str, str]) -> set[str]:
    """Which of these an answer tells, in its headers or its body: JSON, text, or the sheets of a workbook."""
    told = f"{answer.headers}\n{answer.get_data().decode('utf-8', 'ignore')}"
    if answer.is_json:
        told += json.dumps(answer.get_json(), ensure_ascii=False)
    if answer.mimetype == XLSX:
        with zipfile.ZipFile(io.BytesIO(answer.get_data())) as book:
            told += "".join(book.read(name).decode("utf-8", "ignore") for name in book.namelist())
    plain = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), told)
    return {
        name
        for name, value in values.items()
        if value in plain or any(one in answer.get_data() for one in written(value))
    }


def written(value: str) -> set[bytes]:
    """The bytes of a text in every encoding we or a bank may use."""
    return {value.encode(encoding) for encoding in ENCODINGS}
