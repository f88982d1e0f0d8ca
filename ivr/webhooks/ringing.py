"""How a Dial ended: told by Twilio, and what it does not tell found out.

Owns whether it was the caller who stopped the ringing, with star. Twilio's page on Dial says that
star hangs up on the called party, and that the status is then ``completed``; it does not say what
the status is where nobody has picked up yet, and nobody has tried. So each of these is looked at:

    canceled                       star: nothing of ours cancels a ringing telephone
    completed, not bridged         star, where no telephone was picked up: who picks up asks /desk
    no-answer, before its time     star, or a telephone that is off: the flow decides
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from ivr.line.call import Call, Facts, Transfer

STOPPED, EARLY, REFUSED = "stopped", "early", "refused"


class RingServices(Protocol):
    """What is known of the advisers' telephones."""

    @property
    def nobody_picked_up(self) -> Callable[[str, tuple[str, ...]], bool]:
        """Whether it is known that none was picked up of those rung last for a call."""


def outcome(services: RingServices, call: Call, facts: Facts, form: Mapping[str, str]) -> str:
    """How the ringing or the talk ended, as a handler of the flow knows it.

    Somebody who picked up without taking the call has refused it.
    """
    status = form.get("DialCallStatus", "failed")
    if status == "completed" and not _talked(form):
        unanswered = services.nobody_picked_up(form.get("CallSid", ""), call.rung)
        return STOPPED if unanswered else REFUSED
    if status == "no-answer" and _rang_shorter(call, facts):
        return EARLY
    return STOPPED if status == "canceled" else status


def leg(form: Mapping[str, str]) -> str:
    """The leg that a Dial is about where it led to no talk; empty after a talk."""
    return "" if _talked(form) else form.get("DialCallSid", "")


def _talked(form: Mapping[str, str]) -> bool:
    return form.get("DialCallStatus") == "completed" and form.get("DialBridged") != "false"


def _rang_shorter(call: Call, facts: Facts) -> bool:
    """Whether a telephone rang for less than it was to. The words before it count as ringing."""
    if not call.since or facts.moment is None:
        return False
    return 0 <= facts.moment - call.since < Transfer().ring * 1000
