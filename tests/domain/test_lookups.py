"""What the words in the search for households may mean."""

import pytest

from domain.lookups import read_look_up


@pytest.mark.parametrize(
    ("words", "name", "identity", "prefix", "kind"),
    [
        ("韦小三", "韦小三", None, None, "name"),
        (" 韦 小三 ", "韦小三", None, None, "name"),
        ("阿布都•热西提", "阿布都·热西提", None, None, "name"),
        ("522326107213", None, None, "522326107213", "number"),
        ("５２２３２６", None, None, "522326", "number"),
        ("52232619700101123x", None, "52232619700101123X", None, "identity"),
        ("522326 19700101 1234", None, "522326197001011234", None, "identity"),
        ("Wang Li", "Wang Li", None, "WANGLI", "name"),
        ("韦3", None, None, None, "number"),
        ("%", None, None, "%", "number"),
    ],
)
def test_words_are_read_as_the_register_writes_them(
    words: str, name: str | None, identity: str | None, prefix: str | None, kind: str
) -> None:
    found = read_look_up(words)
    assert (found.name, found.identity, found.number_prefix) == (name, identity, prefix)
    assert found.kind == kind
