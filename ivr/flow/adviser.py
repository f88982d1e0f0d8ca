"""Reaching a person, and what follows when nobody can answer or nobody is there to listen.

Owns the nodes ``tell``, ``speaker``, ``adviser``, ``nobody-<why>``, ``leaving`` and ``often`` (R10,
R33, R47-R49). Which numbers are rung is settled elsewhere, from checked settings only.
"""

from __future__ import annotations

from ivr.flow.context import Context, Go, Handler, joined, listed
from ivr.flow.topics import END
from ivr.line.call import Call, EffectDone, HoldRingGroup, Listen, Note, Transfer, Turn, Unit
from ivr.line.call import End as EndCall
from ivr.line.ring_groups import speakers_first

ASIDE = ("person", "message", "callback", "short", "often")
"""What lies on the way to a person: one does not go back to it when all is said."""
SPEAKER = "speaker"
"""Where it is said that nobody speaks the caller's language."""
LAST_WAIT = 20
"""Seconds after the warning in which any key stays on the line (R33)."""

WHY = {
    "busy": "busy",
    "no-answer": "no_answer",
    "refused": "no_answer",
    "failed": "failed",
    "closed": "closed",
    "all": "none_free",
}
"""What ended a transfer without a talk, and the phrase that says so. all: some did not answer, and
the others talk."""

RINGING = {
    "message_kept": "kept_ringing",
    **dict.fromkeys(("message_gone", "message_full", "cannot_keep"), "not_kept_ringing"),
}
"""What became of a message that was ended with 0; and how that is said in the words before it
rings, which no key interrupts (R36)."""


class AdviserHandler(Handler, node="adviser"):
    """The way to a person: rings one telephone after another, or says when the line opens.

    A caller who has heard something is first asked whether the adviser may be told of it.
    """

    family = "person"
    begins = "putting_through"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        if not context.facts.open:
            return _nobody(context, "closed")
        if not context.call.tell and _can_tell(context):
            return Go(context.back().stay(news="").go("tell"), before)
        if not (groups := _in_turn(context)):
            return _nobody(context, "failed")
        if _is_asked(context):
            return Go(context.back().stay(news="").go(SPEAKER), before)
        return Turn(context.call.stay(rung=(), since=0), effect=HoldRingGroup(groups=groups))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return context.say("for_person")

    def key(self, context: Context, key: str) -> Turn | Go | None:
        # Pressed before it rings: what is said begins again, and no slip keeps a person away.
        return Go(context.call)

    def done(self, context: Context, done: EffectDone) -> Turn | Go | None:
        if isinstance(done.effect, HoldRingGroup):
            return _held(context, done.effect, done.outcome)
        note = (Note("person", context.call.at, done.outcome),)
        match done.outcome:
            case "completed" | "answered":
                return Go(_after_talk(context), context.say("person_ended"), note)
            case "stopped":
                return _stopped(context, note)
            case "early":
                # Star, or a telephone that is off: then nobody may be led back again and again,
                # nor who has said nothing for long.
                off = context.call.stopped or context.call.offered
                first = context.on(context.call.stay(stopped=True))
                return _next(context, "no-answer", note) if off else _stopped(first, note)
        return _next(context, done.outcome if done.outcome in WHY else "failed", note)


def before_person(context: Context) -> Call:
    """The call as it was before a person was asked for; else at the start."""
    return context.before(ASIDE)


def _after_talk(context: Context) -> Call:
    """Where the caller was; of advice its end, because nothing is read again unasked (1.3)."""
    back = before_person(context).stay(rung=(), since=0)
    advice = back.at in context.line.topics or back.at == "answer"
    return back.stay(part=END) if advice else back


def heard_about(context: Context) -> str:
    """The topic or form that was heard last in this call; empty where there was none."""
    nodes = (step.partition(".")[0] for step in reversed(context.call.trail))
    return next((node for node in nodes if context.line.told(node)), "")


def _can_tell(context: Context) -> bool:
    """Whether there is anything that a caller would otherwise have to say again (R49)."""
    call = context.call
    line = context.line
    # A doorway is opened in order to be spoken with in that language: nobody is asked that again.
    other = call.lang not in (line.languages[0], *line.doorways)
    changed = call.wait or call.speed == "slow" or other
    return changed or bool(heard_about(context))


