"""Menus and yes-or-no questions: the choices of the line, one key each.

Owns how choices are listed (R06, R18-R20). Where keys lead is the line's, not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.flow.context import Context, Go, Handler, joined, listed
from ivr.line.call import InLanguage, Playback, Turn, Unit
from ivr.line.wording import IN_OPENING


class MenuHandler(Handler):
    """A menu: its name, how many choices there are, the choices, then only the wait."""

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        context = _in_first(context)
        title = (context.words.title(context.call.at),)
        danger = context.say("danger") if context.call.at == context.line.danger else ()
        return context.turn(before, title, danger, _count(context), self.choices(context))

    def opening(self, context: Context, offered: bool = True) -> Turn:
        """The first words of a call (1.2): who this is, 0, 8, the count, the choices.

        Where other languages are offered, they come after 0, there is no count, and 8 is last: so
        that the first choice still comes within 12 seconds (R21). ``offered``: not to who has just
        chosen one.
        """
        offers = _language_offers(context) if offered else []
        announced = _announced(context) if offered else []
        greeting, person, hearing = map(context.say, ("greeting", "for_person", "for_hearing"))
        choices = self.choices(context)
        if offers:
            rest = [*((each,) for each in offers), *announced, choices, hearing]
        else:
            rest = [hearing, *announced, _count(context), choices]
        return context.turn(joined([greeting, person, *rest], IN_OPENING))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed(context.words.choices(context.call.at, _keys(context)))

    def help(self, context: Context) -> tuple[Unit, ...]:
        return (context.words.help(context.call.at, _keys(context)),)

    def key(self, context: Context, key: str) -> Turn | Go | None:
        to = _keys(context).get(key)
        return Go(context.call.go(to)) if to else self._language(context, key)

    def _language(self, context: Context, key: str) -> Turn | Go | None:
        """In the first menu each other language has a key, without being asked for (R50)."""
        lang = context.line.language_keys.get(key)
        if lang is None or context.call.at != context.line.start:
            return None
        chosen = context.call.stay(lang=lang, silences=0, slips=0)
        if lang in context.line.doorways:
            return Go(chosen.go("doorway"))
        return self.opening(context.on(chosen), offered=False)


class QuestionHandler(MenuHandler):
    """A question answered by 1 for yes and 2 for no."""

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        title = (context.words.title(context.call.at),)
        return context.turn(before, title, self.choices(context))


def _in_first(context: Context) -> Context:
    """Whoever comes to the first menu has left the doorway, perhaps pressed by mistake."""
    line, call = context.line, context.call
    left = call.at == line.start and call.lang in line.doorways
    return context.on(call.stay(lang=line.languages[0])) if left else context


def _keys(context: Context) -> Mapping[str, str]:
    return context.line.menus[context.call.at].keys


def _announced(context: Context) -> list[tuple[Unit, ...]]:
    """What staff recorded for today, where they did."""
    said = context.facts.announcement
    return [(Playback(said),)] if said else []


def _count(context: Context) -> tuple[Unit, ...]:
    return context.how_many(len(_keys(context)))


def _language_offers(context: Context) -> list[Unit]:
    """Each language's offer of itself, in its own words and voice."""
    return [
        InLanguage(lang, context.line.this_language(lang, key))
        for key, lang in context.line.language_keys.items()
    ]
