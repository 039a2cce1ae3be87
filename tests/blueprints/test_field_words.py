"""What is wrong with a field is said in the reader's language."""

import ast
import re
from pathlib import Path

import marshmallow
import pytest
from flask.testing import FlaskClient
from marshmallow import fields, validate

from blueprints.field_words import in_chinese

SCHEMAS = Path(__file__).parents[2] / "blueprints" / "schemas"
FOOTPRINT = "/api/v1/footprints"


def _sentences() -> set[str]:
    """Every sentence that our schemas write themselves."""
    found = set()
    for file in SCHEMAS.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            told = node.args[:1] if getattr(node.func, "id", "") == "ValidationError" else []
            told += [one.value for one in node.keywords if one.arg == "error"]
            found |= {ast.literal_eval(one) for one in told if isinstance(one, ast.Constant)}
    return found


@pytest.mark.parametrize("english", sorted(_sentences()))
def test_what_our_schemas_say_has_chinese(english: str) -> None:
    assert not re.search("[a-z]", str(in_chinese(english)))


@pytest.mark.parametrize(
    ("field", "given"),
    [
        (fields.Integer(required=True), marshmallow.missing),
        (fields.Integer(), None),
        (fields.Integer(), "many"),
        (fields.String(), 5),
        (fields.Boolean(), "perhaps"),
        (fields.Date(), "2026-02-30"),
        (fields.List(fields.String()), "one"),
        (fields.Dict(), "one"),
        (fields.String(validate=validate.Length(min=2, max=4)), "a"),
        (fields.String(validate=validate.Length(max=4)), "abcde"),
        (fields.String(validate=validate.Length(min=4)), "a"),
        (fields.String(validate=validate.Length(equal=4)), "a"),
        (fields.Integer(validate=validate.Range(min=2, max=4)), 1),
        (fields.Integer(validate=validate.Range(min=2)), 1),
        (fields.Integer(validate=validate.Range(max=4)), 5),
        (fields.String(validate=validate.OneOf(["1", "2"])), "3"),
        (fields.String(validate=validate.Regexp("1")), "3"),
    ],
)
def test_what_marshmallow_says_has_chinese(field: fields.Field[object], given: object) -> None:
    schema = marshmallow.Schema.from_dict({"field": field})()
    body = {} if given is marshmallow.missing else {"field": given}
    [english] = schema.validate(body)["field"]
    assert not re.search("[a-z]", str(in_chinese(english))), english


def test_an_answer_says_it_in_the_readers_language(client: FlaskClient) -> None:
    body = {"items": [{"factor": "bus", "quantity": "many"}], "colour": "red"}
    said = {
        language: client.post(FOOTPRINT, json=body, headers={"Accept-Language": language}).get_json()[
            "fields"
        ]
        for language in ("zh-CN", "en")
    }
    assert said["en"]["colour"] == ["Unknown field."]
    assert said["zh-CN"]["colour"] == ["没有这个字段。"]
    assert said["zh-CN"]["items"]["0"]["quantity"] == ["应为数字，且不能过大。"]
