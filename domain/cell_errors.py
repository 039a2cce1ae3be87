"""Why a cell of a sheet cannot be read: one code a reason, with the sentence a surveyor can act on.

Chinese first, English second; `{name}` is filled from the error's details, which never hold what the cell
says.
"""

REASONS: dict[str, tuple[str, str]] = {
    # Any cell
    "blank": ("此格不能为空。", "This cell must not be empty."),
    "too_long": ("内容过长，最多 {most} 个字符。", "Too long: at most {most} characters."),
    "control_characters": (
        "含有不可见的控制字符，请重新填写。",
        "Holds invisible control characters; type it again.",
    ),
    "broken_encoding": (
        "文字已损坏，请检查文件编码。",
        "The text is damaged; check the encoding of the file.",
    ),
    "formula_error": (
        "此格是公式或公式出错，请填写值。",
        "The cell is a formula or its error; enter the value.",
    ),
    "scientific_notation": (
        "Excel 已把号码变成科学计数法，末尾数字已丢失。请把该列设为文本后重新填写。",
        "Excel has turned the number into scientific notation and lost its last digits. "
        "Format the column as text and enter it again.",
    ),
    "digits_lost": (
        "以数值保存的号码超过 15 位，Excel 已丢失末尾数字。请把该列设为文本后重新填写。",
        "A number of more than 15 digits was kept as a figure, so Excel has lost its last digits. "
        "Format the column as text and enter it again.",
    ),
    "became_a_date": (
        "Excel 已把此格变成日期。请把该列设为文本后重新填写。",
        "Excel has turned this cell into a date. Format the column as text and enter it again.",
    ),
    # Numbers
    "not_a_number": ("不是数字。", "Not a number."),
    "not_whole": ("应为整数。", "Must be a whole number."),
    "out_of_range": ("应在 {low} 至 {high} 之间。", "Must be from {low} to {high}."),
    "too_fine": ("最多精确到 {step}{unit}。", "At most to {step} {unit}."),
    "dbh_out_of_range": (
        "胸径应在 5 至 100 厘米之间（注意是胸径，不是胸围）。",
        "The diameter at breast height must be 5 to 100 cm (diameter, not girth).",
    ),
    "height_out_of_range": ("树高应在 4 至 50 米之间。", "The height must be 4 to 50 m."),
    # Codes
    "not_digits": ("只能是数字。", "Digits only."),
    "wrong_length": ("应为 {length} 位数字。", "Must have {length} digits."),
    "not_a_choice": ("应为以下之一：{choices}。", "Must be one of: {choices}."),
    "not_yes_or_no": ("请填“是”或“否”。", "Enter 是 (yes) or 否 (no)."),
    # Days
    "not_a_date": ("不是日期，请写成 2026-05-01。", "Not a date; write 2026-05-01."),
    "date_incomplete": ("日期缺少日，请写成 2026-05-01。", "The day is missing; write 2026-05-01."),
    "date_ambiguous": (
        "年月日的次序不明，请写成 2026-05-01。",
        "Which is day and which month? Write 2026-05-01.",
    ),
    "date_impossible": ("没有这一天。", "There is no such day."),
    "date_out_of_range": ("日期应在 {low} 至 {high} 之间。", "The date must be from {low} to {high}."),
    "not_a_year": ("不是年份，请写成 2015。", "Not a year; write 2015."),
    # People
    "not_a_name": ("不是姓名（不能含数字、星号等）。", "Not a name (no digits, stars and the like)."),
    "not_a_phone": (
        "不是电话号码，请填一个 11 位手机号，或带区号的固定电话。",
        "Not a phone number; enter one mobile number of 11 digits, or a landline with its area code.",
    ),
    "identity_number_length": ("身份证号应为 18 位。", "An identity number has 18 characters."),
    "identity_number_characters": ("身份证号只能是数字，末位可为 X。", "Digits only; the last one may be X."),
    "identity_number_region": (
        "身份证号的地区码不对。",
        "The region part of the identity number is not possible.",
    ),
    "identity_number_birth_date": (
        "身份证号中的出生日期不对。",
        "The birth date in the identity number is not possible.",
    ),
    "identity_number_check_digit": (
        "身份证号校验位不对，请核对原件。",
        "The check digit is wrong; compare the card.",
    ),
    "account_number_characters": ("银行账号只能是数字。", "An account has digits only."),
    "account_number_length": ("银行账号应为 9 至 30 位。", "An account has 9 to 30 digits."),
    "account_number_check_digit": (
        "银行卡号校验位不对，请核对卡片。",
        "The card's check digit is wrong; compare the card.",
    ),
    # Places
    "longitude_out_of_range": (
        "经度应在 {low} 至 {high} 度之间。",
        "The longitude must be {low} to {high} degrees.",
    ),
    "latitude_out_of_range": (
        "纬度应在 {low} 至 {high} 度之间。",
        "The latitude must be {low} to {high} degrees.",
    ),
    "longitude_latitude_swapped": ("经度与纬度填反了。", "Longitude and latitude are exchanged."),
    # Headers
    "header_missing": ("缺少“{column}”列。", "The column “{column}” is missing."),
    "header_repeated": ("“{column}”列出现了不止一次。", "The column “{column}” stands here more than once."),
    "header_girth": (
        "这里要的是胸径，不是胸围、周长或围径：请换算（除以 3.1416）并改表头后再导入。",
        "The diameter at breast height is wanted, not the girth: divide by 3.1416 and rename the column.",
    ),
    "header_not_dbh": (
        "这里要的是胸径（离地 1.3 米处的直径），不是地径或米径。",
        "The diameter at breast height (1.3 m) is wanted, not one taken nearer to the ground.",
    ),
    "header_wrong_unit": ("“{column}”的单位应为{unit}。", "The unit of “{column}” must be {unit}."),
}


class CellError(ValueError):
    """A cell or header that cannot be read, by the code of its reason (a key of REASONS)."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def reason(self, language: str = "zh") -> str:
        """The sentence for the code: English for `en`, Chinese otherwise."""
        chinese, english = REASONS[self.code]
        return (english if language == "en" else chinese).format_map(self.details)
