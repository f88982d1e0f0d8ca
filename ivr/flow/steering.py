"""What is the same everywhere: silence, slips, and the keys that steer.

Owns the silence ladder (four waits, then a person), the two tries after a slip, and 0, star,
hash and 8. Rules R08-R12, R28-R35 of the project's accessibility rules.
"""

from __future__ import annotations

from ivr.flow.context import WAITS, Context, Go, Handler, joined
from ivr.line.call import Call, Listen, Note, Turn, Unit
from ivr.line.wording import KEYS

SLIPS_AT_A_NODE = 2
"""The choices are presented twice; the second slip leads to a person (R34)."""
SLIPS_IN_A_CALL = 4


def person(context: Context, *before: str) -> Go:
    """Lead to a person, whatever the hour; the ring group itself knows when nobody is there."""
    call = context.call
    # Who is asked what an adviser may hear, and presses 0 once more, wants only to be put through.
    fresh = call.stay(slipped=0, tell="no" if call.at == "tell" else call.tell)
    if call.at == "tell":
        fresh = fresh.back(context.line.start)
    return Go(fresh.go("adviser"), context.say(*before), (Note("person-asked", context.call.at),))


def steer(context: Context, handler: Handler, key: str) -> Go | None:
    """The keys that mean the same at every node; None for any other key."""
    match key:
        case "0":
            return person(context)
        case "*":
            return Go(context.back())
        case "#":
            return Go(handler.again(context))
        case "8":
            return Go(context.call.go("hearing"))
    return None


def climb(context: Context, handler: Handler) -> Turn | Go:
    """The silence ladder: shorter, then simpler, then what comes next, then a person (1.4)."""
    rung = context.call.silences + 1
    if rung >= len(WAITS):
        return _top(context)
    higher = context.on(context.call.stay(silences=rung))
    said = (_shorter, _simpler, _what_next)[rung - 1](higher, handler)
    return higher.turn(*said, then=Listen(WAITS[rung], many=handler.typing), note="silence")


def _shorter(context: Context, handler: Handler) -> tuple[tuple[Unit, ...], ...]:
    return context.say("not_heard", "again", "back", "choices_again"), handler.choices(context)


def _simpler(context: Context, handler: Handler) -> tuple[tuple[Unit, ...], ...]:
    key = context.line.help_key
    # Who has pressed no key is at the first menu, where this key leads to help to choose.
    if context.keyless and context.call.at == context.line.start and key:
        keypad = joined([context.say("no_ears"), context.words.tap_keypad(key)])
        return keypad, handler.choices(context)
    return context.say("take_your_time"), handler.help(context), handler.choices(context)


def _what_next(context: Context, handler: Handler) -> tuple[tuple[Unit, ...], ...]:
    return (context.say(_next_step(context), "again", "for_person"),)


def _next_step(context: Context) -> str:
    if context.facts.open and not context.call.offered:
        return "then_person"
    return "then_message" if context.keyless else "then_end"


def _top(context: Context) -> Go:
    """Silence leads to a person once in a call; after that, to advice and a warned end (R33)."""
    notes = (Note("silence", context.call.at, "last"),)
    if context.call.offered:
        return Go(context.call.go("leaving" if _advised(context) else "short"), notes=notes)
    # Nobody is asked anything who has said nothing for so long.
    silent = context.call.stay(offered=True, tell=context.call.tell or "no")
    return Go(silent.go("adviser"), notes=notes)


def _advised(context: Context) -> bool:
    """Whether a topic, what a form came to or the advice in short was heard in this call.

    As far as is known. The questions of a form are no advice yet.
    """
    nodes = (context.call.at, *(step.partition(".")[0] for step in context.call.trail))
    told = (node == "answer" or node in context.line.topics for node in nodes)
    return context.call.briefed or any(told)


def no_match(context: Context, handler: Handler, said: tuple[Unit, ...]) -> Turn | Go:
    """A key that is not offered, or a number that does not fit: help, then a person (R28, R34)."""
    slipped = _count(context.call)
    if slipped.slips >= SLIPS_AT_A_NODE or slipped.slipped >= SLIPS_IN_A_CALL:
        return person(context, "find_person")
    return Go(slipped, _with_steering(context, handler, said), (Note("slip", slipped.at),))


def no_match_words(context: Context, handler: Handler, key: str) -> tuple[Unit, ...]:
    """What is said of a key that is not offered here."""
    return _with_steering(context, handler, unused(context, key))


def _with_steering(context: Context, handler: Handler, said: tuple[Unit, ...]) -> tuple[Unit, ...]:
    steering = () if handler.typing else context.say("again", "back", "for_person", "for_hearing")
    return joined([group for group in (said, steering) if group])


def unused(context: Context, key: str) -> tuple[Unit, ...]:
    """What is said of a key that does nothing here, or of something that is no key."""
    if key in KEYS:
        return (context.words.say("not_used", key_name=context.words.pieces.key_names[key]),)
    return context.say("not_heard")


def _count(call: Call) -> Call:
    return call.stay(slips=call.slips + 1, slipped=call.slipped + 1, silences=0)
