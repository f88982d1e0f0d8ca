"""Leaving a message: after the tone, and kept unless the caller deletes it.

Owns the nodes ``message``, ``keep`` and ``noted``. Whatever ends a recording, what was said is
kept: a key, silence, its length, or the end of the call. Says so only once the effect has. What is
recorded again is kept until there is something in its place.
"""

from __future__ import annotations

from ivr.flow import danger, steering
from ivr.flow.adviser import before_person, heard_about
from ivr.flow.context import Context, Go, Handler, joined, listed
from ivr.line.call import (
    Call,
    DeleteVoicemail,
    EffectDone,
    KeepVoicemail,
    Note,
    Playback,
    Record,
    RecordingDone,
    Turn,
    Unit,
)

MOST_FIGURES = 5
"""Figures of a recording's seconds: more than a day is odd."""
SHORTEST = 2
"""Seconds of sound that are a message; less is a cough, or the handset put down."""


class VoicemailHandler(Handler, node="message"):
    """What a message is for and how to leave one. A key begins it, or ``short``."""

    family = "message"
    begins = "message_intro"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        said = context.say("message_intro", "danger", "message_how", "message_end")
        return context.turn(before, said, self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed(context.own_choices("message"))

    def key(self, context: Context, key: str) -> Turn | Go | None:
        return record(context.on(context.call.stay(recording=""))) if key == "1" else None

    def recorded(self, context: Context, event: RecordingDone) -> Turn | Go:
        nines = context.call.nines + 1 if event.key == danger.NINE else 0
        context = context.on(context.call.stay(nines=nines))
        effect = left(context, event.recording, event.seconds, event.key)
        if effect:
            return Turn(context.call, effect=effect)
        if event.key == "0":
            return steering.person(context)
        if nines == danger.CALLED:
            return danger.asked(context)
        if context.keyless and not event.key:
            return _leaving(context, "nothing_recorded")
        if context.call.recording:
            return Go(context.call.go("keep"), context.say("nothing_recorded"))
        return self.present(context, context.say("nothing_recorded"))

    def done(self, context: Context, done: EffectDone) -> Turn | Go | None:
        if not isinstance(done.effect, KeepVoicemail):
            return None
        notes = (Note("message", context.call.at, done.outcome),)
        go = _after(context, done.effect, done.outcome)
        return go._replace(notes=notes + go.notes)


def left(context: Context, recording: str, seconds: int, key: str = "") -> KeepVoicemail | None:
    """The effect that keeps what a caller said; None where that is nothing, or next to nothing."""
    if not recording or seconds < SHORTEST:
        return None
    about = heard_about(context) if context.call.tell == "yes" else ""
    before = _recorded(context.call)[0]
    instead = before if before != recording else ""
    return KeepVoicemail(recording, seconds, about, context.call.lang, key, instead)


OUTCOMES = {"kept": "message_kept", "gone": "message_gone", "full": "message_full"}
"""What is said of an effect that ended so; of any other that it cannot be kept."""


def _after(context: Context, kept: KeepVoicemail, outcome: str) -> Go:
    """Where the key leads that ended the recording, once what was said is kept or is not."""
    said = OUTCOMES.get(outcome, "cannot_keep")
    if context.call.nines == danger.CALLED:
        return danger.asked(context)
    if kept.key == "0":
        return steering.person(context.on(context.call.stay(news=said)), said)
    if context.keyless and not kept.key:
        return _leaving(context, said if outcome == "kept" else "cannot_keep")
    if outcome == "kept":
        recorded = context.call.stay(recording=f"{kept.recording}.{kept.seconds}")
        return Go(recorded.go("keep"))
    return Go(context.back() if outcome == "full" else context.call, context.say(said))


def _leaving(context: Context, said: str) -> Go:
    """The warned end, for who can press nothing; a key that comes after all leads back."""
    return Go(before_person(context).go("leaving"), context.say(said))


class KeepHandler(Handler, node="keep"):
    """A message that is kept: it may be left as it is, heard, recorded again or deleted."""

    family = section = "message"
    begins = "kept_hang_up"

    def missing(self, context: Context) -> Call | None:
        return None if _recorded(context.call)[0] else context.back()

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        return context.turn(before, context.say("kept_hang_up"), self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed(context.own_choices("keep"))

    def help(self, context: Context) -> tuple[Unit, ...]:
        return context.say("kept_hang_up")

    def key(self, context: Context, key: str) -> Turn | Go | None:
        recording = _recorded(context.call)[0]
        match key:
            case "1":
                return Go(before_person(context).stay(recording="").go("noted-message"))
            case "2":
                event = (Playback(recording),)
                return context.turn(event, self.choices(context))
            case "3":
                return record(context.on(context.back()))
            case "4":
                return Turn(context.call, effect=DeleteVoicemail(recording))
        return None

    def done(self, context: Context, done: EffectDone) -> Turn | Go | None:
        if not isinstance(done.effect, DeleteVoicemail):
            return None
        notes = (Note("message", context.call.at, done.outcome),)
        if done.outcome != "deleted":
            failed = context.call.stay(news="cannot_delete")
            return Go(failed, context.say("cannot_delete"), notes)
        call = before_person(context).stay(recording="", news="message_deleted")
        return Go(call, context.say("message_deleted"), notes)


class NotedHandler(Handler, node="noted"):
    """What was taken down, and the way back: ``noted-message``, or a call-back's four digits."""

    family = section = "message"
    begins = "message_kept"

    def present(self, context: Context, before: tuple[Unit, ...]) -> Turn | Go:
        taken, hang_up = self._taken(context), context.say("can_hang_up")
        return context.turn(before, taken, hang_up, self.choices(context))

    def choices(self, context: Context) -> tuple[Unit, ...]:
        return listed(context.own_choices("noted"))

    def key(self, context: Context, key: str) -> Turn | Go | None:
        return Go(context.back()) if key == "1" else None

    @staticmethod
    def _taken(context: Context) -> tuple[Unit, ...]:
        digits = context.subject
        if digits.isascii() and digits.isdigit():
            said = context.say("callback_kept", "your_reference")
            return (*said, *context.words.digits(digits))
        return context.say("message_kept")


def _recorded(call: Call) -> tuple[str, int]:
    """The carrier's id of what was recorded, and its seconds; 0 where those are odd."""
    recording, _, seconds = call.recording.partition(".")
    figures = seconds.isascii() and seconds.isdigit() and len(seconds) <= MOST_FIGURES
    return recording, int(seconds) if figures else 0


def record(context: Context) -> Turn:
    """The tone comes next. No key interrupts these words, so they are few (R36)."""
    return context.turn(joined([context.say("after_tone")]), then=Record(), note="record")
