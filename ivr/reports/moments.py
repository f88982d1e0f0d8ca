"""What the line does at moments that are no menu and no topic: key 8, silence, a key that is not
used, a text message, a typed number, and a fault.

Owns the sections about them. What the line says there comes from the ear; only the paper's own
sentences around it are written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ivr.flow.topics import BETWEEN_PARTS
from ivr.line.call import End, Listen, Record, Transfer, Turn
from ivr.line.model import Line
from ivr.reports.ear import EXAMPLE_MOBILE, Reader, as_read, ear, evening_ear, said, withheld_ear
from ivr.reports.paper import Row, Section, head, note

MINUTE = 60
UNUSED = "7"
"""A key that is offered in no topic."""
SENT = {
    "queued": "If the text can be sent",
    "already": "If the same text is on its way",
    "failed": "If it cannot be sent",
}
MISFITS = {
    "If it has 10 digits": EXAMPLE_MOBILE[:-1],
    "If it has only one digit": "7",
    "If it has more than 20 digits": "7" * 21,
    "If it is no UK mobile number": "02079460123",
    "If it is a mobile number of Jersey, Guernsey or the Isle of Man": "07797712345",
}


def moments(line: Line, lang: str) -> tuple[Section, ...]:
    """Every section about a moment of a call, in the order of their use."""
    return tuple(make(line, lang) for make in MOMENTS)


def hearing(line: Line, lang: str) -> Section:
    """Key 8, and what each of its choices answers."""
    caller = ear(line, lang)
    menu = caller.press(caller.ring(), "8")
    choices, start = caller.rows(menu), caller.come(line.start)
    rows = [*choices, note("What you choose stays so until the end of your call.")]
    for key in dict.fromkeys(row.key for row in choices if row.kind == "choice"):
        answer = caller.press(menu, key)
        rows += [head(f"When you press {key}"), *caller.rows(answer, start), *_how_long(answer)]
    return Section("hearing", "Key 8: change how you hear this", tuple(rows))


def _how_long(turn: Turn) -> list[Row]:
    if not (isinstance(turn.then, Listen) and turn.then.seconds > MINUTE):
        return []
    minutes = turn.then.seconds // MINUTE
    return [note(f"The line waits up to {minutes} minutes. It waits again after each part.")]


def silence(line: Line, lang: str) -> Section:
    """A whole call in which no key is pressed and no adviser answers; then what is said else."""
    caller, evening = ear(line, lang), evening_ear(line, lang)
    rows = [note("Take all the time you need. What you have read before is left out here.")]
    heard = {row.words for row in caller.rows(caller.ring())}
    waited = 0
    for before, turn in _silent_call(caller, caller.ring()):
        waited += _waits(before)
        if new := _new(caller, turn, heard):
            rows += [*_when(before, waited), *new, *_comes_next(turn)]
            waited = 0
    others = {
        "If no adviser is there": _silent_call(evening, evening.ring()),
        "If you pressed a key before": _silent_call(evening, evening.hear_out()),
    }
    for why, call in others.items():
        rows += [head(why), *(row for _, turn in call for row in _new(evening, turn, heard))]
    rows += [
        head("If you ring very often"),
        note("When one phone has rung more than 20 times in an hour, the line first says:"),
        *caller.rows(caller.ring(often=True)),
        note("Any key, or waiting, then brings you to the choices. 0 still finds a person."),
        head("If a call ends too soon"),
        note("Ring again within ten minutes, with your number showing. The line then first says:"),
        *caller.rows(caller.ring(resume=next(iter(line.topics)))),
        note("The other keys are those of the first menu. If you wait, you hear it."),
    ]
    return Section("no-key", "If you press nothing", tuple(rows))


def _new(caller: Reader, turn: Turn, heard: set[str]) -> list[Row]:
    """What a turn says that was not heard before; from now on it was."""
    new = [row for row in caller.rows(turn) if row.words not in heard]
    heard |= {row.words for row in new}
    return new


def _silent_call(caller: Reader, turn: Turn) -> Iterator[tuple[Turn, Turn]]:
    """Each turn after the first, with the one before it."""
    while not isinstance(turn.then, End):
        before, turn = turn, _without_a_key(caller, turn)
        yield before, turn


def _without_a_key(caller: Reader, turn: Turn) -> Turn:
    """Nobody answers, and nothing is said at the tone."""
    if turn.effect or isinstance(turn.then, Transfer):
        return caller.ends(turn, "free" if turn.effect else "no-answer")
    return caller.speaks(turn, 0) if isinstance(turn.then, Record) else caller.wait(turn)


def _waits(turn: Turn) -> int:
    """Seconds that the line waits for a key: a pause between two parts is no wait."""
    waits = isinstance(turn.then, Listen) and not turn.effect
    seconds = turn.then.seconds if isinstance(turn.then, Listen) and waits else 0
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


def slips(line: Line, lang: str) -> Section:
    """A key that is not offered, twice."""
    caller = ear(line, lang)
    node = caller.come(next(iter(line.topics)))
    first = caller.press(node, UNUSED)
    second = caller.press(first, UNUSED)
    rows = [
        note("No harm is done. The line says what you can press, and goes on. For key 7:"),
        *caller.rows(first, node),
        head("If it happens again"),
        note("The line leads you to a person. If you have heard advice, it asks first:"),
        *caller.rows(second, first),
    ]
    return Section("unused-key", "If a key is not used", tuple(rows))


def text(line: Line, lang: str) -> Section:
    """A topic as a text message, to the phone that rings."""
    caller, hidden = ear(line, lang), withheld_ear(line, lang)
    offer = caller.press(caller.hear_out(), "2")
    sending = caller.press(offer, "1")
    rows = [
        note("At the end of each topic you can press 2 to get it as a text message."),
        *caller.rows(offer),
        head("From a landline or a hidden number"),
        *hidden.rows(hidden.press(hidden.hear_out(), "2"), offer),
    ]
    for outcome, when in SENT.items():
        answer = caller.ends(sending, outcome)
        rows += [head(when), *caller.rows(answer, caller.press(answer, "#"))]
    return Section("text", "Get a topic as a text message", tuple(rows))


def number(line: Line, lang: str) -> Section:
    """Typing a mobile number: how, what may be odd about it, and how it is read back."""
    caller = withheld_ear(line, lang)
    offer = caller.press(caller.press(caller.hear_out(), "2"), "1")
    asked = caller.press(offer, "7*")
    rows = [
        *caller.rows(offer),
        note("While you enter a number, 0 and 8 are digits. For a person, press 0, then hash."),
    ]
    silent = caller.wait(caller.wait(offer))
    rows += [head("If you press nothing for a while"), *caller.rows(silent, offer)]
    for when, keys in MISFITS.items():
        rows += [head(when), *caller.rows(caller.press(offer, keys), asked)]
    rows += _read_back(caller, offer)
    return Section("number", "Enter a mobile number", tuple(rows))


def _read_back(caller: Reader, offer: Turn) -> list[Row]:
    check = caller.press(offer, EXAMPLE_MOBILE)
    return [
        head("When you have entered a number"),
        *(as_read(row) for row in caller.rows(check)),
        note("That number is an example. After 1 the text is sent. After 2 you enter it again."),
    ]


def trouble(line: Line, lang: str) -> Section:
    """What is said when the line was changed during a call, or something fails."""
    caller = ear(line, lang)
    changed = caller.rows(caller.come("gone"), caller.come(line.start))
    sorry = said(caller.words.say("apology"), line.voices[lang].tag)
    rows = (
        head("If the line was changed during your call"),
        *changed,
        head("If something fails on our side"),
        sorry,
        note("In both cases you then hear the main menu."),
    )
    return Section("our-fault", "If something goes wrong", rows)


MOMENTS: tuple[Callable[[Line, str], Section], ...] = (
    hearing,
    silence,
    slips,
    text,
    number,
    trouble,
)
