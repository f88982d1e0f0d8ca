"""The parts of one line: opened once, begun in each process that answers, and closed.

Owns the order of that. What they are joined to is in ``ivr.app``.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ivr.config import LONDON, Settings
from ivr.content.content_store import ContentStore
from ivr.content.editions import edition_folders
from ivr.health.load import Gauge
from ivr.outside.line_types import Lookups, NoLookups
from ivr.secrets.seal import References, Sealer
from ivr.speech.manifest import PromptAudios
from ivr.store import (
    Inbox,
    Journal,
    Outbox,
    Recordings,
    Rings,
    Store,
    Talks,
)
from ivr.store.answers import AnswerLog
from ivr.store.limits import caps_of
from ivr.store.live_settings import LiveSettings, LiveSettingsCopy
from ivr.store.opening import store_of
from ivr.store.optouts import OptOuts
from ivr.store.refusals import Refusals
from ivr.webhooks.played import Fetch, Heard

log = logging.getLogger(__name__)

HEARD_TIMEOUT = 3.0
"""Seconds that the carrier may take to give out a sound that a caller waits for."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one line that more than one other part needs."""

    settings: Settings
    content_store: ContentStore
    store: Store
    outbox: Outbox
    recordings: Recordings
    inbox: Inbox
    talks: Talks
    optouts: OptOuts
    answers: AnswerLog
    lookups: Lookups | NoLookups
    live_settings: LiveSettings
    copy: LiveSettingsCopy
    prompts: PromptAudios
    journal: Journal
    refusals: Refusals
    rings: Rings
    sealer: Sealer
    heard: Heard
    gauge: Gauge
    clock: Callable[[], datetime]


def begin(parts: Parts) -> None:
    """In a process that was forked off: connections of its own, and what is new since."""
    parts.store.renew()
    watch(parts)


def watch(parts: Parts) -> None:
    """Let the content store and the live settings keep themselves up to date."""
    parts.content_store.watch()
    parts.copy.watch()


def open_parts(settings: Settings) -> Parts:
    """Everything that is opened once."""
    references, store = References(settings.reference_secret), store_of(settings)
    content_store = ContentStore(settings.content_dir, edition_folders(settings, store))
    live_settings = LiveSettings(store)
    return Parts(
        settings=settings,
        content_store=content_store,
        store=store,
        outbox=Outbox(store, references, caps=caps_of(settings)),
        recordings=Recordings(store, references, settings.ways),
        inbox=Inbox(store, references, settings.ways, caps_of(settings)),
        talks=Talks(store, references),
        optouts=OptOuts(store, references),
        answers=AnswerLog(store, references, caps_of(settings)),
        lookups=_lookups(settings, references),
        live_settings=live_settings,
        copy=LiveSettingsCopy(live_settings),
        prompts=PromptAudios(settings.audio_dir, settings.own_audio_dir),
        journal=Journal(store, references),
        refusals=Refusals(store),
        rings=Rings(store, references, caps_of(settings)),
        sealer=Sealer(*settings.secrets),
        heard=Heard(
            settings.base_url, Sealer(*settings.secrets, purpose="heard"), sound_of(settings)
        ),
        gauge=Gauge(),
        clock=clock_of(settings),
    )


def sound_of(settings: Settings) -> Fetch:
    """Asks the carrier for the sound of a recording, with the account's own name and token.

    Its library is loaded when the first caller wants to hear a message: see ``_lookups``.
    """
    token = settings.auth_token

    def fetch(recording: str) -> bytes | None:
        made = importlib.import_module("ivr.outside.twilio.recordings")
        api = made.RecordingsApi(
            settings.twilio_account_sid, token, settings.api_base_url, HEARD_TIMEOUT
        )
        try:
            sound: bytes = api.sound(recording)
        except made.CarrierError as error:
            log.info("a recording cannot be heard back yet: %s", error.code)
            return None
        return sound

    return fetch


def _lookups(settings: Settings, references: References) -> Lookups | NoLookups:
    """Who asks the carrier about numbers: nobody, unless the settings say so.

    Only then is the carrier's library loaded, which takes a tenth of a second.
    """
    if not settings.texts_lookup:
        return NoLookups()
    made = importlib.import_module("ivr.outside.twilio.lookups")
    who = (settings.twilio_account_sid, settings.auth_token)
    api = made.LookupsApi(*who, settings.lookups_base_url)
    return Lookups(api.line_type, references)


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """London time now, or the fixed moment of LINE_CLOCK."""
    fixed = settings.line_clock
    if fixed is None:
        return lambda: datetime.now(LONDON)
    at = fixed.astimezone(LONDON) if fixed.tzinfo else fixed.replace(tzinfo=LONDON)
    return lambda: at


def close(parts: Parts) -> None:
    """End what runs in the background, so that nothing that was noted is lost."""
    parts.content_store.close()
    parts.copy.close()
    parts.lookups.close()
    parts.journal.close()
    parts.refusals.close()
    parts.rings.close()
    parts.store.close()
