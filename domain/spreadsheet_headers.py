"""Which column of a sheet holds what, by any of the names surveyors use, and why a header is refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.cell_errors import CellError
from domain.spreadsheet_text import text_of

_LEFT_OUT = str.maketrans(dict.fromkeys(" ()[]{}【】〔〕_-—/\\:.,、*#"))
_UNIT_WORDS = ("mm", "毫米", "cm", "厘米", "公分", "dm", "分米", "m", "米", "尺", "寸", "元", "万元", "°")
_GIRTH_WORDS = ("胸围", "周长", "围径", "围度", "干围", "树围", "胸高围", "girth", "circumference")
_NOT_DBH_WORDS = ("地径", "米径", "基径", "根径")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field it fills, its names (the first is the one we print), the unit words allowed
    behind a name.
    """

    field: str
    names: tuple[str, ...]
    required: bool = True
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeaderProblem:
    """A header that is refused: its place from 0 (None when the column is missing), what it says, and why."""

    place: int | None
    header: str
    error: CellError


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """Where each field stands (place from 0), the problems found, and the headers nobody asked for."""

    places: dict[str, int]
    problems: tuple[HeaderProblem, ...]
    ignored: tuple[str, ...]
    canonical: tuple[str, ...]

    def repeated_by(self, row: Sequence[object]) -> bool:
        """Whether a later row is the header again, as sheets pasted under one another have it."""
        if not self.places:
            return False
        return all(
            place < len(row) and canonical_header(row[place]) == self.canonical[place]
            for place in self.places.values()
        )


HOUSEHOLD_COLUMNS = (
    Column("number", ("户编号", "农户编号", "户号", "household_number")),
    Column("region_code", ("村代码", "村编码", "行政村代码", "行政区划代码", "village_code")),
    Column("head_name", ("户主姓名", "户主", "姓名", "农户姓名", "head_name")),
    Column(
        "identity", ("身份证号", "身份证号码", "身份证", "公民身份号码", "户主身份证号", "identity_number")
    ),
    Column("phone", ("联系电话", "电话", "手机号", "手机号码", "手机", "电话号码", "phone"), required=False),
    Column("category", ("户属性", "农户属性", "农户类别", "户类别", "category")),
    Column("people", ("家庭人口", "人口", "家庭人口数", "家庭人数", "people"), units=("人",)),
    Column(
        "income_per_person_yuan",
        ("上年人均纯收入", "人均纯收入", "上年度人均纯收入", "income_per_person"),
        required=False,
        units=("元", "yuan"),
    ),
    Column("bank", ("开户行", "开户银行", "开户行名称", "bank"), required=False),
    Column(
        "account",
        ("银行账号", "银行帐号", "银行卡号", "账号", "帐号", "卡号", "account_number"),
        required=False,
    ),
    Column("forest_right", ("林权证号", "林权证", "林权证编号", "不动产权证号", "forest_right")),
    Column("sale_consent_on", ("知情同意日期", "同意日期", "sale_consent_on")),
    Column("name_public", ("同意公开姓名", "是否同意公开姓名", "公开姓名", "name_public")),
)
TREE_COLUMNS = (
    Column("household_number", ("户编号", "农户编号", "户号", "household_number")),
    Column("tag", ("树牌号", "树牌编号", "树编号", "树木编号", "tag")),
    Column("species_code", ("树种代码", "树种编码", "树种", "species_code", "species")),
    Column("dbh_mm", ("胸径", "dbh"), units=("cm", "厘米", "公分")),
    Column("height_cm", ("树高", "height"), units=("m", "米")),
    Column("planted_year", ("栽植年份", "种植年份", "造林年份", "栽植年度", "planted_year")),
    Column("origin", ("起源", "林木起源", "origin")),
    Column("project", ("造林项目", "项目", "project"), required=False),
    Column("longitude", ("经度", "东经", "longitude", "lon", "lng"), units=("°",)),
    Column("latitude", ("纬度", "北纬", "latitude", "lat"), units=("°",)),
    Column("measured_on", ("调查日期", "测量日期", "measured_on")),
    Column("surveyor", ("调查员", "调查人", "测量员", "surveyor")),
)
#: A later measurement names its tree; what else is known of the tree stands in the registry.
MEASUREMENT_COLUMNS = tuple(
    column
    for column in TREE_COLUMNS
    if column.field in ("household_number", "tag", "dbh_mm", "height_cm", "measured_on", "surveyor")
)

