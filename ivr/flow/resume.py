"""A call that dropped, gone on with: who rings again soon is asked if they want to.

Owns the node ``resume-<topic>``, and where a call can be gone on with. A number proves nothing
(fault M5): the name of the topic is all that is told, and all that there is.
"""

from __future__ import annotations

from ivr.flow.context import Context, Go, Handler, family, listed
from ivr.flow.menus import MenuHandler
from ivr.line.call import Call, Turn, Unit
from ivr.line.model import Line

MENU = MenuHandler()


class ResumeHandler(Handler, node="resume"):
    """The topic that was listened to, and key 1. Everything else is as in the first menu."""

    family = "resume"
    begins = "resume_at"

    def opening(self, context: Context, before: tuple[Unit, ...] = ()) -> Turn:
        """The first words of such a call."""
        hello = context.say("greeting"), context.say("for_person"), context.say("resume_at")
        title = (context.words.title(context.subject),)
        return context.turn(before, *hello, title, self.choices(context), note="resume")

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        return self.opening(context, before)

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed(context.own_choices("resume"))

    def key(self, context: Context, key: str) -> Turn | Go | None:
        first = context.on(_first(context))
        return Go(first.call.go(context.subject)) if key == "1" else MENU.key(first, key)

    def no_input(self, context: Context) -> Turn | Go | None:
        return MENU.opening(context.on(_first(context)))


def resumable(line: Line, call: Call) -> str:
    """The topic that this call is in, not yet heard to its end; empty where it is in none."""
    if family(call.at) == "hearing":
        call = call.back(line.start)
    if family(call.at) == "resume":
        call = call.stay(at=call.at.partition("-")[2], part=0)
    if call.at not in line.topics:
        return ""
    return call.at if call.part <= len(line.words(call.lang).topics[call.at].parts) else ""


def _first(context: Context) -> Call:
    """The call in the first menu, as if it had just been answered."""
    return context.call.stay(at=context.line.start, part=0, trail=(), silences=0, slips=0)
