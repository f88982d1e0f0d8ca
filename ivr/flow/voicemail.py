"""Leaving a message: after the tone, and kept unless the caller deletes it.

Owns the places ``message``, ``keep`` and ``noted``. Whatever ends a recording, what was said is
kept: a key, silence, its length, or the end of the call. Says so only once the errand has. What is
recorded again is kept until there is something in its place.
"""

from __future__ import annotations

from ivr.flow import danger, steering
from ivr.flow.adviser import before_person, heard_about
from ivr.flow.context import Go, Room, Scene, joined, listed
from ivr.line.call import (
    Call,
    DeleteMessage,
    Done,
    KeepMessage,
    Note,
    Playback,
    Record,
    Recorded,
    Turn,
    Unit,
)

MOST_FIGURES = 5
"""Figures of a recording's seconds: more than a day is odd."""
SHORTEST = 2
"""Seconds of sound that are a message; less is a cough, or the handset put down."""


class MessageRoom(Room):
    """What a message is for and how to leave one. A key begins it, or ``short``."""

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        said = scene.say("message_intro", "danger", "message_how", "message_end")
        return scene.turn(before, said, self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed(scene.own_choices("message"))

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        return record(scene.on(scene.call.stay(recording=""))) if key == "1" else None

    def recorded(self, scene: Scene, heard: Recorded) -> Turn | Go:
        nines = scene.call.nines + 1 if heard.key == danger.NINE else 0
        scene = scene.on(scene.call.stay(nines=nines))
        errand = left(scene, heard.recording, heard.seconds, heard.key)
        if errand:
            return Turn(scene.call, errand=errand)
        if heard.key == "0":
            return steering.person(scene)
        if nines == danger.CALLED:
            return danger.asked(scene)
        if scene.keyless and not heard.key:
            return _leaving(scene, "nothing_recorded")
        if scene.call.recording:
            return Go(scene.call.go("keep"), scene.say("nothing_recorded"))
        return self.present(scene, scene.say("nothing_recorded"))

    def done(self, scene: Scene, done: Done) -> Turn | Go | None:
        if not isinstance(done.errand, KeepMessage):
            return None
        notes = (Note("message", scene.call.at, done.outcome),)
        go = _after(scene, done.errand, done.outcome)
        return go._replace(notes=notes + go.notes)


def left(scene: Scene, recording: str, seconds: int, key: str = "") -> KeepMessage | None:
    """The errand that keeps what a caller said; None where that is nothing, or next to nothing."""
    if not recording or seconds < SHORTEST:
        return None
    about = heard_about(scene) if scene.call.tell == "yes" else ""
    before = _recorded(scene.call)[0]
    instead = before if before != recording else ""
    return KeepMessage(recording, seconds, about, scene.call.lang, key, instead)


OUTCOMES = {"kept": "message_kept", "gone": "message_gone", "full": "message_full"}
"""What is said of an errand that ended so; of any other that it cannot be kept."""


def _after(scene: Scene, kept: KeepMessage, outcome: str) -> Go:
    """Where the key leads that ended the recording, once what was said is kept or is not."""
    said = OUTCOMES.get(outcome, "cannot_keep")
    if scene.call.nines == danger.CALLED:
        return danger.asked(scene)
    if kept.key == "0":
        return steering.person(scene.on(scene.call.stay(news=said)), said)
    if scene.keyless and not kept.key:
        return _leaving(scene, said if outcome == "kept" else "cannot_keep")
    if outcome == "kept":
        recorded = scene.call.stay(recording=f"{kept.recording}.{kept.seconds}")
        return Go(recorded.go("keep"))
    return Go(scene.back() if outcome == "full" else scene.call, scene.say(said))


def _leaving(scene: Scene, said: str) -> Go:
    """The warned end, for who can press nothing; a key that comes after all leads back."""
    return Go(before_person(scene).go("leaving"), scene.say(said))


class KeepRoom(Room):
    """A message that is kept: it may be left as it is, heard, recorded again or deleted."""

    def missing(self, scene: Scene) -> Call | None:
        return None if _recorded(scene.call)[0] else scene.back()

    def present(self, scene: Scene, before: tuple[Unit, ...]) -> Turn | Go:
        return scene.turn(before, scene.say("kept_hang_up"), self.choices(scene))

    def choices(self, scene: Scene) -> tuple[Unit, ...]:
        return listed(scene.own_choices("keep"))

    def help(self, scene: Scene) -> tuple[Unit, ...]:
        return scene.say("kept_hang_up")

    def key(self, scene: Scene, key: str) -> Turn | Go | None:
        recording = _recorded(scene.call)[0]
        match key:
            case "1":
                return Go(before_person(scene).stay(recording="").go("noted-message"))
            case "2":
                heard = (Playback(recording),)
                return scene.turn(heard, self.choices(scene))
            case "3":
                return record(scene.on(scene.back()))
            case "4":
                return Turn(scene.call, errand=DeleteMessage(recording))
        return None

    def done(self, scene: Scene, done: Done) -> Turn | Go | None:
        if not isinstance(done.errand, DeleteMessage):
            return None
        notes = (Note("message", scene.call.at, done.outcome),)
        if done.outcome != "deleted":
            failed = scene.call.stay(news="cannot_delete")
            return Go(failed, scene.say("cannot_delete"), notes)
        call = before_person(scene).stay(recording="", news="message_deleted")
        return Go(call, scene.say("message_deleted"), notes)


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


def record(scene: Scene) -> Turn:
    """The tone comes next. No key interrupts these words, so they are few (R36)."""
    return scene.turn(joined([scene.say("after_tone")]), then=Record(), note="record")
