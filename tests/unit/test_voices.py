"""Twilio's voices of each language, and how long the opening is with three of them switched on."""

from __future__ import annotations

import re
from dataclasses import replace

from ruamel.yaml import YAML

from ivr.content import load
from ivr.flow import step
from ivr.line.call import Call, CallStarted, InLanguage, Pause
from ivr.line.model import Voice
from ivr.speech.manifest import read_library
from tests.support.lines import OPEN
from tests.support.paths import ROOT

KNOWN = {
    tuple(row.split())
    for row in (ROOT / "tests/twilio/say_voices.txt").read_text().splitlines()
    if not row.startswith("#")
}
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
    assert ("ro-RO", "Google.ro-RO-Standard-A") in KNOWN


def lasts(unit) -> float:
    """Seconds of a recording; what is not recorded is as slow as the slowest short English one."""
    if isinstance(unit, Pause):
        return unit.ms / 1000
    if isinstance(unit, InLanguage):
        return len(unit.words) * SLOWEST
    return LIBRARY.find("en", "normal", unit).seconds


SHORT = [each for each in LINE.units("en") if each.endswith((" press 0.", " press 8."))]
SLOWEST = max(LIBRARY.find("en", "normal", each).seconds / len(each) for each in SHORT)


def test_with_three_languages_english_callers_have_a_key_within_12_seconds():
    found, words = drafts(), LINE.words("en")
    others = {
        lang: replace(words, says={**words.says, **found[lang]}) for lang in ("ro", "pl", "pt")
    }
    voices = {lang: Voice("gtts", written()[lang][1], written()[lang][0]) for lang in others}
    line = replace(
        LINE,
        voices={**LINE.voices, **voices},
        wordings={**LINE.wordings, **others},
    )
    said = step(line, Call(), CallStarted(), OPEN).say
    offers = [each for each in said if isinstance(each, InLanguage)]
    assert [each.lang for each in offers] == ["ro", "pl", "pt"]
    assert all(lasts(each) <= 5 for each in offers)
    first = said.index(words.say("for_person"))
    assert sum(map(lasts, said[:first])) <= 12
    # The line's own words up to the first topic; the offers come on top of them.
    topic = said.index("To ask about school or a plan, press 1.")
    own = [each for each in said[:topic] if not isinstance(each, InLanguage)]
    assert sum(map(lasts, own)) <= 12
