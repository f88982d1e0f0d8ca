"""What tests of editions share: a database with editions, a draft, and a stand-in for the voice.

Owns nothing of what is published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ivr.config.extras import ExtraMissingError
from ivr.content import ContentError, load
from ivr.content.checks import Finding
from ivr.content.checks.inspection import as_finding
from ivr.content.content_store import ContentStore
from ivr.content.edit import value_at
from ivr.content.editions import EditionFolders
from ivr.content.editions.drafting import Drafting
from ivr.content.editions.publishing import Place, PublishJob, Recorder
from ivr.line.call import Speed
from ivr.recording.record import SPEEDS, Maker
from ivr.speech.figures import count_words
from ivr.speech.library import PromptAudio
from ivr.speech.manifest import read, write
from ivr.store import Store
from ivr.store.drafts import Drafts
from ivr.store.editions import Editions
from ivr.store.people_read import PeopleRead
from ivr.store.prompts import OwnPrompts
from tests.support.paths import ROOT

SHIPPED, AUDIO = ROOT / "prompts", ROOT / "audio"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
COMPLAINT, SUMMARY = "en/topics/complaint.yaml", ("summary",)


def studio(refuses: str = "") -> Recorder:
    """In place of the voice, which few machines have: for new words, a recording of as many others.

    ``refuses``: words that cannot be recorded.
    """
    shipped = read(AUDIO)

    def record(
        own: Path, maker: Maker, words: Sequence[str], processes: int
    ) -> Iterator[PromptAudio]:
        prompts = read(own)
        for each in words:
            if refuses and refuses in each:
                raise RuntimeError("no sound came")
            for speed in SPEEDS:
                prompt = _alike(shipped, own, each, speed)
                prompts.append(prompt)
                write(own, prompts)
                yield prompt

    return record


def _alike(shipped: list[PromptAudio], own: Path, words: str, speed: Speed) -> PromptAudio:
    def apart(prompt: PromptAudio) -> int:
        return abs(count_words(prompt.words) - count_words(words))

    like = min((prompt for prompt in shipped if prompt.words and prompt.speed == speed), key=apart)
    # A tag behind the sound, so that no two are the same file.
    sound = (AUDIO / like.path).read_bytes() + b"TAG" + words.encode()[:100].ljust(125, b"\0")
    file = hashlib.sha256(sound).hexdigest()[:16] + ".mp3"
    (own / "en").mkdir(parents=True, exist_ok=True)
    (own / "en" / file).write_bytes(sound)
    return replace(like, words=words, file=file, folder="en")


def no_voice(*_: object, **__: object) -> Iterator[PromptAudio]:
    """A machine without the voice."""
    raise ExtraMissingError("This needs the voice extra.")


def glanced(root: Path, place: Place) -> list[Finding]:
    """Looks at the files alone: for tests of what becomes of an edition, whatever its words.

    That every rule is asked, and stops what breaks one, is shown by tests that take ``stopping``.
    """
    try:
        load(root)
    except ContentError as error:
        return [as_finding(fault) for fault in error.faults]
    return []


class Host:
    """One machine on the database: its folders, its content store, its worker's job."""

    def __init__(self, store: Store, folder: Path, root: Path = SHIPPED) -> None:
        self.editions, self.prompts = Editions(store), OwnPrompts(store)
        self.store, self.root, self.audio = store, root, folder / "audio"
        rows = (self.editions, self.prompts)
        self.people = PeopleRead(store)
        self.folders = EditionFolders(root, *rows, folder / "editions", self.audio, self.people)
        self.drafting = Drafting(Drafts(store), self.folders)
        self.content_store = ContentStore(root, self.folders)

    def job(self, clock: Callable[[], datetime] = lambda: NOW, lease: int = 60, **more):
        """The worker's job, with so many seconds to itself before another takes over."""
        place = Place(AUDIO, self.audio, ("first", "second"))
        editions = Editions(self.store, timedelta(seconds=lease))
        told = {"inspect": glanced, **more}
        return PublishJob(editions, self.prompts, self.folders, place, clock, **told)

    def change(self, new: str, by: str = "Ada", path=SUMMARY, file: str = COMPLAINT) -> None:
        """Change one value from what stands there now."""
        was = self.value(path, file)
        self.drafting.change(file, path, was, new, by, NOW)

    def value(self, path=SUMMARY, file: str = COMPLAINT):
        return value_at(self.drafting.files()[file].decode(), path)

    def publish(self, **more) -> str:
        """Hand the draft in and do the job; a word on how it went."""
        number = self.drafting.publish("Ada", "a test", NOW)
        return self.job(**more).attempt(str(number))