#: A household is named by its number, by its head's identity number, or by both.
ACCOUNT_COLUMNS = (
    Column("household_number", ("户编号", "农户编号", "户号", "household_number"), required=False),
    Column(
        "identity",
        ("身份证号", "身份证号码", "身份证", "公民身份号码", "户主身份证号", "identity_number"),
        required=False,
    ),
    Column("account", ("银行账号", "银行帐号", "银行卡号", "账号", "帐号", "卡号", "account_number")),
    Column("bank", ("开户行", "开户银行", "开户行名称", "bank")),
    Column("holder_name", ("账户户名", "户名", "开户名", "账户姓名", "持卡人", "holder_name")),
)
CONSENT_COLUMNS = (
    Column("household_number", ("户编号", "农户编号", "户号", "household_number")),
    Column("kind", ("同意事项", "事项", "kind")),
    Column("text_version", ("文本版本", "同意书版本", "版本", "text_version")),
    Column("given_on", ("同意日期", "日期", "given_on")),
    Column("witness", ("见证人", "证明人", "witness")),
)


def canonical_header(cell: object) -> str:
    """A header in lower case without spaces, brackets and punctuation: 胸径（cm）, 胸径/cm and *胸径 CM are
    胸径cm.
    """
    return text_of(cell).casefold().translate(_LEFT_OUT).removesuffix("必填").removesuffix("选填")


def _recognise(canonical: str, columns: Sequence[Column]) -> tuple[str | None, CellError | None]:
    """The field a header means (None when nobody asked for it), and why it may not stand for that field."""
    if any(word in canonical for word in _GIRTH_WORDS):
        return "dbh_mm", CellError("header_girth")
    if any(word in canonical for word in _NOT_DBH_WORDS):
        return "dbh_mm", CellError("header_not_dbh")
    for column in columns:
        for name in map(canonical_header, column.names):
            if not canonical.startswith(name):
                continue
            unit = canonical.removeprefix(name)
            if not unit or unit in column.units:
                return column.field, None
            if column.units and unit in _UNIT_WORDS:
                error = CellError("header_wrong_unit", column=column.names[0], unit=column.units[0])
                return column.field, error
    return None, None


def match_headers(row: Sequence[object], columns: Sequence[Column]) -> HeaderMatch:
    """Find every column in a header row, and every reason to refuse the row at once.

    Problems: header_girth, header_not_dbh, header_wrong_unit, header_repeated, header_missing.
    """
    canonical = tuple(map(canonical_header, row))
    places: dict[str, int] = {}
    # A column under a wrong name is refused for that; to call it missing as well would only confuse.
    refused: set[str | None] = set()
    problems: list[HeaderProblem] = []
    ignored: list[str] = []
    for place, header in enumerate(canonical):
        said = text_of(row[place])
        field, error = _recognise(header, columns)
        if error is None and field in places:
            error = CellError("header_repeated", column=said)
        if error is not None:
            problems.append(HeaderProblem(place, said, error))
            refused.add(field)
        elif field is not None:
            places[field] = place
        elif said:
            ignored.append(said)
    for column in columns:
        if column.required and column.field not in places and column.field not in refused:
            missing = CellError("header_missing", column=column.names[0])
            problems.append(HeaderProblem(None, column.names[0], missing))
    return HeaderMatch(places, tuple(problems), tuple(ignored), canonical)


def find_header(first_rows: Sequence[Sequence[object]], columns: Sequence[Column]) -> tuple[int, HeaderMatch]:
    """The header among the first rows of a sheet (titles may stand above it): the row that names most
    columns, and its match.

    ValueError when there are no rows at all.
    """
    matches = [match_headers(row, columns) for row in first_rows]
    if not matches:
        raise ValueError("a sheet without rows has no header")
    best = max(range(len(matches)), key=lambda index: (len(matches[index].places), -index))
    return best, matches[best]
