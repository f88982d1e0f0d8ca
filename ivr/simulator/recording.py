"""A Record: how long it listens, what ends it, and who is told.

Owns the rules of Twilio's page on Record. The sound itself is kept by the recordings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urljoin

from ivr.simulator import events
from ivr.simulator.delivery import TIMES
from ivr.simulator.events import HangUp, Press, Speak
from ivr.simulator.leg import CallersEnd, Goes, Gone
from ivr.simulator.recordings import Piece, StoredRecording
from ivr.simulator.verbs import Verb
from ivr.simulator.wire import WireError

HUNG_UP = "hangup"


def record(call: CallersEnd, verb: Verb, url: str) -> Goes:
    """Perform a Record of the document at ``url``; its action, asked with these fields.

    None for a recording of silence only: nobody is told of it. Raises Gone.
    """
    call.listener(events.Recording(call.clock, verb.number("maxLength")))
    tape = Tape(verb)
    while not tape.full:
        tape.listen(call)
    kept = _kept(call, tape)
    if kept is None:
        if tape.key == HUNG_UP:
            raise Gone
        return None
    told = _told(call, kept)
    if verb["recordingStatusCallback"]:
        address = urljoin(url, verb["recordingStatusCallback"])
        call.owe(address, verb["recordingStatusCallbackMethod"], _status(call, told))
    form = {**told, "Digits": tape.key}
    if tape.key == HUNG_UP:
        _tell_of_hanging_up(call, verb, url, form)
        raise Gone
    return verb["action"], form


@dataclass
class Tape:
    """What was recorded so far, and the ``key`` that ended it."""

    verb: Verb
    key: str = ""
    pieces: list[Piece] = field(default_factory=list)
    _left: float = 0.0
    _silent: float = 0.0

    def __post_init__(self) -> None:
        self._left = float(self.verb.number("maxLength"))

    @property
    def full(self) -> bool:
        """A key, silence or its length has ended it."""
        return bool(self.key) or self._left <= 0 or self._silent >= self.verb.number("timeout")

    def listen(self, call: CallersEnd) -> None:
        """Record the next thing that the person does."""
        span = min(self._left, self.verb.number("timeout") - self._silent)
        did = call.person.recorded(span)
        match did:
            case Speak(seconds=seconds):
                self._add(call, True, min(seconds, self._left))
            case Press(key=key, after=after):
                self._add(call, False, min(after, span))
                call.listener(events.KeySent(call.clock, key))
                self.key = key if key in self.verb["finishOnKey"] else ""
            case HangUp(after=after):
                self._add(call, False, min(after, span))
                self.key = HUNG_UP
            case None:
                self._add(call, False, span)

    def _add(self, call: CallersEnd, speaks: bool, seconds: float) -> None:
        call.clock += seconds
        if self.pieces and self.pieces[-1][0] == speaks:
            self.pieces.append((speaks, self.pieces.pop()[1] + seconds))
        else:
            self.pieces.append((speaks, seconds))
        self._left -= seconds
        self._silent = 0.0 if speaks else self._silent + seconds

    def trimmed(self) -> list[Piece]:
        """The pieces, without the silence at both ends unless the verb wants it."""
        spoken = [n for n, (speaks, _) in enumerate(self.pieces) if speaks]
        if not spoken or self.verb["trim"] == "do-not-trim":
            return self.pieces
        return self.pieces[spoken[0] : spoken[-1] + 1]


def _kept(call: CallersEnd, tape: Tape) -> StoredRecording | None:
    if not any(speaks for speaks, _ in tape.pieces):
        return None
    kept = call.recordings.keep(call.sid, tape.trimmed())
    call.listener(events.Recorded(call.clock, kept.sid, kept.seconds, tape.key))
    return kept


def _told(call: CallersEnd, kept: StoredRecording) -> dict[str, str]:
    return {
        "RecordingSid": kept.sid,
        "RecordingUrl": call.recordings.url(call.account, kept.sid),
        "RecordingDuration": str(round(kept.seconds)),
    }


def _status(call: CallersEnd, told: dict[str, str]) -> dict[str, str]:
    return {
        **told,
        "RecordingStatus": "completed",
        "RecordingChannels": "1",
        "RecordingSource": "RecordVerb",
        "CallSid": call.sid,
        "AccountSid": call.account.sid,
    }


def _tell_of_hanging_up(call: CallersEnd, verb: Verb, url: str, form: dict[str, str]) -> None:
    """The action is asked although nobody is there any more; its answer is for nobody.

    Like the callbacks of a call it may come twice, late or never.
    """
    address = urljoin(url, verb["action"]) if verb["action"] else url
    sent = {**call.fields("completed"), **form}
    way = call.wire.delivery.way("hang-up")
    if way == "late":
        call.later(address, verb["method"], sent)
        return
    for _ in range(TIMES[way]):
        _asked_of_nobody(call, verb["method"], address, sent, form)


def _asked_of_nobody(
    call: CallersEnd, method: str, address: str, sent: dict[str, str], form: dict[str, str]
) -> None:
    try:
        answer = call.wire.ask(method, address, sent, call.clock)
    except WireError as error:
        call.listener(events.Failed(call.clock, str(error)))
        return
    call.listener(events.Asked(call.clock, address, form, answer.body))
