"""The stated end of each caller, and what is said where a call fell short of it.

Owns the figures: which rule asks for how many seconds. Each judge yields one plain sentence for
each thing that was not as it should be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ivr.simulator import events
from ivr.simulator.judged.evidence import CallEvidence

Judge = Callable[[CallEvidence], Iterator[str]]

FIRST_CHOICE = 12.0
"""Seconds from the answer to the first choice, for who hears it all (R21)."""
TO_TOPIC = 45.0
"""Seconds from the answer to a topic, for who hears every choice (figure 3)."""
TO_RINGING = 10.0
"""Seconds of speech between asking for a person and the ring (R47)."""
NOBODY = ("closed", "busy")
"""What is said where no telephone can ring."""
TYPED = (
    "ask_number",
    "ask_phone",
    "ask_day_letter",
    "ask_day_certificate",
    "ask_month",
    "ask_year",
)
"""The phrases that ask for digits."""
FIRST_WAIT = 10.0
"""Seconds of the shortest wait for an answer (R31)."""


def sound(evidence: CallEvidence) -> Iterator[str]:
    """What must hold in every call: no error, no apology, no end without a warning (R33)."""
    for event in evidence.events:
        if isinstance(event, events.Failed):
            yield f"failed after {event.at:.0f} seconds: {event.words}"
    if evidence.said("apology"):
        yield "the line had to apologise: something broke"
    if evidence.ended_by == "line" and not evidence.warned:
        yield "the line ended the call without a warning and time to stay"


def topic(name: str, lang: str) -> Judge:
    """The topic was heard to its end, every word of it."""

    def judge(evidence: CallEvidence) -> Iterator[str]:
        if missing := evidence.missing(name, lang):
            yield f"the topic {name} was not heard to its end: {', '.join(missing)}"

    return judge


def prompt(name: str, lang: str) -> Judge:
    """A caller who hears every choice is at the first, and at the topic, in time.

    Offers of other languages are left out of both (R21); the time to the topic is that of the
    voice alone, because figure 3 leaves out the breaks of R40.
    """

    def judge(evidence: CallEvidence) -> Iterator[str]:
        first = evidence.began("press 1")
        if first is not None:
            yield from _late(
                "the first choice", first - evidence.offers_before(first, lang), FIRST_CHOICE
            )
        came = evidence.began(evidence.line.words(lang).title(name))
        if came is not None:
            voice = evidence.voice_before(came, lang)
            yield from _late("the topic, its breaks left out,", voice, TO_TOPIC)

    return judge


def _late(what: str, came: float, most: float) -> Iterator[str]:
    if came > most:
        yield f"{what} came after {came:.1f} seconds, not within {most:.0f}"


def person(evidence: CallEvidence) -> Iterator[str]:
    """A person's telephone rang, soon after being asked for (R10, R47)."""
    if evidence.to_person is None:
        yield "no person was rung"
    elif evidence.to_person > TO_RINGING:
        yield f"a person was rung only {evidence.to_person:.1f} seconds later"


def came_back(evidence: CallEvidence) -> Iterator[str]:
    """Star stopped the ringing: nobody else was rung, and nobody was talked with (R11)."""
    rung = [event.at for event in evidence.each(events.Dialling)]
    star = next((key.at for key in evidence.keys if key.key == "*"), None)
    if star is None or not rung or star < rung[0]:
        yield "star was not pressed while a telephone rang"
    elif any(at > star for at in rung):
        yield "somebody else was rung after star"
    if list(evidence.each(events.Bridged)):
        yield "the caller was put through all the same"


def adviser_told(topic: str) -> Judge:
    """Whoever took the call had heard which topic the caller has heard (R49)."""

    def judge(evidence: CallEvidence) -> Iterator[str]:
        if evidence.line.words(_lang(evidence)).title(topic) not in evidence.told:
            yield f"the adviser was not told that the caller has heard about {topic}"
        if not list(evidence.each(events.Bridged)):
            yield "the caller was never put through"

    return judge


