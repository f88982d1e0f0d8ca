"""Whole calls on the small line, step by step: ``python -m tests.support.small_calls`` writes them anew.

Owns how a step is written down: what was heard, then where the caller is, all that is said, what
the telephone does next, and what the journal is told. Reads no state that a caller cannot notice.
"""

from __future__ import annotations

from pathlib import Path

from ivr.flow import step
from ivr.line.call import (
    Call,
    CallStarted,
    EffectDone,
    Event,
    HungUp,
    InLanguage,
    KeyPressed,
    Listen,
    NoInput,
    Pause,
    Playback,
    RecordingDone,
    Turn,
    Unit,
)
from tests.support.lines import CLOSED, LANDLINE, LINE, MOBILE, OPEN, TWO_LANGUAGES

KEPT = Path(__file__).with_name("small_calls.txt")
NIGHT = CLOSED._replace(ringable=MOBILE)
FACTS = {
    "day": OPEN._replace(ringable=MOBILE, rings=(("first",), ("second",))),
    "night": NIGHT,
    "landline": LANDLINE,
    "withheld": NIGHT._replace(ringable="", number="", caller="withheld"),
}
LINES = {"one": LINE, "two": TWO_LANGUAGES}
MESSAGE = "RE" + "0a" * 16


def kept() -> dict[str, str]:
    """Each walk by its first line, which is its name and the way it goes."""
    blocks = KEPT.read_text("utf-8").strip().split("\n\n")
    return {block.partition("\n")[0]: block for block in blocks}


def walked(head: str) -> str:
    """The walk that a first line asks for: ``who line [node]: what is heard | and written down``.

    It begins with the call, or at the node.
    """
    told, _, way = head.partition(": ")
    who, line, *node = told.split()
    before, _, after = way.rpartition("|")
    turn, rows = Turn(Call(at=node[0], trail=("main",)) if node else Call()), [head]
    for word in before.split():
        turn = step(LINES[line], turn.call, _heard(word, turn), FACTS[who])
    for word in after.split():
        turn = step(LINES[line], turn.call, _heard(word, turn), FACTS[who])
        rows += [
            f"  {word} > {_after(turn)}",
            *([f"      {said}"] if (said := _said(turn)) else []),
        ]
    return "\n".join(rows)


def _heard(word: str, turn: Turn) -> Event:
    match word.split(":"):
        case ["rings"]:
            return CallStarted()
        case ["silence"]:
            return NoInput()
        case ["hangs-up"]:
            return HungUp()
        case ["then", *outcome]:
            return EffectDone(turn.effect or turn.then, ":".join(outcome))
        case ["recorded", seconds, key]:
            return RecordingDone(MESSAGE if seconds else "", int(seconds or 0), key)
    return KeyPressed(word)


def _after(turn: Turn) -> str:
    """Where the caller is, what the telephone does next, and the notes."""
    then = turn.effect or turn.then
    notes = [" ".join(part or "-" for part in note) for note in turn.notes]
    return " | ".join([turn.call.at, *([] if then == Listen(10) else [str(then)]), *notes])


def _said(turn: Turn) -> str:
    return " ".join(map(_unit, turn.say))


def _unit(unit: Unit) -> str:
    match unit:
        case Pause():
            return "/"
        case InLanguage(lang, words):
            return f"({lang}) {words}"
        case Playback(recording):
            return f"(recording {recording[:4]})"
    return str(unit)


if __name__ == "__main__":
    KEPT.write_text("\n\n".join(map(walked, kept())) + "\n", "utf-8")
