"""Reaching a person, and what follows when nobody can answer or nobody is there to listen.

Owns the places ``tell``, ``adviser``, ``nobody-<why>``, ``leaving`` and ``often`` (R10, R33,
R47-R49). Which numbers are rung is settled elsewhere, from checked settings only.
"""

from __future__ import annotations

from ivr.flow.context import Go, Room, Scene, listed
from ivr.line.call import Call, Done, HoldDesk, Listen, Note, Transfer, Turn, Unit
from ivr.line.call import End as EndCall

ASIDE = (
    *("message", "keep", "noted", "callback", "phone", "phonecheck", "safe", "leave", "saying"),
    *("when", "tongue", "confirm", "nobody", "adviser", "tell", "short", "often"),
)
"""Places on the way to a person, that one does not go back to when all is said."""
TEXTING = ("text", "number", "check")
"""Places on the way to a text."""
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


class AdviserRoom(Room):
    """The way to a person: rings one telephone of the desk after another, else says when it opens.

    A caller who has heard something is first asked whether the adviser may be told of it.
    """

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        if not scene.facts.open:
            return _nobody(scene, "closed")
        if not scene.call.tell and _can_tell(scene):
            return Go(scene.back().stay(news="").go("tell"), before)
        if not (groups := _in_turn(scene)):
            return _nobody(scene, "failed")
        return Turn(scene.call.stay(rung=(), since=0), errand=HoldDesk(groups=groups))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("for_person")

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        # Pressed before it rings: what is said begins again, and no slip keeps a person away.
        return Go(scene.call)

    def done(self, scene: Scene, done: Done) -> Turn | Go | None:
        if isinstance(done.errand, HoldDesk):
            return _held(scene, done.errand, done.outcome)
        note = (Note("person", scene.call.at, done.outcome),)
        match done.outcome:
            case "completed" | "answered":
                back = before_person(scene).stay(rung=(), since=0)
                return Go(back, scene.say("person_ended"), note)
            case "stopped":
                return _stopped(scene, note)
            case "early":
                # Star, or a telephone that is off: then nobody may be led back again and again,
                # nor who has said nothing for long.
                off = scene.call.stopped or scene.call.offered
                first = scene.on(scene.call.stay(stopped=True))
                return _next(scene, "no-answer", note) if off else _stopped(first, note)
        return _next(scene, done.outcome if done.outcome in WHY else "failed", note)


def before_person(scene: Scene) -> Call:
    """The call as it was before a person was asked for; else at the start."""
    return scene.before(ASIDE)


def heard_about(scene: Scene) -> str:
    """The topic or form that was heard last in this call; empty where there was none."""
    places = (step.partition(".")[0] for step in reversed(scene.call.trail))
    return next((place for place in places if scene.line.told(place)), "")


def _can_tell(scene: Scene) -> bool:
    """Whether there is anything that a caller would otherwise have to say again (R49)."""
    call = scene.call
    changed = call.wait or call.speed == "slow" or call.lang != scene.line.languages[0]
    return changed or bool(heard_about(scene))


def _groups(scene: Scene) -> list[tuple[str, ...]]:
    return [group for group in scene.facts.rings if group]


def _in_turn(scene: Scene) -> tuple[tuple[str, ...], ...]:
    """Whom to ring when a person is asked for: those first who were not rung before."""
    groups, rung = _groups(scene), set(scene.call.rung)
    if scene.call.since:
        # A key came before the last of them rang.
        last = set(scene.call.rung[-1:])
        rung -= {name for group in groups if last & set(group) for name in group}
    return tuple(sorted(groups, key=lambda group: bool(rung & set(group))))


def _held(scene: Scene, errand: HoldDesk, outcome: str) -> Turn | Go:
    """Ring who is held for this call; where nobody is, it is said at once."""
    if outcome in ("full", "talking"):
        return _nobody(scene, "all" if errand.why else "busy")
    who = errand.rings(outcome)
    return _ring(scene, who) if who else _nobody(scene, errand.why or "failed")


