"""Where a tree's photo is found."""

PHOTOS = "/static/photos/"


def photo_url(name: str | None) -> str | None:
    """The address of a photo by the name of its file."""
    return None if name is None else PHOTOS + name


def thumbnail_url(name: str | None) -> str | None:
    """The address of its thumbnail, at most 320 pixels on its longer side."""
    return None if name is None else PHOTOS + name.removesuffix(".jpg") + "_t.jpg"
