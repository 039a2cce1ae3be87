"""The audit as a table for a file: one row an entry, facts as JSON, acts named in words beside their code."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.audit_actions import ACTIONS
from domain.clock import shanghai_text

Row = Sequence[str | int | None]

_HEADERS = {
    "zh": (
        "编号",
        "时间（北京时间）",
        "操作人",
        "用户名",
        "操作",
        "操作说明",
        "对象",
        "内容",
        "来源地址",
        "链上序号",
    ),
    "en": (
        "id",
        "at (Asia/Shanghai)",
        "actor",
        "username",
        "action",
        "meaning",
        "subject",
        "facts",
        "address",
        "position",
    ),
}


def audit_table(entries: Iterable[Mapping[str, Any]], language: str) -> list[Row]:
    """The header and a row for each entry."""
    english = language == "en"
    return [_HEADERS["en" if english else "zh"], *(_row(entry, english=english) for entry in entries)]


def _row(entry: Mapping[str, Any], *, english: bool) -> Row:
    at: datetime = entry["at"]
    _, *meanings = ACTIONS.get(entry["action"], ("", "", ""))
    return (
        entry["id"],
        shanghai_text(at),
        entry["actor"],
        entry["username"],
        entry["action"],
        meanings[english],
        entry["subject"],
        json.dumps(entry["facts"], ensure_ascii=False, sort_keys=True),
        entry["address"],
        entry["sealed_at_position"],
    )
