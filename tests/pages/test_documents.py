"""Privacy and terms: readable by anybody, in two languages, with their version."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.public_documents import DOCUMENTS, Document
from models import transaction
from tests.support.world import make_programme


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_every_text_stands_in_both_languages_with_its_version(
    client: FlaskClient, document: Document
) -> None:
    for language, number, words in (("zh-CN", 0, "版本"), ("en", 1, "Version")):
        page = client.get(f"/{document.name}", headers={"Accept-Language": language}).get_data(as_text=True)
        assert f"{words} {document.version}" in page
        for section in document.sections:
            assert section.heading[number] in page
    chinese = " ".join(one[0] for section in document.sections for one in section.paragraphs)
    english = " ".join(one[1] for section in document.sections for one in section.paragraphs)
    assert re.search("[a-z]{3}", chinese.replace("{operator}", "")) is None
    # A family name as an example is Chinese in English, too.
    assert len(re.findall("[一-鿿]", english)) < 3


def test_a_text_names_the_merchant_of_record_and_a_reader_may_choose_the_language(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        make_programme(session, merchant_of_record="望谟县<某>公司")
    client = app.test_client()
    page = client.get("/privacy?lang=en").get_data(as_text=True)
    assert "望谟县&lt;某&gt;公司 receives the payments" in page
    assert client.get("/terms?lang=tlh").status_code == 200


def test_the_front_door_leads_to_both(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    assert 'href="/privacy"' in page
    assert 'href="/terms"' in page
