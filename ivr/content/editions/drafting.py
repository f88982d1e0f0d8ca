"""Changing the words: one value or one file at a time, by several people, in one draft.

Owns what a save is compared with. Two people who change different things never meet; of two who
change the same, the second is shown both, and nothing is written over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from ivr.content import ContentError, Fault
from ivr.content.edit import RefusedError, Step, Value, changed, taken, value_at
from ivr.content.editions.differences import Change, differences
from ivr.content.editions.folders import EditionFolders
from ivr.content.files import Files, packed, unpacked, version_of_files
from ivr.content.load import joined
from ivr.content.source import Reading
from ivr.line.model import Line
from ivr.store.drafts import Draft, Drafts, NoDraftError, OvertakenError, Save
from ivr.store.editions import BusyError

MOST_TRIES = 10
"""How often a save of something else is stepped over before one gives up."""


class ConflictError(Exception):
    """Someone else has changed the same thing: ``theirs`` stands now, ``yours`` was not kept.

    ``save``: who it was and when; None where a draft was published meanwhile.
    """

    def __init__(self, theirs: Value, yours: Value, save: Save | None) -> None:
        self.theirs, self.yours, self.save = theirs, yours, save
        super().__init__("this has been changed meanwhile")


class NothingChangedError(Exception):
    """The draft holds the same words as the edition it began from."""


class Drafting:
    """The draft, as pages use it. Everything here raises StoreDownError."""

    def __init__(self, drafts: Drafts, folders: EditionFolders) -> None:
        self._drafts = drafts
        self._folders = folders

    def open(self) -> Draft | None:
        """The draft that is being written; None where there is none."""
        return self._drafts.open()

    def files(self) -> Files:
        """The words as they stand now: the draft's, or those of the current edition."""
        draft = self._drafts.open()
        return self._files(draft) if draft else self._folders.whole(self._current()[1])

    def began(self) -> Files:
        """What the draft is compared with: the words that callers were given when it was begun."""
        draft = self._drafts.open()
        return unpacked(draft.pack) if draft else self._current()[1]

    def both(self) -> tuple[Files, Files]:
        """The words that callers were given when the draft was begun, and the draft's."""
        draft = self._drafts.open()
        if draft is None:
            began = self._current()[1]
            return began, self._folders.whole(began)
        return unpacked(draft.pack), self._files(draft)

    def changes(self) -> list[Change]:
        """What differs from the words that callers hear."""
        return differences(*self.both())

    def line(self, new: Mapping[str, bytes | None] | None = None) -> Line:
        """The line that the draft makes, with ``new`` files in it. Raises ContentError."""
        return joined(Reading(with_texts(self.files(), new or {}))).line

    def folder(self) -> Path:
        """The same as a folder, to be checked, or tried out by telephone."""
        return self._folders.lay_out(self.files())

    def laid_out(self) -> str:
        """The version of the open draft, once its folder is here; empty where there is none."""
        return self.folder().name if self._drafts.open() else ""

    def change(self, file: str, path: Sequence[Step], was: Value, value: Value, by: str,
               now: datetime) -> None:  # fmt: skip
        """Put ``value`` at ``path``, where ``was`` stood when the person began to write.

        Raises ConflictError, KeyError for a place that is not there, BusyError.
        """
        what = ".".join(str(step) for step in path)
        for _ in range(MOST_TRIES):
            draft = self._begun(by, now)
            text = self._files(draft)[file].decode()
            stands = value_at(text, path)
            if stands != was:
                raise ConflictError(stands, value, draft.changed().get(file))
            new = changed(text, path, value)
            if stands == value or self._saved(draft, {file: new.encode()}, what, by, now):
                return
        raise ConflictError(was, value, None)

    def rearrange(self, make: Callable[[Files], Mapping[str, bytes | None]], what: str, by: str,
                  now: datetime) -> None:  # fmt: skip
        """Change several files at once: ``make`` says what becomes of those that stand now, and
        None of one that goes. It is asked again where somebody saved something meanwhile.

        Raises what ``make`` raises, RefusedError, ConflictError, BusyError.
        """
        for _ in range(MOST_TRIES):
            new = make(self.files())
            if faults := self.faults_of(new):
                raise RefusedError(faults)
            draft = self._begun(by, now)
            if make(self._files(draft)) == new and self._saved(draft, new, what, by, now):
                return
        raise ConflictError("", "", None)

    def put(self, file: str, raw: bytes, revision: int, by: str, now: datetime) -> str:
        """Put a whole file as it was handed in; the text that was kept.

        ``revision``: of the draft when the person began. Raises ConflictError, RefusedError.
        """
        text = taken(file, raw)
        for _ in range(MOST_TRIES):
            draft = self._begun(by, now)
            save = draft.changed().get(file)
            if save and save.revision > revision:
                raise ConflictError((save.text or b"").decode(), text, save)
            if self._saved(draft, {file: text.encode()}, "", by, now):
                return text
        raise ConflictError("", text, None)

    def rework(self, work: Callable[[Files], Mapping[str, str]], what: str, by: str,
               now: datetime) -> None:  # fmt: skip
        """Keep what ``work`` makes of the files as they stand: all of it or, where it raises, none.

        It is asked anew where somebody else saves meanwhile. Raises what it raises, BusyError.
        """
        for _ in range(MOST_TRIES):
            draft = self._begun(by, now)
            made = {name: text.encode() for name, text in work(self._files(draft)).items()}
            try:
                if made:
                    self._drafts.save_all(draft, made, what, by, now)
            except (OvertakenError, NoDraftError):
                continue
            return
        raise BusyError("Others are saving at this moment. Nothing is kept yet; send it again.")

    def faults_with(self, file: str, text: str) -> list[Fault]:
        """What could not be read in the words as they stand, with this file in place of its own."""
        return self.faults_of({file: text.encode()})

    def faults_of(self, new: Mapping[str, bytes | None]) -> list[Fault]:
        """The same for several files; None stands for one that goes."""
        try:
            self.line(new)
        except ContentError as error:
            return list(error.faults)
        return []

    def throw_away(self, now: datetime) -> None:
        """End the draft; callers go on hearing the current edition."""
        if draft := self._drafts.open():
            self._drafts.throw_away(draft, now)

    def thrown_away(self, now: datetime) -> Draft | None:
        """The draft that was thrown away within a day and can be put back."""
        return self._drafts.thrown_away(self._folders.current(), now)

    def put_back(self, now: datetime) -> bool:
        """Open it again; False where it cannot be any more. Raises BusyError."""
        found = self.thrown_away(now)
        return found is not None and self._drafts.put_back(found)

    def publish(self, by: str, why: str, now: datetime) -> int:
        """Hand the draft in to be published; the number of the edition it becomes.

        Raises NoDraftError, NothingChangedError, OvertakenError, BusyError.
        """
        draft = self._drafts.open()
        if draft is None and self.files() == self.began():
            raise NoDraftError("There is nothing to publish.")
        draft = draft or self._begun(by, now)
        files = self._files(draft)
        if files == unpacked(draft.pack):
            raise NothingChangedError("Nothing is changed in the draft.")
        made = (by, why)
        return self._drafts.hand_in(draft, packed(files), version_of_files(files), made, now)

    def _begun(self, by: str, now: datetime) -> Draft:
        draft = self._drafts.open()
        if draft:
            return draft
        number, files = self._current()
        return self._drafts.begin(number, packed(files), by, now)

    def _files(self, draft: Draft) -> Files:
        """The draft, whole also where it was begun from an edition older than the program."""
        return self._folders.whole(files_with(draft), unpacked(draft.pack))

    def _current(self) -> tuple[int, Files]:
        number = self._folders.current()
        return number, self._folders.files(number) or {}

    def _saved(self, draft: Draft, texts: Mapping[str, bytes | None], what: str, by: str,
               now: datetime) -> bool:  # fmt: skip
        """Whether it was kept; False where someone saved something else first."""
        try:
            self._drafts.save_all(draft, texts, what, by, now)
        except (OvertakenError, NoDraftError):
            return False
        return True


def files_with(draft: Draft) -> Files:
    """The files of the draft: those it began from, with every change."""
    texts = {name: save.text for name, save in draft.changed().items()}
    return with_texts(unpacked(draft.pack), texts)


def with_texts(files: Files, texts: Mapping[str, bytes | None]) -> Files:
    """These files with others in their place; without those for which None stands."""
    both = {**files, **texts}
    return {name: text for name, text in both.items() if text is not None}
