"""The text messages' webhooks: somebody texts in, and Twilio tells how a text of ours went.

Owns ``POST /sms`` and ``POST /sms/status``. Nothing that is texted is logged or kept: only that a
number wants no more texts, how it was answered and what that cost, and a wish to be rung.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from xml.etree import ElementTree as Xml

from flask import Blueprint, Response, current_app, g, request

from ivr import texts
from ivr.line.model import Line
from ivr.line.numbers import DRAMA, mobile, ringable
from ivr.secrets.sealed_box import SealedBoxError, seal
from ivr.store import Asking, StoreDownError
from ivr.store.answers import TextIn, Verdict
from ivr.store.services import StoreServices
from ivr.store.spells import Once
from ivr.texts import AskedInText, Taken
from ivr.webhooks.extension import services_of
from ivr.webhooks.guard import signed
from ivr.webhooks.voice import XML, CallServices

log = logging.getLogger(__name__)
sms = Blueprint("sms", __name__)


@sms.errorhandler(StoreDownError)
def _not_now(error: Exception) -> Response:
    """What cannot be kept is asked for again: Twilio repeats what ends with 5xx."""
    if services_of(current_app, Once).first((request.endpoint, g.form.get("MessageSid"))):
        says = "%s is asked for again, the database did not take it: %s"
        log.error(says, request.endpoint, error)
    return Response("not now", 503)


UNASKED = {"leave": False, "saying": "friend"}
"""How to ring somebody who could not be asked what is safe: no message, and no word of us."""


NEWS = ("MessageSid", "MessageStatus", "ErrorCode")
"""What Twilio tells of a text of ours."""


@sms.post("/sms")
@signed
def text_in() -> Response:
    """A text to the line is answered with what it asks for, or with the words that bring it.

    A wish for no more texts that cannot be kept fails, so that Twilio asks again. The same text
    told again is decided once, and answered the same.
    """
    services = services_of(current_app, CallServices)
    said = _said(services.content_store.line(""), services.clock().date())
    verdict = services_of(current_app, StoreServices).answers.text_in(_counted(said), _now())
    _heed(said, verdict)
    rung = ask_back(said.line, said.number) if verdict.heard and said.rings else ""
    return Response(_reply(_answer(said, verdict, rung)), content_type=XML)


@sms.post("/sms/status")
@signed
def text_status() -> Response:
    """Where a text of ours has got to. A status that cannot be kept is asked for again."""
    outbox = services_of(current_app, StoreServices).outbox
    sid, status, error = (g.form.get(name, "") for name in NEWS)
    outbox.status(sid, status, error, request.args.get("id", ""))
    return Response(status=204)


def silent() -> bytes:
    """No answer, to a text that comes to no address of the line's."""
    return _reply(())


@dataclass(frozen=True, slots=True)
class ReceivedText:
    """A text that has come: its words, what they ask for, and what the carrier says of them."""

    line: Line
    today: date
    number: str
    body: str
    told: str
    asked: AskedInText

    @property
    def danger(self) -> bool:
        """Whether it speaks of danger."""
        return self.asked.kind == "danger"

    @property
    def rings(self) -> bool:
        """Whether it asks for a call."""
        return self.asked.ring or self.asked.kind == "ring"

    def taken(self, stopped: bool = False) -> Taken:
        """What the carrier has taken it for, and answers itself."""
        return texts.taken(self.body, self.told, stopped)


def _said(line: Line, today: date) -> ReceivedText:
    number, body, told = (g.form.get(name, "") for name in ("From", "Body", "OptOutType"))
    return ReceivedText(line, today, number, body, told, texts.asked(line, body, today))


def _counted(said: ReceivedText) -> TextIn:
    """The text as it is counted, with the parts of what it would be answered with."""
    told = _told(said, "0000" if ringable(said.number) else "cannot")
    full = sum(map(texts.segments, told))
    short = texts.segments(_shortest(said, told)) if told else 0
    starts = said.taken() == "start" or said.asked.kind == "start"
    return TextIn(g.form.get("MessageSid", ""), said.number, full, short, said.danger, starts)


def _told(said: ReceivedText, rung: str) -> tuple[str, ...]:
    """The whole answer, where no limit stands against it; none where the carrier answers itself.

    To who wants no more texts: once that they end. Nothing at all to that beside danger: somebody
    who hurts them may see the phone, and the text.
    """
    taken, stop = said.taken(), said.asked.stop or said.asked.kind == "no-more"
    if taken == "stop" or (taken and not said.danger) or (stop and said.danger):
        return ()
    told = texts.answers(said.line, said.asked, said.today)
    if said.rings:
        told = (told[:1] if said.danger else ()) + texts.ring_back(said.line, rung)
    return told[:1] if stop else told


def _shortest(said: ReceivedText, told: tuple[str, ...]) -> str:
    """The one text that stands for the whole answer; of danger that is its own, however long."""
    if said.danger:
        return told[0]
    return texts.shortest(said.line, told, bool(mobile(said.number)))


def _answer(said: ReceivedText, verdict: Verdict, rung: str) -> tuple[str, ...]:
    """What is texted back."""
    told = _told(said, rung) if verdict.size else ()
    return (_shortest(said, told),) if told and verdict.size == "short" else told


def _heed(said: ReceivedText, verdict: Verdict) -> None:
    """Remember a number that wants no texts, or wants them again. No limit applies to that.

    What the carrier has taken the text for goes before its words. Whoever has no number, such as
    a short code, is nobody in particular and on no list.
    """
    optouts = services_of(current_app, StoreServices).optouts
    taken, asked = said.taken(verdict.stopped), said.asked
    if not said.number:
        return
    if taken == "start":
        optouts.start(said.number, verdict.at)
    elif taken == "stop" or asked.stop or asked.kind in ("stop", "no-more"):
        optouts.stop(said.number, verdict.at)
    elif asked.kind == "start":
        optouts.start(said.number, verdict.at)


def ask_back(line: Line, number: str) -> str:
    """Keep a wish to be rung on ``number``: as ``KeepCallback``, or ``cannot`` where the number
    may not be rung. The same text, told again by Twilio, keeps nothing more."""
    kept = services_of(current_app, StoreServices)
    if not ringable(number) or (number.startswith(DRAMA) and kept.settings.production):
        return "cannot"
    known = {"about": "", "lang": line.languages[0], "best": "any"}
    try:
        wish = json.dumps({"number": number, **UNASKED}).encode()
        sealed = seal(kept.settings.public_key, wish)
        sid = g.form.get("MessageSid", "")
        asking = Asking(number, None)
        outcome = kept.inbox.keep_callback(sid, number, sealed, _now(), asking, **known)
    except (StoreDownError, SealedBoxError) as error:
        log.error("a wish to be rung could not be kept: %s", error)
        return "failed"
    if outcome == "full":
        log.info("a wish to be rung is not kept: full")
    return outcome


def _now() -> datetime:
    """By the real clock, even where LINE_CLOCK fixes the line's."""
    return datetime.now(UTC)


def _reply(words: Iterable[str]) -> bytes:
    response = Xml.Element("Response")
    for each in words:
        Xml.SubElement(response, "Message").text = each
    document: bytes = Xml.tostring(response, "utf-8", xml_declaration=True)
    return document
