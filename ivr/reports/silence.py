"""A call in which no key is pressed, as it is printed: what is said after how long.

Owns the paper's own sentences about it. Nobody answers, and nothing is said at the tone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.topics import BETWEEN_PARTS
from ivr.line.call import End, Listen, Record, Transfer, Turn
from ivr.reports.ear import PaperCall
from ivr.reports.paper import Row, head, note


def silent_call(call: PaperCall, known: set[str], told: bool) -> Iterator[Row]:
    """All that is said from here to the end and not ``known``, which it then is.

    ``told``: with how long each wait is and what comes next.
    """
    waited = 0
    while not isinstance(call.turn.then, End):
        before, call = call.turn, _without_a_key(call)
        waited += _waits(before)
        new = [row for row in call.rows() if row.words not in known]
        known |= {row.words for row in new}
        if new:
            yield from [*_when(before, waited), *new, *_comes_next(call.turn)] if told else new
            waited = 0


def _without_a_key(call: PaperCall) -> PaperCall:
    if call.turn.effect:
        return call.follow("=free")
    match call.turn.then:
        case Transfer():
            return call.follow("=no-answer")
        case Record():
            return call.follow("~0")
    return call.follow(".")


def _waits(turn: Turn) -> int:
    """Seconds that the line waits for a key: a pause between two parts is no wait."""
    seconds = turn.then.seconds if isinstance(turn.then, Listen) and not turn.effect else 0
    return seconds if seconds > BETWEEN_PARTS else 0


def _when(before: Turn, waited: int) -> list[Row]:
    if waited:
        return [head(f"After {waited} seconds without a key")]
    if isinstance(before.then, Record):
        return [head("If you say nothing")]
    return [head("If nobody answers")] if isinstance(before.then, Transfer) else []


def _comes_next(turn: Turn) -> list[Row]:
    match turn.then:
        case Transfer():
            another = " the next" if len(turn.call.rung) > len(turn.then.who) else " an"
            return [note(f"The line rings{another} adviser for you.")]
        case Record():
            return [note("You hear a tone. What you say then is kept, without any key.")]
        case End():
            return [note("The call ends.")]
    return []