def _groups(context: Context) -> list[tuple[str, ...]]:
    return list(speakers_first(context.facts.rings, _speakers(context)))


def _in_turn(context: Context) -> tuple[tuple[str, ...], ...]:
    """Whom to ring when a person is asked for: those first who were not rung before."""
    groups, rung = _groups(context), set(context.call.rung)
    if context.call.since:
        # A key came before the last of them rang.
        last = set(context.call.rung[-1:])
        rung -= {name for group in groups if last & set(group) for name in group}
    return tuple(sorted(groups, key=lambda group: bool(rung & set(group))))


def _held(context: Context, effect: HoldRingGroup, outcome: str) -> Turn | Go:
    """Ring who is held for this call; where nobody is, it is said at once."""
    if outcome in ("full", "talking"):
        return _nobody(context, "all" if effect.why else "busy")
    who = effect.rings(outcome)
    return _ring(context, who) if who else _nobody(context, effect.why or "failed")


def _ring(context: Context, who: tuple[str, ...]) -> Turn:
    """Ring these together. Star, before it rings or while it does, leads back from here."""
    # Long ago, where there is no clock: it rings, and nobody can say for how long.
    rung, moment = context.call.rung, context.facts.moment or 1
    asked = before_person(context).stay(news="").go("adviser")
    ringing = context.on(asked.stay(rung=(*rung, *who), since=moment))
    tell = context.call.tell == "yes"
    spoken = tell or context.call.lang in context.line.doorways
    then = Transfer(who=who, about=heard_about(context) if tell else "", tell=spoken)
    first = RINGING.get(context.call.news, "putting_through")
    rings = context.say("trying_another" if rung else first, "come_back")
    own = () if rung else ringing.own("find_person")
    said = joined([own, *_not_spoken(context, who), rings])
    return ringing.turn(said, then=then, note="transfer")


def _stopped(context: Context, notes: tuple[Note, ...]) -> Go:
    """Back to where the caller was. Who asks again is put through to the others first."""
    return Go(before_person(context).stay(since=0), context.say("ringing_stopped"), notes)


def _next(context: Context, why: str, notes: tuple[Note, ...]) -> Turn | Go:
    """Ring one of those who have not been rung yet; where nobody is left, say ``why`` not."""
    rung = set(context.call.rung)
    fresh = tuple(group for group in _groups(context) if not rung & set(group))
    if not fresh:
        return _nobody(context, why, notes)
    return Turn(context.call, effect=HoldRingGroup(groups=fresh, why=why), notes=notes)


def _nobody(context: Context, why: str, notes: tuple[Note, ...] = ()) -> Go:
    news = context.call.news
    before = context.say(news) if news in RINGING else ()
    call = before_person(context).stay(rung=(), since=0, news="")
    if call.lang in context.line.doorways:
        said = context.own("doorway_nobody", "danger") if context.facts.open else ()
        return Go(call.go("doorway"), before + said, notes)
    return Go(call.go(f"nobody-{why}"), before, notes)


def _speakers(context: Context) -> frozenset[str]:
    """Who of those who are on duty speaks the caller's language."""
    return frozenset(name for lang, name in context.facts.speakers if lang == context.call.lang)


def _foreign(context: Context) -> bool:
    return context.call.lang in context.line.languages[1:]


def _is_asked(context: Context) -> bool:
    """Whether a caller is asked first, once: nobody speaks their language, nor is there help."""
    known = context.line.interpreters or bool(_speakers(context)) or not _foreign(context)
    return not (known or context.call.rung or SPEAKER in context.call.trail)


def _not_spoken(context: Context, who: tuple[str, ...]) -> list[tuple[Unit, ...]]:
    """That those who are rung now do not speak the caller's language, once in a row of rings."""
    speakers = _speakers(context)
    told = not speakers.issuperset(context.call.rung)
    if not _foreign(context) or told or speakers & set(who):
        return []
    help_ = ("interpreter",) if context.line.interpreters else ()
    if speakers:
        return [context.say("one_speaks_first", *help_)]
    return [context.say("none_speaks", *help_)] if help_ else []