def panicked(evidence: CallEvidence) -> Iterator[str]:
    """The one press of 0 led to a person (R10)."""
    zero = next((key.at for key in evidence.keys if key.key == "0"), None)
    if zero is None:
        yield "0 was never pressed"
    else:
        yield from _answered(evidence, zero)


def _answered(evidence: CallEvidence, zero: float) -> Iterator[str]:
    """0, pressed at this moment, led to a person, or to hearing that nobody is there (R48).

    It may first be asked what they may be told; the ring then follows the answer or wait (R49).
    While a number is typed the line only knows a lone 0 once the wait has run out (rule 1.1).
    """
    reached = [spoken.at for phrase in NOBODY for spoken in evidence.said(phrase)]
    reached += [event.at for event in evidence.each(events.Dialling)]
    person = min((at for at in reached if at >= zero), default=None)
    questions = (spoken.at for spoken in evidence.said("may_tell"))
    asked = min((at for at in questions if at >= zero), default=None)
    if person is None:
        yield "0 led to no person, and nothing was said of it"
    elif asked is None or person < asked:
        yield from _too_late(evidence, zero, person)
    else:
        yield from _too_late(evidence, zero, asked)
        if (late := evidence.since_asked(person)) > TO_RINGING:
            yield f"a person was rung only {late:.1f} seconds after the answer"


def _too_late(evidence: CallEvidence, zero: float, came: float) -> Iterator[str]:
    asked = (spoken for phrase in TYPED for spoken in evidence.said(phrase))
    typing = any(spoken.at <= zero for spoken in asked)
    most = TO_RINGING + (max(FIRST_WAIT, evidence.waiting(zero)) if typing else 0)
    if came - zero > most:
        yield f"0 led to a person only {came - zero:.1f} seconds later"


def told(why: str) -> Judge:
    """Nobody could answer: it was said why, and another way was offered and taken (R48)."""

    def judge(evidence: CallEvidence) -> Iterator[str]:
        if not evidence.said(why):
            yield f"it was not said why nobody answered ({why})"
        if not evidence.began(evidence.line.words(_lang(evidence)).says["resume_label"]):
            yield "no other way was offered"
        if evidence.ended_by != "caller":
            yield "the call was dropped where nobody answered"

    return judge


def _lang(evidence: CallEvidence) -> str:
    return evidence.line.languages[0]


def said_closed(evidence: CallEvidence) -> Iterator[str]:
    """It was said that no adviser is there now (R48)."""
    if not evidence.said("closed"):
        yield "it was not said that no adviser is there"


def announced_end(evidence: CallEvidence) -> Iterator[str]:
    """The line ended the call itself, after a warning (judged in ``sound``)."""
    if evidence.ended_by != "line":
        yield f"the call did not come to an announced end: ended by the {evidence.ended_by}"


def way_on(evidence: CallEvidence) -> Iterator[str]:
    """Out of hours: it was said when advisers are there, and how to reach the line (R33, R48)."""
    for name in ("closed", "opens", "contact_text_label", "ring_again"):
        if evidence.began(evidence.line.words(_lang(evidence)).says[name]) is None:
            yield f"“{name}” was never said"


def advised(evidence: CallEvidence) -> Iterator[str]:
    """The short version of every way on was heard to its end (1.4)."""
    words = evidence.line.words(_lang(evidence))
    for name in evidence.line.in_short:
        if not evidence.heard_whole(words.topics[name].summary):
            yield f"the advice in short was not heard to its end: {name}"


def no_key(evidence: CallEvidence) -> Iterator[str]:
    """No key came to the line in this call."""
    if evidence.keys:
        yield "a key came to the line"


def stayed(times: int) -> Judge:
    """Any key went on after each warning (R33: ten times at least)."""

    def judge(evidence: CallEvidence) -> Iterator[str]:
        warnings = len(evidence.said("will_end"))
        if warnings != times + 1:
            yield f"a key after the warning went on {max(0, warnings - 1)} times, not {times}"

    return judge


