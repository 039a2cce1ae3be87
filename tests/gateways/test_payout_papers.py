"""The papers of a payout: what each says, on how many pages, and that the same facts give the same bytes."""

from dataclasses import replace
from datetime import date

import pypdfium2
import pytest

from domain.payout_papers import (
    Notice,
    NoticeLine,
    NoticeVillage,
    PaidReceipt,
    SignOff,
    SignOffLine,
    SignOffVillage,
    certificates_words,
    window_words,
)
from gateways.fonts import missing_characters
from gateways.notice_pages import notice_pdf
from gateways.receipt_pages import receipt_pdf
from gateways.sign_off_pages import sign_off_pdf

LONG_NAME = "黔西南布依族苗族自治州望谟县边饶镇一个名字特别长的社区居民委员会"
RECEIPT = PaidReceipt(
    reference="P00000012L00003",
    batch_number="P00000012",
    household_number="5223261072130001",
    name="韦*三",
    place="望谟县石屯镇岜赖村",
    amount_fen=30_005,
    bank="望谟县农村信用合作联社",
    account="6217***********0015",
    released_on=date(2026, 9, 10),
    paid_on=date(2026, 9, 12),
    proof="20260912000123",
    certificates=("7K3M-9QX2-VB8T-CN4Q",),
    trees=100,
    merchant_of_record="示例运营主体",
)


def make_notice(*counts: int, name: str = "石屯镇岜赖村", at: str | None = None) -> Notice:
    villages: list[NoticeVillage] = []
    place = 0
    for count in counts:
        lines = []
        for _ in range(count):
            place += 1
            lines.append(NoticeLine(place, None if place % 5 == 0 else "韦*", 10_000 + place))
        villages.append(NoticeVillage(f"{name}{len(villages) + 1}", tuple(lines)))
    return Notice(
        batch_number="P00000012",
        place="望谟县",
        up_to=date(2026, 8, 31),
        first_day=date(2026, 9, 2),
        last_day=date(2026, 9, 8),
        objections_at=at,
        villages=tuple(villages),
    )


def make_sign_off(*counts: int, name: str = "望谟县石屯镇岜赖村") -> SignOff:
    villages: list[SignOffVillage] = []
    place = 0
    for count in counts:
        lines = []
        for _ in range(count):
            place += 1
            lines.append(SignOffLine(place, f"522326107213{place:04d}", "韦*三", 10_000 + place, "0015"))
        villages.append(SignOffVillage(f"{name}{len(villages) + 1}", tuple(lines)))
    return SignOff("P00000012", "望谟县", "银行代发", tuple(villages))


def pages_of(written: bytes) -> list[str]:
    """The words of each page without spaces; nothing is drawn over an edge."""
    document = pypdfium2.PdfDocument(written)
    pages = []
    for page in document:
        wide, high = page.get_size()
        for thing in page.get_objects():
            left, bottom, right, top = thing.get_bounds()
            assert left >= 0 <= bottom
            assert right <= wide
            assert top <= high
        pages.append("".join(str(page.get_textpage().get_text_bounded()).split()))
    document.close()
    return pages


def test_the_notice_says_who_is_to_be_paid_how_much_until_when_and_where_to_object() -> None:
    [page] = pages_of(notice_pdf(make_notice(3, 5, at="望谟县林业局，电话0859-0000000")))
    for words in (
        "单株碳汇收入发放公示",
        "截至2026年8月31日",
        "8户农户，共800.36元",
        "公示期为2026年9月2日至9月8日（7天）",
        "石屯镇岜赖村1",
        "3户300.06元",
        "1韦*100.01",
        "5（未同意公开姓名）100.05",
        "合计8户800.36元",
        "大写：捌佰元叁角陆分",
        "受理地点：望谟县林业局，电话0859-0000000",
        "批次P00000012·望谟县",
        "第1页，共1页",
    ):
        assert words in page


def test_a_notice_without_an_office_has_a_line_to_write_it_on() -> None:
    [page] = pages_of(notice_pdf(make_notice(1)))
    assert "受理地点电话" in page


@pytest.mark.parametrize("counts", [(60, 45, 20), (150,), (1,) * 40])
def test_a_long_notice_goes_on_over_its_pages_and_names_everybody_once(counts: tuple[int, ...]) -> None:
    notice = make_notice(*counts)
    pages = pages_of(notice_pdf(notice))
    assert len(pages) >= 3
    whole = "".join(pages)
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页，共{len(pages)}页" in page
        assert number == 1 or "（续）公示期2026年9月2日至9月8日" in page
    assert whole.count("韦*") + whole.count("（未同意公开姓名）") == notice.households
    for village in notice.villages:
        assert village.name in whole
        assert all(f"{line.amount_fen / 100:.2f}" in whole for line in village.lines)
    assert whole.count("合计") == whole.count("公示单位（盖章）") == 1


