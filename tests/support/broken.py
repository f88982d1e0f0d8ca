"""Copies of the shipped line, each broken in one way, and what the rules find in them."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from ivr.content import Content, ContentError, read
from ivr.content.checks import Evidence, Finding, check
from ivr.line.call import Speed
from ivr.speech.figures import Measured, count_words
from tests.support.paths import ROOT

RATES: dict[Speed, float] = {"normal": 141, "slow": 115}


@cache
def shipped() -> Content:
    """The line as it ships."""
    return read(ROOT / "prompts")


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


def changed(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of the shipped content with one change; the folder."""
    content = Path(shutil.copytree(ROOT / "prompts", folder / "prompts"))
    text = (content / file).read_text()
    assert text.count(old) >= 1, f"{old!r} is not in {file}"
    (content / file).write_text(text.replace(old, new, 1))
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
