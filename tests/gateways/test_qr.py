"""QR codes are those of the library, and phones can read them."""

import io
import random
import re
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image, ImageFilter
from qrcode import constants, util
from qrcode.main import QRCode

from gateways.qr import QUIET_ZONE, qr_png, qr_svg, qr_symbol

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def make_url(token_length: int = 183, host: str = "danzhu.example.cn", seed: int = 1) -> str:
    source = random.Random(seed)
    token = "".join(source.choice(BASE32) for _ in range(token_length))
    return f"https://{host}/c/7K3M-9QX2-VB8T-CN4Q?t={token}"


def picture(url: str) -> Image.Image:
    return Image.open(io.BytesIO(qr_png(url))).convert("L")


def read(image: Image.Image) -> str | None:
    found = zxingcpp.read_barcode(image)
    return str(found.text) if found else None


@pytest.mark.parametrize("length", [0, 1, 20, 90, 150, 183, 199, 230, 255, 300, 400, 700, 1500])
def test_the_symbol_is_the_one_the_library_makes(length: int) -> None:
    url = make_url(length) if length else "https://a.cn/"
    symbol = qr_symbol(url)
    levels = {"Q": constants.ERROR_CORRECT_Q, "M": constants.ERROR_CORRECT_M}
    code = QRCode(symbol.version, error_correction=levels[symbol.level], mask_pattern=2)
    for index, part in enumerate(re.split(r"([0-9A-Z$%*+\-./:]{12,})", url)):
        if part:
            code.add_data(util.QRData(part.encode(), mode=2 if index % 2 else 4))
    code.make(fit=False)
    assert symbol.rows == tuple("".join("1" if dark else "0" for dark in row) for row in code.modules)
    assert code.best_fit() == symbol.version, "no smaller version would do"


def test_a_certificate_for_one_person_needs_no_more_than_version_12() -> None:
    symbol = qr_symbol(make_url(183, host="danzhu-tanhui.guizhou.gov.cn"))
    assert (symbol.version, symbol.level) == (12, "Q")


def test_level_q_is_given_up_beyond_version_13() -> None:
    drawn = [qr_symbol(make_url(length)) for length in range(100, 500, 7)]
    levels = "".join(symbol.level for symbol in drawn)
    assert re.fullmatch("Q+M+", levels)
    assert max(symbol.version for symbol in drawn if symbol.level == "Q") == 13


def test_a_link_no_qr_code_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        qr_symbol(make_url(5000))


def test_a_png_is_one_bit_deep_and_has_its_quiet_zone() -> None:
    url = make_url()
    image = Image.open(io.BytesIO(qr_png(url)))
    image.load()
    side = (qr_symbol(url).size + 2 * QUIET_ZONE) * 8
    assert (image.mode, image.size) == ("1", (side, side))
    margin = QUIET_ZONE * 8
    assert image.convert("L").crop((0, 0, side, margin)).getextrema() == (255, 255)
    assert image.convert("L").crop((0, 0, margin, side)).getextrema() == (255, 255)
    assert image.getpixel((margin, margin)) == 0


def test_the_svg_draws_the_same_modules_as_the_symbol() -> None:
    url = make_url()
    symbol = qr_symbol(url)
    svg = qr_svg(url)
    drawn = [["0"] * symbol.size for _ in symbol.rows]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1H\d+z", svg):
        for offset in range(int(length)):
            drawn[int(y) - QUIET_ZONE][int(x) - QUIET_ZONE + offset] = "1"
    assert tuple("".join(row) for row in drawn) == symbol.rows
    assert f'viewBox="0 0 {symbol.size + 8} {symbol.size + 8}"' in svg


def test_a_second_drawing_is_remembered() -> None:
    assert qr_png(make_url(seed=5)) is qr_png(make_url(seed=5))
    assert qr_svg(make_url(seed=5)) is qr_svg(make_url(seed=5))


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "danzhu.example.cn", "danzhu-tanhui.guizhou.gov.cn"])
@pytest.mark.parametrize("length", [183, 210, 255, 320])
def test_a_phone_reads_back_the_link(length: int, host: str) -> None:
    url = make_url(length, host)
    assert read(picture(url)) == url
    assert urlsplit(url).netloc == host


@pytest.mark.parametrize("angle", [7, 33, 90, 141, 200])
def test_a_turned_picture_is_read(angle: int) -> None:
    turned = picture(make_url()).rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    assert read(turned) == make_url()


def test_a_blurred_picture_is_read() -> None:
    assert read(picture(make_url()).filter(ImageFilter.GaussianBlur(3.5))) == make_url()


def test_a_small_picture_is_read() -> None:
    image = picture(make_url())
    small = image.resize((image.width // 3, image.height // 3), Image.Resampling.BOX)
    assert read(small) == make_url()


def test_a_faint_and_uneven_print_is_read() -> None:
    image = picture(make_url())
    light = Image.linear_gradient("L").resize(image.size).point(lambda value: 90 + value // 3)
    faint = Image.blend(image, light, 0.7)
    assert read(faint) == make_url()


def test_a_stained_print_is_read() -> None:
    image = picture(make_url())
    stain = image.width // 8
    image.paste(
        255, (image.width // 2, image.height // 2, image.width // 2 + stain, image.height // 2 + stain)
    )
    assert read(image) == make_url()
