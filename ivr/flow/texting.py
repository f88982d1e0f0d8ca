"""Having a topic sent as a text: ask, find the number, read it back, send.

Owns the places ``text-<topic>``, ``number-<topic>`` and ``check-<topic>`` (R41-R43, R59, R60).
Says a text is being sent only once the errand has said that it is queued.
"""

from __future__ import annotations

from ivr.flow import deadline, steering
from ivr.flow.adviser import TEXTING
from ivr.flow.callback import Wish
from ivr.flow.context import Go, Room, Scene, listed
from ivr.flow.typing import ReadBackRoom, TypingRoom, counted
from ivr.line.call import Call, Done, Errand, Note, SendText, Turn, Unit
from ivr.line.numbers import uk_mobile

MOBILE_DIGITS = 11
STROKES = 3
"""How often a shaking hand presses a key for once."""


class TextRoom(Room):
    """Ask before sending, and say that others may see it. Only a mobile can be texted as it is.

    Who cannot read, or has no mobile, is rung back by a person who reads the text out.
    """

    def missing(self, scene: Scene) -> Call | None:
        return _untold(scene)

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        return scene.turn(before, scene.say("offer_text", "text_seen"), self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed(scene.own_choices("text" if scene.facts.number else "text_typed"))

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        number = scene.facts.number
        match key, bool(number):
            case "1", True:
                return _send(scene, number)
            case ("2", True) | ("1", False):
                return Go(scene.call.go(f"number-{scene.subject}"))
            case ("3", True) | ("2", False):
                wish = Wish(read=scene.subject).write()
                return Go(scene.call.stay(wish=wish).go("callback"))
        return None

    def done(self, scene: Scene, done: Done) -> Turn | Go | None:
        return _sent(scene, done)


class NumberRoom(TypingRoom):
    """A mobile number is typed, ended with hash; star clears it."""

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("ask_number", "how_to_enter")

    def help(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("number_help")

    def take(self, scene: Scene, digits: str) -> Turn | Go:
        # A shaking hand may have pressed the key that led here again: no number begins so.
        meant = digits.lstrip(scene.call.last)
        if not meant and len(digits) < STROKES:
            return self.present(scene, ())
        number = uk_mobile(digits) or uk_mobile(meant)
        if not number:
            return steering.slip(scene, self, _misfit(scene, digits))
        return Go(scene.call.go(f"check-{scene.subject}").stay(typed=number))


class CheckRoom(ReadBackRoom):
    """The typed number is heard back; after yes the text is sent to it."""

    def missing(self, scene: Scene) -> Call | None:
        return _untold(scene) or super().missing(scene)

    def confirmed(self, scene: Scene) -> Turn | Go:
        return _send(scene, scene.call.typed)

    def done(self, scene: Scene, done: Done) -> Turn | Go | None:
        return _sent(scene, done)


def _untold(scene: Scene) -> Call | None:
    """Where to go on while a date that is to be texted is not worked out."""
    known = deadline.can_be_texted(scene, scene.subject)
    return None if known else scene.before(TEXTING).go(scene.subject)


def _misfit(scene: Scene, digits: str) -> tuple[Unit, ...]:
    """What is odd about a number, without blame (R28, R29)."""
    if len(digits) == MOBILE_DIGITS:
        return scene.say("not_texted" if digits.startswith("07") else "only_mobiles")
    return (*counted(scene, digits), *scene.say("mobile_has_11"))


def _send(scene: Scene, number: str) -> Turn:
    body = deadline.text(scene) if scene.subject in scene.line.forms else ""
    errand: Errand = SendText(scene.subject, scene.call.lang, number, body)
    return Turn(scene.call, errand=errand)


OUTCOMES = {"queued": "sending", "already": "already_sending", "not_mobile": "only_mobiles"}
"""What is said of a text. Of any other outcome: it cannot be sent, and nothing is promised."""


def _sent(scene: Scene, done: Done) -> Go:
    phrase = OUTCOMES.get(done.outcome, "cannot_text")
    notes = (Note("text", scene.call.at, done.outcome),)
    return Go(_before_text(scene).stay(news=phrase), scene.say(phrase), notes)


def _before_text(scene: Scene) -> Call:
    """The call as it was before the text was asked for, with what was typed forgotten."""
    return scene.before(TEXTING).stay(typed="")
