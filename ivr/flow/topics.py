"""Advice: its short version first, then the whole in parts, then what can be done next.

Owns how advice is heard (rules 1.3, R09, R22, R39), for topics and for what a form works out. Key
1 means "go on" all through, so a caller who skips with 1s never sends a text by accident; 2 asks
for the text all through.
"""

from __future__ import annotations

from ivr.flow.context import WAIT_FOR_ME, Context, Go, Handler, listed
from ivr.line.call import Call, Listen, Note, Turn, Unit

BETWEEN_PARTS = 2
"""Seconds between two parts: a pause, not a wait for an answer (R22)."""
BEFORE_PARTS = 3
"""Seconds after the short version, in which a key can be found; then the parts follow."""
END = 99
"""Past the last part of any advice, for who has not heard all of it."""


class PartsHandler(Handler):
    """Advice. ``call.part`` is 0 for the short version, then counts the parts from 1.

    Past the last part stand the choices of the end.

    ``about``: the topic or form whose name it bears, where that is not the node itself.
    """

    about = ""

    def parts(self, context: Context) -> tuple[tuple[Unit, ...], ...]:
        """The whole, part by part."""
        raise NotImplementedError

    def summary(self, context: Context) -> tuple[Unit, ...]:
        """The short version: what to do, by when and with whom."""
        raise NotImplementedError

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        part = context.call.part
        title: tuple[Unit, ...] = (context.words.title(self._about(context)),)
        if self._ended(context):
            note = "" if part == END else "heard-out"
            return context.turn(before, title, self.choices(context), note=note)
        then = Listen(WAIT_FOR_ME if context.call.wait else BETWEEN_PARTS if part else BEFORE_PARTS)
        keys = self.choices(context)
        if part:
            title, keys = (), context.say("press_to_go_on") if context.call.wait else ()
        said = self.parts(context)[part - 1] if part else self.summary(context)
        return context.turn(before, title, said, keys, then=then, note="part", detail=str(part))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        words = context.words
        text = words.choice(words.say("text_this"), "2")
        if not self._ended(context):
            return listed([text, words.say("press_to_go_on" if context.call.wait else "read_all")])
        after = words.node(context.line.after(self._about(context))).name
        return listed(
            [
                words.choice(words.say("go_on_to", name=after), "1"),
                text,
                *(words.say(name) for name in ("again", "back", "for_person")),
            ]
        )

    def key(self, context: Context, key: str) -> Turn | Go | None:
        if key == "2":
            return Go(context.call.go(f"text-{self._about(context)}"))
        if self._ended(context):
            after = context.line.after(self._about(context))
            return Go(context.call.go(after)) if key == "1" else None
        # Who asked the line to wait goes on with any key that steers nowhere (R39).
        if context.call.wait:
            return self._on(context)
        return self._on(context)._replace(notes=_skipped(context)) if key == "1" else None

    def again(self, context: Context) -> Call:
        """At the end all of it, from the short version; before, the part that was heard."""
        call = super().again(context)
        return call.stay(part=0) if self._ended(context) else call

    def no_input(self, context: Context) -> Turn | Go | None:
        return None if self._ended(context) or context.call.wait else self._on(context)

    def _about(self, context: Context) -> str:
        return self.about or context.call.at

    def _on(self, context: Context) -> Go:
        return Go(context.call.stay(part=context.call.part + 1, silences=0, slips=0))

    def _ended(self, context: Context) -> bool:
        return context.call.part > len(self.parts(context))


def _skipped(context: Context) -> tuple[Note, ...]:
    """A part that a key went past: nobody can tell whether it was heard to its end.

    Not the short version: 1 is the way from it to the whole.
    """
    return (Note("skip", context.call.at),) if context.call.part else ()


class TopicHandler(PartsHandler):
    """A topic: its short version and its parts stand in the content."""

    def parts(self, context: Context) -> tuple[tuple[Unit, ...], ...]:
        return tuple((part.says,) for part in context.words.topics[context.call.at].parts)

    def summary(self, context: Context) -> tuple[Unit, ...]:
        topic = context.words.topics[context.call.at]
        overdue = topic.overdue(context.facts.now.date())
        return (topic.summary, *(context.say("overdue") if overdue else ()))