def second_presentation(evidence: CallEvidence) -> Iterator[str]:
    """After two keys that are not offered, and no more, a person was rung (R34).

    9 is none of them: pressed three times, it means 999.
    """
    keys = [key for key in evidence.keys if key.key != "9"]
    before = [key for key in keys if evidence.rung is None or key.at < evidence.rung]
    if len(before) > 2:
        yield f"it took {len(before)} keys that are not offered to reach a person"


def slow_to_the_end(evidence: CallEvidence) -> Iterator[str]:
    """Once slower speech was asked for, everything was said slowly (R38)."""
    began = next((spoken.at for spoken in evidence.said("slower_on")), None)
    if began is None:
        yield "slower speech was never granted"
        return
    for spoken in evidence.spoken:
        if spoken.at > began and spoken.speed == "normal":
            yield f"said at the usual speed: {spoken.words[:60]}"
            return


def text_sent(typed: bool) -> Judge:
    """A text was promised; a number was asked for once where it had to be typed (R41, R60)."""

    def judge(evidence: CallEvidence) -> Iterator[str]:
        if not evidence.said("sending"):
            yield "no text was promised"
        asked = len(evidence.said("ask_number"))
        if asked == 0 and typed:
            yield "no number was asked for, though this telephone cannot take a text"
        if asked and not typed:
            yield "a number was asked for, though this telephone can take a text"

    return judge


def read_back(number: str) -> Judge:
    """A typed number was read back just as it was typed (R43)."""

    def judge(evidence: CallEvidence) -> Iterator[str]:
        words = evidence.line.words(_lang(evidence))
        digits = [unit for unit in words.phone(number) if isinstance(unit, str)]
        said = [spoken.words for spoken in evidence.spoken]
        if not any(said[n : n + len(digits)] == digits for n in range(len(said))):
            yield "the number was not read back as it was typed"

    return judge


def only_in(lang: str) -> Judge:
    """Nothing was said in another language once this one was chosen (R50)."""

    def judge(evidence: CallEvidence) -> Iterator[str]:
        chosen = next((key.at for key in evidence.keys), None)
        if chosen is None:
            yield "no language was chosen"
            return
        for spoken in evidence.spoken:
            if spoken.at > chosen and spoken.lang != lang:
                yield f"said in another language: {spoken.words[:60]}"
                return

    return judge


def all_of(*judges: Judge) -> Judge:
    """Every one of these ends."""

    def judge(evidence: CallEvidence) -> Iterator[str]:
        for each in (sound, *judges):
            yield from each(evidence)

    return judge


def chance(way_out: str) -> Judge:
    """After keys at random, the way out led somewhere: no dead end (R08, R33).

    A line that has ended the call before, with a warning, owes nothing more.
    """

    def judge(evidence: CallEvidence) -> Iterator[str]:
        yield from sound(evidence)
        if evidence.ended_by == "line":
            return
        yield from WAYS_OUT[way_out](evidence)

    return judge


def _to_person(evidence: CallEvidence) -> Iterator[str]:
    """The last key pressed was 0, and it led to a person."""
    yield from _answered(evidence, evidence.keys[-1].at)


def _to_main_menu(evidence: CallEvidence) -> Iterator[str]:
    """After many stars, the choices of the main menu were heard."""
    last = evidence.keys[-1].at
    menus = {
        evidence.line.words(lang).title(evidence.line.start) for lang in evidence.line.languages
    }
    if not any(spoken.at >= last and spoken.words in menus for spoken in evidence.spoken):
        yield "star did not lead back to the main menu"


def _nothing_owed(evidence: CallEvidence) -> Iterator[str]:
    yield from ()


WAYS_OUT = {
    "zero": _to_person,
    "star": _to_main_menu,
    "silence": announced_end,
    "hang up": _nothing_owed,
}
"""What each way out of a call by chance must come to."""
