"""What a worker does, made from what the line keeps.

Owns which settings each job is made with.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial

from ivr.config import LONDON, Settings
from ivr.content.editions import EditionFolders
from ivr.content.editions.publishing import PublishJob, place_of
from ivr.jobs.forgetting import Forgetting
from ivr.jobs.notices import NoticeJob
from ivr.jobs.recordings import RecordingJob
from ivr.jobs.texts import Texts
from ivr.line.hours import is_open
from ivr.line.model import Line
from ivr.outside import mail
from ivr.outside.line_types import mobile_by
from ivr.outside.services import lookups_api, recordings_api
from ivr.outside.twilio.texts import Carrier
from ivr.speech.announced import as_mp3
from ivr.store.services import StoreServices
from ivr.webhooks.guard import OVERRIDES

log = logging.getLogger(__name__)


def recording_job(kept: StoreServices) -> RecordingJob:
    """The job that fetches recordings."""

    def announce(sound: bytes, kept_at: datetime) -> None:
        kept.live_settings.announce(as_mp3(sound), _end_of_day(kept_at), "", kept_at)

    api = recordings_api(kept.settings)
    return RecordingJob(kept.recordings, api, kept.settings.public_key, announce)


def notice_job(kept: StoreServices, line: Callable[[], Line]) -> NoticeJob:
    """The job that tells staff how much waits. ``line()``: the content as it is now."""
    return NoticeJob(
        notices=kept.notices,
        outbox=kept.outbox,
        mail_settings=kept.settings.mail,
        staff_mobile=kept.settings.staff_mobile,
        hours=lambda: line().hours,
        base_url=kept.settings.base_url,
        ahead=partial(_ahead, kept),
        on=lambda moment: _on(kept, line(), moment),
    )


def _on(kept: StoreServices, line: Line, moment: datetime) -> list[str]:
    """The e-mail addresses of whoever is on at this London time; of nobody on a closed line."""
    if not is_open(line.hours, moment, kept.live_settings.hours(moment)):
        return []
    roster = kept.advisers.roster()
    return roster.emails(roster.ring_group(line.ring_groups["adviser"]).on_duty(moment))


def _ahead(kept: StoreServices) -> timedelta:
    """How far the line's clock is ahead, which it can be in a demo alone."""
    if not kept.settings.demo_account:
        return timedelta()
    return kept.live_settings.standing().ahead


def publish_job(kept: StoreServices, folders: EditionFolders) -> PublishJob:
    """The job that publishes editions."""
    return PublishJob(
        editions=kept.editions,
        prompts=kept.own_prompts,
        folders=folders,
        place=place_of(kept.settings),
        clock=lambda: datetime.now(UTC),
    )


def texts_job(kept: StoreServices) -> Texts:
    """The job that hands texts over."""
    carrier = carrier_of(kept.settings)
    if not kept.settings.texts_lookup:
        return Texts(kept.outbox, carrier)
    return Texts(kept.outbox, carrier, partial(mobile_by, lookups_api(kept.settings).line_type))


def forgetting(kept: StoreServices) -> Forgetting:
    """What deletes texts at the carrier when their time is over."""
    return Forgetting(kept.there, carrier_of(kept.settings))


def carrier_of(settings: Settings) -> Carrier:
    """Who sends texts for these settings."""
    return Carrier(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.auth_token,
        api_base_url=settings.api_base_url,
        sender=settings.line_number,
        status_callback=lambda text: f"{settings.base_url}/sms/status?id={text}{OVERRIDES}",
    )


def tell(settings: Settings, subject: str, body: str) -> None:
    """Mail staff what is wrong; a demo tells nobody."""
    if not settings.production or settings.mail is None:
        return
    try:
        mail.send(settings.mail, subject, body, uuid.uuid4().hex)
    except mail.MailError as error:
        log.error("staff could not be told by mail (%s): %s", error, subject)


def _end_of_day(moment: datetime) -> datetime:
    """Midnight in London at the end of the day of ``moment``."""
    tomorrow = moment.astimezone(LONDON).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), LONDON).astimezone(UTC)
