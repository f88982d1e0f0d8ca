"""YAML files: read, checked against their shape, with the line number of anything in them.

Owns the turning of a parser's complaint into words for a charity's worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml.comments import CommentedBase, CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from ivr.content.files import LARGEST, Files
from ivr.content.parser import TOO_LARGE, plain, tree_of, tripped
from ivr.content.schema import rule_of

FILES_KEPT = 64
"""Files whose text is known: one edition, what another changes, and the program's own."""
Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in the content: ``file`` from ``prompts/`` on, ``line`` from 1, in words.

    ``rule`` is the accessibility rule that it breaks, or FILES.
    """

    file: str
    line: int
    says: str
    rule: str = "FILES"

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.says}"


@dataclass(frozen=True, slots=True)
class Source:
    """One file's name, its text, and what was read from it, comments and positions included."""

    file: str
    text: str
    tree: Any

    @property
    def plain(self) -> Any:
        """The same without comments and positions. It is kept, so it is to be looked at only."""
        return plain_of(self.text)

    def line(self, *path: str | int, near: str = "") -> int:
        """The line, from 1, on which the value at ``path`` begins, or its nearest parent.

        ``near``: words that stand in the value; then the line that holds them, or the first.
        """
        node, line = self.tree, 1
        for step in path:
            if not isinstance(node, CommentedBase):
                break
            line = _line_of(node, step) or line
            node = _child(node, step)
        return self._near(line, near) if near else line

    def path(self, line: int) -> tuple[str | int, ...]:
        """The path of what stands on a line: the last value that begins there or before."""
        node: Any = self.tree
        path: list[str | int] = []
        while isinstance(node, CommentedMap | CommentedSeq) and not node.fa.flow_style():
            steps = node if isinstance(node, dict) else range(len(node))
            begun = [each for each in steps if (_line_of(node, each) or line + 1) <= line]
            if not begun:
                break
            path.append(begun[-1])
            node = _child(node, begun[-1])
        return tuple(path)

    def fault(self, says: str, *path: str | int, rule: str = "FILES") -> Fault:
        """A fault at ``path`` in this file."""
        return Fault(self.file, self.line(*path), says, rule)

    def _near(self, line: int, near: str) -> int:
        rows = self.text.lower().split("\n")[line - 1 : line - 1 + LONGEST_VALUE]
        # Words may run over the end of a line: then their beginning is looked for.
        for words in (near.lower(), near.lower().split()[0]):
            for below, row in enumerate(rows):
                if words in row:
                    return line + below
        return line


@dataclass
class Reading:
    """The reading of all content files: what was read so far, and every fault found.

    ``root``: the folder of examples of texts, where that is another than the program's.
    """

    files: Files
    root: Path | None = None
    faults: list[Fault] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)

    def read(self, file: str) -> Source | None:
        """Read one file; None, and a fault, when it is missing or is no YAML."""
        raw = self.files.get(file)
        if raw is None or len(raw) > LARGEST:
            says = "this file is missing" if raw is None else TOO_LARGE
            self.faults.append(Fault(file, 1, says))
            return None
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            self.faults.append(Fault(file, 1, "this file is not text in UTF-8"))
            return None
        try:
            self.sources[file] = Source(file, text, parsed(text))
        except (YAMLError, ValueError) as error:
            self.faults.append(_unreadable(file, error))
        return self.sources.get(file)

    def shaped(self, file: str, model: type[Shape]) -> Shape | None:
        """A file checked against its shape; None, and a fault for each thing that is not so."""
        source = self.read(file)
        if source is None:
            return None
        try:
            return model.model_validate(source.plain)
        except ValidationError as error:
            for each in error.errors():
                path = [step for step in each["loc"] if step != "[key]"]
                says, rule = _words(path, each["type"], each["msg"]), rule_of(path, each["type"])
                self.faults.append(source.fault(says, *path, rule=rule))
        return None


def pronunciation(root: Path, lang: str) -> dict[str, dict[str, str]]:
    """How the recordings' voice says words it would say wrongly, by word."""
    path = root / lang / "pronunciation.yaml"
    return plain_of(path.read_text(encoding="utf-8")) or {} if path.is_file() else {}


def parsed(text: str) -> Any:
    """What stands in a file, to be looked at only. Raises what the parser raises."""
    return _read(text)[0]


def plain_of(text: str) -> Any:
    """The same without comments and positions."""
    return _read(text)[1]


@lru_cache(maxsize=FILES_KEPT)
def _read(text: str) -> tuple[Any, Any]:
    """A file as it is parsed, and plain.

    Kept by its text: an edition has most files in common with the one before it, and reading a
    file takes a hundred times as long as comparing it.
    """
    tree = tree_of(text)
    try:
        return tree, plain(tree)
    except TypeError as error:
        # A name may be a list for the parser, and for nothing else.
        raise tripped(text) from error


def readable(file: str, text: str) -> list[Fault]:
    """What a parser cannot read in this text: one fault, or none."""
    try:
        parsed(text)
    except (YAMLError, ValueError) as error:
        return [_unreadable(file, error)]
    return []


def _unreadable(file: str, error: Exception) -> Fault:
    if not isinstance(error, MarkedYAMLError):
        return Fault(file, 1, f"not readable: {error}")
    mark = error.problem_mark or error.context_mark
    problem = (error.problem or error.context or "it cannot be read").partition("\n")[0]
    return Fault(file, mark.line + 1 if mark else 1, f"not readable here: {problem}")


LONGEST_VALUE = 40
"""Lines of a value in which words of it are looked for."""
PLAIN = {
    "missing": "is missing",
    "extra_forbidden": "is not a name that is known here; remove it, or mend its spelling",
    "string_type": "must be words",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "date_type": "must be a date such as 2026-11-23",
    "dict_type": "must be a list of names with values",
    "model_type": "must be a list of names with values",
    "list_type": "must be a list",
    "string_too_short": "is empty",
    "string_too_long": "is too long",
    "string_pattern_mismatch": (
        "must be a name in small letters, with hyphens between words, such as help-to-choose; a "
        "fact is a capital letter and figures, such as F26"
    ),
}


def _words(path: Sequence[str | int], kind: str, message: str) -> str:
    where = ".".join(str(step) for step in path) or "the file"
    said = PLAIN.get(kind) or message.removeprefix("Value error, ")
    return f"“{where}” {said}" if kind in PLAIN else f"“{where}”: {said}"


def _line_of(node: CommentedBase, step: str | int) -> int | None:
    try:
        return int(node.lc.data[step][0]) + 1
    except (AttributeError, KeyError, IndexError, TypeError):
        return None


def _child(node: Any, step: str | int) -> Any:
    try:
        return node[step]
    except (KeyError, IndexError, TypeError):
        return None
