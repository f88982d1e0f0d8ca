"""The phone in a page: a handset on the simulator, for demonstrations on this machine only.

Owns the page, the live calls that are made from it, and what it shows of texts and mails. It is
not there at all when the line serves a real account.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from ivr.line.numbers import printed
from ivr.line.tongues import shown
from ivr.simulator import events
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.delivery import Delivery, Way
from ivr.simulator.events import Event
from ivr.simulator.mail import Mail
from ivr.simulator.mailroom import Mailroom
from ivr.simulator.people import Live, LiveCallee
from ivr.simulator.performer import Performance, WebhookAddresses
from ivr.simulator.recordings import SimulatedRecordings
from ivr.simulator.sounds import Sounds
from ivr.simulator.wire import Http, Wire
from ivr.speech.library import Library

MAY_DO = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""What the page lets a browser do: its own script, its look, sounds, and news of the call."""
PHONES = {
    "mobile": ("A mobile", "+447700900123"),
    "landline": ("A landline", "+442079460123"),
    "withheld": ("A withheld number", "+266696687"),
    "foreign": ("A phone from abroad", "+12025550123"),
}
"""Telephones to ring from: Ofcom's drama numbers, how a withheld number arrives, and a number
of the North American range for fiction (555-0100 to 0199)."""
DEMO_STAFF_LINE = "+442079460300"
"""The number that staff ring, in the demo."""

KEYS = (
    *(("1", "", "1"), ("2", "ABC", "2"), ("3", "DEF", "3")),
    *(("4", "GHI", "4"), ("5", "JKL", "5"), ("6", "MNO", "6")),
    *(("7", "PQRS", "7"), ("8", "TUV", "8"), ("9", "WXYZ", "9")),
    *(("*", "", "star"), ("0", "", "0, for a person"), ("#", "", "hash")),
)
RECORDED = "(What was recorded is played.)"
NONE_LOST: tuple[Way, ...] = ("twice", "late", "plain")
"""How callbacks come in calls from the page. Where one is lost, staff are told ten minutes later,
and whoever tries the line out waits for that in vain; tests lose them."""
LONGEST_POLL = 15.0
MOST_CALLS = 50
"""Live calls kept; the oldest make way."""
SHOWN = ("words", "language", "seconds", "key", "outcome", "by")
"""What the page is told of an event, beside what it is called."""


EDITION = re.compile(r"[0-9a-f]{8}", re.ASCII)
"""How a version of the words is named."""


def webhooks(base_url: str, staff: bool = False, edition: str = "") -> WebhookAddresses:
    """What is asked when somebody rings the advice line, or the staff line.

    ``edition``: the version of the words that is heard, where it is not the newest.
    """
    if staff:
        return WebhookAddresses(f"{base_url}/staff")
    asked = f"?v={edition}" if EDITION.fullmatch(edition) else ""
    return WebhookAddresses(f"{base_url}/voice{asked}", status=f"{base_url}/voice/status")


@dataclass
class LiveCall:
    """One call from the page: who is at its ends, and what has happened so far."""

    person: Live = field(default_factory=Live)
    adviser: LiveCallee = field(default_factory=LiveCallee)
    happened: list[dict[str, object]] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def add(self, shown: dict[str, object]) -> None:
        """Take an event, and wake whoever waits for one."""
        with self.news:
            self.happened.append({"number": len(self.happened) + 1, **shown})
            self.news.notify_all()

    def since(self, number: int) -> list[dict[str, object]]:
        """What happened after event ``number``; waits a while for something to happen."""
        with self.news:
            self.news.wait_for(lambda: len(self.happened) > number, LONGEST_POLL)
            return self.happened[number:]


