"""What the webhooks need, made from the parts of one line, and joined to the application.

Owns which part of the line stands behind each thing that a step asks for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
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
from ivr.store.spells import Once
from ivr.webhooks import astray
from ivr.webhooks.audio import audio
from ivr.webhooks.duty import Duties
from ivr.webhooks.effects import Effects
from ivr.webhooks.events import RECORDING
from ivr.webhooks.extension import join
from ivr.webhooks.guard import Guard
from ivr.webhooks.last import last_whisper, last_words
from ivr.webhooks.played import Heard, played
from ivr.webhooks.recordings import recordings
from ivr.webhooks.sms import sms
from ivr.webhooks.staff import StaffLineServices, staff_line
from ivr.webhooks.trying import Trying
from ivr.webhooks.voice import CallServices, Lines, voice
from ivr.webhooks.whisper import address as whisper_address
from ivr.webhooks.whisper import whisper

log = logging.getLogger(__name__)

HEARD_TIMEOUT = 3.0
"""Seconds that the carrier may take to give out a sound that a caller waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookServices:
    """What webhooks need of one line. Of ``clock`` and ``moment`` see CallServices.

    ``refuses(what)``: whether a text or a ring is left undone, as this process is pressed;
    ``draft()`` the version of the open draft, see ``Trying``.
    """

    kept: StoreServices
    content_store: Lines
    live_copy: LiveSettingsCopy
    prompts: PromptAudios
    lookups: Lookups | NoLookups
    refuses: Callable[[str], bool]
    draft: Callable[[], str]
    clock: Callable[[], datetime]
    moment: Callable[[], int]

    def add(self, app: Flask) -> None:
        """Join the webhooks to the application."""
        kept, settings = self.kept, self.kept.settings
        guard = Guard(
            settings.auth_tokens, settings.base_url, settings.webhook_keys, kept.refusals.count
        )
        heard, sealer = _heard(settings), Sealer(*settings.secrets)
        calls, staff_calls = self._calls(heard, sealer), self._staff_calls(heard, sealer)
        join(app, guard, kept, heard, Once(), calls, staff_calls)
        for blueprint in (voice, whisper, recordings, played, staff_line, sms, audio):
            app.register_blueprint(blueprint)
        astray.add(app)

    def _calls(self, heard: Heard, sealer: Sealer) -> CallServices:
        settings, talks, line = self.kept.settings, self.kept.talks, self.content_store.line("")
        return CallServices(
            content_store=self.content_store,
            library=self.prompts.library,
            audio_dirs=(settings.audio_dir, settings.own_audio_dir),
            journal=self.kept.journal,
            effect=self._effects().do,
            ended=partial(_ended, self.kept),
            release=lambda sid, leg: talks.release(sid, datetime.now(UTC), leg),
            picked_up=lambda sid: talks.picked_up(sid, datetime.now(UTC)),
            nobody_picked_up=talks.nobody_picked_up,
            taken=lambda sid, who, leg: talks.taken(sid, who, leg, datetime.now(UTC)),
            live_settings=self.live_copy,
            lookups=self.lookups,
            clock=self.clock,
            moment=self.moment,
            sealer=sealer,
            base_url=settings.base_url,
            audio_url=settings.audio_url,
            advisers=lambda: self.live_copy.numbers,
            duties=Duties(lambda: self.live_copy.roster),
            whisper=partial(whisper_address, settings.base_url),
            played=_played(settings, heard),
            line_number=settings.line_number,
            full=partial(self.refuses, "ring"),
            often=self.kept.rings.often,
            last_nodes=self.kept.last_nodes,
            trying=Trying(self.kept, lambda: self.live_copy.hear_the_draft, self.draft),
            last_words=last_words(settings, line, self.live_copy, self.clock),
            last_whisper=last_whisper(settings, line),
        )

    def _effects(self) -> Effects:
        return Effects(
            outbox=self.kept.outbox,
            inbox=self.kept.inbox,
            recordings=self.kept.recordings,
            talks=self.kept.talks,
            public_key=self.kept.settings.public_key,
            drama=not self.kept.settings.production,
            textable=self.lookups.textable,
            pressed=partial(self.refuses, "text"),
        )

    def _staff_calls(self, heard: Heard, sealer: Sealer) -> StaffLineServices:
        settings, rows = self.kept.settings, self.kept.recordings
        return StaffLineServices(
            live_settings=self.kept.live_settings,
            staff=self.kept.staff_list,
            content_store=self.content_store,
            clock=self.clock,
            sealer=sealer,
            base_url=settings.base_url,
            keep_announcement=lambda call_sid, sid: rows.keep_announcement(
                call_sid, sid, datetime.now(UTC)
            ),
            played=_played(settings, heard),
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