def _ring(scene: Scene, who: tuple[str, ...]) -> Turn:
    """Ring these together. Star, before it rings or while it does, leads back from here."""
    # Long ago, where there is no clock: it rings, and nobody can say for how long.
    rung, moment = scene.call.rung, scene.facts.moment or 1
    asked = before_person(scene).stay(news="").go("adviser")
    ringing = scene.on(asked.stay(rung=(*rung, *who), since=moment))
    tell = scene.call.tell == "yes"
    then = Transfer(who=who, about=heard_about(scene) if tell else "", tell=tell)
    first = RINGING.get(scene.call.news, "putting_through")
    said = scene.say("trying_another" if rung else first, "come_back")
    return ringing.turn(said, then=then, note="transfer")


def _stopped(scene: Scene, notes: tuple[Note, ...]) -> Go:
    """Back to where the caller was. Who asks again is put through to the others first."""
    return Go(before_person(scene).stay(since=0), scene.say("ringing_stopped"), notes)


def _next(scene: Scene, why: str, notes: tuple[Note, ...]) -> Turn | Go:
    """Ring one of those who have not been rung yet; where nobody is left, say ``why`` not."""
    rung = set(scene.call.rung)
    fresh = tuple(group for group in _groups(scene) if not rung & set(group))
    if not fresh:
        return _nobody(scene, why, notes)
    return Turn(scene.call, errand=HoldDesk(groups=fresh, why=why), notes=notes)


def _nobody(scene: Scene, why: str, notes: tuple[Note, ...] = ()) -> Go:
    news = scene.call.news
    call = before_person(scene).stay(rung=(), since=0, news="").go(f"nobody-{why}")
    return Go(call, scene.say(news) if news in RINGING else (), notes)


class TellRoom(Room):
    """Whether the adviser may be told what was heard. Saying nothing is no, and it rings."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        return scene.turn(before, self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed([scene.words.say(name) for name in ("may_tell", "yes", "no")])

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        answer = {"1": "yes", "2": "no"}.get(key)
        return self._answered(scene, answer) if answer else None

    def silence(self, scene: Scene) -> Turn | Go | None:
        return self._answered(scene, "no")

    @staticmethod
    def _answered(scene: Scene, answer: str) -> Go:
        return Go(scene.back().stay(tell=answer).go("adviser"))


class NobodyRoom(Room):
    """Nobody could answer: why, when we open, and four ways on. Never the end of the call."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        # Who waits here past the opening minute must not hear that we are closed.
        since = scene.subject == "closed" and scene.facts.open
        why = () if since else scene.say(WHY.get(scene.subject, "failed"))
        return scene.turn(before, why, opens(scene), self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed(scene.own_choices("nobody"))

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        match key:
            case "1":
                return Go(scene.call.go("message"))
            case "2":
                return Go(scene.call.stay(wish="").go("callback"))
            case "3":
                return Go(scene.call.go(f"text-{scene.line.contact}"))
            case "4":
                return Go(before_person(scene))
        return None

    def silence(self, scene: Scene) -> Turn | Go | None:
        # Four more waits for keys would be in vain: whoever is here without one has let 100 s pass.
        return Go(scene.call.go("short")) if scene.keyless else None


def opens(scene: Scene) -> tuple[Unit, ...]:
    """When to try again: now, by the same key, or when the desk opens."""
    moment = scene.facts.opens
    if scene.facts.open:
        return scene.say("try_again")
    if moment is None:
        return ()
    return (scene.words.say("opens"), *scene.words.opening(moment, scene.facts.now))


class LeavingRoom(Room):
    """The end of a call that nobody speaks in: how to reach us, a warning, time, then goodbye."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        why = before or scene.say("still_there")
        return scene.turn(why, scene.say("ring_again", "will_end"), then=Listen(LAST_WAIT))

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        return Go(scene.back())

    def silence(self, scene: Scene) -> Turn | Go | None:
        return scene.turn(scene.say("goodbye"), then=EndCall(), note="ended")


class OftenRoom(LeavingRoom):
    """The first words to a number that has rung very often (fault M4): where to read, and a warned
    end. A machine presses nothing; whoever presses a key is a person, and goes on as ever."""

    def opening(self, scene: Scene, before: tuple[Unit, ...] = ()) -> Turn:
        """The first words of such a call."""
        said = scene.say("greeting", "rung_often", "danger", "read_instead", "will_end")
        return scene.turn(before, said, then=Listen(LAST_WAIT), note="often")

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        return self.opening(scene, before)
