"""An edition that is older than the program, made whole with the program's own words.

Owns what is filled in and what is left out. What an edition has always wins, and a file of it that
cannot be read stays as it is, for the reader to refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from ivr.content import schema
from ivr.content.files import Files, files_of, version_of_files
from ivr.content.load import joined
from ivr.content.parser import text_of, tree_of
from ivr.content.source import FILES_KEPT, Reading, plain_of
from ivr.line.model import Line
from ivr.line.phrases import SAYS

Place = tuple[str | int, ...]
Tree = dict[str, Any]
SHAPES: Mapping[str, type[BaseModel]] = {
    "line": schema.LineFile,
    "flow": schema.FlowFile,
    "facts": schema.FactsFile,
    "says": schema.SaysFile,
    "menus": schema.MenusFile,
    "forms": schema.FormsFile,
    "pieces": schema.PiecesFile,
    "questions": schema.QuestionsFile,
    "topics": schema.TopicFile,
}
PROGRAMS = ("says", "questions", "pieces", "forms")
"""Files whose names the program gives: one that is missing, file or name, is filled in."""
MENDED = {"missing", "extra_forbidden", "too_short"}
"""What may be wrong with the shape of a file that is filled in."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Files that lack nothing. ``lacks``: what was filled in; ``unknown``: what was left out."""

    files: Files
    lacks: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def load_whole(root: Path, own: Path) -> Line:
    """The line of an edition, made whole with what is in ``own``, under the edition's own version.

    ``own`` itself is read as it is. Raises ContentError.
    """
    files = files_of(root)
    whole = filled(files, files_of(own))
    line = _line(tuple(whole.files.items()), own)
    version = version_of_files(files)
    return replace(line, version=version, lacks=whole.lacks, unknown=whole.unknown)


@lru_cache(maxsize=2)
def _line(files: tuple[tuple[str, bytes], ...], own: Path) -> Line:
    """What these files describe. The last ones are kept: golden calls each begin with them anew."""
    return joined(Reading(dict(files), own)).line


def filled(files: Files, own: Files, since: Files | None = None) -> Whole:
    """``files`` with what they lack of ``own``, and without what the program does not know.

    ``since``: what a draft began from. What is wrong in the draft alone is a slip, and stays for
    its writer to mend.
    """
    if files == own:
        return Whole(files)
    folders = {name.rpartition("/")[0] for name in files}
    absent = {name for name in own if _kind(name) in PROGRAMS}
    absent = {name for name in absent if name.rpartition("/")[0] in folders}
    flow = _plain(files.get("flow.yaml", b"")) or {}
    ways = [flow.get("topics"), flow.get("forms")]
    nodes = frozenset(name for each in ways if isinstance(each, dict) for name in each)
    made, lacks, unknown = dict(files), [], []
    for name in sorted(files.keys() | absent):
        texts = (each.get(name, b"") for each in (files, own, files if since is None else since))
        made[name], more, less = _mended(name, *texts, nodes)
        lacks += more
        unknown += less
    return Whole(made, tuple(dict.fromkeys(lacks)), tuple(dict.fromkeys(unknown)))


@lru_cache(maxsize=2 * FILES_KEPT)
def _mended(
    file: str, raw: bytes, own: bytes, since: bytes, nodes: frozenset[str]
) -> tuple[bytes, list[str], list[str]]:
    """One file made whole, and the names of what was filled in and of what was left out."""
    kind, given = _kind(file), _plain(raw)
    if kind == "questions" and (not raw or _errors(kind, _plain(since) or {})):
        return _questions(own, nodes), [kind], []
    if raw == own or given is None or not MENDED.issuperset(_errors(kind, given).values()):
        return raw, [], []
    ours, before = _plain(own) or {}, _plain(since) or {}
    ours = {} if _errors(kind, ours) else ours
    takes = dict(_lacking(kind, given, ours, before, nodes))
    drops = [path for path in _unknown(kind, given) if _at(before, path) is not None]
    if raw and not takes and not drops:
        return raw, [], []
    tree = tree_of(raw.decode()) or CommentedMap()
    for path in drops:
        del _at(tree, path[:-1])[path[-1]]
    for path, value in takes.items():
        _at(tree, path[:-1])[path[-1]] = value
    return text_of(tree).encode(), _named(file, takes), _named(file, drops)


def _lacking(
    kind: str, given: Tree, ours: Tree, before: Tree, nodes: frozenset[str]
) -> Iterator[tuple[Place, Any]]:
    """What is to be put at which place: first what the shape asks for, then whole names."""
    for path, wrong in _errors(kind, given).items():
        stands, there = _at(given, path), _at(ours, path)
        if wrong == "missing" and there is not None:
            yield path, there
        elif wrong == "too_short" and kind in PROGRAMS and there:
            longer = isinstance(stands, list)
            yield path, [*stands, *there[len(stands) :]] if longer else {**there, **stands}
    known = {"says": SAYS, "forms": nodes}.get(kind, ours)
    for name in ours if kind in PROGRAMS else ():
        if name in known and (name not in given or _unfit(kind, name, given, before)):
            yield (name,), ours[name]


def _unfit(kind: str, name: str, given: Tree, before: Tree) -> bool:
    """Whether a phrase that was published has other fields in braces than the program fills now."""
    published = kind == "says" and before.get(name) == given[name]
    return published and bool(schema.faults_of_phrase(name, given[name]))


def _questions(own: bytes, nodes: frozenset[str]) -> bytes:
    """The program's own table of what texts ask for, as far as the edition has topics for it.

    One that a program before this wrote has another shape, and is replaced whole.
    """
    tree = tree_of(own.decode())
    for label in [each for each, names in tree["topics"].items() if nodes.isdisjoint(names)]:
        del tree["topics"][label]
    return text_of(tree).encode()


def _unknown(kind: str, given: Tree) -> Iterator[Place]:
    yield from (path for path, wrong in _errors(kind, given).items() if wrong == "extra_forbidden")
    yield from ((name,) for name in given if kind == "says" and name not in SAYS)


def _errors(kind: str, given: Tree) -> dict[Place, str]:
    """What the shape of the file has against it: where, and of what kind."""
    try:
        if kind in SHAPES:
            SHAPES[kind].model_validate(given)
    except ValidationError as error:
        return {each["loc"]: each["type"] for each in error.errors()}
    return {}


def _plain(raw: bytes) -> Tree | None:
    """What stands in a file; None where it cannot be read."""
    try:
        found = plain_of(raw.decode()) or {}
    except (YAMLError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _at(node: Any, path: Place) -> Any:
    for step in path:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return None
    return node


def _kind(file: str) -> str:
    path = PurePosixPath(file)
    return "topics" if path.parent.name == "topics" else path.stem


def _named(file: str, paths: Sequence[Place] | Mapping[Place, Any]) -> list[str]:
    """As people know them: a phrase by its name, all else with its file before it.

    Nobody hears where a fact is from.
    """
    if _kind(file) == "facts":
        return []
    before = [] if _kind(file) == "says" else [PurePosixPath(file).stem]
    return [".".join(map(str, (*before, *path))) for path in paths]
