"""create_app: where the parts of the line are joined, once, and handed to each other.

Owns which real part stands behind each plug. Builds nothing at import.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, request

from ivr import twiml
from ivr.call import Errand
from ivr.config import LONDON, Settings, read
from ivr.content.shelf import Shelf
from ivr.exchange import messages
from ivr.exchange.account import CLOCK_HEADER, Account
from ivr.exchange.messages import Mailroom
from ivr.exchange.wire import Http, Wire
from ivr.line import Line
from ivr.seal import References, Sealer
from ivr.speech.manifest import Recordings
from ivr.store import Outbox, Store, StoreDownError, open_store
from ivr.store.journal import Journal
from ivr.web import phone
from ivr.web.audio import audio
from ivr.web.guard import MOST_BODY, OVERRIDES, Guard
from ivr.web.health import health
from ivr.web.sms import sms
from ivr.web.voice import Desk, voice

log = logging.getLogger(__name__)


def from_environment() -> Flask:
    """The line as the environment describes it: what a web server starts."""
    return create_app(read())


def create_app(settings: Settings) -> Flask:
    """The line as a WSGI application. Raises ContentError when the content cannot be used.

    A database that cannot be reached stops nothing: calls are answered, and texts not promised.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    shelf = Shelf(settings.content_dir)
    shelf.watch()
    secret = settings.secret_key.get_secret_value()
    store = open_store(settings.database)
    outbox = Outbox(store, References(secret))
    recordings = Recordings(settings.audio_dir)
    journal = Journal(store, References(secret))
    app.extensions["guard"] = Guard(
        settings.twilio_auth_token.get_secret_value(), settings.base_url
    )
    app.extensions["desk"] = Desk(
        shelf=shelf,
        library=recordings.library,
        journal=journal,
        errand=_errands(outbox),
        clock=clock_of(settings),
        moment=_exchange_moment if settings.demonstration_account else _moment,
        sealer=Sealer(secret),
        base_url=settings.base_url,
        audio_url=f"{settings.base_url}/audio/",
        desks=settings.desks,
        line_number=settings.line_number,
        last_words=_last_words(shelf.line(""), settings),
    )
    app.extensions["close"] = _closing(shelf, journal, store)
    app.extensions["audio_dir"] = settings.audio_dir
    app.extensions["outbox"] = outbox
    app.extensions["ready"] = _ready(store, shelf)
    for blueprint in (voice, sms, audio, health):
        app.register_blueprint(blueprint)
    if settings.demonstration_account:
        _add_exchange(app, settings, recordings)
    return app


def _add_exchange(app: Flask, settings: Settings, recordings: Recordings) -> None:
    """The telephone company on this machine. Never beside a real account."""
    token = settings.twilio_auth_token.get_secret_value()
    account = Account(settings.twilio_account_sid, token, settings.line_number)
    mailroom = Mailroom(account, Wire(Http(), token))
    handset = phone.Phone(account, settings.base_url, recordings.library)
    app.register_blueprint(messages.blueprint(mailroom), url_prefix="/exchange")
    app.register_blueprint(phone.blueprint(handset, mailroom, settings.line_number))


def _moment() -> int:
    """Milliseconds by the clock on the wall: the same on every machine that answers a call."""
    return time.time_ns() // 1_000_000


def _exchange_moment() -> int:
    """The same in a call of the exchange, whose clock may run faster than the one on the wall."""
    seconds = request.headers.get(CLOCK_HEADER, type=float)
    return _moment() if seconds is None else round(seconds * 1000)


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """London time now, or the fixed moment of LINE_CLOCK."""
    fixed = settings.line_clock
    if fixed is None:
        return lambda: datetime.now(LONDON)
    at = fixed.astimezone(LONDON) if fixed.tzinfo else fixed.replace(tzinfo=LONDON)
    return lambda: at


def _last_words(line: Line, settings: Settings) -> bytes:
    """The apology in the first language, ready before anything can break."""
    lang = line.languages[0]
    voice = line.voices[lang]
    start = f"{settings.base_url}/voice{OVERRIDES}"
    desk = settings.desks.get("adviser", "")
    return twiml.last_words(line.words(lang).say("apology"), voice.say, voice.tag, start, desk)


def _closing(shelf: Shelf, journal: Journal, store: Store) -> Callable[[], None]:
    """End what runs in the background, so that nothing that was noted is lost."""

    def close() -> None:
        shelf.close()
        journal.close()
        store.close()

    return close


def _errands(outbox: Outbox) -> Callable[[str, Errand, Line], str]:
    """Do an errand and say how it went. Whatever fails, nothing is promised and nothing raised.

    By the real clock, even where LINE_CLOCK fixes the line's: a text waits for no demonstration.
    """

    def send_text(call_sid: str, errand: Errand, line: Line) -> str:
        body = errand.body or line.words(errand.lang).topics[errand.topic].text
        try:
            asked = (errand.topic, errand.lang, errand.number, body)
            return outbox.queue(call_sid, *asked, datetime.now(UTC), bool(errand.body))
        except StoreDownError:
            log.error("a text could not be queued: the database did not take it")
            return "failed"

    return send_text


def _ready(store: Store, shelf: Shelf) -> dict[str, Callable[[], bool]]:
    return {"database": store.writable, "content": lambda: bool(shelf.line("").version)}
