"""create_app: where the parts of the line are joined, once, and handed to each other.

Owns which real part stands behind each plug. Builds nothing at import.
"""

from __future__ import annotations

import gc
import importlib
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Flask

from ivr import staff
from ivr.config import LONDON, Settings, SettingsError, read
from ivr.content.editions import edition_folders
from ivr.content.editions.drafting import Drafting
from ivr.health import access, headers, load, logs
from ivr.health.doctor import OUTSIDE, Checkup, Health, from_here
from ivr.health.metrics import Figures, metrics
from ivr.health.probe import health
from ivr.line.model import Line
from ivr.secrets.hashing import DEMONSTRATION, FULL, Hashing
from ivr.services import Parts, close, open_parts, watch
from ivr.services import begin as begin_parts
from ivr.staff.people import People
from ivr.store import (
    Store,
    StoreDownError,
)
from ivr.store.accounts import Accounts
from ivr.store.drafts import Drafts
from ivr.store.editions import Editions
from ivr.store.handling import Handling
from ivr.store.heartbeats import Heartbeats
from ivr.store.limits import caps_of
from ivr.store.sent import Sent
from ivr.store.sessions import Changes, Sessions, Tries
from ivr.store.spells import Once, Spell
from ivr.store.staff import StaffList
from ivr.store.statistics import Statistics
from ivr.webhooks import astray
from ivr.webhooks.audio import audio
from ivr.webhooks.duty import Duties
from ivr.webhooks.effects import Effects
from ivr.webhooks.guard import MOST_BODY, Guard
from ivr.webhooks.last import last_whisper, last_words
from ivr.webhooks.played import played
from ivr.webhooks.recordings import recordings
from ivr.webhooks.sessions import StaffSessions
from ivr.webhooks.sms import sms
from ivr.webhooks.staff import StaffLineServices, staff_line
from ivr.webhooks.voice import RECORDING, CallServices, voice
from ivr.webhooks.whisper import address as whisper_address
from ivr.webhooks.whisper import whisper

log = logging.getLogger(__name__)


def from_environment() -> Flask:
    """The line as the environment describes it, made once for web processes that are forked off.

    Nothing runs in the background and no connection is open before ``begin`` in each of them.
    """
    settings = read()
    logs.set_up(settings)
    app = create_app(settings, begun=False)
    # What is there now stays: looking through it for waste would hold up a caller now and then.
    gc.freeze()
    gc.enable()
    return app


def begin(app: Flask) -> None:
    """Begin to answer calls, in a web process that has just been forked off.

    In a demo the mailbox takes what is sent to staff; without it, nothing else is missing.
    """
    app.extensions["begin"]()
    if "mailbox" in app.extensions:
        demo().open_mailbox(app)


def create_app(settings: Settings, begun: bool = True) -> Flask:
    """The line as a WSGI application. Raises ContentError when the content cannot be used.

    A database that cannot be reached stops nothing: calls are answered, and nothing is promised.
    ``begun``: whether this process answers calls itself; else those do that it forks (``begin``).
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    parts = open_parts(settings)
    access.add(app)
    load.add(app, parts.gauge)
    headers.add(app, settings.base_url)
    app.session_interface = StaffSessions()
    check_advisers(parts.content_store.line(""), settings)
    app.extensions |= _joined(parts)
    for blueprint in (voice, whisper, recordings, played, staff_line, sms, audio, health, metrics):
        app.register_blueprint(blueprint)
    astray.add(app)
    if settings.demo_account:
        demo().add(app, settings, parts.prompts)
    staff.add(app, _staff_services(parts))
    if begun:
        watch(parts)
    else:
        parts.store.close()
    return app


def _joined(parts: Parts) -> dict[str, object]:
    """What the webhooks find in the application, by name."""
    settings = parts.settings
    return {
        "guard": Guard(
            settings.auth_tokens, settings.base_url, settings.webhook_keys, parts.refusals.count
        ),
        "services": _call_services(parts),
        "staff_line_services": _staff_line_services(parts),
        "begin": partial(begin_parts, parts),
        "close": partial(close, parts),
        "audio_dir": settings.audio_dir,
        "audio_dirs": (settings.audio_dir, settings.own_audio_dir),
        "outbox": parts.outbox,
        "inbox": parts.inbox,
        "recordings": parts.recordings,
        "talks": parts.talks,
        "optouts": parts.optouts,
        "answers": parts.answers,
        "public_key": settings.public_key,
        "drama": not settings.production,
        "told": Once(),
        "live_settings": parts.live_settings,
        "said": parts.copy.sound,
        "heard": parts.heard,
        "ready": partial(_ready, parts, Spell(log)),
        "figures": _figures(parts),
    }


def _call_services(parts: Parts) -> CallServices:
    """What a step of a caller's call needs."""
    settings = parts.settings
    line = parts.content_store.line("")
    kept = (parts.outbox, parts.inbox, parts.recordings, parts.talks)
    return CallServices(
        content_store=parts.content_store,
        library=parts.prompts.library,
        journal=parts.journal,
        effect=Effects(
            *kept,
            settings.public_key,
            not settings.production,
            parts.lookups.textable,
            partial(parts.gauge.refuses, "text"),
        ).do,
        ended=partial(_ended, parts),
        release=lambda sid, leg: parts.talks.release(sid, datetime.now(UTC), leg),
        picked_up=lambda call_sid: parts.talks.picked_up(call_sid, datetime.now(UTC)),
        nobody_picked_up=parts.talks.nobody_picked_up,
        taken=lambda sid, who, leg: parts.talks.taken(sid, who, leg, datetime.now(UTC)),
        live_settings=parts.copy,
        lookups=parts.lookups,
        clock=parts.clock,
        moment=_moment(settings),
        sealer=parts.sealer,
        base_url=settings.base_url,
        audio_url=settings.audio_url,
        advisers=settings.advisers,
        duties=Duties(settings.advisers),
        whisper=partial(whisper_address, settings.base_url),
        played=_played(parts),
        line_number=settings.line_number,
        full=partial(parts.gauge.refuses, "ring"),
        often=parts.rings.often,
        last_words=last_words(settings, line, parts.copy.override, parts.clock),
        last_whisper=last_whisper(settings, line),
    )


