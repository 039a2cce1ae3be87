"""The order of the tests that make calls up."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one engine be asked after the other what was made up for both: a process makes it up once."""
    places = [n for n, item in enumerate(items) if item.path.stem == "test_schema_fuzz"]
    calls = [items[n] for n in places]
    calls.sort(key=lambda item: (getattr(item, "originalname", ""), item.nodeid.partition("-")[2]))
    for n, item in zip(places, calls, strict=True):
        items[n] = item
