#!/usr/bin/env python3
"""Cut from Twilio's OpenAPI documents what the tests hold the line and the simulator against.

Owns which operations those are, and what of them is left out: words for people, and whatever no
test reads. Changes nothing that is kept, so a cut can be compared with a newer document's.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
OPERATIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "api_v2010.json": {
        "/2010-04-01/Accounts/{Sid}.json": ("get",),
        f"{ACCOUNT}/Messages.json": ("get", "post"),
        f"{ACCOUNT}/Messages/{{Sid}}.json": ("get", "post", "delete"),
        f"{ACCOUNT}/Calls.json": ("post",),
        f"{ACCOUNT}/Calls/{{Sid}}.json": ("get",),
        f"{ACCOUNT}/Recordings.json": ("get",),
        f"{ACCOUNT}/Recordings/{{Sid}}.json": ("get", "delete"),
        f"{ACCOUNT}/IncomingPhoneNumbers.json": ("get",),
        f"{ACCOUNT}/IncomingPhoneNumbers/{{Sid}}.json": ("get", "post"),
    },
    "lookups_v2.json": {
        "/v2/PhoneNumbers/{PhoneNumber}": ("get",),
        "/v2/PhoneNumbers/{PhoneNumber}/Overrides/{Field}": ("get",),
    },
}
"""The operations of each cut, which is named as Twilio's document is without ``twilio_``.

Only the overrides of Lookup name every kind of number; nobody asks for them.
"""

LEFT_OUT = frozenset({"description", "summary", "tags", "security", "headers", "title", "example"})
NAMED = frozenset({"properties", "content", "responses"})
"""Objects whose keys are names, not words of OpenAPI."""
SCHEMAS = "#/components/schemas/"
HERE = Path(__file__).resolve().parent.parent / "tests" / "twilio"

Json = Mapping[str, Any]


def cut(document: Json, operations: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """The operations and all schemas they need. Raises KeyError for an operation that is gone."""
    paths = {
        path: {method: bare(document["paths"][path][method]) for method in methods}
        for path, methods in operations.items()
    }
    info = {name: document["info"][name] for name in ("title", "version", "license")}
    schemas = {
        name: bare(document["components"]["schemas"][name]) for name in _needed(document, paths)
    }
    return {
        "openapi": document["openapi"],
        "info": info,
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def bare(node: Any, names: bool = False) -> Any:
    """A part of the document without what no test reads. ``names``: its keys are names."""
    if isinstance(node, list):
        return [bare(each) for each in node]
    if not isinstance(node, Mapping):
        return node
    return {
        key: value if key == "examples" else bare(value, not names and key in NAMED)
        for key, value in node.items()
        if names or not (key in LEFT_OUT or key.startswith("x-") or _is_asked(node, key))
    }


def _is_asked(node: Json, key: str) -> bool:
    """Examples of a parameter, which no test reads; those of answers are read."""
    return key == "examples" and "in" in node


def _needed(document: Json, paths: Json) -> set[str]:
    """The names of all schemas that these operations refer to, and those that these refer to."""
    found: set[str] = set()
    waiting = list(_references(paths))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _references(document["components"]["schemas"][name])
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(reference := node.get("$ref"), str):
            yield reference.removeprefix(SCHEMAS)
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _references(each)


def written(document: Json) -> str:
    """A cut as it stands in its file."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def cut_from(folder: Path) -> dict[str, str]:
    """The cuts of the documents in ``folder``, by the names of their files. Raises OSError."""
    read = {name: json.loads((folder / f"twilio_{name}").read_text("utf-8")) for name in OPERATIONS}
    return {name: written(cut(read[name], of)) for name, of in OPERATIONS.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the cuts into tests/twilio, or say which of those there are not what is cut now."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "folder", type=Path, help="holds twilio_api_v2010.json and twilio_lookups_v2.json"
    )
    parser.add_argument("--to", type=Path, default=HERE, help="where to write; tests/twilio")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    given = parser.parse_args(arguments)
    cuts = cut_from(given.folder)
    if given.check:
        kept = {name: (given.to / name).read_text("utf-8") for name in cuts}
        differ = [name for name in cuts if cuts[name] != kept[name]]
        raise SystemExit(f"not what is cut now: {', '.join(differ)}" if differ else 0)
    for name, text in cuts.items():
        (given.to / name).write_text(text, encoding="utf-8")
        print(f"{given.to / name}: {len(text) // 1000} kB")


if __name__ == "__main__":
    main()
