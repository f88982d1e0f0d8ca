"""Requests and answers held against Twilio's own OpenAPI documents.

Owns the part of OpenAPI 3.0 that they use for what the line asks. What is needed of them stands in
tests/twilio; tools/twilio_openapi.py cuts it from the whole documents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from tests.support.paths import ROOT

CUTS = ROOT / "tests" / "twilio"

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
RFC_2822 = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d [+-]\d{4}"
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
ERROR: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "more_info": {"type": "string", "format": "uri"},
        "status": {"type": "integer"},
    },
}
"""The document names no failures; this is the form on Twilio's page about its API's responses."""

Schema = Mapping[str, Any]
Values = Mapping[str, Sequence[str]]


def _is_uri(text: str) -> bool:
    return bool(text) and not re.search(r"\s", text) and bool(urlsplit(text).path)


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return _is_uri(text) and parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_moment(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _is_rfc_2822(text: str) -> bool:
    try:
        stamp = datetime.strptime(text, "%a, %d %b %Y %H:%M:%S %z")
    except ValueError:
        return False
    return bool(re.fullmatch(RFC_2822, text)) and text.startswith(f"{stamp:%a}")


FORMATS: Mapping[str, Callable[[Any], bool]] = {
    "phone-number": lambda text: bool(re.fullmatch(r"\+[1-9]\d{6,14}", text)),
    "endpoint": lambda text: bool(re.fullmatch(r"\+[1-9]\d{6,14}|(sip|client):\S+", text)),
    "twiml": lambda text: text.lstrip().startswith(("<?xml", "<Response")),
    "uri": _is_uri,
    "uri-map": lambda links: all(
        isinstance(link, str) and _is_uri(link) for link in links.values()
    ),
    "date-time": _is_moment,
    "date-time-rfc-2822": _is_rfc_2822,
    "http-method": lambda word: word in ("GET", "POST"),
    "phone-number-capabilities": bool,
    "currency": lambda text: bool(re.fullmatch(r"[A-Za-z]{3}", text)),
    "int32": lambda number: abs(number) < 2**31,
    "int64": lambda number: abs(number) < 2**63,
}


def _excused(examples: Mapping[str, Any]) -> tuple[str, ...]:
    """How complaints begin of what is null or empty in Twilio's own examples too.

    The schemas forget to say so in places.
    """
    return tuple(says for each in examples.values() for says in _emptied("answer", each["value"]))


def _emptied(name: str, value: Any) -> Iterator[str]:
    if value is None:
        yield f"{name}: must not be null"
    if value == "":
        yield f"{name}: '' "
    for key, each in value.items() if isinstance(value, Mapping) else ():
        yield from _emptied(f"{name}.{key}", each)
    for each in value if isinstance(value, list) else ():
        yield from _emptied(f"{name}[]", each)


class Document:
    """The documents as one, and what is wrong with a request or an answer by them."""

    def __init__(self, parsed: Sequence[Mapping[str, Any]]) -> None:
        self._paths = {path: of for each in parsed for path, of in each["paths"].items()}
        schemas = [each["components"]["schemas"] for each in parsed]
        self._schemas = {name: schema for each in schemas for name, schema in each.items()}

    @classmethod
    def read(cls) -> Document:
        """What is needed of Twilio's documents."""
        return cls([json.loads(path.read_text("utf-8")) for path in sorted(CUTS.glob("*.json"))])

    def request(self, method: str, path: str, query: Values, form: Values) -> list[str]:
        """What is wrong with a request; empty when it is valid."""
        found = self._operation(method, path)
        if found is None:
            return [f"{method} {path}: no such operation"]
        operation, in_path = found
        parameters = operation.get("parameters", [])
        content = operation.get("requestBody", {}).get("content", {})
        body = content.get(FORM, {}).get("schema", {})
        asked = {each["name"]: each["schema"] for each in parameters if each["in"] == "query"}
        needed = [
            each["name"] for each in parameters if each["in"] == "query" and each.get("required")
        ]
        nodes = {each["name"]: each["schema"] for each in parameters if each["in"] == "path"}
        return [
            *self._values(in_path, nodes, list(nodes)),
            *self._values(query, asked, needed),
            *self._values(form, body.get("properties", {}), body.get("required", [])),
        ]

    def response(self, method: str, path: str, status: int, kind: str, body: bytes) -> list[str]:
        """What is wrong with an answer; empty when it is valid."""
        found = self._operation(method, path)
        if status >= 400:
            return list(self._json(kind, body, ERROR, status))
        if found is None:
            return [f"{method} {path}: no such operation"]
        described = found[0]["responses"].get(str(status))
        if described is None:
            return [f"{status}: not an answer to {method} {path}"]
        content = described.get("content", {})
        if not content:
            return [f"{status}: has a body"] if body else []
        excused = _excused(content[JSON].get("examples", {}))
        said = self._json(kind, body, content[JSON]["schema"], None)
        return [each for each in said if not re.sub(r"\[\d+\]", "[]", each).startswith(excused)]

    def examples(self, method: str, template: str) -> dict[str, Any]:
        """Twilio's own examples of answers to an operation, by their names."""
        answers = self._paths[template][method.lower()]["responses"].values()
        found = [each.get("content", {}).get(JSON, {}).get("examples", {}) for each in answers]
        return {name: value["value"] for each in found for name, value in each.items()}

    def _operation(self, method: str, path: str) -> tuple[Mapping[str, Any], Values] | None:
        """The operation at this address, and the values in its path."""
        for template, operations in self._paths.items():
            names = re.findall(r"{(\w+)}", template)
            pattern = "([^/]+)".join(map(re.escape, re.split(r"{\w+}", template)))
            matched = re.fullmatch(pattern, path)
            if matched and method.lower() in operations:
                nodes = zip(names, matched.groups(), strict=True)
                return operations[method.lower()], {name: [value] for name, value in nodes}
        return None

    # --- values as they are sent: all are texts ------------------------------------------------

    def _values(
        self, given: Values, known: Mapping[str, Schema], needed: Sequence[str]
    ) -> Iterator[str]:
        yield from (f"{name}: is required" for name in needed if name not in given)
        for name, values in given.items():
            if name not in known:
                yield f"{name}: no such parameter"
                continue
            schema = self._resolved(known[name])
            if schema["type"] != "array" and len(values) > 1:
                yield f"{name}: is given {len(values)} times"
            each = schema.get("items", {}) if schema["type"] == "array" else schema
            for value in values:
                yield from self._value(name, value, each)

    def _value(self, name: str, value: str, schema: Schema) -> Iterator[str]:
        schema = self._resolved(schema)
        if schema.get("format") == "uri" and not _is_address(value):
            yield f"{name}: {value!r} is no web address"
            return
        try:
            yield from self._fits(name, _typed(value, schema["type"]), schema)
        except ValueError:
            yield f"{name}: {value!r} is not of type {schema['type']}"

    # --- values in JSON ------------------------------------------------------------------------

    def _json(self, kind: str, body: bytes, schema: Schema, status: int | None) -> Iterator[str]:
        if kind.partition(";")[0] != JSON:
            yield f"the answer is {kind}"
            return
        parsed = json.loads(body)
        yield from self._fits("answer", parsed, schema)
        if status is not None and parsed.get("status") != status:
            yield f"answer.status: is not {status}"

    def _fits(self, name: str, value: Any, schema: Schema) -> Iterator[str]:
        """Every property that is named must be there, as in Twilio's answers, and no other."""
        schema = self._resolved(schema)
        if value is None:
            if not schema.get("nullable"):
                yield f"{name}: must not be null"
            return
        kind = schema.get("type")
        if kind and (type(value) not in TYPES[kind]):
            yield f"{name}: {value!r} is not of type {kind}"
            return
        yield from self._bounded(name, value, schema)
        if kind == "object" and "properties" in schema:
            known = schema["properties"]
            yield from (f"{name}.{each}: no such property" for each in value.keys() - known.keys())
            yield from (f"{name}.{each}: is missing" for each in known.keys() - value.keys())
            for each in value.keys() & known.keys():
                yield from self._fits(f"{name}.{each}", value[each], known[each])
        if kind == "array":
            for number, each in enumerate(value):
                yield from self._fits(f"{name}[{number}]", each, schema["items"])

    def _bounded(self, name: str, value: Any, schema: Schema) -> Iterator[str]:
        if "enum" in schema and value not in schema["enum"]:
            yield f"{name}: {value!r} is none of {schema['enum']}"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{name}: {value!r} does not fit {schema['pattern']}"
        size = len(value) if isinstance(value, str) else 0
        if not schema.get("minLength", 0) <= size <= schema.get("maxLength", size):
            yield f"{name}: {value!r} is too short or too long"
        if "minimum" in schema and value < schema["minimum"]:
            yield f"{name}: {value!r} is too small"
        if "maximum" in schema and value > schema["maximum"]:
            yield f"{name}: {value!r} is too large"
        form = schema.get("format")
        if form and not FORMATS[form](value):
            yield f"{name}: {value!r} is no {form}"

    def _resolved(self, schema: Schema) -> Schema:
        if "$ref" in schema:
            resolved: Schema = self._schemas[schema["$ref"].rpartition("/")[2]]
            return resolved
        return schema


def _typed(value: str, kind: str) -> object:
    """A value of a form or a query as what it stands for. Raises ValueError."""
    if kind == "boolean":
        if value not in ("true", "false"):
            raise ValueError(value)
        return value == "true"
    return {"integer": int, "number": float}.get(kind, str)(value)
