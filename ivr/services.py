"""The parts of one line, each made once: the one place where web, worker, doctor and CLI get them.

Owns how they are opened, begun in each process that answers, and closed. What they are joined to
is in ``ivr.app``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from ivr.config import LONDON, Settings
from ivr.content.content_store import ContentStore
from ivr.content.editions import EditionFolders, edition_folders
from ivr.health.doctor import Checkup
from ivr.outside.line_types import Lookups, NoLookups
from ivr.outside.services import lookups_of
from ivr.speech.manifest import PromptAudios
from ivr.store.live_settings import LiveSettingsCopy
from ivr.store.opening import store_for_a_command, store_of
from ivr.store.services import StoreServices


@dataclass(frozen=True)
class Services:
    """The line of these settings. A part is made when it is first asked for.

    Raises ContentError, when the content is asked for and cannot be used.
    """

    kept: StoreServices

    @property
    def settings(self) -> Settings:
        """What the operator has set."""
        return self.kept.settings

    @cached_property
    def folders(self) -> EditionFolders:
        """Where each edition of the content lies."""
        return edition_folders(self.kept)

    @cached_property
    def content_store(self) -> ContentStore:
        """The content, in the versions that calls are pinned to."""
        return ContentStore(self.settings.content_dir, self.folders)

    @cached_property
    def live_copy(self) -> LiveSettingsCopy:
        """What staff have set by hand, in memory: callers are answered from it."""
        kept = self.kept
        return LiveSettingsCopy(kept.live_settings, kept.advisers, kept.draft_numbers)

    @cached_property
    def prompts(self) -> PromptAudios:
        """The recordings."""
        return PromptAudios(self.settings.audio_dir, self.settings.own_audio_dir)

    @cached_property
    def lookups(self) -> Lookups | NoLookups:
        """What the carrier says of numbers."""
        return lookups_of(self.settings, self.kept.references)

    @cached_property
    def clock(self) -> Callable[[], datetime]:
        """The line's London time: in a demo the one that was chosen there, which goes on."""
        usual = clock_of(self.settings)
        if not self.settings.demo_account:
            return usual
        return lambda: (usual().astimezone(UTC) + self.live_copy.ahead).astimezone(LONDON)

    def today(self) -> date:
        """The day in London on which calls are counted, whatever clock was chosen in a demo."""
        return clock_of(self.settings)().date()

    def checkup(self) -> Checkup:
        """The line as the doctor looks at it."""
        return Checkup(
            kept=self.kept,
            line=self.content_store.line(""),
            library=self.prompts.library,
            now=datetime.now(LONDON),
        )

    def begin(self) -> None:
        """In a process that was forked off: connections of its own, and what is new since."""
        self.kept.store.renew()
        self.watch()

    def watch(self) -> None:
        """Let the content store and the live settings keep themselves up to date."""
        self.content_store.watch()
        self.live_copy.watch()

    def close(self) -> None:
        """End what runs in the background, so that nothing that was noted is lost."""
        self.content_store.close()
        self.live_copy.close()
        self.lookups.close()
        self.kept.journal.close()
        self.kept.refusals.close()
        self.kept.rings.close()
        self.kept.last_nodes.close()
        self.kept.store.close()


def open_services(settings: Settings) -> Services:
    """The line of these settings, for a start: its database is made where there never was one.

    Raises SettingsError where the database knows numbers by another key.
    """
    return Services(StoreServices(settings, store_of(settings)))


def services_for_a_command(settings: Settings) -> Services:
    """The same for who can wait, and makes none. Raises SettingsError, NoDatabaseError."""
    return Services(StoreServices(settings, store_for_a_command(settings)))


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """London time now, or the fixed moment of LINE_CLOCK."""
    fixed = settings.line_clock
    if fixed is None:
        return lambda: datetime.now(LONDON)
    at = fixed.astimezone(LONDON) if fixed.tzinfo else fixed.replace(tzinfo=LONDON)
    return lambda: at
