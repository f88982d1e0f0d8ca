"""Leaving a message: after the tone, heard back, kept only when the caller says so.

Owns the places ``message``, ``keep`` and ``noted``. Says that a message is kept only once the
errand has said so; what is not kept is deleted within the hour, elsewhere.
"""

from __future__ import annotations

from ivr.call import Call, Done, KeepMessage, Note, Playback, Record, Recorded, Turn, Unit
from ivr.flow import danger, steering
from ivr.flow.people import before_person, heard_about
from ivr.flow.scene import Go, Room, Scene, joined, listed

MOST_FIGURES = 5
"""Figures of a recording's seconds: more than a day is odd."""
LEAST_SECONDS = 2
"""Less is a breath or a click, not a message."""


class MessageRoom(Room):
    """What a message is for and how to leave one. A key begins it, or ``short``."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        said = scene.say("message_intro", "danger", "message_how")
        return scene.turn(before, said, self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed(scene.own_choices("message"))

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        return record(scene) if key == "1" else None

    def recorded(self, scene: Scene, heard: Recorded) -> Turn | Go:
        if heard.key == "0":
            return steering.person(scene)
        nines = scene.call.nines + 1 if heard.key == danger.NINE else 0
        if nines == danger.CALLED:
            return danger.asked(scene)
        scene = scene.on(scene.call.stay(nines=nines))
        if scene.keyless:
            return _without_keys(scene, heard)
        if not heard.recording:
            return self.present(scene, scene.say("nothing_recorded"))
        if heard.key == "*":
            return self.present(scene, ())
        return Go(scene.call.stay(recording=f"{heard.recording}.{heard.seconds}").go("keep"))

    def done(self, scene: Scene, done: Done) -> Turn | Go | None:
        said = "message_kept" if done.outcome == "kept" else "cannot_keep"
        return _leaving(scene, said)._replace(notes=(Note("message", scene.call.at, done.outcome),))


class KeepRoom(Room):
    """What is to become of a message: keep it, hear it, record it again, or drop it."""

    def missing(self, scene: Scene) -> Call | None:
        return None if _recorded(scene.call)[0] else scene.back()

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        return scene.turn(before, self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed(scene.own_choices("keep"))

    def help(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("keep_help")

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        recording, seconds = _recorded(scene.call)
        match key:
            case "1":
                about = heard_about(scene) if scene.call.tell == "yes" else ""
                kept = KeepMessage(recording, seconds, about, scene.call.lang)
                return Turn(scene.call, errand=kept)
            case "2":
                heard = (Playback(recording),)
                return scene.turn(heard, self.choices(scene))
            case "3":
                return record(scene.on(scene.back().stay(recording="")))
            case "4":
                call = before_person(scene).stay(recording="", news="message_dropped")
                return Go(call, scene.say("message_dropped"))
        return None

    def done(self, scene: Scene, done: Done) -> Turn | Go | None:
        notes = (Note("message", scene.call.at, done.outcome),)
        if done.outcome == "gone":
            return Go(scene.back().stay(recording=""), scene.say("message_gone"), notes)
        if done.outcome != "kept":
            return Go(scene.call, scene.say("cannot_keep"), notes)
        return Go(before_person(scene).stay(recording="").go("noted-message"), notes=notes)


class NotedRoom(Room):
    """What was taken down, and the way back: ``noted-message``, or a call-back's four digits."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        return scene.turn(before, self._taken(scene), self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed(scene.own_choices("noted"))

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        return Go(scene.back()) if key == "1" else None

    @staticmethod
    def _taken(scene: Scene) -> tuple[Unit, ...]:
        digits = scene.subject
        if digits.isascii() and digits.isdigit():
            said = scene.say("callback_kept", "your_reference")
            return (*said, *scene.words.digits(digits))
        return scene.say("message_kept")


def _recorded(call: Call) -> tuple[str, int]:
    """The carrier's id of what was recorded, and its seconds; 0 where those are odd."""
    recording, _, seconds = call.recording.partition(".")
    figures = seconds.isascii() and seconds.isdigit() and len(seconds) <= MOST_FIGURES
    return recording, int(seconds) if figures else 0


def _without_keys(scene: Scene, heard: Recorded) -> Turn | Go:
    """Keep what somebody said whose keys do not arrive: they can neither ask for it nor drop it."""
    if not heard.recording or heard.seconds < LEAST_SECONDS:
        return _leaving(scene, "nothing_recorded")
    kept = KeepMessage(heard.recording, heard.seconds, "", scene.call.lang)
    return Turn(scene.call, errand=kept)


def _leaving(scene: Scene, said: str) -> Go:
    """The warned end; a key that comes after all leads back to before a person was asked for."""
    return Go(before_person(scene).go("leaving"), scene.say(said))


def record(scene: Scene) -> Turn:
    """The tone comes next. No key interrupts these words, so they are few (R36)."""
    return scene.turn(joined([scene.say("after_tone")]), then=Record(), note="record")
