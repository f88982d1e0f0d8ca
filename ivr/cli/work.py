"""``ivr work``: the worker that does what callers asked for.

Owns what a worker does, and beside what.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

import click

from ivr.cli.common import in_words
from ivr.cli.settings import settings_or_stop
from ivr.jobs import Kind
from ivr.jobs import services as jobs
from ivr.jobs import work as run
from ivr.jobs.alarms import TextAlarms
from ivr.jobs.counting import keep_counting
from ivr.jobs.forgetting import keep_forgetting
from ivr.jobs.watch import Watch
from ivr.services import services_for_a_command
from ivr.staff.services import people_of


@click.command()
def work() -> None:
    """Send texts, fetch messages and tell staff of them, until stopped.

    "ivr serve" starts one too. Several may run, on one machine or more: nothing is done twice.
    """
    settings = settings_or_stop()
    with in_words(settings.content_dir):
        services = services_for_a_command(settings)
        kept, content_store = services.kept, services.content_store
    stop = _set_by_signals()
    content_store.watch()
    recordings = jobs.recording_job(kept)
    notices = jobs.notice_job(kept, lambda: content_store.line(""))
    kinds: dict[str, Kind] = {
        "text": jobs.texts_job(kept),
        "recording": recordings,
        "notice": notices,
        "edition": jobs.publish_job(kept, services.folders),
    }
    alarms, people = TextAlarms(kept.sent), people_of(kept)

    def sweep(now: datetime) -> None:
        recordings.sweep(now)
        notices.look(settings.ways, now)
        alarms.look(now)
        kept.purge.run(now)
        for each in (kept.advisers, kept.examples, kept.draft_numbers, people):
            each.seal_anew()
        kept.beats.beat("purge", now)

    watch = Watch(services.checkup, kept.beats, partial(jobs.tell, settings), settings.base_url)
    _in_thread(watch.run, stop)
    _in_thread(partial(keep_counting, kept.statistics, kept.beats), stop)
    _in_thread(partial(keep_forgetting, jobs.forgetting(kept)), stop)
    run(kinds, settings.database, stop, sweep, ready=kept.store.writable)
    content_store.close()


def _in_thread(job: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Do this beside the jobs, until ``stop`` is set."""
    threading.Thread(target=job, args=(stop,), daemon=True).start()


def _set_by_signals() -> threading.Event:
    """Set when the worker is told to end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
