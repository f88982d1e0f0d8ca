"""Asking to be rung back, in small steps, each with one key; heard back before it is kept.

Owns the places ``callback``, ``phone``, ``phonecheck``, ``safe``, ``leave``, ``saying``, ``when``,
``tongue`` and ``confirm``. Says that it is noted only once the errand has given a reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ivr.flow import deadline, steering
from ivr.flow.adviser import ASIDE, TEXTING, heard_about
from ivr.flow.context import Go, Room, Scene, joined, listed
from ivr.flow.hearing import language_of, languages
from ivr.flow.typing import ReadBackRoom, TypingRoom, counted
from ivr.line.call import AGAIN, Call, Done, InLanguage, KeepCallback, Note, Turn, Unit
from ivr.line.numbers import can_be_read, uk_number

PHONE_DIGITS = (10, 11)
"""Digits of a UK number, with its first 0."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a caller wants to be rung back; what is not answered yet is empty.

    ``read``: whose text the adviser reads out; empty where the caller only wants to talk.
    """

    number: str = ""
    leave: str = ""
    saying: str = ""
    best: str = ""
    lang: str = ""
    read: str = ""

    def write(self) -> str:
        """As it travels, sealed."""
        return "|".join(getattr(self, name) for name in Wish.__slots__)


ANSWERS = {
    "leave": ("yes", "no"),
    "saying": ("line", "friend"),
    "best": ("any", "morning", "afternoon"),
}
"""All that a question of a call-back can be answered with; each answer has words."""


def wish_of(scene: Scene) -> Wish:
    """What has been answered so far; what is odd is as good as not answered."""
    parts = scene.call.wish.split("|")
    if len(parts) != len(Wish.__slots__):
        return Wish()
    told = zip(Wish.__slots__, parts, strict=True)
    wish = Wish(*(part if part in ANSWERS.get(name, (part,)) else "" for name, part in told))
    return wish if deadline.can_be_texted(scene, wish.read) else replace(wish, read="")


def _with(scene: Scene, wish: Wish) -> Scene:
    return scene.on(scene.call.stay(wish=wish.write(), typed=""))


def _numbered(scene: Scene, number: str) -> Scene:
    """The questions begin anew, for this number."""
    return _with(scene, Wish(number, read=wish_of(scene).read))


class CallbackRoom(Room):
    """Which number to ring: the one that is calling, where it can be rung, or another."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        if not scene.facts.ringable:
            said = scene.say("callback_intro")
            return Go(scene.back().go("phone"), joined([before, said]) if before else said)
        return scene.turn(before, scene.say("callback_intro"), self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed(scene.own_choices("callback"))

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        if key == "1" and scene.facts.ringable:
            return Go(_numbered(scene, scene.facts.ringable).call.go("safe"))
        return Go(scene.call.go("phone")) if key == "2" else None


class PhoneRoom(TypingRoom):
    """A UK number is typed, with its area code, ended with hash; star clears it."""

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("ask_phone", "finish_or_clear")

    def help(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("phone_help")

    def take(self, scene: Scene, digits: str) -> Turn | Go:
        # A shaking hand may have pressed the key that led here once more: no number begins so.
        number = uk_number(digits) or uk_number(digits.lstrip(scene.call.last))
        if not number:
            return steering.slip(scene, self, self._odd(scene, digits))
        return Go(scene.call.go("phonecheck").stay(typed=number))

    @staticmethod
    def _odd(scene: Scene, digits: str) -> tuple[Unit, ...]:
        """What may be wrong: a whole number is one that is not rung, such as one of Jersey."""
        if len(digits) not in PHONE_DIGITS:
            return joined([*counted(scene, digits), *scene.say("odd_phone")])
        return scene.say("not_rung" if digits.startswith("0") else "odd_phone")


class PhoneCheckRoom(ReadBackRoom):
    """The typed number is heard back; after yes it is asked if it is safe."""

    def confirmed(self, scene: Scene) -> Turn | Go:
        return Go(_numbered(scene, scene.call.typed).call.go("safe"))


class AskRoom(Room):
    """One question of a call-back. ``phrase`` asks it; ``answers``: key to what it means."""

    phrase = ""
    field = ""
    answers: Mapping[str, str] = {}
    following = ""

    def missing(self, scene: Scene) -> Call | None:
        return None if can_be_read(wish_of(scene).number) else scene.back()

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        return scene.turn(before, self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed([scene.words.say(name) for name in (self.phrase, "yes", "no")])

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        if key not in self.answers:
            return None
        wish = replace(wish_of(scene), **{self.field: self.answers[key]})
        return Go(_with(scene, wish).call.go(self.following))


class SafeRoom(AskRoom):
    """Whether it is safe to ring there. If it is not, that number is forgotten at once."""

    phrase = "ask_safe"

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        match key:
            case "1":
                return Go(scene.call.go("leave"))
            case "2":
                call = _numbered(scene, "").call.go("phone")
                return Go(call, scene.say("not_safe"))
        return None


class LeaveRoom(AskRoom):
    """Whether a message may be left."""

    phrase, field, following = "ask_leave", "leave", "saying"
    answers: Mapping[str, str] = {"1": "yes", "2": "no"}


class OwnMenu(AskRoom):
    """A question with choices of its own."""

    name = ""

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return joined([scene.say(self.phrase), listed(scene.own_choices(self.name))])


class SayingRoom(OwnMenu):
    """Who we say we are when someone else answers."""

    phrase, field, following, name = "ask_saying", "saying", "when", "saying"
    answers: Mapping[str, str] = {"1": "line", "2": "friend"}


class WhenRoom(OwnMenu):
    """The best time of day."""

    phrase, field, following, name = "ask_when", "best", "tongue", "when"
    answers: Mapping[str, str] = {"1": "any", "2": "morning", "3": "afternoon"}


class TongueRoom(AskRoom):
    """The language to speak; not asked where there is only one."""

    field, following = "lang", "confirm"

    def missing(self, scene: Scene) -> Call | None:
        unknown = super().missing(scene)
        if unknown or len(scene.line.languages) > 1:
            return unknown
        wish = replace(wish_of(scene), lang=scene.call.lang)
        return _with(scene, wish).back().go(self.following)

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return joined([scene.say("ask_tongue"), listed(languages(scene))])

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        lang = language_of(scene, key)
        if lang is None:
            return None
        return Go(_with(scene, replace(wish_of(scene), lang=lang)).call.go(self.following))


BEFORE_CONFIRM = ("leave", "saying", "when", "tongue", "confirm")
"""Places of the questions that ``confirm`` hears back."""
UNANSWERED = {"leave": "leave", "saying": "saying", "best": "when"}
"""Where that is asked again which a call-back must hold."""


class ConfirmRoom(AskRoom):
    """All of it heard back; kept after yes. Nothing is kept that is not whole, or was not heard."""

    def missing(self, scene: Scene) -> Call | None:
        wish = wish_of(scene)
        lacking = [place for name, place in UNANSWERED.items() if not getattr(wish, name)]
        if (unknown := super().missing(scene)) or not lacking:
            return unknown
        return scene.before(BEFORE_CONFIRM).go(lacking[0])

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        wish, words = wish_of(scene), scene.words
        told = (f"ring_{wish.best}", f"leave_{wish.leave}", f"saying_{wish.saying}")
        return joined(
            [
                (words.say("will_ring_on"), *words.phone(wish.number)),
                scene.say(*told),
                *self._tongue(scene, wish.lang),
                *self._reading(scene, wish.read),
                listed([words.say(name) for name in ("date_right", "yes", "no")]),
            ]
        )

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        match key:
            case "1" if (heard := wish_of(scene)).write() != scene.call.wish:
                # A date that can be read out no more: what is left is heard back first.
                return Go(_with(scene, heard).call)
            case "1":
                return Turn(scene.call, errand=self._wanted(scene))
            case "2":
                call = _numbered(scene, "").call.go("callback")
                return Go(call, scene.say("once_again"))
        return None

    def done(self, scene: Scene, done: Done) -> Turn | Go | None:
        again = done.outcome.startswith(AGAIN)
        digits = done.outcome.removeprefix(AGAIN)
        kept = digits.isdigit()
        became = "kept" if kept else done.outcome
        notes = (Note("callback", scene.call.at, became),)
        rooms = (*ASIDE, *TEXTING) if wish_of(scene).read else ASIDE
        if kept:
            said = scene.say("callback_again") if again else ()
            return Go(scene.before(rooms).stay(wish="").go(f"noted-{digits}"), said, notes)
        if done.outcome == "full":
            told = scene.before(rooms).stay(wish="").go("message")
            return Go(told, scene.say("callback_full"), notes)
        return Go(scene.call, scene.say("cannot_note"), notes)

    @staticmethod
    def _tongue(scene: Scene, lang: str) -> tuple[Unit, ...]:
        if len(scene.line.languages) == 1 or lang not in scene.line.languages:
            return ()
        return (InLanguage(lang, scene.line.words(lang).say("will_speak")),)

    @staticmethod
    def _reading(scene: Scene, read: str) -> tuple[tuple[Unit, ...], ...]:
        if not scene.line.told(read):
            return ()
        return (scene.say("will_read"), (scene.words.title(read),))

    @staticmethod
    def _wanted(scene: Scene) -> KeepCallback:
        wish = wish_of(scene)
        about = wish.read or (heard_about(scene) if scene.call.tell == "yes" else "")
        body = deadline.text(scene) if wish.read in scene.line.forms else ""
        leave, lang = wish.leave == "yes", wish.lang or scene.call.lang
        asked = (wish.number, leave, wish.saying, wish.best, lang, about)
        return KeepCallback(*asked, bool(wish.read), body)
