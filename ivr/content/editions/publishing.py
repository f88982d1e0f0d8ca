"""Publishing an edition: checked, its new sentences recorded, then heard from one moment on.

Owns the order of these steps; each may be done twice without harm, so a worker that dies leaves
the old edition whole and the next one goes on. Nothing is published half; but opening hours do not
wait for sentences to be recorded: they are an edition of their own then, published first.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ivr.config import Settings
from ivr.config.extras import ExtraMissingError
from ivr.content import ContentError, load
from ivr.content import read as read_content
from ivr.content.checks import Finding, check
from ivr.content.checks.inspection import as_finding, evidence
from ivr.content.editions.folders import EditionFolders, fetch_prompts, keep_prompts
from ivr.content.editions.hours_first import with_hours
from ivr.content.files import Files, PackError, packed, unpacked, version_of_files
from ivr.content.source import pronunciation
from ivr.line.model import Line
from ivr.line.numbers import DRAMA
from ivr.recording import record as recording
from ivr.recording.record import Maker
from ivr.speech.library import PromptAudio
from ivr.speech.manifest import read_library
from ivr.store import StoreDownError
from ivr.store.editions import Editions
from ivr.store.prompts import OwnPrompts

log = logging.getLogger(__name__)

MOST_TRIES = 5
"""Workers that may die over one edition before it is given up."""
TAKES = 3
"""How often a sentence that cannot be recorded is tried."""
MOST_NAMED = 20
"""Findings that are named when an edition is refused; the rest are counted."""
RECORDING_MENDS = frozenset({"R38"})
"""Rules that are held once everything is recorded: a worker may have died between the two
recordings of a sentence, and left the slower one to be made."""
UNCHANGED = "Callers go on hearing the words they heard before."
CARRIER_SPEAKS = (
    "Not recorded, as no voice is installed on this machine: {count} of the sentences. "
    "Callers hear them in the telephone company's voice."
)
HOURS_FIRST = (
    "These are the opening hours and closures alone. What else was changed follows as "
    "edition {rest}, once it is recorded."
)

Recorder = Callable[..., Iterator[PromptAudio]]
"""``ivr.recording.record.record``, or what stands for it."""
Inspector = Callable[[Path, "Place"], list[Finding]]
"""``stopping``, or what stands for it."""


class NotRecordedError(Exception):
    """A sentence could not be recorded, however often it was tried."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where recordings lie: those the program came with, and those of editions.

    ``advisers``: the names that have a telephone number; ``number``: the line's own.
    """

    audio: Path
    own_audio: Path
    advisers: Collection[str]
    number: str = ""


def place_of(settings: Settings) -> Place:
    """The same, as the settings say. An example number is nobody's, and not asked after."""
    number = "" if settings.line_number.startswith(DRAMA) else settings.line_number
    return Place(settings.audio_dir, settings.own_audio_dir, settings.advisers.keys(), number)


def maker_of(line: Line, lang: str, root: Path, audio: Path) -> Maker:
    """Who speaks the recordings of a language, and how words are said."""
    voice = line.voices[lang].recorded
    words, said = line.words(lang), pronunciation(root, lang)
    return Maker(voice, lang, audio / "voices", said, words.marks, words.press)


