"""`ivr check`: nothing fires on the shipped line, and each rule on a line that breaks it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.checks import RULES, check
from ivr.checks.reading import grade
from ivr.cli import main
from ivr.content import load
from ivr.line import Menu
from ivr.wording import PartWords

LINE = load(Path(__file__).resolve().parent.parent / "prompts")
WORDS = LINE.words("en")


def topic(**changes):
    """The shipped line with its complaint topic changed."""
    topics = dict(WORDS.topics) | {"complaint": replace(WORDS.topics["complaint"], **changes)}
    return replace(LINE, wordings={"en": replace(WORDS, topics=topics)})


def said(words):
    """The shipped line with one more part in a topic."""
    return topic(parts=(*WORDS.topics["complaint"].parts, PartWords(words)))


def menus(**changes):
    return replace(LINE, menus=dict(LINE.menus) | changes)


SIX = Menu({str(n): "school" for n in range(1, 7)})
BROKEN = {
    "FACTS: a fact nobody speaks": ("FACTS", topic(parts=WORDS.topics["complaint"].parts[1:])),
    "FACTS: a part that only pretends": ("FACTS", topic(parts=(PartWords("Hello.", ("F23",)),))),
    "R01: a sixth choice": ("R01", menus(main=SIX)),
    "R02: three presses away": ("R02", menus(main=Menu({"1": "letter"}))),
    "R05: labels alike": ("R05", topic(label="talk to the school again")),
    "R20: a long label": (
        "R20",
        topic(label="make a complaint to them about what they did to you all"),
    ),
    "R13: the wrong word for a key": ("R13", said("Dial the star key.")),
    "R13: the key before the thing": ("R13", said("Press 2 for more.")),
    "R22: a part of 90 words": ("R22", said("We talk to you. " * 23)),
    "R24: hard words": (
        "R24",
        topic(parts=(PartWords("Administrative tribunals adjudicate. " * 9),)),
    ),
    "R25: a long sentence": ("R25", said("You can go and " + "talk and " * 12 + "talk.")),
    "R26: a bare abbreviation": ("R26", said("Ask for an EHC plan.")),
    "R26: SENCO on its own": ("R26", said("Ask the SENCO.")),
    "R28: blame": ("R28", said("That key is invalid.")),
    "R28: a second sorry": ("R28", said("We are sorry.")),
    "R46: a decimal": ("R46", said("It is 2.5 weeks.")),
    "R58: a curly quote": ("R58", topic(text="Advice line, about your call: it’s free.")),
    "R58: too long": ("R58", topic(text="Advice line, about your call: " + "x" * 300)),
    "R58: a link": ("R58", topic(text="Advice line, about your call: see https://example.org")),
    "R59: another opening": ("R59", topic(text="Your appeal: call us.")),
    "R59: a place": ("R59", topic(text="Advice line, about your call: Dagenham.")),
}


def test_nothing_fires_on_the_shipped_line():
    assert check(LINE) == []


@pytest.mark.parametrize(("rule", "line"), BROKEN.values(), ids=BROKEN)
def test_a_broken_line_is_found_by_its_rule(rule, line):
    found = [finding for finding in check(line) if finding.rule == rule]
    assert found and all(each.where and each.what and each.do for each in found)


def test_every_rule_has_a_broken_line():
    assert {rule for rule, _ in BROKEN.values()} == set(RULES)


@pytest.mark.parametrize(
    ("text", "known"),
    [("The cat sat on the mat.", -1.45), ("Put your complaint in writing.", 2.88)],
)
def test_the_grade_is_flesch_and_kincaids(text, known):
    assert grade(text) == pytest.approx(known, abs=0.05)


def test_the_command_says_what_is_wrong_and_fails(tmp_path):
    result = CliRunner().invoke(main, ["check", "--content", str(tmp_path)])
    assert result.exit_code == 1 and "line.yaml" in result.output


def test_the_command_passes_on_the_shipped_line():
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 0, result.output
    assert "98 facts" in result.output
