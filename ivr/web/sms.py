"""The text messages' webhooks: somebody texts in, and Twilio tells how a text of ours went.

Owns ``POST /sms`` and ``POST /sms/status``. Nothing that is texted is logged or kept: only that a
number wants no more texts, how often it was answered in this hour, and a wish to be rung.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Protocol
from xml.etree import ElementTree as Xml

from flask import Blueprint, Response, current_app, g, request

from ivr import texts
from ivr.line import Line
from ivr.numbers import ringable
from ivr.sealed_box import SealedBoxError, seal
from ivr.store import Inbox, Outbox, StoreDownError
from ivr.texts import Asked
from ivr.web.guard import signed
from ivr.web.voice import XML, Desk

log = logging.getLogger(__name__)
sms = Blueprint("sms", __name__)

UNASKED = {"leave": False, "saying": "friend"}
"""How to ring somebody who could not be asked what is safe: no message, and no word of us."""


NEWS = ("MessageSid", "MessageStatus", "ErrorCode")
"""What Twilio tells of a text of ours."""


class OptOuts(Protocol):
    """The numbers that want no texts. All of these raise StoreDownError."""

    def stop(self, number: str, now: datetime) -> None: ...

    def start(self, number: str, now: datetime) -> None: ...

    def stopped(self, number: str) -> bool: ...


class Limits(Protocol):
    """How often one number is answered; False where that is enough, or cannot be known."""

    def text_in(self, number: str, now: datetime) -> bool: ...


@sms.post("/sms")
@signed
def text_in() -> Response:
    """A text to the line is answered with what it asks for, or with the words that bring it.

    A wish for no more texts that cannot be kept fails, so that Twilio asks again.
    """
    desk: Desk = current_app.extensions["desk"]
    line, today = desk.shelf.line(""), desk.clock().date()
    number, body = g.form.get("From", ""), g.form.get("Body", "")
    asked = texts.asked(line, body, today)
    before = _stopped(number)
    _heed(asked, number)
    told = () if asked.kind in ("stop", "start") else _told(line, asked, number, today)
    if before or asked.stop:
        told = _needed(asked, told, before)
    return Response(_reply(told), content_type=XML)


@sms.post("/sms/status")
@signed
def text_status() -> Response:
    """Where a text of ours has got to. A status that cannot be kept is asked for again."""
    outbox: Outbox = current_app.extensions["outbox"]
    sid, status, error = (g.form.get(name, "") for name in NEWS)
    outbox.status(sid, status, error, request.args.get("id", ""))
    return Response(status=204)


def silent() -> bytes:
    """No answer, to a text that comes to no address of the line's."""
    return _reply(())


def _heed(asked: Asked, number: str) -> None:
    """Remember a number that wants no texts, or wants them again. No limit applies to that.

    Whoever has none, such as a short code, is nobody in particular and on no list.
    """
    if not number:
        return
    optouts: OptOuts = current_app.extensions["optouts"]
    if asked.stop or asked.kind in ("stop", "no-more"):
        optouts.stop(number, _now())
    elif asked.kind == "start":
        optouts.start(number, _now())


def _told(line: Line, asked: Asked, number: str, today: date) -> tuple[str, ...]:
    """The texts to answer with; none to a number that has had enough for this hour, except in
    danger."""
    limits: Limits = current_app.extensions["limits"]
    allowed = limits.text_in(number, _now())
    told = texts.answers(line, asked, today) if allowed or asked.kind == "danger" else ()
    if allowed and (asked.ring or asked.kind == "ring"):
        rung = texts.ring_back(line, ask_back(line, number))
        return told[:1] + rung if asked.kind == "danger" else rung
    return told


def _needed(asked: Asked, told: tuple[str, ...], before: bool) -> tuple[str, ...]:
    """What is still texted to who wants no texts: once that they end, and nothing after that.

    Nothing at all beside danger: somebody who hurts them may see the phone, and the text.
    """
    return () if before or asked.kind == "danger" else told[:1]


def _stopped(number: str) -> bool:
    """Whether this number wants no texts. Where that cannot be known, the carrier knows it."""
    optouts: OptOuts = current_app.extensions["optouts"]
    try:
        return optouts.stopped(number)
    except StoreDownError:
        return False


def ask_back(line: Line, number: str) -> str:
    """Keep a wish to be rung on ``number``: its four digits, ``failed``, or ``cannot`` where the
    number may not be rung. The same text, told again by Twilio, keeps nothing more."""
    if not ringable(number):
        return "cannot"
    inbox: Inbox = current_app.extensions["inbox"]
    known = {"about": "", "lang": line.languages[0], "best": "any"}
    try:
        wish = json.dumps({"number": number, **UNASKED}).encode()
        sealed = seal(current_app.extensions["public_key"], wish)
        return inbox.keep_callback(g.form.get("MessageSid", ""), number, sealed, _now(), **known)
    except (StoreDownError, SealedBoxError) as error:
        log.error("a wish to be rung could not be kept: %s", type(error).__name__)
        return "failed"


def _now() -> datetime:
    """By the real clock, even where LINE_CLOCK fixes the line's."""
    return datetime.now(UTC)


def _reply(words: Iterable[str]) -> bytes:
    response = Xml.Element("Response")
    for each in words:
        Xml.SubElement(response, "Message").text = each
    document: bytes = Xml.tostring(response, "utf-8", xml_declaration=True)
    return document
