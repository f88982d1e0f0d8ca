"""``ivr work``: the worker that does what callers asked for.

Owns what a worker is put together from.
"""

from __future__ import annotations

import logging
import signal
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial

import click

from ivr.cli.common import line_or_stop, store_or_stop
from ivr.cli.settings import settings_or_stop
from ivr.config import LONDON, Settings
from ivr.content.content_store import ContentStore
from ivr.content.editions import EditionFolders, edition_folders
from ivr.content.editions.publishing import PublishJob, place_of
from ivr.health.doctor import Checkup
from ivr.jobs import Kind, NoticeJob, RecordingJob, Texts
from ivr.jobs import work as run
from ivr.jobs.alarms import TextAlarms
from ivr.jobs.counting import keep_counting
from ivr.jobs.forgetting import Forgetting, keep_forgetting
from ivr.jobs.watch import Watch
from ivr.outside import mail
from ivr.outside.line_types import mobile_by
from ivr.outside.twilio.lookups import LookupsApi
from ivr.outside.twilio.recordings import RecordingsApi
from ivr.outside.twilio.texts import Carrier
from ivr.secrets.seal import References
from ivr.speech.announced import as_mp3
from ivr.speech.manifest import read_library
from ivr.store import Notices, Outbox, Recordings, Store
from ivr.store.editions import Editions
from ivr.store.heartbeats import Heartbeats
from ivr.store.limits import caps_of
from ivr.store.live_settings import LiveSettings
from ivr.store.prompts import OwnPrompts
from ivr.store.purging import Purge
from ivr.store.sent import Sent
from ivr.store.statistics import Statistics
from ivr.store.there import TextsThere
from ivr.webhooks.guard import OVERRIDES

log = logging.getLogger(__name__)


@click.command()
def work() -> None:
    """Send texts, fetch messages and tell staff of them, until stopped.

    "ivr serve" starts one too. Several may run, on one machine or more: nothing is done twice.
    """
    settings = settings_or_stop()
    line_or_stop(settings.content_dir)
    stop = _set_by_signals()
    store = store_or_stop(settings)
    references = References(settings.reference_secret)
    outbox = Outbox(store, references, caps=caps_of(settings))
    recordings = recording_job(settings, store, references)
    folders = edition_folders(settings, store)
    content_store = ContentStore(settings.content_dir, folders)
    content_store.watch()
    notices = notice_job(settings, store, outbox, content_store)
    kinds: dict[str, Kind] = {
        "text": texts_job(settings, outbox),
        "recording": recordings,
        "notice": notices,
        "edition": publish_job(settings, store, folders),
    }
    alarms = TextAlarms(Sent(store, caps_of(settings)))
    purge, beats = Purge(store), Heartbeats(store)

    def sweep(now: datetime) -> None:
        recordings.sweep(now)
        notices.look(settings.ways, now)
        alarms.look(now)
        purge.run(now)
        beats.beat("purge", now)

    watch = Watch(partial(_room, settings, store, content_store), beats, partial(_tell, settings))
    _beside(watch.run, stop)
    _beside(partial(keep_counting, Statistics(store), beats), stop)
    _beside(partial(keep_forgetting, Forgetting(TextsThere(store), carrier_of(settings))), stop)
    run(kinds, settings.database, stop, sweep, ready=store.writable)
    content_store.close()


def _beside(job: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Do this beside the jobs, until ``stop`` is set."""
    threading.Thread(target=job, args=(stop,), daemon=True).start()


def _set_by_signals() -> threading.Event:
    """Set when the worker is told to end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _room(settings: Settings, store: Store, content_store: ContentStore) -> Checkup:
    """The line as the worker's round looks at it."""
    library = partial(read_library, settings.audio_dir, settings.own_audio_dir)
    return Checkup(settings, content_store.line(""), store, library, datetime.now(LONDON))


def _tell(settings: Settings, subject: str, body: str) -> None:
    """Mail staff what is wrong; a demo tells nobody."""
    if not settings.production or settings.mail is None:
        return
    try:
        mail.send(settings.mail, subject, body, uuid.uuid4().hex)
    except mail.MailError as error:
        log.error("staff could not be told by mail (%s): %s", error, subject)


def recording_job(settings: Settings, store: Store, references: References) -> RecordingJob:
    """The job that fetches recordings, for these settings."""
    account, token = settings.twilio_account_sid, settings.auth_token
    api = RecordingsApi(account, token, settings.api_base_url)
    rows = Recordings(store, references, settings.ways)
    live_settings = LiveSettings(store)

    def announce(sound: bytes, kept_at: datetime) -> None:
        live_settings.announce(as_mp3(sound), _end_of_day(kept_at), "", kept_at)

    return RecordingJob(rows, api, settings.public_key, announce)


def notice_job(
    settings: Settings, store: Store, outbox: Outbox, content_store: ContentStore
) -> NoticeJob:
    """The job that tells staff how much waits, for these settings."""
    told = (Notices(store), outbox, settings.mail, settings.staff_mobile)
    return NoticeJob(*told, lambda: content_store.line("").hours, settings.base_url)


def publish_job(settings: Settings, store: Store, folders: EditionFolders) -> PublishJob:
    """The job that publishes editions, for these settings."""
    return PublishJob(
        Editions(store), OwnPrompts(store), folders, place_of(settings), lambda: datetime.now(UTC)
    )


def texts_job(settings: Settings, outbox: Outbox) -> Texts:
    """The job that hands texts over, for these settings."""
    if not settings.texts_lookup:
        return Texts(outbox, carrier_of(settings))
    account, token = settings.twilio_account_sid, settings.auth_token
    api = LookupsApi(account, token, settings.lookups_base_url)
    return Texts(outbox, carrier_of(settings), partial(mobile_by, api.line_type))


def carrier_of(settings: Settings) -> Carrier:
    """The carrier that these settings name."""
    return Carrier(
        settings.twilio_account_sid,
        settings.auth_token,
        settings.api_base_url,
        settings.line_number,
        lambda message_id: f"{settings.base_url}/sms/status?id={message_id}{OVERRIDES}",
    )


def _end_of_day(moment: datetime) -> datetime:
    """Midnight in London at the end of the day of ``moment``."""
    tomorrow = moment.astimezone(LONDON).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), LONDON).astimezone(UTC)
