"""Reaching a person, and what follows when nobody can answer or nobody is there to listen.

Owns the places ``tell``, ``adviser``, ``nobody-<why>`` and ``leaving`` (R10, R33, R47-R49). Which
numbers are rung is settled elsewhere, from checked settings only.
"""

from __future__ import annotations

from ivr.call import Call, Done, HoldDesk, Listen, Note, Transfer, Turn, Unit
from ivr.call import End as EndCall
from ivr.flow.scene import Go, Room, Scene, listed

ASIDE = (
    *("message", "keep", "noted", "callback", "phone", "phonecheck", "safe", "leave", "saying"),
    *("when", "tongue", "confirm", "nobody", "adviser", "tell", "short"),
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
    "canceled": "failed",
    "closed": "closed",
}
"""What ended a transfer without a talk, and the phrase that says so."""

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
        return Turn(scene.call.stay(rung=()), errand=HoldDesk())

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("for_person")

    def done(self, scene: Scene, done: Done) -> Turn | Go | None:
        if isinstance(done.errand, HoldDesk):
            return _nobody(scene, "busy") if done.outcome == "full" else _ring(scene, "failed")
        note = (Note("person", scene.call.at, done.outcome),)
        if done.outcome in ("completed", "answered"):
            return Go(before_person(scene).stay(rung=()), scene.say("person_ended"), note)
        return _ring(scene, done.outcome if done.outcome in WHY else "failed", note)


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


def _ring(scene: Scene, why: str, notes: tuple[Note, ...] = ()) -> Turn | Go:
    """Ring who has not been rung yet; where nobody is left, say ``why`` not.

    No key interrupts these words, so they are the only ones (R36).
    """
    rung = scene.call.rung
    fresh = (group for group in scene.facts.rings if group and not set(group) & set(rung))
    who = next(fresh, None)
    if who is None:
        return _nobody(scene, why, notes)
    ringing = scene.on(scene.call.stay(rung=(*rung, *who), news=""))
    tell = scene.call.tell == "yes"
    then = Transfer(who=who, about=heard_about(scene) if tell else "", tell=tell)
    first = RINGING.get(scene.call.news, "putting_through")
    return ringing.turn(scene.say("trying_another" if rung else first), then=then, note="transfer")


def _nobody(scene: Scene, why: str, notes: tuple[Note, ...] = ()) -> Go:
    news = scene.call.news
    call = before_person(scene).stay(rung=(), news="").go(f"nobody-{why}")
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
