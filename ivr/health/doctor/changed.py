"""What becomes of an address on its way to the line, where a proxy changes it.

Owns the changes that proxies are known to make. The line takes a request only if it is signed for
the address as it arrives: so the same address is asked for once more, signed for what each change
would make of it, and the one that is taken has happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from urllib.parse import urlsplit

from ivr.simulator.wire import Answer, Transport, Wire, WireError

PUNCTUATION = "~._-"
"""Besides letters and figures, all that stands in an address of the line's (RFC 3986)."""
Signer = Callable[[Transport], Wire]


class Instead:
    """Sends to one address, whatever address is asked for."""

    def __init__(self, transport: Transport, address: str) -> None:
        self._transport, self._address = transport, address

    def send(
        self, method: str, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """See Transport."""
        return self._transport.send(method, self._address, form, headers)


def what(address: str, form: Mapping[str, str], transport: Transport, signer: Signer) -> str:
    """What happens to ``address`` on the way, in words. Takes a few requests more."""
    wire = signer(Instead(transport, address))
    for says, changed in _changes(address):
        if changed == address:
            continue
        try:
            wire.ask("POST", changed, form)
        except WireError:
            continue
        return says
    return "changes them, or adds to them"


def _changes(address: str) -> Iterator[tuple[str, str]]:
    """What might have happened, and what would then arrive."""
    parts = urlsplit(address)
    bare = parts._replace(query="").geturl()
    yield "leaves out what stands after the question mark", bare
    lower = parts._replace(path=parts.path.lower(), query=parts.query.lower())
    yield "writes them in small letters", lower.geturl()
    for escaped in _escaped(parts.query):
        yield "writes some signs in another way (such as %7E for ~)", f"{bare}?{escaped}"


def _escaped(query: str) -> Iterator[str]:
    """The query with some of its punctuation escaped, in capitals or small letters."""
    for size in range(1, len(PUNCTUATION) + 1):
        for signs in combinations(PUNCTUATION, size):
            for form in ("%{:02X}", "%{:02x}"):
                table = {ord(sign): form.format(ord(sign)) for sign in signs}
                yield query.translate(table)
