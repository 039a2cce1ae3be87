"""Files that are not ours: each is the one whose checksum was written down, and stands beside its licence."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "static" / "vendor"
LINE = re.compile(r"^([0-9a-f]{64})  (\S+)$", re.MULTILINE)


def _files() -> dict[str, Path]:
    return {
        path.relative_to(VENDOR).as_posix(): path
        for path in VENDOR.rglob("*")
        if path.is_file() and path.parent != VENDOR
    }


def test_every_file_has_the_checksum_that_was_written_down() -> None:
    written = {name: digest for digest, name in LINE.findall((VENDOR / "README.md").read_text("utf-8"))}
    assert written == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in _files().items()}


def test_every_folder_has_its_licence() -> None:
    with_licence = {name.split("/")[0] for name in _files() if re.search("LICENSE|OFL", name)}
    assert with_licence == {name.split("/")[0] for name in _files()}


def test_the_reader_and_its_wasm_are_of_one_version() -> None:
    script = (VENDOR / "zxing-wasm" / "reader" / "index.js").read_text("utf-8")
    wasm = hashlib.sha256((VENDOR / "zxing-wasm" / "zxing_reader.wasm").read_bytes()).hexdigest()
    assert wasm in script
