"""A topic that has another name now is still found by who came to it under the old one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.content import load
from ivr.flow import step
from ivr.line.call import Call, KeyPressed, NoInput
from tests.support.broken import change, faults
from tests.support.lines import LINE, OPEN
from tests.support.paths import ROOT

NOW = replace(LINE, version="new", renamed={"plums": "apples"})
"""The line since the plums are called apples."""


def called(at, **more):
    """A call that began before that."""
    return Call(at=at, version="old", **more)


@pytest.mark.parametrize("part", [0, 2])
def test_a_call_under_way_hears_the_topic_from_its_beginning(part):
    turn = step(NOW, called("plums", part=part), NoInput(), OPEN)
    assert (turn.call.at, turn.call.part) == ("apples", 1)
    assert "apples part 1." in turn.say


def test_star_leads_back_to_it():
    turn = step(NOW, called("pears", trail=("main", "plums.2")), KeyPressed("*"), OPEN)
    assert turn.call.at == "apples" and "apples in short." in turn.say


def test_its_text_can_still_be_had():
    turn = step(NOW, called("text-plums", trail=("main", "plums")), KeyPressed("1"), OPEN)
    assert turn.effect.topic == "apples"


def test_a_name_that_was_never_there_still_begins_anew():
    turn = step(NOW, called("melons"), NoInput(), OPEN)
    assert turn.call.at == "main" and "<start_again>" in turn.say


def test_what_was_called_exclusion_is_found():
    line = load(ROOT / "prompts")
    turn = step(line, Call(at="exclusion", part=1, version="old"), NoInput(), OPEN)
    assert turn.call.at == "out-of-school"


@pytest.mark.parametrize("to", ["exclusions", "main"])
def test_a_name_that_leads_to_no_topic_is_a_fault(content, to):
    change(content, "flow.yaml", "exclusion: out-of-school", f"exclusion: {to}")
    assert any("exclusion" in fault and "flow.yaml" in fault for fault in faults(content))


def test_an_edition_in_which_it_has_the_old_name_can_be_read(content):
    topics = content / "en/topics"
    (topics / "out-of-school.yaml").rename(topics / "exclusion.yaml")
    change(content, "flow.yaml", "renamed: {exclusion: out-of-school}", "")
    for file in (content / "flow.yaml", content / "en/questions.yaml"):
        file.write_text(file.read_text().replace("out-of-school", "exclusion"))
    assert "exclusion" in load(content).topics
