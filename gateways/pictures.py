"""Photos people send, made anew: nothing of the file survives but what one sees, neither place nor device nor time."""

import io
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageOps, UnidentifiedImageError

#: Bytes of a photo as it is sent.
MOST_BYTES = 10 << 20
#: Pixels of a photo as it is sent; looked at before any of them is unpacked.
MOST_PIXELS = 60_000_000
LEAST_SIDE = 320
#: The longer side of what is kept.
FULL_SIDE = 1600
THUMBNAIL_SIDE = 320
QUALITY = 84

Problem = Literal["photo_too_large", "photo_unreadable", "photo_too_small"]
_FORMATS = ("JPEG", "PNG", "WEBP")


class PictureRefused(Exception):
    """A file that cannot be taken as a photo; `code` says why."""

    def __init__(self, code: Problem) -> None:
        super().__init__(code)
        self.code: Problem = code


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo and its thumbnail as JPEG, without any metadata."""

    full: bytes
    thumbnail: bytes


def read_picture(content: bytes) -> Picture:
    """Make a JPEG, PNG or WebP anew, upright, at most FULL_SIDE on its longer side; raises PictureRefused."""
    if len(content) > MOST_BYTES:
        raise PictureRefused("photo_too_large")
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as sent:
            if sent.width * sent.height > MOST_PIXELS:
                raise PictureRefused("photo_too_large")
            if min(sent.size) < LEAST_SIDE:
                raise PictureRefused("photo_too_small")
            # A large JPEG is unpacked at a fraction of its size.
            sent.draft("RGB", (FULL_SIDE, FULL_SIDE))
            upright = ImageOps.exif_transpose(sent)
            plain = _opaque(upright)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise PictureRefused("photo_unreadable") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused("photo_too_large") from error
    return Picture(_jpeg(plain, FULL_SIDE), _jpeg(plain, THUMBNAIL_SIDE))


def _opaque(picture: Image.Image) -> Image.Image:
    """The same over white, in plain colours."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return picture.convert("RGB")


def _jpeg(picture: Image.Image, side: int) -> bytes:
    # A new picture has only pixels: what the file said beside them is left behind with it.
    made = Image.new("RGB", picture.size)
    made.paste(picture)
    made.thumbnail((side, side), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    made.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
