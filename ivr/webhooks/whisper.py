"""The adviser's end of a transfer: what is heard before a call is taken, and the key that takes it.

Owns ``POST /desk``. An answering machine presses nothing, so it never swallows a caller (F14). What
the caller heard is told only where they said yes; it stands in the address that Twilio signs.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, request

from ivr import twiml
from ivr.flow.context import joined
from ivr.line.call import Call, Transfer, Unit
from ivr.line.model import Line
from ivr.line.wording import BETWEEN_CHOICES
from ivr.webhooks.extension import services_of
from ivr.webhooks.guard import OVERRIDES, signed
from ivr.webhooks.voice import XML, CallServices, render_settings_of

log = logging.getLogger(__name__)
whisper = Blueprint("whisper", __name__)

TAKE_WAIT = 10
"""Seconds for an adviser to press 1; then it counts as not answered (F14)."""
TOLD = ("about", "lang", "speed", "wait")
"""What of a caller stands in the address of an adviser's telephone."""
TAKES, REFUSES = "1", "2"
"""The keys of an adviser. Any other is a slip: they are asked once more."""


def address(base_url: str, call: Call, transfer: Transfer) -> str:
    """Where the adviser's telephone asks what to hear."""
    if not transfer.tell:
        return f"{base_url}/desk{OVERRIDES}"
    told = {"about": transfer.about, "lang": call.lang, "speed": call.speed}
    told |= {"wait": "1"} if call.wait else {}
    query = urlencode({name: value for name, value in told.items() if value})
    return f"{base_url}/desk?{query}{OVERRIDES}"


@whisper.post("/desk")
@signed
def adviser() -> Response:
    """An adviser has picked up, or pressed a key. Whatever fails, only a key takes the call."""
    services = services_of(current_app, CallServices)
    try:
        return Response(_answer(services, request.args, g.form), content_type=XML)
    except Exception:
        log.exception("an adviser could not be told who is calling")
        return Response(_at_least(services, g.form), content_type=XML)


def sorry() -> bytes:
    """What an adviser hears at no address of the line's: a key takes the call all the same."""
    return _at_least(services_of(current_app, CallServices), g.form)


def _at_least(services: CallServices, form: Mapping[str, str]) -> bytes:
    """The same without anything that can have failed: a key takes the call, all else lets go."""
    if "Digits" not in form:
        return services.last_whisper
    return twiml.JOINED if form["Digits"] == TAKES else twiml.let_go()


def _answer(services: CallServices, query: Mapping[str, str], form: Mapping[str, str]) -> bytes:
    line = services.content_store.line("")
    lang = line.languages[0]
    render_settings = render_settings_of(services, line)
    key, call_sid = form.get("Digits", ""), form.get("ParentCallSid", "")
    if key == TAKES:
        if not services.taken(call_sid, _adviser(services, form), form.get("CallSid", "")):
            return twiml.let_go()
        return twiml.taken((line.words(lang).say("desk_connecting"),), lang, render_settings)
    if key == REFUSES or query.get("again"):
        return twiml.let_go()
    services.picked_up(call_sid)
    told = {name: query[name] for name in TOLD if name in query}
    asked = urlencode(sorted({**told, "on": "key", **({"again": "1"} if key else {})}.items()))
    action = f"{services.base_url}/desk?{asked}{OVERRIDES}"
    # A telephone is often not at the ear yet when it is picked up: all of it is said twice.
    once = _whisper(line, query)
    return twiml.whisper(
        joined([once, once], BETWEEN_CHOICES), lang, TAKE_WAIT, action, render_settings
    )


def _adviser(services: CallServices, form: Mapping[str, str]) -> str:
    """Whose telephone this is, by the number that was rung; empty where that is nobody's."""
    called = form.get("To", "")
    return next((name for name, number in services.advisers().items() if number == called), "")


def _whisper(line: Line, query: Mapping[str, str]) -> tuple[Unit, ...]:
    """Who is calling, as far as the caller said that it may be told, and how to take the call."""
    words = line.words(line.languages[0])
    said: list[Unit | tuple[Unit, ...]] = [words.say("desk_caller")]
    if line.told(about := line.named_now(query.get("about", ""))):
        said += [words.say("desk_heard"), words.title(about)]
    if (lang := query.get("lang", "")) in line.offered:
        said.append(words.say("desk_language", language=line.language(lang)))
    if query.get("speed") == "slow":
        said.append(words.say("desk_slow"))
    if query.get("wait"):
        said.append(words.say("desk_wait"))
    return joined([*said, words.say("desk_take")])
