"""What is wrong with one field of a request, in Chinese: marshmallow and our schemas say it in English."""

import re

#: The English sentence, whole, and the Chinese one; groups stand for \1 and \2.
SENTENCES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(english), chinese)
    for english, chinese in (
        (r"Missing data for required field\.", "必须填写。"),
        (r"Field may not be null\.", "不能为空。"),
        (r"Unknown field\.", "没有这个字段。"),
        (r"Invalid (?:value|type|input|input type)\.", "填写不正确。"),
        (r"Not a valid string\.", "应为文字。"),
        (r"Not a valid utf-8 string\.", "含有无法识别的字符。"),
        (r"Not a (?:valid number|valid integer|whole number)\.|Number too large\.", "应为数字，且不能过大。"),
        (r"Special numeric values \(nan or infinity\) are not permitted\.", "应为数字，且不能过大。"),
        (r"Not a valid boolean\.", "应为是或否。"),
        (r"Not a valid date\.", "日期不正确。"),
        (r"Not a valid list\.", "应为列表。"),
        (r"Not a valid mapping type\.", "应为一组字段。"),
        (r"Not a file\.", "请选择文件。"),
        (r"Length must be between (\d+) and (\d+)\.", r"应为 \1 至 \2 个字（项）。"),
        (r"Length must be (\d+)\.", r"应为 \1 个字（项）。"),
        (r"Shorter than minimum length (\d+)\.", r"至少 \1 个字（项）。"),
        (r"Longer than maximum length (\d+)\.", r"至多 \1 个字（项）。"),
        (
            r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\.",
            r"应在 \1 至 \2 之间。",
        ),
        (r"Must be greater than or equal to (\S+)\.", r"不能小于 \1。"),
        (r"Must be less than or equal to (\S+)\.", r"不能大于 \1。"),
        (r"Must be one of: (.+)\.", r"只能是：\1。"),
        (r"String does not match expected pattern\.", "格式不正确。"),
        (r"Control characters are not allowed\.", "不能含有换行等看不见的字符。"),
        (
            r"A reason must not hold an identity, phone or account number\.",
            "理由中不能有身份证号、电话或账号。",
        ),
        (
            r"A source must not hold an identity, phone or account number\.",
            "出处中不能有身份证号、电话或账号。",
        ),
        (r"Holds what looks like a person's number\.", "不能含有像身份证号、电话或账号的数字。"),
        (r"A village or a sheet must be named\.", "请选定一个村或一张表。"),
        (r"The (?:period|span) ends before it begins\.", "止日不能早于起日。"),
        (r"Not the first day of a whole month or year\.", "应为整月或整年的第一天。"),
        (r"Not the last day of a whole month or year\.", "应为整月或整年的最后一天。"),
        (r"Give exactly one of (.+)\.", r"只能按其中一种方式选择：\1。"),
        (r"Named trees take no region or species\.", "指定树木时不能再选地区或树种。"),
        (r"Give one of the two codes\.", "动态口令和备用码只填一个。"),
        (r"Six digits\.", "应为六位数字。"),
        (r"A division code has 2, 4, 6, 9 or 12 digits\.", "区划代码应为 2、4、6、9 或 12 位。"),
    )
)


def in_chinese(problem: object) -> object:
    """A sentence, several, or those of the fields inside, in Chinese; what nobody has put into Chinese stays."""
    if isinstance(problem, str):
        for english, chinese in SENTENCES:
            if found := english.fullmatch(problem):
                return found.expand(chinese)
        return problem
    if isinstance(problem, list):
        return [in_chinese(one) for one in problem]
    if isinstance(problem, dict):
        return {name: in_chinese(one) for name, one in problem.items()}
    return problem
