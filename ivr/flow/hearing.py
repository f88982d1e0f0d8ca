"""Key 8: change how you hear this. Slower, normal, wait for me, another language.

Owns the nodes ``hearing``, ``hold`` and ``languages`` (R38, R39, R50). What is chosen lasts for
the whole call.
"""

from __future__ import annotations

from collections.abc import Sequence

from ivr.flow.context import WAIT_FOR_ME, Context, Go, Handler, listed
from ivr.line.call import Call, InLanguage, Listen, Turn, Unit
from ivr.line.phrases import LANGUAGE_KEY, OWN_CHOICES


class HearingHandler(Handler, node="hearing"):
    """The choices of key 8. Each leads back to what was being heard."""

    family = "hearing"
    begins = "hearing"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        count = context.how_many(len(OWN_CHOICES["hearing"]) + (len(context.line.offered) > 1))
        return context.turn(before, context.say("hearing"), count, self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed([*context.own_choices("hearing"), *_language_choice(context)])

    def key(self, context: Context, key: str) -> Turn | Go | None:
        match key:
            case "1":
                return _changed(context, context.call.stay(speed="slow"), "slower_on")
            case "2":
                normal = context.call.stay(speed="normal", wait=False)
                return _changed(context, normal, "normal_on")
            case "3":
                return Go(context.back().stay(wait=True).go("hold"))
            case key if key == LANGUAGE_KEY and len(context.line.offered) > 1:
                return Go(context.back().go("languages"))
        return None


class HoldHandler(Handler, node="hold"):
    """The line waits, at once and for five minutes; then the silence ladder."""

    family = "hearing"
    begins = "wait_on"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        return context.turn(before, context.say("wait_on"), then=Listen(WAIT_FOR_ME))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return context.say("press_to_go_on")

    def key(self, context: Context, key: str) -> Turn | Go | None:
        return Go(context.back())


class LanguagesHandler(Handler, node="languages"):
    """The languages that are switched on, each offered in its own words."""

    family = "hearing"
    begins = "this_language"

    def missing(self, context: Context) -> Call | None:
        return context.back() if len(context.line.offered) == 1 else None

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        count = context.how_many(len(context.line.offered))
        return context.turn(before, count, self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed(languages(context, context.line.offered))

    def key(self, context: Context, key: str) -> Turn | Go | None:
        chosen = language_of(key, context.line.offered)
        if chosen in context.line.doorways:
            return Go(context.back().stay(lang=chosen).go("doorway"))
        return _changed(context, context.call.stay(lang=chosen), "language_on") if chosen else None


def languages(context: Context, langs: Sequence[str]) -> list[Unit]:
    """Each of these languages, offered in its own words, from key 1."""
    return [
        InLanguage(lang, context.line.this_language(lang, str(key)))
        for key, lang in enumerate(langs, 1)
    ]


def language_of(key: str, langs: Sequence[str]) -> str | None:
    """The language that a key of this list means."""
    return {str(n): lang for n, lang in enumerate(langs, 1)}.get(key)


def _changed(context: Context, call: Call, phrase: str) -> Go:
    """Back to what was being heard, heard in the new way; what has changed is said first."""
    changed = context.on(call)
    return Go(changed.back().stay(news=phrase), changed.say(phrase))


def _language_choice(context: Context) -> list[Unit]:
    """The choice of a language: in the caller's, then in each other language (R50)."""
    languages = context.line.languages
    if len(context.line.offered) == 1:
        return []
    ordered = sorted(languages, key=lambda lang: lang != context.call.lang)
    words = {lang: context.line.words(lang) for lang in ordered}
    return [
        InLanguage(lang, said.choice(said.says["language_label"], LANGUAGE_KEY))
        for lang, said in words.items()
    ]
