"""The sections of the printed script that ``templates/script.yaml`` writes: its calls, heard.

Owns what each of its rows means. Holds no sentence of the paper itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ivr.content.parser import plain, tree_of
from ivr.line.call import Record, SendText
from ivr.reports.ear import NoCallError, PaperCall, Ringer
from ivr.reports.paper import Kind, Row, Section, note
from ivr.reports.silence import silent_call

WRITTEN = Path(__file__).parent / "templates" / "script.yaml"
MINUTE = 60
FRAMES: tuple[Kind, ...] = ("head", "note")
"""Rows of the paper's own, in the order in which they stand before what is heard."""
Entry = Mapping[str, str]
Fill = Callable[[], Iterable[Row]]


def written() -> dict[str, Any]:
    """What ``script.yaml`` holds."""
    found: dict[str, Any] = plain(tree_of(WRITTEN.read_text(encoding="utf-8")))
    return found


def section(writer: Writer, name: str, title: str, entries: Iterable[Entry]) -> Section:
    """A section; without a title of its own it has the node's. No key in it leads to itself."""
    tag = "" if title else writer.tag
    spoken = writer.ear.words.title(name) if not title else f"{title}."
    rows = (row for row in writer.rows(entries) if row.words != spoken)
    own = tuple(replace(row, to="") if row.to == name else row for row in rows)
    return Section(name, title or spoken.removesuffix("."), own, tag)


@dataclass
class Writer:
    """Writes the rows of one section. ``values`` fill braces, ``fills`` are rows worked out."""

    ear: Ringer
    values: Mapping[str, str]
    fills: Mapping[str, Fill] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _last: PaperCall | None = None

    @property
    def tag(self) -> str:
        """The language of what the line says."""
        return self.ear.line.voices[self.ear.lang].tag

    def rows(self, entries: Iterable[Entry]) -> Iterator[Row]:
        """The rows that these entries stand for."""
        for entry in entries:
            try:
                heard = list(self._heard(entry)) if self.is_so(entry) else None
            except NoCallError:
                heard = None
            if heard is not None:
                written = {
                    kind: entry[kind].format_map(self._filled()) for kind in FRAMES if kind in entry
                }
                yield from (Row(kind, words) for kind, words in written.items())
                yield from heard

    def is_so(self, part: Mapping[str, Any]) -> bool:
        """Whether this part of the paper is wanted: its ``if`` is empty on some lines."""
        return "if" not in part or bool(self.values[part["if"]])

    def _filled(self) -> Mapping[str, str]:
        """The values, and how long the call that was last heard listens."""
        then = self._last.turn.then if self._last else None
        most = then.most if isinstance(then, Record) else getattr(then, "seconds", 0)
        silence = getattr(then, "silence", 0)
        return {**self.values, "minutes": str(most // MINUTE), "silence": str(silence)}

    def _heard(self, entry: Entry) -> Iterator[Row]:
        match entry:
            case {"call": call}:
                yield from self._call(entry, self._made(call))
            case {"parts": call}:
                yield from self._parts(self.ear.call(call))
            case {"text": topic}:
                yield Row("text", self.ear.words.topics[topic].text, self.tag)
            case {"read": call}:
                yield from self._read(self.ear.call(call))
            case {"silent": call}:
                yield from silent_call(self.ear.call(call), self._known, "head" not in entry)
            case {"heard": call}:
                self._known |= {row.words for row in self.ear.call(call).rows()}
            case {"phrase": name}:
                yield Row("said", self.ear.words.say(name), self.tag)
            case {"fill": name}:
                yield from self.fills[name]()

    def _made(self, written: str) -> PaperCall:
        self._last = self.ear.call(written)
        return self._last

    def _call(self, entry: Entry, made: PaperCall) -> Iterator[Row]:
        if entry.get("at", made.turn.call.at) != made.turn.call.at:
            raise NoCallError
        less, keys = entry.get("less", ""), entry.get("keys", "")
        known = made.follow(less[1:]) if less[:1] == "+" else less and self.ear.call(less)
        rows = list(made.rows(known or None))
        match entry.get("only"):
            case "own":
                rows = [row for row in rows if row.words not in self.ear.words.says.values()]
            case str(kind):
                rows = [row for row in rows if row.kind == kind]
        if keys:
            rows = [row for key in keys for row in rows if row.key == key]
        return iter(rows)

    def _parts(self, call: PaperCall) -> Iterator[Row]:
        """A topic: its short version and the keys told there; then each part."""
        count = len(self.ear.words.topics[call.turn.call.at].parts)
        yield from call.rows()
        for number in range(1, count + 1):
            call = call.follow(".")
            yield Row("head", str(number), self.tag)
            yield from call.rows()

    def _read(self, call: PaperCall) -> Iterator[Row]:
        """Part by part to the choices of its end, what is new of it; then the same as a text."""
        again = self.ear.words.says["again"]
        while not any(row.words == again for row in call.rows()):
            yield from self._new(call)
            call = call.follow(".")
        yield from self._new(call)
        effect = call.follow("2 1").turn.effect
        if isinstance(effect, SendText):
            yield note("As a text message:")
            yield Row("text", effect.body, self.tag)

    def _new(self, call: PaperCall) -> Iterator[Row]:
        for row in call.rows():
            if row.words not in self._known:
                self._known.add(row.words)
                yield row
