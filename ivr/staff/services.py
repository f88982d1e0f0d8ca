"""What the staff pages are made from, handed in once by ``create_app``.

Owns the list of it, and which part of the line stands behind each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.config import Settings
from ivr.content.checks import Finding
from ivr.content.editions import EditionFolders
from ivr.content.editions.drafting import Drafting
from ivr.health.doctor import Checkup
from ivr.line.model import Line
from ivr.staff.people import People
from ivr.store import Inbox, Outbox
from ivr.store.advisers import Advisers
from ivr.store.answers import AnswerLog
from ivr.store.draft_numbers import DraftNumbers
from ivr.store.editions import Editions
from ivr.store.examples import TextExamples
from ivr.store.inbox import Handling
from ivr.store.live_settings import LiveSettings
from ivr.store.optouts import OptOuts
from ivr.store.people_read import PeopleRead
from ivr.store.sent import Sent
from ivr.store.services import StoreServices
from ivr.store.sessions import Changes
from ivr.store.statistics import Statistics

if TYPE_CHECKING:
    from ivr.recording.person import Reading

ReadAloud = Callable[[Line, str, str, bytes], "Reading"]


@dataclass(frozen=True, slots=True)
class StaffServices:
    """Everything pages use. ``now()`` is UTC by the real clock; ``clock()`` the line's London time;
    ``today()`` the day on which calls are counted.

    ``line()`` gives the content in use, ``checkup()`` the line as the doctor looks at it.
    ``as_mp3`` makes a sound fit to be announced, and raises AnnouncementError; ``stopping`` says
    what keeps the content in a folder from being published; ``read_aloud(line, lang, words, sent)``
    makes of a sound the recording of these words, and raises AnnouncementError.
    """

    settings: Settings
    people: People
    changes: Changes
    inbox: Inbox
    handling: Handling
    outbox: Outbox
    sent: Sent
    optouts: OptOuts
    answers: AnswerLog
    examples: TextExamples
    live_settings: LiveSettings
    advisers: Advisers
    statistics: Statistics
    drafting: Drafting
    editions: Editions
    folders: EditionFolders
    line: Callable[[], Line]
    checkup: Callable[[], Checkup]
    as_mp3: Callable[[bytes], bytes]
    stopping: Callable[[Path], list[Finding]]
    people_read: PeopleRead
    draft_numbers: DraftNumbers
    read_aloud: ReadAloud
    clock: Callable[[], datetime]
    today: Callable[[], date]
    now: Callable[[], datetime]


def staff_services(
    kept: StoreServices, *, folders: EditionFolders, line: Callable[[], Line],
    checkup: Callable[[], Checkup], as_mp3: Callable[[bytes], bytes],
    stopping: Callable[[Path], list[Finding]], read_aloud: ReadAloud,
    clock: Callable[[], datetime], today: Callable[[], date],
) -> StaffServices:  # fmt: skip
    """What the staff pages of one line are made from."""
    return StaffServices(
        settings=kept.settings,
        people=people_of(kept),
        changes=kept.changes,
        inbox=kept.inbox,
        handling=kept.handling,
        outbox=kept.outbox,
        sent=kept.sent,
        optouts=kept.optouts,
        answers=kept.answers,
        examples=kept.examples,
        live_settings=kept.live_settings,
        advisers=kept.advisers,
        statistics=kept.statistics,
        drafting=Drafting(kept.drafts, folders),
        editions=kept.editions,
        folders=folders,
        line=line,
        checkup=checkup,
        as_mp3=as_mp3,
        stopping=stopping,
        people_read=kept.people_read,
        draft_numbers=kept.draft_numbers,
        read_aloud=read_aloud,
        clock=clock,
        today=today,
        now=lambda: datetime.now(UTC),
    )


def people_of(kept: StoreServices) -> People:
    """Who may use the staff pages."""
    return People(
        accounts=kept.accounts,
        sessions=kept.sessions,
        tries=kept.tries,
        hashing=kept.hashing,
        secrets=kept.settings.secrets,
        reference=kept.settings.reference_secret,
        demo_key=kept.settings.demo_private_key,
    )
