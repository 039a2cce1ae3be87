"""Photos are made anew: upright, bounded, and without anything but what one sees."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from gateways.pictures import FULL_SIDE, MOST_BYTES, THUMBNAIL_SIDE, PictureRefused, read_picture


def photo(size: tuple[int, int] = (800, 600), form: str = "JPEG", mode: str = "RGB", **more: Any) -> bytes:
    picture = Image.new(mode, size, "green")
    written = io.BytesIO()
    picture.save(written, form, **more)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels, and holds none."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_of_each_format_becomes_a_bounded_jpeg_with_a_thumbnail(form: str) -> None:
    picture = read_picture(photo((3000, 2000), form))
    full, thumbnail = opened(picture.full), opened(picture.thumbnail)
    assert (full.format, max(full.size), max(thumbnail.size)) == ("JPEG", FULL_SIDE, THUMBNAIL_SIDE)


def test_place_device_and_time_are_left_behind() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0132] = "PhoneMaker", "2026:08:20 10:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (25.0, 19.0, 12.3), 3: "E", 4: (106.0, 3.0, 20.6)})
    sent = photo(exif=exif, comment=b"secret comment")
    assert b"PhoneMaker" in sent
    for made in (read_picture(sent).full, read_picture(sent).thumbnail):
        assert not opened(made).getexif()
        for trace in (b"Exif", b"PhoneMaker", b"secret", b"http://ns.adobe.com"):
            assert trace not in made


def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(read_picture(photo((800, 600), exif=exif)).full).size == (600, 800)


def test_what_one_can_see_through_is_white() -> None:
    picture = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    written = io.BytesIO()
    picture.save(written, "PNG")
    corner = opened(read_picture(written.getvalue()).full).getpixel((5, 5))
    assert isinstance(corner, tuple)
    assert min(corner) > 250


def test_code_behind_a_picture_does_not_come_along() -> None:
    assert b"<script>" not in read_picture(photo() + b"<script>alert(1)</script>").full


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "photo_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_unreadable"),
        (photo(form="GIF"), "photo_unreadable"),
        (photo((2000, 1500))[:4000], "photo_unreadable"),
        (photo((300, 900)), "photo_too_small"),
        (png_of(8000, 8000), "photo_too_large"),
        (png_of(60_000, 60_000), "photo_too_large"),
        (b"\xff\xd8" + b"\0" * MOST_BYTES, "photo_too_large"),
    ],
    ids=["empty", "svg", "gif", "cut-short", "small", "many-pixels", "bomb", "many-bytes"],
)
def test_what_is_no_photo_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        read_picture(content)
    assert refused.value.code == code
