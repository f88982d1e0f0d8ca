"""Rules about keys (R10-R18): 0 is a person, four keys steer, one press is enough."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Findings, about, at
from ivr.content.checks.graph import TYPED, Step
from ivr.content.checks.reading import phrases_in
from ivr.flow import kind_of
from ivr.line.call import KeyPressed, Listen, Pause
from ivr.line.wording import AFTER_KEY

KEY_WORDS = (
    *("dial", "key in", "push", "touch", "hit", "pound", "asterisk", "terminate"),
    *("type in", "type your", "button"),
)
PASS = ("get in touch", "type of")
"""Words that hold a banned one and mean something else."""
RESERVED = ("0", "star", "hash", "8")
LETTERS = re.compile(
    r"\bpress (?:the letter )?[a-z]\b|\bspell\b|\bletters? on \w+ keys?\b", re.IGNORECASE
)
NOT_OFFERED = ("6", "7", "9")
SPEECH_AFTER_0 = 10.0
"""Seconds of speech at the most between 0 and the ringing."""


def r10_zero_is_a_person(e: Evidence) -> Findings:
    """0 leads to a person from every node with one press, even in the middle of speech.

    While a number is typed, a lone 0 does. When nobody is there, it leads to the words that say so.
    Who has heard something is first asked if the adviser may be told; saying nothing, or 0 again,
    rings.

    Source: W3C COGA; gethuman standard; ISO/IEC 13714.
    Right: For a person, press 0 - and it works while the line is speaking
    Wrong: 0 is "not used here" in a sub-menu
    """
    for step in _answered(e):
        zero = e.graph.after(step, KeyPressed("0"))
        if zero is None:
            continue
        if not zero.to_a_person:
            yield at("R10", e, step, "0 does not lead to a person", "Let 0 lead to a person.")


def r11_keys_mean_the_same(e: Evidence) -> Findings:
    """Star is back, hash is again, 8 is how it is heard, 1 is yes and 2 is no; 9 never ends a call.

    Source: ISO/IEC 13714 and AS/NZS 4263 for star, 0, yes and no; hash and 8 are our own.
    Right: a Gather of a menu with finishOnKey="", so that hash arrives as a key
    Wrong: finishOnKey="#" in a menu: hash is swallowed
    """
    for step in _answered(e):
        if not _typing(step):
            gather = e.written(step).find("Gather")
            if gather is not None and gather.get("finishOnKey", "#") != "":
                do = 'Set finishOnKey="" where one key is asked for.'
                yield at("R11", e, step, "hash would be swallowed", do)
        for meaning in _lost_meanings(e, step):
            yield at("R11", e, step, meaning, "Keep the meaning of the keys the same everywhere.")


def r12_told_once(e: Evidence) -> Findings:
    """Few keys steer, and they are not recited in every menu.

    The opening names 0 and 8; the first reminder names star and hash; a slip names all four.

    Source: W3C COGA; where each is told is our own.
    Right: To hear this again, press hash. To go back, press star. - after ten seconds of silence
    Wrong: every menu ending with all four
    """
    for step in e.graph.arrivals():
        call = step.turn.call
        if call.at not in e.line.menus or call.silences or call.slips or step.before.at == call.at:
            continue
        recited = [key for key in RESERVED if f"press {key}." in step.said]
        if recited and e.line.has(step.before.at):
            what = f"recites {', '.join(recited)} on arrival"
            yield at("R12", e, step, what, "Keep to the choices of this menu.")


def r13_words_for_keys(e: Evidence) -> Findings:
    """Keys are pressed and digits entered; the keys are star, hash and zero; a call is ended.

    Source: ISO/IEC 13714.
    Right: To go back, press star.
    Wrong: Hit the asterisk, or terminate the call.
    """
    for piece in e.spoken:
        for word in phrases_in(piece.text, KEY_WORDS, PASS):
            do = "Say press, enter, hash, star, zero, or end the call."
            yield about("R13", e, piece, f"says “{word}”", do, word)


def r14_no_letters_on_keys(e: Evidence) -> Findings:
    """Only digits, star and hash are asked for: no letters, no words spelt on the keys.

    Source: ISO/IEC 13714; Human Factors and Ergonomics Society 1991 (abstract).
    Right: To say yes, press 1.
    Wrong: Press Y for yes.
    """
    for piece in e.spoken:
        if match := LETTERS.search(piece.text):
            do = "Ask for a digit, star or hash."
            yield about("R14", e, piece, f"asks for a letter: “{match[0]}”", do, match[0])


def r15_one_press_no_speech(e: Evidence) -> Findings:
    """Everything works by single key presses; only a number and a date are long entries.

    Source: US Telecommunications Act guidelines 1193.41(g)-(i); EN 301 549 5.9.
    Right: <Gather input="dtmf" numDigits="1" …>
    Wrong: <Gather input="speech" …>
    """
    for step in e.graph.arrivals():
        gather = e.written(step).find("Gather") if step.listens else None
        if gather is None:
            continue
        if "dtmf" not in gather.get("input", "dtmf").split():
            yield at("R15", e, step, "cannot be answered by keys", "Take keys: input dtmf.")
        if _typing(step) and kind_of(step.turn.call.at) not in TYPED:
            yield at("R15", e, step, "asks for a long entry", "Ask for one key.")
        if not _typing(step) and gather.get("numDigits") != "1":
            yield at("R15", e, step, "waits for more than one key", 'Set numDigits="1".')


def r17_time_to_lift_the_phone(e: Evidence) -> Findings:
    """After a key the line is quiet for half a second, so that the phone is back at the ear.

    Source: Avaya IR design guidelines.
    Right: a pause of 500 ms first, inside the Gather
    Wrong: speech that begins while the phone is still in front of the eyes
    """
    for step in e.graph.arrivals():
        if (
            isinstance(step.event, KeyPressed)
            and step.listens
            and step.turn.say[:1] != (AFTER_KEY,)
        ):
            do = "Begin with half a second of quiet."
            yield at("R17", e, step, "speaks at once after a key", do)
        if AFTER_KEY.ms not in e.pauses:
            yield at("R17", e, step, "the half second is not recorded", "Run: make record")
            return


def r18_says_the_choice(e: Evidence) -> Findings:
    """What was chosen is confirmed by its name.

    Source: W3C COGA; IBM and Avaya guides.
    Right: (2 pressed) Making a complaint. …
    Wrong: (2 pressed) Do you think the school could do more? …
    """
    for step in e.graph.arrivals():
        call = step.turn.call
        chosen = isinstance(step.event, KeyPressed) and call.at != step.before.at
        known = e.line.has(call.at) and e.line.has(step.before.at) and not call.part
        if not (chosen and known and step.listens) or step.event == KeyPressed("*"):
            continue
        words = [unit for unit in step.turn.say if not isinstance(unit, Pause)]
        if words[:1] != [e.line.words(call.lang).title(call.at)]:
            yield at("R18", e, step, "does not say what was chosen", "Begin with its name.")


def _answered(e: Evidence) -> Iterator[Step]:
    """Every node where a key is waited for."""
    return (step for step in e.graph.arrivals() if step.listens)


def _typing(step: Step) -> bool:
    return isinstance(step.turn.then, Listen) and step.turn.then.many


def _lost_meanings(e: Evidence, step: Step) -> Iterator[str]:
    """What a key that means the same everywhere does not mean here."""
    call = step.turn.call
    again, eight = (e.graph.after(step, KeyPressed(key)) for key in "#8")
    if again and again.turn.call.at != call.at:
        yield "hash does not say it again"
    if eight and eight.turn.call.at != "hearing":
        yield "8 does not change how it is heard"
    for key in NOT_OFFERED:
        after = e.graph.after(step, KeyPressed(key))
        if after and not (after.listens or after.to_a_person):
            yield f"{key} ends the call"
    menu = e.line.menus.get(call.at)
    if menu and menu.question and not (call.silences or call.slips):
        yes, no = (e.graph.after(step, KeyPressed(key)) for key in "12")
        if yes and no and (yes.turn.call.at, no.turn.call.at) != (menu.keys["1"], menu.keys["2"]):
            yield "1 is not yes, or 2 is not no"
