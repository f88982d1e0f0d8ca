"""A Dial: the telephones it rings, what whoever picks up hears, and who gets the call.

Owns the advisers' ends of a call. All that happens on them happens at the same time, while the
caller hears ringing. As in Twilio's pages on Dial and Number.
"""

from __future__ import annotations

import uuid
from collections.abc import Generator, Mapping
from urllib.parse import urljoin

from ivr.simulator import events
from ivr.simulator.events import Event, HangUp, Press
from ivr.simulator.leg import CallersEnd, Goes, Gone, Leg, Wait, fields
from ivr.simulator.verbs import Verb, VerbError
from ivr.simulator.wire import WireError

ACCEPTED, REFUSED = "accepted", "refused"
OFF = "off"
"""A telephone that is off or out of reach: no-answer, and at once where its network says so."""


class Starred(Exception):
    """The caller has pressed star, and the Dial heeds it."""


class Unwilling(Exception):
    """Whoever picked up has hung up again."""


def dial(call: CallersEnd, verb: Verb, url: str) -> dict[str, str]:
    """Perform a Dial of the document at ``url``; what its action is told. Raises Gone."""
    caller_id = verb["callerId"] or call.caller
    bells = [Bell(call, number, caller_id, verb, url) for number in verb.inside]
    for bell in bells:
        call.callee.dialled(bell.number)
        call.listener(events.Dialling(call.clock, bell.number, caller_id))
    try:
        taken, status = _rung(call, bells, verb)
    except Gone:
        call.listener(events.DialEnded(call.clock, "canceled"))
        raise
    told = {"DialCallSid": (taken or bells[0]).sid, "DialBridged": str(taken is not None).lower()}
    if taken:
        talked = _talk(call, taken.number, verb)
        told["DialCallDuration"] = str(round(talked))
    told["DialCallStatus"] = status
    call.listener(events.DialEnded(call.clock, told["DialCallStatus"]))
    return told


def _rung(call: CallersEnd, bells: list[Bell], verb: Verb) -> tuple[Bell | None, str]:
    """The telephone that took the call, if one did, and DialCallStatus. Raises Gone."""
    over = call.clock + verb.number("timeout")
    try:
        taken = _race(call, bells, "*" if verb["hangupOnStar"] == "true" else "")
    except Starred:
        return None, call.star
    outcomes = {bell.outcome for bell in bells}
    if not taken and "no-answer" in outcomes:
        # It rang for as long as it was to, even if whoever played the adviser said so sooner.
        call.clock = max(call.clock, over)
    return taken, "completed" if taken else _status(outcomes)


def _race(call: CallersEnd, bells: list[Bell], heeded: str) -> Bell | None:
    """The telephone that takes the call first. Raises Gone when the caller does not wait for it.

    Raises Starred when they press the key that is ``heeded`` meanwhile.
    """
    due = dict.fromkeys(range(len(bells)), call.clock)
    steps = [bell.steps() for bell in bells]
    while due:
        first = min(due, key=lambda each: due[each])
        if call.deaf(due[first] - call.clock, heeded):
            raise Starred
        try:
            due[first] = call.clock + next(steps[first])
        except StopIteration as ended:
            del due[first]
            bells[first].outcome = ended.value
            if ended.value == ACCEPTED:
                return bells[first]
    return None


def _status(outcomes: set[str]) -> str:
    """DialCallStatus when nobody took the call."""
    if REFUSED in outcomes:
        return "completed"
    one = outcomes.pop() if len(outcomes) == 1 else "no-answer"
    return "no-answer" if one == OFF else one


def _talk(call: CallersEnd, number: str, verb: Verb) -> float:
    """The two talk; how long. Raises Gone when the caller has hung up."""
    call.listener(events.Bridged(call.clock, number))
    began, over = call.clock, call.clock + verb.number("timeLimit")
    while call.clock < over:
        talk = call.callee.talk(call.person, over - call.clock)
        call.clock += talk.seconds
        if talk.caller_gone:
            raise Gone
        if not talk.star or verb["hangupOnStar"] == "true":
            break
    return call.clock - began


class Bell:
    """One telephone that rings. ``outcome`` is known once its steps have ended."""

    def __init__(self, call: CallersEnd, noun: Verb, caller_id: str, verb: Verb, url: str) -> None:
        self.number = noun.text
        self.sid = "CA" + uuid.uuid4().hex
        self.outcome = ""
        self._call = call
        self._caller_id = caller_id
        self._rings = float(verb["timeout"])
        self._whisper = urljoin(url, noun["url"]) if noun["url"] else ""
        self._method = noun["method"]

    def steps(self) -> Generator[float, None, str]:
        """Ring, and let whoever picks up decide. Yields seconds that must pass; the outcome."""
        answer = yield from self._ring()
        if answer != "answer":
            return answer
        if not self._whisper:
            return ACCEPTED
        try:
            return ACCEPTED if (yield from self._whispered()) else REFUSED
        except Unwilling:
            return REFUSED
        except (WireError, VerbError) as error:
            self._call.listener(events.Failed(self._call.clock, f"{self.number}: {error}"))
            return REFUSED

    def _ring(self) -> Generator[float, None, str]:
        left = self._rings
        while left > 0:
            answer = self._call.callee.ring(self.number, left)
            if answer not in ("", "no-answer"):
                return answer
            # One who is really there and will not answer need not let it ring to the end.
            step = min(left, self._call.callee.glance)
            yield step
            left -= step
            if answer:
                break
        return "no-answer"

    def _whispered(self) -> Generator[float, None, bool]:
        """Perform the Number's document; whether it let the call be put through."""
        steps = Leg(self._call, self._fields, self._tell, _beyond).perform(
            self._method, self._whisper, {}
        )
        key = None
        while True:
            try:
                wait = steps.send(key)
            except StopIteration as ended:
                return bool(ended.value)
            key = yield from self._pass(wait)

    def _pass(self, wait: Wait) -> Generator[float, None, str | None]:
        """Let time pass until a key of the adviser's, or all of it. Raises Unwilling."""
        callee, left = self._call.callee, wait.seconds
        while left > 0:
            step = min(left, callee.glance)
            did = callee.wait(self.number, step, wait.speaking)
            took = step if did is None else min(did.after, step)
            yield took
            left -= took
            if isinstance(did, HangUp):
                raise Unwilling
            if isinstance(did, Press):
                return did.key
        return None

    def _tell(self, event: Event) -> None:
        """What happens on this end, as the whole call reports it."""
        match event:
            case events.Said(at=at, words=words):
                self._call.listener(events.AdviserHears(at, self.number, "", words))
            case events.Played(at=at, url=url):
                self._call.listener(events.AdviserHears(at, self.number, url, ""))
            case events.Asked():
                self._call.listener(event)

    def _fields(self, form: Mapping[str, str]) -> dict[str, str]:
        ends = self.sid, self._call.account, self._caller_id, self.number
        parent = self._call.sid
        return fields(
            *ends, ParentCallSid=parent, CallStatus="in-progress", Direction="outbound-dial"
        )


def _beyond(verb: Verb, url: str) -> Goes:
    """No other verb is allowed before the two are put through."""
    raise VerbError(13201, f"{verb.name} on the end of a Dial")
