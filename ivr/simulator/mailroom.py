"""The simulator's text messages: taken or refused, delivered or not, and told of.

Owns the texts that were handed over. Nothing leaves the machine: a delivered text is one that the
page can show. Codes are those of Twilio's error pages.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import gsm0338

from ivr.simulator.account import SimulatedAccount
from ivr.simulator.consent import Consent
from ivr.simulator.delivery import TIMES
from ivr.simulator.rest import Refused, missing
from ivr.simulator.verbs import parse
from ivr.simulator.wire import Wire, WireError

LONGEST_BODY = 1_600
SOONEST, LATEST = timedelta(seconds=300), timedelta(days=35)
"""How far ahead a text may be scheduled (Twilio's error 35115)."""
CODEC = gsm0338.Codec()
ALONE, JOINED = 160, 153
WIDE_ALONE, WIDE_JOINED = 70, 67
"""Characters of one part, and of each of several: in GSM-7, and in UCS-2 (3GPP TS 23.038)."""

LANDLINES = "+442079460"
PUMPED = "+447700900999"
ERRORS = {
    30006: "Landline or unreachable carrier",
    30450: "Message delivery blocked",
}
FINAL = frozenset({"delivered", "undelivered", "failed", "canceled"})
TOLD = FINAL | {"sent"}
"""Statuses that the status address hears of; that a text is queued, the answer has said."""
LATE = 0.3
"""Seconds by which news of a text may come late."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text as the carrier knows it. ``place`` counts texts in the order they came."""

    sid: str
    to: str
    sender: str
    body: str
    status: str
    made: datetime
    changed: datetime
    place: int
    callback: str = ""
    service: str = ""
    sent: datetime | None = None
    error: int | None = None

    @property
    def segments(self) -> int:
        """How many parts the network counts."""
        return segments(self.body)


def segments(body: str) -> int:
    """How many parts a text of these words has."""
    try:
        size, alone, joined = len(CODEC.encode(body)[0]), ALONE, JOINED
    except UnicodeEncodeError:
        size, alone, joined = len(body.encode("utf-16-be")) // 2, WIDE_ALONE, WIDE_JOINED
    return 1 if size <= alone else -(-size // joined)


@dataclass
class Mailroom:
    """Takes texts, delivers them, and tells the status address how far each is.

    ``pace``: seconds that a text takes for each step of its way. ``consent``: Twilio's own handling
    of STOP, START and HELP, which may be Advanced Opt-Out.
    """

    account: SimulatedAccount
    wire: Wire
    texts: dict[str, Text] = field(default_factory=dict)
    consent: Consent = field(default_factory=Consent)
    pace: float = 0.0
    _taken: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def stopped(self) -> set[str]:
        """The numbers that said STOP: nothing is sent to them (Twilio's error 21610)."""
        return self.consent.stopped

    def take(self, form: Mapping[str, str]) -> Text:
        """Accept a text. Raises Refused with Twilio's code."""
        _check(form, self.stopped)
        now = datetime.now(UTC)
        at = _send_at(form, now)
        service = form.get("MessagingServiceSid", "")
        with self._lock:
            self._taken += 1
            text = Text(
                sid="SM" + uuid.uuid4().hex,
                to=form["To"],
                sender=form.get("From") or self.account.number,
                body=form["Body"],
                status="scheduled" if at else "accepted" if service else "queued",
                made=now,
                changed=now,
                place=self._taken,
                callback=form.get("StatusCallback", ""),
                service=service,
            )
            self.texts[text.sid] = text
        wait = (at - now).total_seconds() if at else 0.0
        _later(max(0.0, wait) + self.pace, lambda: self._deliver(text.sid))
        return text

    def newest(self, before: int | None = None) -> list[Text]:
        """The texts, the newest first; only those that came before the place ``before``."""
        with self._lock:
            found = list(reversed(self.texts.values()))
        return [text for text in found if before is None or text.place < before]

    def get(self, sid: str) -> Text:
        """One text. Raises Refused where there is none."""
        with self._lock:
            return self._get(sid)

    def redact(self, sid: str) -> Text:
        """Forget the words of a text. Raises Refused while it is on its way."""
        with self._lock:
            return self._keep(replace(self._final(sid), body=""))

    def cancel(self, sid: str) -> Text:
        """Do not send a text after all. Raises Refused once it is being sent."""
        with self._lock:
            text = self._get(sid)
            if text.status not in ("queued", "scheduled"):
                raise Refused(30409, "This message cannot be canceled", 409)
            text = self._keep(replace(text, status="canceled"))
        _later(0.0, lambda: self._tell(text))
        return text

    def delete(self, sid: str) -> None:
        """Delete a text. Raises Refused while it is on its way."""
        with self._lock:
            del self.texts[self._final(sid).sid]

    def text_in(self, url: str, sender: str, body: str) -> list[str]:
        """Somebody texts the line's number; all that they are texted back.

        Twilio answers first, where it does; what the line answers to who has stopped it drops.
        """
        added, answers = self.consent.heard(sender, body)
        form = {
            "MessageSid": "SM" + uuid.uuid4().hex,
            "AccountSid": self.account.sid,
            "From": sender,
            "To": self.account.number,
            "Body": body,
            "NumMedia": "0",
            **added,
        }
        answer = self.wire.ask("POST", url, form)
        verbs = parse(answer.body, answer.content_type)
        told = [verb.text for verb in verbs if verb.name == "Message"]
        return answers if sender in self.stopped else [*answers, *told]

    def _deliver(self, sid: str) -> None:
        """Every step of a text's way, until it is at its end, canceled or deleted."""
        text = self._step(sid, "sending")
        while text:
            if text.status in TOLD:
                self._tell(text)
            if text.status in FINAL:
                return
            time.sleep(self.pace)
            text = self._step(sid, *_next(text))

    def _step(self, sid: str, status: str, error: int | None = None) -> Text | None:
        with self._lock:
            text = self.texts.get(sid)
            if text is None or text.status in FINAL:
                return None
            sent = datetime.now(UTC) if status == "sent" else text.sent
            return self._keep(replace(text, status=status, error=error, sent=sent))

    def _tell(self, text: Text) -> None:
        """Tell the status address of a text, in the way that this news goes."""
        way = self.wire.delivery.way(f"text {text.status}")
        for _ in range(TIMES[way]):
            if way == "late":
                _later(LATE, lambda: self._told(text))
            else:
                self._told(text)

    def _told(self, text: Text) -> None:
        form = {
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "AccountSid": self.account.sid,
            "MessageStatus": text.status,
            "SmsStatus": text.status,
            "From": text.sender,
            "To": text.to,
            "ApiVersion": "2010-04-01",
        }
        if text.error:
            form["ErrorCode"] = str(text.error)
        try:
            if text.callback:
                self.wire.ask("POST", text.callback, form)
        except WireError:
            # As at Twilio: a status that nobody takes is lost, the text is not.
            return

    def _get(self, sid: str) -> Text:
        if sid not in self.texts:
            raise missing(sid)
        return self.texts[sid]

    def _final(self, sid: str) -> Text:
        text = self._get(sid)
        if text.status not in FINAL:
            raise Refused(20009, "Delivery of this message has not been completed", 409)
        return text

    def _keep(self, text: Text) -> Text:
        changed = replace(text, changed=datetime.now(UTC))
        self.texts[text.sid] = changed
        return changed


def _next(text: Text) -> tuple[str, int | None]:
    """The status after this one, and the error that goes with it."""
    if text.to == PUMPED:
        return "failed", 30450
    if text.status == "sending":
        return "sent", None
    return ("undelivered", 30006) if text.to.startswith(LANDLINES) else ("delivered", None)


def _later(seconds: float, action: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()


# --- what is refused -------------------------------------------------------------------------


def _check(form: Mapping[str, str], stopped: set[str]) -> None:
    """Refuse what Twilio refuses, the first fault first. Raises Refused."""
    number, body = form.get("To", ""), form.get("Body", "")
    from_somebody = form.get("From") or form.get("MessagingServiceSid")
    faults: dict[int, tuple[bool, str]] = {
        21604: ("To" not in form, "A 'To' phone number is required."),
        21211: (not _numbered(number), f"The 'To' number {number} is not a valid phone number."),
        21603: (not from_somebody, "A 'From' phone number is required."),
        21610: (number in stopped, "Attempt to send to unsubscribed recipient"),
        20001: ("MediaUrl" in form, "MediaUrl: this exchange carries no pictures."),
        21602: (not body, "Message body is required."),
        21617: (len(body) > LONGEST_BODY, "The message body exceeds the 1600 character limit."),
        21609: (not _reachable(form.get("StatusCallback", "")), "Invalid 'StatusCallback' URL."),
    }
    for code, (wrong, words) in faults.items():
        if wrong:
            raise Refused(code, words)


def _numbered(number: str) -> bool:
    return number.startswith("+") and number[1:].isdigit() and 8 <= len(number) <= 16


def _reachable(url: str) -> bool:
    """Whether this is no address at all, or one on the web."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.hostname or ""
    return not url or (parts.scheme in ("http", "https") and bool(host) and "_" not in host)


def _send_at(form: Mapping[str, str], now: datetime) -> datetime | None:
    """When a scheduled text is to be sent; None for at once. Raises Refused.

    As at Twilio, only a messaging service schedules; without one a text is sent at once.
    """
    if form.get("ScheduleType") != "fixed" or not form.get("MessagingServiceSid"):
        return None
    if not form.get("SendAt"):
        raise Refused(35111, "SendAt timestamp is missing")
    try:
        moment = datetime.fromisoformat(form["SendAt"])
    except ValueError:
        raise Refused(35115, "SendAt must be a time in ISO 8601.") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not SOONEST <= moment - now <= LATEST:
        raise Refused(35115, "SendAt must be between 300 seconds and 35 days ahead.")
    return moment