@pytest.mark.parametrize("households", range(26, 46, 3))
def test_the_end_of_a_notice_stands_on_its_last_page_however_full_that_is(households: int) -> None:
    pages = pages_of(notice_pdf(make_notice(households)))
    assert "合计" in pages[-1]
    assert sum("合计" in page for page in pages) == 1


def test_a_long_name_of_a_village_is_printed_whole() -> None:
    [page] = pages_of(notice_pdf(make_notice(2, name=LONG_NAME)))
    assert f"{LONG_NAME}1" in page
    assert f"{LONG_NAME}1" in pages_of(sign_off_pdf(make_sign_off(2, name=LONG_NAME)))[0]


def test_a_village_signs_on_sheets_of_its_own() -> None:
    pages = pages_of(sign_off_pdf(make_sign_off(14, 3)))
    assert len(pages) == 3
    for page in pages:
        assert "序号户编号户主金额（元）账号末四位本人签名或按手印见证人日期" in page
    assert "岜赖村1" in pages[1]
    assert "岜赖村2" not in pages[1]
    assert "本村合计1,401.05元" in pages[1]
    assert "大写：壹仟肆佰零壹元零伍分" in pages[1]
    assert "岜赖村2" in pages[2]
    assert "155223261072130015韦*三100.150015" in pages[2]
    assert ["本村合计" in page for page in pages] == [False, True, True]


@pytest.mark.parametrize("lines", range(1, 24))
def test_every_household_of_a_village_has_its_line_and_the_last_sheet_has_one(lines: int) -> None:
    pages = pages_of(sign_off_pdf(make_sign_off(lines)))
    assert sum(page.count("韦*三") for page in pages) == lines
    assert "韦*三" in pages[-1]
    assert "经办人" in pages[-1]


def test_a_receipt_says_that_the_money_has_arrived_and_where_it_came_from() -> None:
    [page] = pages_of(receipt_pdf(RECEIPT))
    for words in (
        "单株碳汇收入发放凭证",
        "已到账",
        "300.05元",
        "叁佰元零伍分",
        "韦*三，户编号5223261072130001",
        "望谟县农村信用合作联社，6217***********0015",
        "2026年9月10日，批次P00000012",
        "2026年9月12日，回单号20260912000123",
        "100株树的年度碳汇，购碳证书7K3M-9QX2-VB8T-CN4Q",
        "非税务发票",
    ):
        assert words in page
    assert "回单号" not in pages_of(receipt_pdf(replace(RECEIPT, proof=None)))[0]


def test_a_receipt_stays_on_its_page_whatever_it_has_to_say() -> None:
    much = replace(
        RECEIPT,
        amount_fen=99_999_999_999,
        place=LONG_NAME,
        bank=LONG_NAME[:32] * 2,
        certificates=("7K3M-9QX2-VB8T-CN4Q",) * 40,
        merchant_of_record=LONG_NAME * 2,
    )
    [page] = pages_of(receipt_pdf(much))
    assert "等40张" in page
    assert LONG_NAME * 2 in page


def test_the_same_facts_give_the_same_bytes() -> None:
    notice, sign_off = make_notice(60, 45), make_sign_off(20)
    assert notice_pdf(notice) == notice_pdf(notice)
    assert sign_off_pdf(sign_off) == sign_off_pdf(sign_off)
    assert receipt_pdf(RECEIPT) == receipt_pdf(RECEIPT)
    assert notice_pdf(notice) != notice_pdf(replace(notice, up_to=date(2026, 8, 30)))


def test_a_demonstration_says_so_on_every_page_and_every_word_can_be_printed() -> None:
    for written in (
        notice_pdf(make_notice(120), demo=True),
        sign_off_pdf(make_sign_off(20), demo=True),
        receipt_pdf(RECEIPT, demo=True),
    ):
        for page in pages_of(written):
            assert "演示数据，不是真实发放" in page
            assert missing_characters(page) == []


def test_words_of_days_and_certificates_are_short() -> None:
    assert window_words(date(2026, 12, 28), date(2027, 1, 3)) == "2026年12月28日至2027年1月3日"
    assert window_words(date(2026, 9, 2), date(2026, 9, 8)) == "2026年9月2日至9月8日"
    assert certificates_words(["A", "B"]) == "A、B"
    assert certificates_words(["A"] * 1200) == "A、A、A、A 等 1,200 张"
