"""Advice read in parts that follow one another, a summary, and what can be done next.

Owns how parts are heard (rules 1.3, R09, R22, R39), for topics and for what a form works out. Key
1 means "go on" all through, so a caller who skips with 1s never sends a text by accident.
"""

from __future__ import annotations

from ivr.flow.context import WAIT_FOR_ME, Context, Go, Handler, joined, listed
from ivr.line.call import Listen, Note, Turn, Unit
from ivr.line.wording import BETWEEN_CHOICES

BETWEEN_PARTS = 2
"""Seconds between two parts: a pause, not a wait for an answer (R22)."""


class PartsHandler(Handler):
    """Something told in parts. ``call.part`` counts from 0; past the last stand the end choices.

    ``about``: the topic or form whose name it bears, where that is not the node itself.
    """

    about = ""

    def parts(self, context: Context) -> tuple[tuple[Unit, ...], ...]:
        """What is told, part by part."""
        raise NotImplementedError

    def summary(self, context: Context) -> tuple[Unit, ...]:
        """All of it in one sentence, said after the last part."""
        raise NotImplementedError

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        parts = self.parts(context)
        if context.call.part >= len(parts):
            said = before or self.summary(context)
            return context.turn(said, self.choices(context), note="heard-out")
        title = () if context.call.part else (context.words.title(self._about(context)),)
        node = context.words.say("part", n=context.call.part + 1, m=len(parts))
        part = joined([node, parts[context.call.part]], BETWEEN_CHOICES)
        hold = context.say("press_to_go_on") if context.call.wait else ()
        then = Listen(WAIT_FOR_ME if context.call.wait else BETWEEN_PARTS)
        at = str(context.call.part + 1)
        return context.turn(before, title, part, hold, then=then, note="part", detail=at)

    def choices(self, context: Context) -> tuple[Unit, ...]:
        words = context.words
        if not self._ended(context):
            return context.say("press_to_go_on")
        after = words.node(context.line.after(self._about(context))).name
        return listed(
            [
                words.choice(words.say("go_on_to", name=after), "1"),
                words.choice(words.say("text_this"), "2"),
                *(words.say(name) for name in ("again", "back", "for_person")),
            ]
        )

    def key(self, context: Context, key: str) -> Turn | Go | None:
        if not self._ended(context):
            # Who asked the line to wait goes on with any key that steers nowhere (R39).
            if context.call.wait:
                return self._on(context)
            return self._on(context)._replace(notes=_skipped(context)) if key == "1" else None
        if key == "1":
            return Go(context.call.go(context.line.after(self._about(context))))
        return Go(context.call.go(f"text-{self._about(context)}")) if key == "2" else None

    def no_input(self, context: Context) -> Turn | Go | None:
        return None if self._ended(context) or context.call.wait else self._on(context)

    def _about(self, context: Context) -> str:
        return self.about or context.call.at

    def _on(self, context: Context) -> Go:
        return Go(context.call.stay(part=context.call.part + 1, silences=0, slips=0))

    def _ended(self, context: Context) -> bool:
        return context.call.part >= len(self.parts(context))


def _skipped(context: Context) -> tuple[Note, ...]:
    """A part that a key went past: nobody can tell whether it was heard to its end."""
    return (Note("skip", context.call.at),)


class TopicHandler(PartsHandler):
    """A topic: its parts and its summary stand in the content."""

    def parts(self, context: Context) -> tuple[tuple[Unit, ...], ...]:
        return tuple((part.says,) for part in context.words.topics[context.call.at].parts)

    def summary(self, context: Context) -> tuple[Unit, ...]:
        return joined([context.say("in_short"), (context.words.topics[context.call.at].summary,)])