class PublishJob:
    """The job of one edition; see ``ivr.jobs.worker.Kind``."""

    def __init__(self, editions: Editions, prompts: OwnPrompts, folders: EditionFolders,
                 place: Place, clock: Callable[[], datetime],
                 recorder: Recorder = recording.record,
                 inspect: Inspector | None = None) -> None:  # fmt: skip
        self._editions = editions
        self._prompts = prompts
        self._folders = folders
        self._place = place
        self._clock = clock
        self._recorder = recorder
        self._inspect = inspect or stopping

    def due(self, now: datetime, most: int) -> list[tuple[str, int]]:
        """See Kind."""
        return self._editions.due(now, most)

    def attempt(self, row_id: str) -> str:
        """Check, record, and make it what callers hear; or say why not."""
        number = int(row_id)
        if not self._editions.claim(number, self._clock()):
            return "not ours"
        edition = self._editions.get(number)
        if edition is None or edition.tries > MOST_TRIES:
            says = f"It could not be published: something went wrong {MOST_TRIES} times."
            self._editions.refuse(number, "failed", f"{says} {UNCHANGED}")
            return "failed"
        try:
            with self._in_hand(number):
                says = self._done(number)
        except (PackError, RefusedByRulesError) as error:
            self._editions.refuse(number, "refused", f"{error}\n{UNCHANGED}")
            return "refused"
        except NotRecordedError as error:
            self._editions.refuse(number, "failed", f"{error}\n{UNCHANGED}")
            return "failed"
        self._editions.publish(number, says, self._clock())
        return "published"

    def _done(self, number: int) -> str:
        """All steps but the last; what there is to say of them."""
        files = unpacked(self._editions.files(number) or b"")
        root = self._folders.lay_out(files)
        self._editions.progress(number, "checking", 0, 0, self._clock())
        fetch_prompts(self._prompts, self._place.own_audio)
        keep_prompts(self._prompts, self._place.own_audio, self._clock())
        found = self._inspect(root, self._place)
        _refuse(found, RECORDING_MENDS)
        if self._hours_first(number, files, root):
            return ""
        said = self._record_all(number, load(root), root)
        if said.recorded:
            found = self._inspect(root, self._place)
        _refuse(found, RECORDING_MENDS if said.spoken else frozenset())
        return CARRIER_SPEAKS.format(count=said.spoken) if said.spoken else ""

    @contextmanager
    def _in_hand(self, number: int) -> Iterator[None]:
        """Say meanwhile that this worker lives: a sentence may take longer than a lease lasts."""
        done, often = threading.Event(), self._editions.lease.total_seconds() / 3

        def live() -> None:
            while not done.wait(often):
                with suppress(StoreDownError):
                    self._editions.hold(number, self._clock())

        beats = threading.Thread(target=live, daemon=True)
        beats.start()
        try:
            yield
        finally:
            done.set()
            beats.join()

    def _hours_first(self, number: int, files: Files, root: Path) -> bool:
        """Publish the hours by themselves, where other words would make them wait."""
        heard = self._folders.whole(self._folders.files(self._folders.current()) or {})
        hours = with_hours(heard, files)
        if version_of_files(hours) in (version_of_files(heard), version_of_files(files)):
            return False
        first = self._folders.lay_out(hours)
        found = self._inspect(first, self._place)
        lacks, wanted = self._lacks(first), self._lacks(root)
        if lacks & wanted or not wanted or any(f.rule not in RECORDING_MENDS for f in found):
            return False
        made = (packed(hours), version_of_files(hours))
        self._editions.divide(number, made, HOURS_FIRST, self._clock())
        return True

    def _lacks(self, root: Path) -> set[tuple[str, str]]:
        """The sentences of this folder that are to be recorded, each with its language."""
        line, audio = load(root), self._place.audio
        makers = (maker_of(line, lang, root, audio) for lang in line.languages)
        return {(each.lang, words) for each in makers for words in self._missing(each, line)}

    def _record_all(self, number: int, line: Line, root: Path) -> Told:
        told = Told()
        for lang in line.languages:
            maker = maker_of(line, lang, root, self._place.audio)
            wanted = self._missing(maker, line)
            try:
                told.recorded += self._record(number, maker, line, len(wanted))
            except ExtraMissingError:
                told.spoken += len(wanted)
        return told

    def _record(self, number: int, maker: Maker, line: Line, most: int) -> int:
        """Record what is missing; a sentence that fails is tried again, then named."""
        failed: dict[str, int] = {}
        while wanted := self._missing(maker, line):
            self._progress(number, most - len(wanted), most)
            try:
                self._takes(number, maker, wanted, most)
            except ExtraMissingError:
                raise
            except Exception as error:
                left = self._missing(maker, line)[0]
                log.warning("a sentence could not be recorded: %s", type(error).__name__)
                failed[left] = failed.get(left, 0) + 1
                if failed[left] >= TAKES:
                    says = f"This sentence could not be recorded: “{left}”"
                    raise NotRecordedError(
                        f"{says}. Try again later, or change the sentence."
                    ) from error
        return most

    def _takes(self, number: int, maker: Maker, wanted: list[str], most: int) -> None:
        own = self._place.own_audio
        for done, prompt in enumerate(self._recorder(own, maker, wanted, processes=1), start=1):
            self._prompts.keep(prompt, (own / prompt.path).read_bytes(), self._clock())
            at = most - len(wanted) + done // len(recording.SPEEDS)
            self._progress(number, at, most)

    def _progress(self, number: int, done: int, most: int) -> None:
        self._editions.progress(number, "recording", done, most, self._clock())

    def _missing(self, maker: Maker, line: Line) -> list[str]:
        library = read_library(self._place.audio, self._place.own_audio)
        return recording.missing(library, maker, line.units(maker.lang))


@dataclass(slots=True)
class Told:
    """How many sentences were recorded, and how many the telephone company speaks."""

    recorded: int = 0
    spoken: int = 0


class RefusedByRulesError(Exception):
    """The words break rules of the line: which, where, and what to do, a line each."""


def stopping(root: Path, place: Place) -> list[Finding]:
    """What keeps the content of a folder from being published. Raises ManifestError."""
    try:
        content = read_content(root)
    except ContentError as error:
        return [as_finding(fault) for fault in error.faults]
    seen = evidence(content, place.audio, place.own_audio, number=place.number)
    found = [finding for finding in check(seen) if finding.level == "must"]
    return [*found, *_without_number(content.line, place)]


def beyond_recording(root: Path, settings: Settings) -> list[Finding]:
    """What keeps the content of a folder from being published, and no recording will mend."""
    found = stopping(root, place_of(settings))
    return [each for each in found if each.rule not in RECORDING_MENDS]


def _without_number(line: Line, place: Place) -> Iterator[Finding]:
    groups = line.ring_groups.values()
    named = {each.name for ring_group in groups for each in ring_group.advisers}
    for name in sorted(named.difference(place.advisers) if place.advisers else ()):
        what = f"“{name}” has no telephone number in the settings"
        yield Finding("line.yaml", 0, "FILES", what, "Have the number put in first.")


def _refuse(found: list[Finding], mended: Collection[str]) -> None:
    """Raises RefusedByRulesError where a rule is broken that recording does not mend."""
    if left := [each for each in found if each.rule not in mended]:
        raise RefusedByRulesError("\n".join(in_words(left)))


def in_words(found: list[Finding]) -> list[str]:
    """Findings as people read them, the first few of many."""
    named = [f"{each.where}: {each.what}. {each.do}" for each in found[:MOST_NAMED]]
    more = len(found) - len(named)
    return [*named, f"There are {more} more."] if more else named
