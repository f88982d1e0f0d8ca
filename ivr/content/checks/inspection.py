"""Everything the rules look at, gathered: content, every step of the flow, TwiML, recordings.

Owns that gathering, and nothing of what is right or wrong. Reads files; asks no network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from ivr import twiml
from ivr.content import Content, Fault
from ivr.content.checks import Finding
from ivr.content.checks.evidence import Evidence
from ivr.content.checks.graph import CLOSED, OPEN, Step, Stepper, explore
from ivr.flow import step as flow_step
from ivr.line.call import Facts, Speed, Turn
from ivr.line.model import Line
from ivr.speech.figures import Measured
from ivr.speech.library import Library, PromptAudio
from ivr.speech.manifest import read
from ivr.speech.survey import survey

Writer = Callable[[Turn, twiml.Renderer], bytes]
PromptAudios = dict[tuple[str, Speed, str], Measured]
MEND = "Mend it there, then check again."
NOWHERE = "https://line.example"
"""Addresses in the TwiML that is looked at: never asked."""


def as_finding(fault: Fault) -> Finding:
    """A fault of the files, as rules name what they find."""
    return Finding(fault.file, fault.line, fault.rule, fault.says, MEND)


def evidence(content: Content, *folders: Path, number: str = "") -> Evidence:
    """What the rules look at, for this content and these recordings. Raises ManifestError.

    ``number`` is the line's own telephone number; empty where it is only an example.
    """
    return gather(content, *_recordings(folders), number=number)


def heard_anew(before: Evidence, *folders: Path) -> Evidence:
    """The same with the recordings that are here now; the words, and so the steps, are as before.

    Raises ManifestError.
    """
    return replace(before, **_heard(before.line, *_recordings(folders), twiml.write))


def _recordings(folders: Iterable[Path]) -> tuple[Library, PromptAudios]:
    prompts: list[PromptAudio] = []
    measured: PromptAudios = {}
    for audio in folders:
        here = [prompt for prompt in read(audio) if (audio / prompt.path).is_file()]
        prompts += here
        measured |= measured_prompts(audio, here)
    return Library(prompts), measured


def measured_prompts(audio: Path, prompts: list[PromptAudio]) -> PromptAudios:
    """The recordings of words, measured; one that cannot be read is left out."""
    measured = survey(audio, [prompt for prompt in prompts if not prompt.pause])
    spoken = ((prompt, measured.get(prompt.file)) for prompt in prompts if not prompt.pause)
    return {(prompt.lang, prompt.speed, prompt.words): each for prompt, each in spoken if each}


def gather(
    content: Content,
    library: Library,
    prompts: PromptAudios,
    step: Stepper = flow_step,
    write: Writer = twiml.write,
    facts: tuple[Facts, ...] = (OPEN, CLOSED),
    number: str = "",
) -> Evidence:
    """The same from parts that are at hand; ``step`` and ``write`` may stand in for the line's."""
    line = content.line
    return Evidence(
        line=line,
        where=content.line_number,
        graph=explore(line, step, facts),
        number=number,
        **_heard(line, library, prompts, write),
    )


def _heard(line: Line, library: Library, prompts: PromptAudios, write: Writer) -> dict[str, Any]:
    """What of the evidence depends on the recordings."""
    spoken = (prompt for prompt in library.prompts if prompt.words)
    return {
        "written": _written(line, library, write),
        "prompts": prompts,
        "pauses": frozenset(prompt.pause for prompt in library.prompts if prompt.pause),
        "voices": {(prompt.lang, prompt.speed, prompt.words): prompt.voice for prompt in spoken},
    }


def _written(line: Line, library: Library, write: Writer) -> Callable[[Step], Xml.Element]:
    """The TwiML of a step, parsed; the same words in the same node are written once."""
    render_settings = twiml.RenderSettings(
        library=library,
        say_voice={lang: voice.say for lang, voice in line.voices.items()},
        tags={lang: voice.tag for lang, voice in line.voices.items()},
        audio=f"{NOWHERE}/audio/",
        numbers={"first": "+442079460200", "second": "+442079460201"},
        whisper=lambda call, transfer: f"{NOWHERE}/desk",
    )
    renderer = twiml.Renderer(
        render_settings,
        lambda call, on: f"{NOWHERE}/voice?on={on}",
        lambda recording, lang: f"{NOWHERE}/recordings/{recording}",
    )
    made: dict[object, Xml.Element] = {}

    def written(step: Step) -> Xml.Element:
        turn = step.turn
        key = (turn.say, turn.then, turn.call.lang, turn.call.speed)
        if key not in made:
            made[key] = Xml.fromstring(write(turn, renderer))  # noqa: S314 - our own bytes
        return made[key]

    return written