class SpeakerHandler(Handler, node=SPEAKER):
    """Nobody who is on duty speaks the caller's language: talk in the first one, or be rung back.

    Saying nothing is to talk, and it rings.
    """

    family = "person"
    section = "adviser"
    begins = "none_speaks"

    def missing(self, context: Context) -> Call | None:
        return None if _foreign(context) else context.back()

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        return context.turn(before, context.say("none_speaks"), self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed(context.own_choices(SPEAKER))

    def key(self, context: Context, key: str) -> Turn | Go | None:
        if key == "2":
            return Go(context.call.stay(wish="").go("callback"))
        return self.no_input(context) if key == "1" else None

    def no_input(self, context: Context) -> Turn | Go | None:
        return Go(context.call.go("adviser"))


class TellHandler(Handler, node="tell"):
    """Whether the adviser may be told what was heard. Saying nothing is no, and it rings."""

    family = "person"
    section = "adviser"
    begins = "may_tell"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        return context.turn(before, self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed([context.words.say(name) for name in ("may_tell", "yes", "no")])

    def key(self, context: Context, key: str) -> Turn | Go | None:
        answer = {"1": "yes", "2": "no"}.get(key)
        return self._answered(context, answer) if answer else None

    def no_input(self, context: Context) -> Turn | Go | None:
        return self._answered(context, "no")

    @staticmethod
    def _answered(context: Context, answer: str) -> Go:
        return Go(context.back().stay(tell=answer).go("adviser"))


class NobodyHandler(Handler, node="nobody"):
    """Nobody could answer: why, when we open, and four ways on. Never the end of the call."""

    family = "person"
    begins = "closed"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        # Who waits here past the opening minute must not hear that we are closed.
        since = context.subject == "closed" and context.facts.open
        why = () if since else context.say(WHY.get(context.subject, "failed"))
        return context.turn(before, why, opens(context), self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed(context.own_choices("nobody"))

    def key(self, context: Context, key: str) -> Turn | Go | None:
        match key:
            case "1":
                return Go(context.call.go("message"))
            case "2":
                return Go(context.call.stay(wish="").go("callback"))
            case "3":
                return Go(context.call.go(f"text-{context.line.contact}"))
            case "4":
                return Go(before_person(context))
        return None

    def no_input(self, context: Context) -> Turn | Go | None:
        # Four more waits for keys would be in vain: whoever is here without one has let 100 s pass.
        return Go(context.call.go("short")) if context.keyless else None


def opens(context: Context) -> tuple[Unit, ...]:
    """When to try again: now, by the same key, or when the ring group opens."""
    moment = context.facts.opens
    if context.facts.open:
        return context.say("try_again")
    if moment is None:
        return ()
    return (context.words.say("opens"), *context.words.opening(moment, context.facts.now))


class LeavingHandler(Handler, node="leaving"):
    """The end of a call that nobody speaks in: how to reach us, a warning, time, then goodbye."""

    begins = "will_end"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        why = before or context.say("still_there")
        return context.turn(why, context.say("ring_again", "will_end"), then=Listen(LAST_WAIT))

    def key(self, context: Context, key: str) -> Turn | Go | None:
        return Go(context.back())

    def no_input(self, context: Context) -> Turn | Go | None:
        return context.turn(context.say("goodbye"), then=EndCall(), note="ended")


class OftenHandler(Handler, node="often"):
    """The first words to a number that rings very often (fault M4): where to read, then the menu.

    Also for who presses nothing: a switchboard is many people, and keys may be lost.
    """

    begins = "rung_often"

    def opening(self, context: Context, before: tuple[Unit, ...] = ()) -> Turn:
        """The first words of such a call."""
        said = context.say("greeting", "rung_often", "danger", "read_instead", "menu_follows")
        return context.turn(before, said, then=Listen(LAST_WAIT), note="often")

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        return self.opening(context, before)

    def key(self, context: Context, key: str) -> Turn | Go | None:
        return Go(context.back())

    def no_input(self, context: Context) -> Turn | Go | None:
        return Go(context.back())
