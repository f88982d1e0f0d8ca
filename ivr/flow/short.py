"""The advice in short, before a silent call may end, and a message that needs no key.

Owns the place ``short``. It is for who presses nothing: because they cannot (a rotary telephone, a
keypad that is broken or whose tones are lost), or because they talk and wait for an answer (1.4).
"""

from __future__ import annotations

from ivr.flow.adviser import opens
from ivr.flow.context import Go, Room, Scene
from ivr.flow.topics import BETWEEN_PARTS
from ivr.flow.voicemail import record
from ivr.line.call import Call, Listen, Turn, Unit


class ShortRoom(Room):
    """The short version of each way on, one after another; then how to reach us, and a message.

    ``call.part`` counts the topics from 0; past the last stands what a message needs, for who has
    pressed no key in this call. All others were offered one before.
    """

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        topics, part = scene.line.in_short, scene.call.part
        if part >= len(topics):
            return self._reach(scene)
        words = scene.words
        begin = () if part else scene.say("not_heard", "short_advice")
        said = (words.title(topics[part]),), (words.topics[topics[part]].summary,)
        return scene.turn(before, begin, *said, then=Listen(BETWEEN_PARTS), note="short")

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        """Any key goes back to where one can choose: that it came is what counts."""
        return Go(scene.back())

    def silence(self, scene: Scene) -> Turn | Go | None:
        if scene.call.part < len(scene.line.in_short):
            return Go(scene.call.stay(part=scene.call.part + 1))
        return record(scene.on(_read(scene).go("message")))

    @staticmethod
    def _reach(scene: Scene) -> Turn | Go:
        if not scene.keyless:
            return Go(_read(scene).go("leaving"), opens(scene))
        # To be told that a key tries again helps nobody whose keys do not arrive.
        when = () if scene.facts.open else opens(scene)
        how = scene.say("ring_again", "danger", "message_stay", "message_say")
        return scene.turn(when, how, then=Listen(BETWEEN_PARTS))


def _read(scene: Scene) -> Call:
    """The call where it fell silent, with all of this read."""
    return scene.back().stay(briefed=True)
