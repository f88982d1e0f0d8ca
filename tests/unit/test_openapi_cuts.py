"""What is kept of Twilio's OpenAPI documents is all that the tests read of them, and nothing else.

Whether it is still what Twilio's whole documents say is asked of the script, wherever they are:
``python -m tools.twilio_openapi FOLDER --check``.
"""

from __future__ import annotations

import json
import shutil

import pytest

from tests.support.openapi import CUTS
from tools.twilio_openapi import OPERATIONS, SCHEMAS, cut, main, written

JSON = "application/json"
SAID = {"title": "kept: an example of an answer", "description": "kept too"}
ANSWER = {"schema": {"$ref": f"{SCHEMAS}one"}, "examples": {"ask": {"value": SAID}}}
ASKED = {"name": "title", "in": "query", "schema": {"type": "string"}}
KEPT = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "x": {"$ref": f"{SCHEMAS}two"}},
}
INFO = {"title": "A document", "version": "1", "license": {"name": "Apache 2.0"}}
WHOLE = {
    "openapi": "3.0.1",
    "info": {**INFO, "description": "for people"},
    "paths": {
        "/a": {
            "description": "for people",
            "get": {
                "summary": "for people",
                "tags": ["a"],
                "x-twilio": {"path": "x"},
                "parameters": [{**ASKED, "description": "for people", "examples": {"a": {}}}],
                "responses": {"200": {"description": "for people", "content": {JSON: ANSWER}}},
            },
            "post": {"responses": {"200": {"content": {JSON: {"schema": {"$ref": f"{SCHEMAS}three"}}}}}},
        },
        "/b": {"get": {"responses": {}}},
    },
    "components": {
        "schemas": {
            "two": {"type": "object", "title": "for people"},
            "three": {"type": "object"},
            "one": {**KEPT, "description": "for people", "x-class": "y"},
        }
    },
}  # fmt: skip
CUT = {
    "openapi": "3.0.1",
    "info": INFO,
    "paths": {
        "/a": {"get": {"parameters": [ASKED], "responses": {"200": {"content": {JSON: ANSWER}}}}}
    },
    "components": {"schemas": {"one": KEPT, "two": {"type": "object"}}},
}


def test_a_cut_holds_its_operations_and_what_they_refer_to_without_words_for_people():
    assert cut(WHOLE, {"/a": ("get",)}) == CUT


def test_an_operation_that_is_gone_is_said():
    with pytest.raises(KeyError):
        cut(WHOLE, {"/a": ("delete",)})


def test_the_cuts_hold_what_the_tests_read_and_no_words_for_people():
    assert sorted(path.name for path in CUTS.glob("*.json")) == [*OPERATIONS]
    for path in CUTS.glob("*.json"):
        assert path.stat().st_size < 150_000 and '"description"' not in path.read_text("utf-8")


@pytest.mark.parametrize(("name", "operations"), OPERATIONS.items(), ids=OPERATIONS)
def test_nothing_is_left_to_cut_from_a_cut(name, operations):
    kept = (CUTS / name).read_text("utf-8")
    assert written(cut(json.loads(kept), operations)) == kept


@pytest.fixture
def whole(tmp_path):
    """A folder of whole documents that say what the cuts say."""
    for name in OPERATIONS:
        shutil.copy(CUTS / name, tmp_path / f"twilio_{name}")
    return tmp_path


def test_the_script_says_whether_the_cuts_are_what_it_cuts(whole):
    with pytest.raises(SystemExit) as ended:
        main([str(whole), "--check"])
    assert not ended.value.code
    changed = whole / "twilio_lookups_v2.json"
    changed.write_text(changed.read_text("utf-8").replace("boolean", "integer"), "utf-8")
    with pytest.raises(SystemExit) as ended:
        main([str(whole), "--check"])
    assert ended.value.code == "not what is cut now: lookups_v2.json"