def _ended(parts: Parts, call_sid: str) -> None:
    """Nobody is held for this call any more, and what its caller left is handed to staff.

    Both come about by themselves, later, where that fails here.
    """
    parts.talks.ended(call_sid, datetime.now(UTC))
    try:
        parts.recordings.ended(call_sid, datetime.now(UTC))
    except StoreDownError:
        log.warning("the database is away: messages of a call that ended wait for their time")


def _staff_line_services(parts: Parts) -> StaffLineServices:
    """What a step of the staff line needs."""
    settings = parts.settings
    return StaffLineServices(
        live_settings=parts.live_settings,
        staff=staff_list(parts.settings, parts.store),
        content_store=parts.content_store,
        clock=parts.clock,
        sealer=parts.sealer,
        base_url=settings.base_url,
        keep_announcement=lambda call_sid, sid: parts.recordings.keep_announcement(
            call_sid, sid, datetime.now(UTC)
        ),
        played=_played(parts),
    )


def _staff_services(parts: Parts) -> staff.StaffServices:
    """What the staff pages are made from."""
    settings, store = parts.settings, parts.store
    folders = edition_folders(settings, store)
    return staff.StaffServices(
        settings=settings,
        people=people_of(settings, store),
        changes=Changes(store),
        inbox=parts.inbox,
        handling=Handling(store),
        outbox=parts.outbox,
        live_settings=parts.live_settings,
        statistics=Statistics(store),
        drafting=Drafting(Drafts(store), folders),
        editions=Editions(store),
        folders=folders,
        line=partial(parts.content_store.line, ""),
        room=partial(_room, parts),
        clock=parts.clock,
        now=lambda: datetime.now(UTC),
    )


def people_of(settings: Settings, store: Store) -> People:
    """Who may use the staff pages of the line that these settings describe."""
    rooms = (Accounts(store), Sessions(store), Tries(store))
    secrets = (settings.secrets, settings.reference_secret)
    return People(*rooms, hashing_of(settings), *secrets, settings.demo_private_key)


def staff_list(settings: Settings, store: Store) -> StaffList:
    """Who may use the staff line."""
    return StaffList(store, hashing_of(settings))


def hashing_of(settings: Settings) -> Hashing:
    """How passwords and PINs are hashed: at full strength, but for a demo."""
    return Hashing(DEMONSTRATION if settings.demo_account else FULL)


def check_advisers(line: Line, settings: Settings) -> None:
    """Every adviser of the content has a number in the settings. Raises SettingsError."""
    names = [each.name for services in line.ring_groups.values() for each in services.advisers]
    missing = [name for name in names if name not in settings.advisers]
    if missing and settings.advisers:
        named = ", ".join(missing)
        says = f"ADVISER_NUMBER: has no number for {named}, who is in line.yaml; write {named}=+44…"
        raise SettingsError([says])


def _played(parts: Parts) -> Callable[[str, str, str], str]:
    """Where the sound of a recording is heard: the caller's own, or today's announcement."""

    def played(call_sid: str, recording: str, lang: str) -> str:
        if RECORDING.fullmatch(recording):
            return parts.heard.address(call_sid, recording, lang)
        return f"{parts.settings.base_url}/audio/said/{recording}.mp3"

    return played


def _moment(settings: Settings) -> Callable[[], int]:
    moment: Callable[[], int] = wall_moment
    return demo().exchange_moment if settings.demo_account else moment


def wall_moment() -> int:
    """Milliseconds by the clock on the wall: the same on every machine that answers a call."""
    return time.time_ns() // 1_000_000


def demo() -> Any:
    """``ivr.simulator.demo``, loaded only for one: a line for real calls starts sooner."""
    return importlib.import_module("ivr.simulator.demo")


READY = frozenset({"database", "disk", "worker", "purge", "test-call"})
"""What makes ``/readyz`` red, of all that is looked at from here."""


def _ready(parts: Parts, away: Spell) -> dict[str, bool]:
    """What the line leans on, and whether each is well; also what the worker saw from outside."""
    room = _room(parts)
    found = {each.name: each.state is not Health.BAD for each in from_here(room)}
    checks = {name: well for name, well in found.items() if name in READY}
    try:
        checks |= {
            name.removeprefix(OUTSIDE): beat.good
            for name, beat in room.beats.all().items()
            if name.startswith(OUTSIDE)
        }
    except StoreDownError as error:
        away.begins("the database is away (%s): what the worker saw cannot be read", error)
    else:
        away.ends("the database is there again")
    return checks | {"content": bool(room.line.version)}


def _figures(parts: Parts) -> Figures:
    """Where the figures for whoever watches come from."""
    settings, store = parts.settings, parts.store
    return Figures(
        token=settings.metrics_token.get_secret_value(),
        totals=lambda: parts.live_settings.totals(parts.clock().date()),
        sent=Sent(store, caps_of(settings)),
        beats=Heartbeats(store),
        ready=partial(_ready, parts, Spell(log)),
        now=lambda: datetime.now(UTC),
    )


def _room(parts: Parts) -> Checkup:
    """The line as the doctor looks at it."""
    now = datetime.now(LONDON)
    return Checkup(
        parts.settings, parts.content_store.line(""), parts.store, parts.prompts.library, now
    )
