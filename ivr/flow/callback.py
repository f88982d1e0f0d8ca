"""Asking to be rung back, in small steps, each with one key; heard back before it is kept.

Owns the nodes ``callback``, ``phone``, ``phonecheck``, ``safe``, ``leave``, ``saying``, ``when``,
``tongue``, ``confirm`` and ``wrong``. Says that it is noted only once the effect has given a
reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ivr.flow import deadline, steering
from ivr.flow.adviser import ASIDE, heard_about
from ivr.flow.context import Context, Go, Handler, joined, listed
from ivr.flow.hearing import language_of, languages
from ivr.flow.typing import ReadBackHandler, TypingHandler, counted
from ivr.line.call import AGAIN, Call, EffectDone, InLanguage, KeepCallback, Note, Turn, Unit
from ivr.line.numbers import can_be_read, uk_number
from ivr.line.phrases import WRONG_LANGUAGE_KEY

PHONE_DIGITS = (10, 11)
"""Digits of a UK number, with its first 0."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a caller wants to be rung back; what is not answered yet is empty.

    ``read``: whose text the adviser reads out; empty where the caller only wants to talk.
    """

    number: str = ""
    safe: str = ""
    leave: str = ""
    saying: str = ""
    best: str = ""
    lang: str = ""
    read: str = ""

    def write(self) -> str:
        """As it travels, sealed."""
        return "|".join(getattr(self, name) for name in Wish.__slots__)


ANSWERS = {
    "safe": ("yes",),
    "leave": ("yes", "no"),
    "saying": ("line", "friend"),
    "best": ("any", "morning", "afternoon"),
}
"""All that a question can be answered with. A number that is not safe to ring is not kept."""


def wish_of(context: Context) -> Wish:
    """What has been answered so far; what is odd is as good as not answered."""
    parts = context.call.wish.split("|")
    if len(parts) != len(Wish.__slots__):
        return Wish()
    told = zip(Wish.__slots__, parts, strict=True)
    wish = Wish(*(part if part in ANSWERS.get(name, (part,)) else "" for name, part in told))
    return wish if deadline.can_be_texted(context, wish.read) else replace(wish, read="")


def _with(context: Context, wish: Wish) -> Context:
    return context.on(context.call.stay(wish=wish.write(), typed=""))


def _numbered(context: Context, number: str) -> Context:
    """With this number, for which nobody has said yet that it is safe; the other answers stay."""
    return _with(context, replace(wish_of(context), number=number, safe=""))


def _following(wish: Wish, node: str) -> str:
    """The next question; a caller who has mended one answer goes back to the summary."""
    return node if any(not getattr(wish, name) for name in UNANSWERED) else "confirm"


class CallbackHandler(Handler, node="callback"):
    """Which number to ring: the one that is calling, where it can be rung, or another."""

    family = "callback"
    begins = "callback_intro"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        if not context.facts.ringable:
            said = context.say("callback_intro")
            return Go(context.back().go("phone"), joined([before, said]) if before else said)
        return context.turn(before, context.say("callback_intro"), self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed(context.own_choices("callback"))

    def key(self, context: Context, key: str) -> Turn | Go | None:
        if key == "1" and context.facts.ringable:
            return Go(_numbered(context, context.facts.ringable).call.go("safe"))
        return Go(context.call.go("phone")) if key == "2" else None


class PhoneHandler(TypingHandler, node="phone"):
    """A UK number is typed, with its area code, ended with hash; star clears it."""

    family = section = "callback"
    begins = "ask_phone"

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return context.say("ask_phone", "finish_or_clear")

    def help(self, context: Context) -> tuple[Unit, ...]:
        return context.say("phone_help")

    def take(self, context: Context, digits: str) -> Turn | Go:
        # A shaking hand may have pressed the key that led here once more: no number begins so.
        number = uk_number(digits) or uk_number(digits.lstrip(context.call.last))
        if not number:
            return steering.no_match(context, self, self._odd(context, digits))
        return Go(context.call.go("phonecheck").stay(typed=number))

    @staticmethod
    def _odd(context: Context, digits: str) -> tuple[Unit, ...]:
        """What may be wrong: a whole number is one that is not rung, such as one of Jersey."""
        if len(digits) not in PHONE_DIGITS:
            return joined([*counted(context, digits), *context.say("odd_phone")])
        return context.say("not_rung" if digits.startswith("0") else "odd_phone")


class PhoneCheckHandler(ReadBackHandler, node="phonecheck"):
    """The typed number is heard back; after yes it is asked if it is safe."""

    family = section = "callback"

    def confirmed(self, context: Context) -> Turn | Go:
        return Go(_numbered(context, context.call.typed).call.go("safe"))


class AskHandler(Handler):
    """One question of a call-back. ``answers``: key to what it means."""

    family = section = "callback"
    field = ""
    answers: Mapping[str, str] = {}
    following = ""

    def missing(self, context: Context) -> Call | None:
        return None if can_be_read(wish_of(context).number) else context.back()

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        return context.turn(before, self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed([context.words.say(name) for name in (self.begins, "yes", "no")])

    def key(self, context: Context, key: str) -> Turn | Go | None:
        if key not in self.answers:
            return None
        wish = replace(wish_of(context), **{self.field: self.answers[key]})
        return Go(_with(context, wish).call.go(_following(wish, self.following)))


class SafeHandler(AskHandler, node="safe"):
    """Whether it is safe to ring there. If it is not, that number is forgotten at once."""

    begins, field, following = "ask_safe", "safe", "leave"
    answers: Mapping[str, str] = {"1": "yes"}

    def key(self, context: Context, key: str) -> Turn | Go | None:
        if key != "2":
            return super().key(context, key)
        return Go(_numbered(context, "").call.go("phone"), context.say("not_safe"))


class LeaveHandler(AskHandler, node="leave"):
    """Whether a message may be left."""

    begins, field, following = "ask_leave", "leave", "saying"
    answers: Mapping[str, str] = {"1": "yes", "2": "no"}


class OwnMenu(AskHandler):
    """A question with choices of its own."""

    name = ""

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return joined([context.say(self.begins), listed(context.own_choices(self.name))])


class SayingHandler(OwnMenu, node="saying"):
    """Who we say we are when someone else answers."""

    begins, field, following, name = "ask_saying", "saying", "when", "saying"
    answers: Mapping[str, str] = {"1": "line", "2": "friend"}


class WhenHandler(OwnMenu, node="when"):
    """The best time of day."""

    begins, field, following, name = "ask_when", "best", "tongue", "when"
    answers: Mapping[str, str] = {"1": "any", "2": "morning", "3": "afternoon"}


class TongueHandler(AskHandler, node="tongue"):
    """The language to speak; not asked where there is only one."""

    begins, field, following = "ask_tongue", "lang", "confirm"

    def missing(self, context: Context) -> Call | None:
        unknown = super().missing(context)
        line = context.line
        if unknown or (len(line.languages) > 1 and context.call.lang not in line.doorways):
            return unknown
        wish = replace(wish_of(context), lang=context.call.lang)
        return _with(context, wish).back().go(self.following)

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return joined(
            [context.say(self.begins), listed(languages(context, context.line.languages))]
        )

    def key(self, context: Context, key: str) -> Turn | Go | None:
        lang = language_of(key, context.line.languages)
        if lang is None:
            return None
        return Go(_with(context, replace(wish_of(context), lang=lang)).call.go(self.following))


BEFORE_CONFIRM = ("safe", "leave", "saying", "when", "tongue", "confirm", "wrong")
"""Places of the questions that ``confirm`` hears back."""
UNANSWERED = {
    "safe": "safe",
    "leave": "leave",
    "saying": "saying",
    "best": "when",
    "lang": "tongue",
}
"""Where that is asked which a call-back must hold, in the order in which it is asked."""


class ConfirmHandler(AskHandler, node="confirm"):
    """All of it heard back; kept after yes. Nothing is kept that is not whole, or was not heard."""

    begins = "will_ring_on"

    def missing(self, context: Context) -> Call | None:
        wish = wish_of(context)
        lacking = [node for name, node in UNANSWERED.items() if not getattr(wish, name)]
        if (unknown := super().missing(context)) or not lacking:
            return unknown
        return context.before(BEFORE_CONFIRM).go(lacking[0])

    def choices(self, context: Context) -> tuple[Unit, ...]:
        wish, words = wish_of(context), context.words
        told = (f"ring_{wish.best}", f"leave_{wish.leave}", f"saying_{wish.saying}")
        return joined(
            [
                (words.say("will_ring_on"), *words.phone(wish.number)),
                context.say(*told),
                *self._tongue(context, wish.lang),
                *self._reading(context, wish.read),
                listed([words.say(name) for name in ("date_right", "yes", "no")]),
            ]
        )

    def key(self, context: Context, key: str) -> Turn | Go | None:
        match key:
            case "1" if (event := wish_of(context)).write() != context.call.wish:
                # A date that can be read out no more: what is left is heard back first.
                return Go(_with(context, event).call)
            case "1":
                return Turn(context.call, effect=self._wanted(context))
            case "2":
                return Go(context.call.go("wrong"))
        return None

    def done(self, context: Context, done: EffectDone) -> Turn | Go | None:
        again = done.outcome.startswith(AGAIN)
        digits = done.outcome.removeprefix(AGAIN)
        kept = digits.isdigit()
        became = "kept" if kept else done.outcome
        notes = (Note("callback", context.call.at, became),)
        families = (*ASIDE, "text") if wish_of(context).read else ASIDE
        if kept:
            said = context.say("callback_again") if again else ()
            return Go(context.before(families).stay(wish="").go(f"noted-{digits}"), said, notes)
        if done.outcome == "full":
            told = context.before(families).stay(wish="").go("message")
            return Go(told, context.say("callback_full"), notes)
        return Go(context.call, context.say("cannot_note"), notes)

    @staticmethod
    def _tongue(context: Context, lang: str) -> tuple[Unit, ...]:
        if len(context.line.languages) == 1 or lang not in context.line.languages:
            return ()
        return (InLanguage(lang, context.line.words(lang).say("will_speak")),)

    @staticmethod
    def _reading(context: Context, read: str) -> tuple[tuple[Unit, ...], ...]:
        if not context.line.told(read):
            return ()
        return (context.say("will_read"), (context.words.title(read),))

    @staticmethod
    def _wanted(context: Context) -> KeepCallback:
        wish = wish_of(context)
        about = wish.read or (heard_about(context) if context.call.tell == "yes" else "")
        body = deadline.text(context) if wish.read in context.line.forms else ""
        leave, lang = wish.leave == "yes", wish.lang or context.call.lang
        asked = (wish.number, leave, wish.saying, wish.best, lang, about)
        return KeepCallback(*asked, bool(wish.read), body)


class WrongHandler(AskHandler, node="wrong"):
    """Which answer of the summary is wrong: that one alone is asked again."""

    begins = "ask_wrong"
    asks: Mapping[str, str] = {
        **dict(zip("1234", ("phone", "when", "leave", "saying"), strict=True)),
        WRONG_LANGUAGE_KEY: "tongue",
    }

    def choices(self, context: Context) -> tuple[Unit, ...]:
        words, labels = context.words, context.own_choices("wrong")
        if len(context.line.languages) > 1:
            labels += [words.choice(words.says["wrong_language_label"], WRONG_LANGUAGE_KEY)]
        return joined([context.say(self.begins), listed(labels)])

    def key(self, context: Context, key: str) -> Turn | Go | None:
        asked = self.asks.get(key)
        if asked == "tongue" and len(context.line.languages) == 1:
            return None
        return Go(context.call.go(asked)) if asked else None
