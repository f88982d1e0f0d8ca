"""Addresses of pages and of mail: which are whole, and which can be reached from outside.

Owns their forms. Nothing is asked of a network: a name that is well-formed may still be nobody's.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from urllib.parse import urlsplit

HIGHEST_PORT = 65_535
LABEL = r"[a-z0-9]([a-z0-9-]{,61}[a-z0-9])?"
NAME = rf"{LABEL}(\.{LABEL})*"
STEP = r"/(?!\.{1,2}(/|$))([\w.~-]|%[0-9a-f]{2})+"
"""A folder of a path; never one that leads up."""
PAGE = re.compile(rf"https?://{NAME}(:[1-9]\d{{,4}})?({STEP})*/?", re.ASCII | re.IGNORECASE)
"""An address to which a path can be added, and nothing of which could be lost on the way."""
LAST = r"[a-z]([a-z0-9-]{,61}[a-z0-9])"
PUBLIC_NAME = re.compile(rf"({LABEL}\.)+{LAST}", re.ASCII)
"""A name with a domain, which figures alone are not."""
NOT_PUBLIC = (".localhost", ".local", ".internal", ".invalid", ".test", ".onion")
"""Domains that lead nowhere from outside (RFC 6761, RFC 6762, RFC 7686 and ICANN's own)."""
OWN_PAGES = ("/office", "/voice", "/sms", "/staff", "/phone", "/audio")
"""Where the line's own pages begin: one of them was copied, and not where the line is."""
WORD = r"[\w!#$%&'*+/=?^`{|}~-]+"
MAIL = re.compile(
    rf"(?=.{{,254}}$)(?=[^@]{{1,64}}@){WORD}(\.{WORD})*@({LABEL}\.)+{LAST}",
    re.ASCII | re.IGNORECASE,
)
"""As it is mostly written (RFC 5321): words with dots between, and a name with a domain."""


def is_whole(address: str) -> bool:
    """Whether this is the address of a page or a folder."""
    if not PAGE.fullmatch(address):
        return False
    host, _, port = urlsplit(address).netloc.partition(":")
    return int(port or 0) <= HIGHEST_PORT and (bool(re.search(r"[a-z]", host, re.I)) or _ip(host))


def is_public(address: str) -> bool:
    """Whether Twilio could ask this whole address, by https and a name; no page of the line."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    named = PUBLIC_NAME.fullmatch(host) and not f".{host}".endswith(NOT_PUBLIC)
    return parts.scheme == "https" and bool(named) and not f"{parts.path}/".startswith(_below)


def is_here(address: str) -> bool:
    """Whether a whole address leads to this machine, as that of a demo does."""
    host = urlsplit(address).hostname or ""
    return f".{host}".endswith(".localhost") or (host.startswith("127.") and _ip(host))


def is_mail(text: str) -> bool:
    """Whether this is the address of a mailbox."""
    return bool(MAIL.fullmatch(text))


_below = tuple(f"{each}/" for each in OWN_PAGES)


def _ip(host: str) -> bool:
    try:
        return bool(IPv4Address(host))
    except ValueError:
        return False
