"""Every name prints, or says which character it could not print."""

import hashlib
import re
from pathlib import Path

import pytest

from gateways.fonts import Weight, missing_characters, pieces, width

VENDOR = Path(__file__).parents[2] / "static" / "vendor"
FONTS = VENDOR / "noto-sans-sc"


def gb2312() -> str:
    cells = (bytes([row, cell]) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return "".join(text for text in (cell.decode("gb2312", "ignore") for cell in cells) if text)


def test_every_character_of_gb_2312_is_in_the_everyday_font() -> None:
    characters = gb2312()
    assert len(characters) == 7445
    assert missing_characters(characters) == []
    assert {piece.font for piece in pieces(characters.replace("\u3000", ""), Weight.REGULAR)} == {
        "NotoSansSC-Regular"
    }


@pytest.mark.parametrize("name", ["岜赖村", "张𣲗", "㸃", "䶮", "𬭼", "Zoë García"])
def test_rare_names_are_printed_character_by_character(name: str) -> None:
    assert missing_characters(name) == []
    assert "".join(piece.text for piece in pieces(name, Weight.REGULAR)) == name


def test_a_rare_character_comes_from_the_file_of_its_code_point() -> None:
    common, rare = pieces("张𣲗", Weight.REGULAR)
    assert (common.font, common.text) == ("NotoSansSC-Regular", "张")
    assert (rare.font, rare.text) == ("NotoSansSC-Regular-07D3B-3106C", "𣲗")


def test_bold_falls_back_to_regular_for_a_character_it_lacks() -> None:
    assert [piece.font for piece in pieces("碳岜", Weight.BOLD)] == ["NotoSansSC-Bold", "NotoSansSC-Regular"]


@pytest.mark.parametrize(
    ("character", "shown"), [("\U0002b5b8", "[U+2B5B8]"), ("😀", "[U+1F600]"), ("\x07", "[U+0007]")]
)
def test_a_character_no_font_has_is_named_and_never_a_box(character: str, shown: str) -> None:
    assert missing_characters(f"王{character}") == [character]
    name, missing = pieces(f"王{character}", Weight.REGULAR)
    assert (missing.text, missing.missing) == (shown, True)
    assert missing.scale < name.scale


def test_the_two_of_co2_is_small_and_low() -> None:
    letters, two = pieces("CO₂", Weight.REGULAR)
    assert (letters.text, two.text) == ("CO", "2")
    assert two.scale < 0.7
    assert two.drop > 0
    assert not two.missing
    assert width("CO₂", 10, Weight.REGULAR) < width("CO2", 10, Weight.REGULAR)


def test_accents_written_apart_are_put_together() -> None:
    assert [piece.text for piece in pieces("Zoe\u0308", Weight.REGULAR)] == ["Zoë"]


def test_a_request_for_another_shape_of_a_character_prints_the_character() -> None:
    assert [piece.text for piece in pieces("葛\U000e0100", Weight.REGULAR)] == ["葛"]


def test_white_space_of_any_kind_is_a_space() -> None:
    assert "".join(piece.text for piece in pieces("张\t三\n四", Weight.REGULAR)) == "张 三 四"


def test_no_vendored_file_is_larger_than_three_megabytes() -> None:
    sizes = {path.name: path.stat().st_size for path in FONTS.iterdir()}
    assert len(sizes) == 6
    assert max(sizes.values()) <= 3_000_000


def test_the_vendored_files_are_the_ones_that_were_reviewed() -> None:
    listed = dict(
        re.findall(r"^([0-9a-f]{64})  (noto-sans-sc/\S+)$", (VENDOR / "README.md").read_text(), re.M)
    )
    found = {
        hashlib.sha256(path.read_bytes()).hexdigest(): f"noto-sans-sc/{path.name}" for path in FONTS.iterdir()
    }
    assert found == listed


def test_the_licence_stands_beside_the_fonts() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text()
