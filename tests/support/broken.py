"""Copies of the shipped line, each broken in one way, and what the rules find in them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from ivr.content import Content, ContentError, read
from ivr.content.checks import Evidence, Finding, check, inspection
from ivr.content.checks.graph import CLOSED, OPEN
from ivr.line.call import Speed
from ivr.line.wording import PAUSES
from ivr.speech.figures import Measured, count_words
from ivr.speech.library import Library, PromptAudio
from tests.support.paths import ROOT

BOTH = (OPEN, CLOSED)
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


def all_recorded(content: Content) -> tuple[Library, inspection.PromptAudios]:
    """Sound recordings of everything this line says, made up: only wording is in question."""
    made: dict[tuple[str, Speed, str], PromptAudio] = {}
    for lang in content.line.languages:
        voice = content.line.voices[lang].recorded
        for words in content.line.units(lang):
            for speed in RATES:
                made[lang, speed, words] = PromptAudio(
                    lang, voice, speed, words, f"{len(made)}.mp3", lang, 1.0
                )
    pauses = [
        PromptAudio("", "", "normal", "", f"{p.ms}.mp3", "pauses", p.ms / 1000, p.ms)
        for p in PAUSES
    ]
    prompts = {key: as_recorded(key[2], key[1]) for key in made}
    return Library([*made.values(), *pauses]), prompts


def evidence(content: Content | None = None, **changes: object) -> Evidence:
    """What the rules look at; ``changes`` stand in for the line's own step or writer."""
    content = content or shipped()
    library, prompts = all_recorded(content)
    facts = changes.pop("facts", (OPEN,))
    return inspection.gather(content, library, prompts, facts=facts, **changes)


@cache
def walked() -> Evidence:
    """The shipped line, whose steps are the same however it is recorded or written down."""
    return evidence(facts=BOTH)


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


def rules_and_nodes(findings: Iterable[Finding]) -> set[tuple[str, str]]:
    """Each broken rule with the file it is broken in."""
    return {(finding.rule, finding.file) for finding in findings}


def line_of(content: Path, file: str, words: str) -> int:
    """The line, from 1, on which words stand in a file."""
    text = (content / file).read_text()
    return text[: text.index(words)].count("\n") + 1


def with_prompt(e: Evidence, words: str, speed: Speed, **changes: object) -> Evidence:
    """The same with one recording measuring otherwise."""
    key = ("en", speed, words)
    return replace(e, prompts={**e.prompts, key: replace(e.prompts[key], **changes)})
