"""Everything the rules look at, gathered: content, and the recordings of it.

Owns that gathering, and nothing of what is right or wrong. Reads files; asks no network.
"""

from __future__ import annotations

from pathlib import Path

from ivr.content import Content, Fault
from ivr.content.checks import Finding
from ivr.content.checks.evidence import Evidence
from ivr.line.call import Speed
from ivr.speech.figures import Measured
from ivr.speech.library import PromptAudio
from ivr.speech.manifest import NAME, PEOPLE, read
from ivr.speech.survey import survey

MEND = "Mend it there, then check again."


def as_finding(fault: Fault) -> Finding:
    """A fault of the files, as rules name what they find."""
    return Finding(fault.file, fault.line, fault.rule, fault.says, MEND)


def evidence(content: Content, *folders: Path, number: str = "") -> Evidence:
    """What the rules look at, for this content and these recordings. Raises ManifestError.

    ``number`` is the line's own telephone number; empty where it is only an example.
    """
    prompts: list[PromptAudio] = []
    measured: dict[tuple[str, Speed, str], Measured] = {}
    for audio in folders:
        listed = [*read(audio, NAME), *read(audio, PEOPLE)]
        here = [each for each in listed if each.words and (audio / each.path).is_file()]
        prompts += here
        sums = survey(audio, here)
        measured |= {_key(each): sums[each.file] for each in here if each.file in sums}
    voices = {_key(prompt): prompt.voice for prompt in prompts}
    return Evidence(
        content.line, content.line_number, measured, voices, number, lacks=content.lacks
    )


def _key(prompt: PromptAudio) -> tuple[str, Speed, str]:
    return prompt.lang, prompt.speed, prompt.words
