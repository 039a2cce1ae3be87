"""What page, scanner and command line say of a certificate beside its face: verdict, money, places."""

from dataclasses import dataclass

from domain.certificates import Face, Language, Verdict

_VERDICTS: dict[Verdict, tuple[tuple[str, str], tuple[str, str]]] = {
    Verdict.VALID: (
        ("真实有效", "与签发记录一致。请与纸面逐项核对, 有一项不符即为伪造。"),
        ("Valid", "Agrees with our record. Compare every line with the sheet: if one differs, it is forged."),
    ),
    Verdict.REVOKED: (
        ("已撤销", "本证书曾经签发, 现已撤销, 不再有效。"),
        ("Revoked", "This certificate was issued and later revoked. It is no longer valid."),
    ),
    Verdict.TEST: (
        ("测试证书", "由测试密钥签发, 未发生真实购买, 不具效力。"),
        ("Test", "Signed by a test key. Nothing was bought; it has no effect."),
    ),
    Verdict.FORGED: (
        ("伪造", "二维码的签名无效, 或所载内容与签发记录不符。请勿相信该证书。"),
        (
            "Forged",
            "The code's signature is wrong, or it says something else than our record. Do not trust it.",
        ),
    ),
    Verdict.UNKNOWN: (
        ("查无此证", "编号格式正确, 但本平台没有签发过这个编号。"),
        ("Not found", "The number is well formed, but we never issued it."),
    ),
    Verdict.MISTYPED: (
        ("编号有误", "校验码不符, 多为抄写或输入错误。请对照证书重新输入。"),
        (
            "Mistyped",
            "The check character does not fit: most likely a slip. Please compare and type it again.",
        ),
    ),
    Verdict.SIGNED_OFFLINE: (
        ("签名无误", "没有网络, 只核对了签名; 之后是否被撤销尚不知道。已记下, 联网后自动补查。"),
        (
            "Signature good",
            "No network, so only the signature was checked: whether it was revoked later is not known yet. "
            "The scan is kept and checked when the network is back.",
        ),
    ),
    Verdict.FOREIGN_LINK: (
        ("非本平台", "这个码不是本平台的证书二维码, 扫描器没有打开它。请勿据此付款或填写个人信息。"),
        (
            "Not our code",
            "This is not the code of one of our certificates, and the scanner did not open it. "
            "Do not pay or enter personal data because of it.",
        ),
    ),
}
_NOTHING = ("目前没有应付农户的款项", "Nothing is owed to households at present")
_MONEY = {
    "nothing": _NOTHING,
    "owed": ("应付农户 {owed} 元, 尚未发放", "CNY {owed} owed, not yet paid out"),
    "partly": (
        "应付农户 {owed} 元, 其中 {paid} 元已进入农户账户",
        "CNY {owed} owed, CNY {paid} of it paid out",
    ),
    "arrived": ("{owed} 元全额进入农户账户", "CNY {owed}, in full in the households' accounts"),
}
_GIFT_MONEY = {
    "nothing": _NOTHING,
    "owed": ("应付农户, 尚未发放", "Owed to the households, not yet paid out"),
    "partly": ("部分已进入农户账户, 其余待发放", "Part is in the households' accounts, the rest is owed"),
    "arrived": ("全额进入农户账户", "In full in the households' accounts"),
}
# Where a village's path may be cut: after its county and its township.
_SEATS = "县市区镇乡道"


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """A verdict in one word, and what it means for whoever scanned."""

    word: str
    meaning: str


def verdict_words(verdict: Verdict, language: Language) -> VerdictWords:
    """A verdict for people."""
    zh, en = _VERDICTS[verdict]
    return VerdictWords(*(zh if language == "zh" else en))


def money_words(face: Face, to_households_fen: int, paid_out_fen: int, language: Language) -> str:
    """Where the money is now; "in full" only once payouts prove it, and no sums on a gift."""
    if to_households_fen == 0:
        step = "nothing"
    elif paid_out_fen >= to_households_fen:
        step = "arrived"
    else:
        step = "partly" if paid_out_fen else "owed"
    zh, en = (_GIFT_MONEY if face.amount_fen is None else _MONEY)[step]
    return (zh if language == "zh" else en).format(owed=_yuan(to_households_fen), paid=_yuan(paid_out_fen))


def places_text(villages: tuple[str, ...]) -> str:
    """Villages in a row, each without the county and township it shares with the one before it."""
    named, before = [], ""
    for village in villages:
        shared = 0
        for place, (left, right) in enumerate(zip(before, village, strict=False), start=1):
            if left != right:
                break
            if left in _SEATS:
                shared = place
        named.append(village[shared:] or village)
        before = village
    return "、".join(named)


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"
