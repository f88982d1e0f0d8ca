"""Rules about how recordings sound (R54-R57), and that everything is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median

from ivr.content.checks.evidence import Evidence, PromptAudios
from ivr.content.checks.finding import Finding, Findings
from ivr.content.checks.reading import sentences
from ivr.line.call import Speed
from ivr.line.model import Line
from ivr.speech.figures import Measured, count_words
from ivr.speech.library import HUMAN

LEVEL, NEAR, ALIKE = -22.0, 2.0, 2.0
LOUDEST_PEAK = -2.9
"""-3 dBFS, and what an MP3 may add to it."""
QUIETEST_GAPS = 20.0
PAUSE = 0.25
"""Seconds of quiet that there must be between two sentences."""
LOWEST_TOP = 2_500
"""Hz: a recording without anything above it is muffled; consonants lie there."""
RATES: dict[Speed, tuple[float, float]] = {"normal": (130, 150), "slow": (110, 120)}
FEW_WORDS = 3
"""Of so few words the rate says nothing."""
Key = tuple[str, Speed, str]


def prompts_recorded(e: Evidence) -> Findings:
    """Everything the line can say has a recording; until then Twilio's own voice reads it.

    A doorway in a language that Twilio has no voice for must have them all.

    Source: our own; a caller should hear one voice throughout.
    Right: make record, after a change of wording
    Wrong: a changed sentence, and the recordings of last month
    """
    for lang in e.line.languages:
        for unit in e.line.units(lang):
            if (lang, "normal", unit) not in e.prompts:
                piece = e.origins(lang).of(unit)
                line = e.where(piece.file, *piece.path, near=unit)
                what = f"not recorded yet: “{unit[:60]}”"
                yield Finding(piece.file, line, "CLIPS", what, "Run: make record", "should")
    yield from _unheard_doorways(e)


def _unheard_doorways(e: Evidence) -> Findings:
    for lang, door in e.line.doorways.items():
        lacking = [unit for unit in e.line.units(lang) if (lang, "normal", unit) not in e.prompts]
        if lacking and not door.voice.say:
            line = e.where("line.yaml", "doorways", lang)
            what = f"the doorway “{lang}” has no voice: {len(lacking)} sentences are not recorded"
            do = "Record them all, or name a voice of Twilio's after “say”, where it has one."
            yield Finding("line.yaml", line, "CLIPS", what, do, "must")


def r54_even_level(e: Evidence) -> Findings:
    """Every recording speaks at -22 dBov, 2 dB to either side, and none is clipped.

    Peaks stay under -3 dBFS; recordings are within 2 dB of each other, on the telephone too.

    Source: RFC 7874 section 4; frames of speech after the idea of ITU-T P.56.
    Right: -22.4 dBov, peak -4 dBFS
    Wrong: one sentence twice as loud as the others
    """
    usual = median([prompt.phone_level for prompt in e.prompts.values()] or [LEVEL])
    for key, prompt in _named(e.prompts):
        for what in _level_faults(prompt, usual):
            yield _about("R54", e, key, what, "Record it anew: make record")


def r55_nothing_under_the_voice(e: Evidence) -> Findings:
    """Nothing lies under the voice, and it is clear over a telephone.

    Pauses are at least 20 dB quieter than speech; the sound reaches past 2,500 Hz.

    Source: WCAG 1.4.7; EN 301 549 5.1.3.10 and 6.1; ATIS.
    Right: silence in the pauses
    Wrong: music, hum, or a muffled recording
    """
    for key, prompt in _named(e.prompts):
        if prompt.background < QUIETEST_GAPS:
            what = f"something sounds {prompt.background:.0f} dB under the voice"
            yield _about("R55", e, key, what, "Record it where it is quiet.")
        if len(sentences(key[2])) > 1 and not any(gap >= PAUSE for _, gap in prompt.gaps):
            what = "no quiet between its sentences: something sounds under the voice"
            yield _about("R55", e, key, what, "Record it where it is quiet.")
        if prompt.top < LOWEST_TOP:
            what = f"is muffled: nothing above {prompt.top:.0f} Hz"
            yield _about("R55", e, key, what, "Record it anew, with a better microphone.")


def r56_slow_enough(e: Evidence) -> Findings:
    """The usual speed is 130 to 150 words a minute, the slower 110 to 120.

    From the first to the last sound of speech; recordings of more than three words, in English:
    words of other languages are longer or shorter.

    Source: comparisons of 155 and 178 words a minute with native and other listeners (abstracts:
    Sutton 1995, Sharit 2003, Ahmed 2024).
    Right: 141 words a minute
    Wrong: 180 words a minute, the speed of a newsreader
    """
    for key, prompt in _named(e.prompts):
        count, (least, most) = count_words(key[2]), RATES[key[1]]
        if count <= FEW_WORDS or not prompt.span or not key[0].startswith("en"):
            continue
        rate = 60 * count / prompt.span
        if not least - 0.5 <= rate <= most + 0.5:
            what = f"{rate:.0f} words a minute, {least:.0f} to {most:.0f} are wanted"
            yield _about("R56", e, key, what, "Record it anew: make record")


def r57_one_voice(e: Evidence) -> Findings:
    """One voice and one accent in each language; every Say names both.

    A person's own recording may stand beside it.

    Source: Twilio, whose default is American; W3C COGA; IBM prefers recordings.
    Right: <Say voice="Polly.Amy-Neural" language="en-GB">
    Wrong: <Say> alone: an American voice in the middle of a call
    """
    for key, voice in e.voices.items():
        if key[0] in e.line.voices and voice not in (e.line.voices[key[0]].recorded, HUMAN):
            what = f"is spoken by {voice}, the line by {e.line.voices[key[0]].recorded}"
            yield _about("R57", e, key, what, "Run: make record")


def of_a_person(
    line: Line, lang: str, words: str, measures: Mapping[Speed, Measured]
) -> Iterator[Finding]:
    """What these rules say of one sentence that a person has read, before it is used."""
    prompts = {(lang, speed, words): each for speed, each in measures.items()}
    voices = dict.fromkeys(prompts, HUMAN)
    e = Evidence(line, lambda *_, **__: 0, prompts, voices)
    for rule in (r54_even_level, r55_nothing_under_the_voice, r56_slow_enough):
        yield from rule(e)


def _level_faults(prompt: Measured, usual: float) -> Iterator[str]:
    if abs(prompt.level - LEVEL) > NEAR:
        yield f"speaks at {prompt.level:.1f} dBov, {LEVEL:.0f} is wanted"
    elif abs(prompt.phone_level - usual) > ALIKE:
        yield f"on the telephone {prompt.phone_level - usual:+.1f} dB off the others"
    if prompt.peak > LOUDEST_PEAK:
        yield f"its peak is {prompt.peak:.1f} dBFS, at most -3"
    if prompt.clipped:
        yield f"is clipped ({prompt.clipped} samples)"


def _named(prompts: PromptAudios) -> list[tuple[Key, Measured]]:
    """The recordings of words, in a steady order; pauses have no words."""
    return sorted(
        ((key, prompt) for key, prompt in prompts.items() if key[2]), key=lambda pair: pair[0]
    )


def _about(name: str, e: Evidence, key: Key, what: str, do: str) -> Finding:
    """A finding about a recording, where its wording stands."""
    lang, speed, words = key
    piece = e.origins(lang).of(words)
    line = e.where(piece.file, *piece.path, near=words)
    return Finding(piece.file, line, name, f"“{words[:40]}” ({speed}): {what}", do)
