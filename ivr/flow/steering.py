"""What is the same everywhere: silence, slips, and the keys that steer.

Owns the silence ladder (four waits, then a person), the two tries after a slip, and 0, star,
hash and 8. Rules R08-R12, R28-R35 of the project's accessibility rules.
"""

from __future__ import annotations

from ivr.flow.context import WAITS, Go, Room, Scene, joined
from ivr.line.call import Call, Listen, Note, Turn, Unit
from ivr.line.wording import KEYS

SLIPS_AT_A_PLACE = 2
"""The choices are presented twice; the second slip leads to a person (R34)."""
SLIPS_IN_A_CALL = 4


def person(scene: Scene, *before: str) -> Go:
    """Lead to a person, whatever the hour; the desk itself knows when nobody is there."""
    call = scene.call
    # Who is asked what an adviser may hear, and presses 0 once more, wants only to be put through.
    fresh = call.stay(slipped=0, tell="no" if call.at == "tell" else call.tell)
    if call.at == "tell":
        fresh = fresh.back(scene.line.start)
    return Go(fresh.go("adviser"), scene.say(*before), (Note("person-asked", scene.call.at),))


def steer(scene: Scene, key: str) -> Go | None:
    """The keys that mean the same at every place; None for any other key."""
    match key:
        case "0":
            return person(scene)
        case "*":
            return Go(scene.back())
        case "#":
            return Go(scene.call.stay(silences=0))
        case "8":
            return Go(scene.call.go("hearing"))
    return None


def climb(scene: Scene, room: Room) -> Turn | Go:
    """The silence ladder: shorter, then simpler, then what comes next, then a person (1.4)."""
    rung = scene.call.silences + 1
    if rung >= len(WAITS):
        return _top(scene)
    higher = scene.on(scene.call.stay(silences=rung))
    said = (_shorter, _simpler, _what_next)[rung - 1](higher, room)
    return higher.turn(*said, then=Listen(WAITS[rung], many=room.typing), note="silence")


def _shorter(scene: Scene, room: Room) -> tuple[tuple[Unit, ...], ...]:
    return scene.say("not_heard", "again", "back", "choices_again"), room.choices(scene)


def _simpler(scene: Scene, room: Room) -> tuple[tuple[Unit, ...], ...]:
    key = scene.line.help_key
    # Who has pressed no key is at the first menu, where this key leads to help to choose.
    if scene.keyless and scene.call.at == scene.line.start and key:
        keypad = joined([scene.say("no_ears"), scene.words.tap_keypad(key)])
        return keypad, room.choices(scene)
    return scene.say("take_your_time"), room.help(scene), room.choices(scene)


def _what_next(scene: Scene, room: Room) -> tuple[tuple[Unit, ...], ...]:
    return (scene.say(_next_step(scene), "again", "for_person"),)


def _next_step(scene: Scene) -> str:
    if scene.facts.open and not scene.call.offered:
        return "then_person"
    return "then_message" if scene.keyless else "then_end"


def _top(scene: Scene) -> Go:
    """Silence leads to a person once in a call; after that, to advice and a warned end (R33)."""
    notes = (Note("silence", scene.call.at, "last"),)
    if scene.call.offered:
        return Go(scene.call.go("leaving" if _advised(scene) else "short"), notes=notes)
    # Nobody is asked anything who has said nothing for so long.
    silent = scene.call.stay(offered=True, tell=scene.call.tell or "no")
    return Go(silent.go("adviser"), notes=notes)


def _advised(scene: Scene) -> bool:
    """Whether a topic, what a form came to or the advice in short was heard in this call.

    As far as is known. The questions of a form are no advice yet.
    """
    places = (scene.call.at, *(step.partition(".")[0] for step in scene.call.trail))
    told = (place == "answer" or place in scene.line.topics for place in places)
    return scene.call.briefed or any(told)


def slip(scene: Scene, room: Room, said: tuple[Unit, ...]) -> Turn | Go:
    """A key that is not offered, or a number that does not fit: help, then a person (R28, R34)."""
    slipped = _count(scene.call)
    if slipped.slips >= SLIPS_AT_A_PLACE or slipped.slipped >= SLIPS_IN_A_CALL:
        return person(scene, "find_person")
    return Go(slipped, _with_steering(scene, room, said), (Note("slip", slipped.at),))


def slip_words(scene: Scene, room: Room, key: str) -> tuple[Unit, ...]:
    """What is said of a key that is not offered here."""
    return _with_steering(scene, room, unused(scene, key))


def _with_steering(scene: Scene, room: Room, said: tuple[Unit, ...]) -> tuple[Unit, ...]:
    steering = () if room.typing else scene.say("again", "back", "for_person", "for_hearing")
    return joined([group for group in (said, steering) if group])


def unused(scene: Scene, key: str) -> tuple[Unit, ...]:
    """What is said of a key that does nothing here, or of something that is no key."""
    if key in KEYS:
        return (scene.words.say("not_used", key_name=scene.words.pieces.key_names[key]),)
    return scene.say("not_heard")


def _count(call: Call) -> Call:
    return call.stay(slips=call.slips + 1, slipped=call.slipped + 1, silences=0)
