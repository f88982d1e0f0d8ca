"""One value of a content file changed by hand; comments, order and every other line stay.

Owns what may come in from a person's keyboard or word processor, and how it is mended or refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from ruamel.yaml.comments import CommentedBase, CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import FoldedScalarString, ScalarString

from ivr.content.files import LARGEST
from ivr.content.parser import TOO_LARGE, text_of, tree_of
from ivr.content.source import Fault, readable

Value = str | int | float | date | None | list[Any] | dict[Any, Any]
Step = str | int
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
CURLY = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "\ufeff": None}
)
LINE_WIDTH = 100
"""Characters after which a folded value goes on in the next line."""


class RefusedError(Exception):
    """What was handed in cannot be taken. ``faults`` name each place, with what to do."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def taken(file: str, raw: bytes) -> str:
    """A whole file as it will be kept: line ends and curly quotes mended.

    Raises RefusedError for one that is too large, no text, or no YAML.
    """
    # A browser sends two signs for the end of a line, which are kept as one.
    whole = raw.replace(b"\r\n", b"\n")
    if len(whole) > LARGEST:
        raise RefusedError([Fault(file, 1, TOO_LARGE)])
    try:
        text = whole.decode("utf-8")
    except UnicodeDecodeError as error:
        line = whole[: error.start].count(b"\n") + 1
        raise RefusedError([Fault(file, line, "not text in UTF-8; save it as UTF-8")]) from None
    plain = text.replace("\r", "\n")
    if found := CONTROL.search(plain):
        line = plain[: found.start()].count("\n") + 1
        says = "a sign that cannot be seen stands here; delete the line and type it again"
        raise RefusedError([Fault(file, line, says)])
    # Quotes within quotes may not be mended: then the text stays as it was written.
    mended = plain.translate(CURLY)
    faults = readable(file, mended)
    if not faults:
        return mended
    if readable(file, plain):
        raise RefusedError(faults)
    return plain


def typed(words: str) -> str:
    """Words from a form: one line, straight quotes, nothing that cannot be seen."""
    return " ".join(CONTROL.sub(" ", words).translate(CURLY).split())


def value_at(text: str, path: Sequence[Step]) -> Any:
    """The value at ``path``; words in one line. None where there is none."""
    node = tree_of(text)
    for step in path:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return None
    return " ".join(node.split()) if isinstance(node, str) else node


def leaves(text: str) -> dict[tuple[Step, ...], str]:
    """Every value of a file by its path, as words. Raises ValueError for a text that is no YAML."""
    found: dict[tuple[Step, ...], str] = {}

    def walk(node: Any, path: tuple[Step, ...]) -> None:
        if isinstance(node, dict):
            for name, child in node.items():
                walk(child, (*path, name))
        elif isinstance(node, list):
            for index, child in enumerate(node):
                walk(child, (*path, index))
        else:
            found[path] = " ".join(str(node).split())

    try:
        walk(tree_of(text), ())
    except YAMLError as error:
        raise ValueError(str(error)) from error
    return found


def changed(text: str, path: Sequence[Step], value: Value) -> str:
    """The file with ``value`` at ``path``, where the steps before the last must exist.

    Raises KeyError where they do not, and YAMLError for a text that is no YAML.
    """
    tree = tree_of(text)
    *way, last = path
    node = tree
    for step in way:
        node = node[step]
    if isinstance(node, CommentedMap) and node and last not in node:
        _added(node, last, value)
    else:
        node[last] = _like(node[last] if isinstance(last, int) or last in node else None, value)
    return text_of(tree)


def without(text: str, path: Sequence[Step]) -> str:
    """The file without the value at ``path``. Raises KeyError where there is none."""
    tree = tree_of(text)
    *way, last = path
    node = tree
    for step in way:
        node = node[step]
    names = [*node] if isinstance(node, CommentedMap) else [last]
    above = names[names.index(last) - 1]
    remarks = node.ca.items.get(last) if above != last else None
    del node[last]
    # A remark below it is on what comes next in the file, and stays.
    if remarks and isinstance(node.get(above), str) and above not in node.ca.items:
        node.ca.items[above] = [None, None, remarks[2], None]
    return text_of(tree)


def fresh(values: dict[str, Any]) -> str:
    """A whole file of these values, written as people write it."""
    return text_of(_written(values))


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return CommentedMap({name: _written(each) for name, each in value.items()})
    if isinstance(value, list):
        return [_written(each) for each in value]
    return _folded(value) if isinstance(value, str) and len(value) > LINE_WIDTH else value


def _added(node: CommentedMap, name: Step, value: Value) -> None:
    """A name more, in the style of the one before it, above the remark on what comes after them."""
    above = next(reversed(node))
    node[name] = value if isinstance(value, str) else _like(node[above], value)
    remarks = node.ca.items.get(above)
    if remarks and isinstance(value, str):
        node.ca.items[name] = [None, None, remarks[2], None]
        remarks[2] = None


def _like(before: Any, value: Value) -> Any:
    """The value in the style of the one that stood there."""
    if isinstance(before, CommentedBase) and isinstance(value, dict | list):
        made = CommentedMap(value) if isinstance(value, dict) else CommentedSeq(value)
        if before.fa.flow_style():
            made.fa.set_flow_style()
        return made
    if not isinstance(value, str):
        return value
    if isinstance(before, FoldedScalarString):
        return _folded(value)
    return type(before)(value) if isinstance(before, ScalarString) else value


def _folded(words: str) -> Any:
    """Words over several lines, as people write them."""
    made = FoldedScalarString(words + "\n")
    places, begin = [], 0
    for found in re.finditer(" ", words):
        if found.start() - begin >= LINE_WIDTH - 10:
            places.append(found.start())
            begin = found.start()
    made.fold_pos = places
    return made
