"""The advice in short, before a silent call may end, and a message that needs no key.

Owns the node ``short``. It is for who presses nothing: because they cannot (a rotary telephone, a
keypad that is broken or whose tones are lost), or because they talk and wait for an answer (1.4).
"""

from __future__ import annotations

from ivr.flow.adviser import opens
from ivr.flow.context import Context, Go, Handler
from ivr.flow.topics import BETWEEN_PARTS
from ivr.flow.voicemail import record
from ivr.line.call import Call, Listen, Turn, Unit


class ShortHandler(Handler, node="short"):
    """The short version of each way on, one after another; then how to reach us, and a message.

    ``call.part`` counts the topics from 0; past the last stands what a message needs, for who has
    pressed no key in this call. All others were offered one before.
    """

    begins = "short_advice"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        topics, part = context.line.in_short, context.call.part
        if part >= len(topics):
            return self._reach(context)
        words = context.words
        begin = () if part else context.say("not_heard", "short_advice")
        said = (words.title(topics[part]),), (words.topics[topics[part]].summary,)
        return context.turn(before, begin, *said, then=Listen(BETWEEN_PARTS), note="short")

    def key(self, context: Context, key: str) -> Turn | Go | None:
        """Any key goes back to where one can choose: that it came is what counts."""
        return Go(context.back())

    def no_input(self, context: Context) -> Turn | Go | None:
        if context.call.part < len(context.line.in_short):
            return Go(context.call.stay(part=context.call.part + 1))
        return record(context.on(_read(context).go("message")))

    @staticmethod
    def _reach(context: Context) -> Turn | Go:
        if not context.keyless:
            return Go(_read(context).go("leaving"), opens(context))
        # To be told that a key tries again helps nobody whose keys do not arrive.
        when = () if context.facts.open else opens(context)
        how = context.say("ring_again", "danger", "message_stay", "message_say")
        return context.turn(when, how, then=Listen(BETWEEN_PARTS))


def _read(context: Context) -> Call:
    """The call where it fell silent, with all of this read."""
    return context.back().stay(briefed=True)