class Phone:
    """The live calls of one line."""

    def __init__(
        self,
        account: SimulatedAccount,
        base_url: str,
        library: Callable[[], Library],
        recordings: SimulatedRecordings,
    ) -> None:
        self._account = account
        self._wire = Wire(Http(), account.token, Delivery(NONE_LOST))
        self._base_url = base_url
        self._library = library
        self._sounds = Sounds()
        self._recordings = recordings
        self.calls: dict[str, LiveCall] = {}

    def ring(self, caller: str, staff: bool = False, edition: str = "") -> str:
        """Begin a call from this number, to the staff line or the advice line; the call's id."""
        call = LiveCall()
        performance = Performance(
            account=self._account,
            wire=self._wire,
            addresses=webhooks(self._base_url, staff, edition),
            person=call.person,
            callee=call.adviser,
            caller=caller,
            listener=lambda event: self._show(call, event),
            sounds=self._sounds,
            recordings=self._recordings,
            called=DEMO_STAFF_LINE if staff else "",
        )
        self.calls[performance.sid] = call
        while len(self.calls) > MOST_CALLS:
            self.calls.pop(next(iter(self.calls))).person.hang_up()
        threading.Thread(target=performance.run, name="call", daemon=True).start()
        return performance.sid

    def _show(self, call: LiveCall, event: Event) -> None:
        if isinstance(event, events.Asked):
            return
        shown: dict[str, object] = {"type": type(event).__name__.lower()}
        shown |= {name: getattr(event, name) for name in SHOWN if hasattr(event, name)}
        if isinstance(event, events.Dialling | events.AdviserHears | events.Bridged):
            shown |= {"telephone": event.number, "called": printed(event.number)}
        if isinstance(event, events.Played | events.AdviserHears) and event.url:
            shown |= self._sound(urlsplit(event.url).path)
        call.add(shown)

    def _sound(self, path: str) -> dict[str, object]:
        """A recording: its path on this machine, and its words where it is one of the line's."""
        prompt = self._library().by_file(path.rpartition("/")[2])
        return {"path": path, "words": prompt.words if prompt else RECORDED}


def blueprint(
    phone: Phone,
    mailroom: Mailroom,
    line_number: str,
    mails: Callable[[], list[Mail]] = list,
    lacks_mail: Callable[[], str] = str,
) -> Blueprint:
    """The page, and what its script asks for. ``mails()``: what staff were sent, oldest first;

    ``lacks_mail()``: why it cannot be shown, empty where it can.
    """
    page = Blueprint(
        "phone", __name__, static_folder="static", static_url_path="/phone/static",
        template_folder="templates",
    )  # fmt: skip

    @page.get("/phone")
    def handset() -> Response:
        html = render_template(
            "phone.html",
            keys=KEYS,
            phones=[(kind, label) for kind, (label, _) in PHONES.items()],
            line_number=printed(line_number),
            staff_number=printed(DEMO_STAFF_LINE),
            edition=request.args.get("edition", ""),
            draft=shown(request.args.get("draft", "")),
            lacks_mail=lacks_mail(),
        )
        return Response(html, headers={"Content-Security-Policy": MAY_DO})

    @page.get("/phone/")
    def with_a_slash() -> Redirect:
        return redirect(f"/phone?{request.query_string.decode()}".rstrip("?"))

    _add_calls(page, phone)
    _add_post(page, mailroom, mails)
    return page


def _add_calls(page: Blueprint, phone: Phone) -> None:
    """Ring, follow a call, and do something in it."""

    @page.post("/phone/calls")
    def ring() -> Response:
        _, number = PHONES.get(_asked("from"), PHONES["mobile"])
        rings = phone.ring(number, _asked("line") == "staff", _asked("edition"))
        return jsonify(id=rings, number=number)

    @page.get("/phone/calls/<sid>/events")
    def happened(sid: str) -> Response:
        after = request.args.get("after", 0, type=int)
        call = phone.calls.get(sid)
        return jsonify(call.since(after)) if call else _gone()

    @page.post("/phone/calls/<sid>/<what>")
    def act(sid: str, what: str) -> Response:
        call = phone.calls.get(sid)
        if call is None:
            return _gone()
        _act(call, what)
        return jsonify(ok=True)


def _add_post(page: Blueprint, mailroom: Mailroom, mails: Callable[[], list[Mail]]) -> None:
    """What has arrived: texts at callers' telephones, and mails at the advisers' ring group."""

    @page.get("/phone/texts")
    def texts() -> Response:
        found = [text for text in mailroom.texts.values() if text.status == "delivered"]
        return jsonify([{"to": printed(text.to), "body": text.body} for text in found])

    @page.get("/phone/mails")
    def sent() -> Response:
        found = [(", ".join(mail.recipients), mail.body) for mail in mails()]
        return jsonify([{"to": to, "body": body} for to, body in found])


def _act(call: LiveCall, what: str) -> None:
    """The caller presses a key, skips words or puts the handset down, or the adviser acts."""
    key, does = _asked("key"), _asked("does")
    if what == "key" and len(key) == 1 and key in "0123456789*#":
        call.person.press(key)
    elif what == "skip":
        call.person.skip()
    elif what == "hangup":
        call.person.hang_up()
    elif what == "adviser":
        call.adviser.do(does, _asked("telephone"))


def _asked(name: str) -> str:
    """One word of the request's JSON; empty for anything else."""
    given = request.get_json(silent=True)
    return str(given.get(name, "")) if isinstance(given, dict) else ""


def _gone() -> Response:
    return Response(json.dumps({"gone": True}), 404, content_type="application/json")
