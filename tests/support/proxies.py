"""Proxies that change what they pass on, each in one way that real ones are known for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree as Xml

Change = Callable[[str], str]


def sorted_names(query: str) -> str:
    return "&".join(sorted(query.split("&")))


def added(query: str) -> str:
    return f"{query}&via=proxy" if query else "via=proxy"


def added_to_some(query: str) -> str:
    return added(query) if query else ""


def spaces_written_otherwise(query: str) -> str:
    return query.replace("+", "%20")


def read_and_written_again(query: str) -> str:
    return urlencode(parse_qsl(query, keep_blank_values=True))


CHANGES: Mapping[str, Change] = {
    "passes on": lambda query: query,
    "sorts": sorted_names,
    "reads and writes again": read_and_written_again,
    "writes spaces otherwise": spaces_written_otherwise,
    "escapes dots": lambda query: query.replace(".", "%2E"),
    "escapes tildes": lambda query: query.replace("~", "%7E"),
    "escapes in small letters": lambda query: query.replace("~", "%7e").replace("-", "%2d"),
    "drops": lambda query: "",
    "adds": added,
    "adds to some": added_to_some,
    "lower-cases": str.lower,
}


def proxy(application, change: Change):
    """``application`` behind a proxy that changes the query so."""

    def passed_on(environ, start):
        environ["QUERY_STRING"] = change(environ.get("QUERY_STRING", ""))
        return application(environ, start)

    return passed_on


HARMLESS = ("sorts", "reads and writes again", "writes spaces otherwise")


def unharmed(address: str) -> bool:
    """Whether an address arrives as it was given out, through each proxy that does no harm."""
    query = urlsplit(address).query
    return all(CHANGES[name](query) == query for name in HARMLESS)


def given_out(body: bytes, base_url: str) -> list[str]:
    """Every address of the line's in an answer: attributes, and what stands between two tags."""
    elements = Xml.fromstring(body).iter() if body.lstrip().startswith(b"<") else ()
    texts = [text for each in elements for text in (each.text or "", *each.attrib.values())]
    return [text.strip() for text in texts if text.strip().startswith(base_url)]
