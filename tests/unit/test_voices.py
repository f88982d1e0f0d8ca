"""Twilio's voices of each language, and how long the opening is with three of them switched on."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from ruamel.yaml import YAML

from ivr.content import load
from ivr.flow import step
from ivr.line.call import Call, CallStarted, InLanguage, Pause
from ivr.line.model import Doorway, Line, Voice
from ivr.speech.manifest import read_library
from tests.support.lines import OPEN
from tests.support.paths import ROOT

KNOWN = {
    tuple(row.split()[:2])
    for row in (ROOT / "tests/twilio/say_voices.txt").read_text().splitlines()
    if not row.startswith("#") and row.endswith(" page")
}
"""The voices that Twilio's own page names, each after its tag."""
ROW = re.compile(r"^ *\| (?P<names>.+?) \| (?P<say>.+?) \| *(?P<tag>.*?) *\|$", re.MULTILINE)
LINE = load(ROOT / "prompts")
LIBRARY = read_library(ROOT / "audio")


def written() -> dict[str, tuple[str, str]]:
    """What the page says of each language: its tag and voice; an empty tag where there is none."""
    page = (ROOT / "docs" / "languages.md").read_text()
    table = page.partition("| language | `say` | `tag` |")[2].partition("\n\n")[0]
    return {
        lang: (row["tag"], row["say"].partition(",")[0])
        for row in ROW.finditer(table)
        for lang in re.findall(r"\b([a-z]{2}),", row["names"])
    }


def drafts() -> dict[str, dict[str, str]]:
    """What stands in the folder of each language that is not switched on."""
    files = sorted((ROOT / "prompts").glob("*/says.yaml"))
    others = [file for file in files if file.parent.name not in LINE.languages]
    return {file.parent.name: YAML(typ="safe").load(file) for file in others}


def test_each_language_that_is_on_has_a_voice_of_its_own_at_twilio():
    assert [(v.tag, v.say) for v in LINE.voices.values() if (v.tag, v.say) not in KNOWN] == []


def test_the_page_has_for_each_draft_a_voice_that_twilio_has_or_says_that_there_is_none():
    assert set(drafts()) == set(written())
    for lang, (tag, say) in written().items():
        none = say.startswith("none") and not any(each.startswith(f"{lang}-") for each, _ in KNOWN)
        assert (tag, say) in KNOWN or none, lang
        assert not tag or tag.startswith(f"{lang}-")


def test_a_voice_of_another_language_would_be_found():
    assert ("ro-RO", "Google.pl-PL-Standard-A") not in KNOWN
    assert ("ro-RO", "Google.ro-RO-Standard-B") in KNOWN


def lasts(unit) -> float:
    """Seconds of a recording; what is not recorded is as slow as the slowest short English one."""
    if isinstance(unit, Pause):
        return unit.ms / 1000
    if isinstance(unit, InLanguage):
        return len(re.sub(r"\d", "seven", unit.words)) * SLOWEST
    return LIBRARY.find("en", "normal", unit).seconds


SHORT = [each for each in LINE.units("en") if each.endswith((" press 0.", " press 8."))]
SLOWEST = max(LIBRARY.find("en", "normal", each).seconds / len(each) for each in SHORT)


def with_three(*langs: str) -> Line:
    """The line with these drafts as doorways."""
    found = drafts()
    doors = {lang: Doorway(Voice("gtts", "", ""), found[lang], found[lang]) for lang in langs}
    return replace(LINE, doorways=doors)


def longest() -> list[str]:
    """The three languages whose offers take longest to say."""
    found = drafts()
    return sorted(found, key=lambda lang: len(found[lang]["this_language"]))[-3:]


@pytest.mark.parametrize("langs", [("ro", "bn", "pl"), longest()])
def test_with_three_languages_the_first_english_choice_begins_within_12_seconds(langs):
    said, words = step(with_three(*langs), Call(), CallStarted(), OPEN).say, LINE.words("en")
    offers = [each for each in said if isinstance(each, InLanguage)]
    assert [each.lang for each in offers] == list(langs)
    person, first = said.index(words.say("for_person")), said.index(offers[0])
    assert sum(map(lasts, said[:person])) <= 3, "the first key is as early as it was"
    assert sum(map(lasts, said[:first])) <= 6, "and so is one's own language"
    topic = said.index("To ask about school or a plan, press 1.")
    assert sum(map(lasts, said[:topic])) <= 12
    assert said[-1] == words.say("for_hearing")
