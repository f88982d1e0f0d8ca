"""What the webhooks need, made from the parts of one line, and joined to the application.

Owns which part of the line stands behind each thing that a step asks for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from flask import Flask

from ivr.config import Settings
from ivr.outside.line_types import Lookups, NoLookups
from ivr.outside.services import recordings_api
from ivr.outside.twilio import CarrierError
from ivr.secrets.seal import Sealer
from ivr.speech.manifest import PromptAudios
from ivr.store import StoreDownError
from ivr.store.live_settings import LiveSettingsCopy
from ivr.store.services import StoreServices
from ivr.webhooks import astray
from ivr.webhooks.audio import audio
from ivr.webhooks.duty import Duties
from ivr.webhooks.effects import Effects
from ivr.webhooks.extension import join
from ivr.webhooks.guard import OVERRIDES, Guard
from ivr.webhooks.last import last_whisper, last_words
from ivr.webhooks.played import Heard, played
from ivr.webhooks.recordings import recordings
from ivr.webhooks.sms import sms
from ivr.webhooks.staff import StaffLineServices, staff_line
from ivr.webhooks.voice import RECORDING, CallServices, Lines, voice
from ivr.webhooks.whisper import address as whisper_address
from ivr.webhooks.whisper import whisper

log = logging.getLogger(__name__)

HEARD_TIMEOUT = 3.0
"""Seconds that the carrier may take to give out a sound that a caller waits for."""


def add(
    app: Flask,
    kept: StoreServices,
    *,
    content_store: Lines,
    live_copy: LiveSettingsCopy,
    prompts: PromptAudios,
    lookups: Lookups | NoLookups,
    refuses: Callable[[str], bool],
    clock: Callable[[], datetime],
    moment: Callable[[], int],
) -> None:
    """Join the webhooks to the application.

    ``refuses(what)``: whether a text or a ring is left undone, as this process is pressed. Of
    ``clock`` and ``moment`` see CallServices.
    """
    settings = kept.settings
    sealer, heard = Sealer(*settings.secrets), _heard(settings)
    line = content_store.line("")
    join(
        app,
        Guard(settings.auth_tokens, settings.base_url, settings.webhook_keys, kept.refusals.count),
        heard,
        kept,
        _staff_line_services(kept, heard, content_store, sealer, clock),
        CallServices(
            content_store=content_store,
            library=prompts.library,
            audio_dirs=(settings.audio_dir, settings.own_audio_dir),
            journal=kept.journal,
            effect=_effects(kept, lookups, refuses).do,
            ended=partial(_ended, kept),
            release=lambda sid, leg: kept.talks.release(sid, datetime.now(UTC), leg),
            picked_up=lambda sid: kept.talks.picked_up(sid, datetime.now(UTC)),
            nobody_picked_up=kept.talks.nobody_picked_up,
            taken=lambda sid, who, leg: kept.talks.taken(sid, who, leg, datetime.now(UTC)),
            live_settings=live_copy,
            lookups=lookups,
            clock=clock,
            moment=moment,
            sealer=sealer,
            base_url=settings.base_url,
            audio_url=settings.audio_url,
            advisers=settings.advisers,
            duties=Duties(settings.advisers),
            whisper=partial(whisper_address, settings.base_url),
            played=_played(settings, heard),
            line_number=settings.line_number,
            full=partial(refuses, "ring"),
            often=kept.rings.often,
            last_words=last_words(settings, line, live_copy.override, clock),
            last_whisper=last_whisper(settings, line),
        ),
    )
    for blueprint in (voice, whisper, recordings, played, staff_line, sms, audio):
        app.register_blueprint(blueprint)
    astray.add(app)


def _effects(
    kept: StoreServices, lookups: Lookups | NoLookups, refuses: Callable[[str], bool]
) -> Effects:
    return Effects(
        outbox=kept.outbox,
        inbox=kept.inbox,
        recordings=kept.recordings,
        talks=kept.talks,
        public_key=kept.settings.public_key,
        drama=not kept.settings.production,
        textable=lookups.textable,
        pressed=partial(refuses, "text"),
    )


def _staff_line_services(
    kept: StoreServices,
    heard: Heard,
    content_store: Lines,
    sealer: Sealer,
    clock: Callable[[], datetime],
) -> StaffLineServices:
    base_url = kept.settings.base_url
    return StaffLineServices(
        live_settings=kept.live_settings,
        staff=kept.staff_list,
        content_store=content_store,
        clock=clock,
        sealer=sealer,
        base_url=base_url,
        keep_announcement=lambda call_sid, sid: kept.recordings.keep_announcement(
            call_sid, sid, datetime.now(UTC)
        ),
        played=_played(kept.settings, heard),
        recorded=f"{base_url}/staff/recording{OVERRIDES}",
    )


def _ended(kept: StoreServices, call_sid: str) -> None:
    """Nobody is held for this call any more, and what its caller left is handed to staff.

    Both come about by themselves, later, where that fails here.
    """
    kept.talks.ended(call_sid, datetime.now(UTC))
    try:
        kept.recordings.ended(call_sid, datetime.now(UTC))
    except StoreDownError:
        log.warning("the database is away: messages of a call that ended wait for their time")


def _played(settings: Settings, heard: Heard) -> Callable[[str, str, str], str]:
    """Where the sound of a recording is heard: the caller's own, or today's announcement."""

    def played(call_sid: str, recording: str, lang: str) -> str:
        if RECORDING.fullmatch(recording):
            return heard.address(call_sid, recording, lang)
        return f"{settings.base_url}/audio/said/{recording}.mp3"

    return played


def _heard(settings: Settings) -> Heard:
    """Recordings as callers hear them, asked for with the account's own name and token."""

    def fetch(recording: str) -> bytes | None:
        try:
            return recordings_api(settings, HEARD_TIMEOUT).sound(recording)
        except CarrierError as error:
            log.info("a recording cannot be heard back yet: %s", error.code)
            return None

    return Heard(settings.base_url, Sealer(*settings.secrets, purpose="heard"), fetch)
