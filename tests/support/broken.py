"""Copies of the shipped line, each broken in one way, and what the rules find in them."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

import pytest

from ivr.content import Content, ContentError, load, read
from ivr.content.checks import Evidence, Finding, check
from ivr.line.call import Speed
from ivr.speech.figures import Measured, count_words
from tests.support.paths import ROOT

SHIPPED, SMALL = ROOT / "prompts", Path(__file__).parent / "small_line"
ASK_KIND = "ask_kind: Do you want to appeal only about the school in the plan?\n"
GREETING = "greeting: Advice.\n"
"""So short that what is said before the first choice may become longer."""
RATES: dict[Speed, float] = {"normal": 141, "slow": 115}


@cache
def shipped() -> Content:
    """The line as it ships."""
    return read(SHIPPED)


def as_recorded(words: str, speed: Speed) -> Measured:
    """What a sound recording of these words would measure."""
    seconds = max(0.4, 60 * count_words(words) / RATES[speed])
    at = words.split().index("press") / len(words.split()) if "press" in words.split() else 0.5
    gap = (0.02 + at * seconds - 0.15, 0.3)
    return Measured(
        seconds=seconds + 0.04,
        level=-22.5,
        phone_level=-22.5,
        peak=-4.0,
        clipped=0,
        background=float("inf"),
        span=seconds,
        lead=0.02,
        tail=0.02,
        gaps=(gap,),
        top=5_000.0,
    )


def evidence(content: Content | None = None) -> Evidence:
    """What the rules look at, with sound recordings of everything: only wording is in question."""
    content = content or shipped()
    line = content.line
    keys = [
        (lang, speed, words)
        for lang in line.languages
        for words in line.units(lang)
        for speed in RATES
    ]
    prompts = {key: as_recorded(key[2], key[1]) for key in keys}
    voices = {key: line.voices[key[0]].recorded for key in keys}
    return Evidence(line, content.line_number, prompts, voices)


def small(folder: Path) -> Path:
    """A small line, to break: topics, menus and facts of its own, all other words as they ship.

    No topic, menu entry or sentence that is added to the shipped line tips it over.
    """
    ignored = shutil.ignore_patterns("topics", "golden_calls")
    content = Path(shutil.copytree(SHIPPED, folder / "prompts", ignore=ignored))
    shutil.copytree(SMALL, content, dirs_exist_ok=True)
    says = content / "en" / "says.yaml"
    text = re.sub("^greeting: .*\n", GREETING, says.read_text(), flags=re.MULTILINE)
    says.write_text(re.sub("^ask_kind: .*\n", ASK_KIND, text, flags=re.MULTILINE))
    words = (SHIPPED / "en" / "questions.yaml").read_text()
    with (content / "en" / "questions.yaml").open("a") as questions:
        questions.write(words[words.index("\nhelp:") :])
    return content


def changed(folder: Path, file: str, old: str, new: str) -> Path:
    """The small line with one change; its folder. Without ``old``, the file is ``new`` alone."""
    content = small(folder)
    change(content, file, old, new)
    return content


def found_in(content: Path) -> list[Finding]:
    """What ``ivr check`` finds in a folder, everything in it taken as recorded."""
    try:
        return check(evidence(read(content)))
    except ContentError as error:
        return [Finding(f.file, f.line, f.rule, f.says, "") for f in error.faults]


def line_of(content: Path, file: str, words: str) -> int:
    """The line, from 1, on which words stand in a file."""
    text = (content / file).read_text()
    return text[: text.index(words)].count("\n") + 1


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the shipped content, to break."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "prompts"))


def change(content: Path, file: str, old: str, new: str) -> int:
    """Replace words in a file; the line they stood on."""
    path = content / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def faults(content: Path) -> list[str]:
    with pytest.raises(ContentError) as error:
        load(content)
    return [str(fault) for fault in error.value.faults]
