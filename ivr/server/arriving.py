"""Requests on their way in: nobody takes a thread before what they send is there whole.

Owns how long a request may take to arrive, and when it is whole. A body that is larger than any
webhook's or form's is not waited for here: it is a file of staff's, or it is refused unread.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from socket import socket

LONGEST = 10.0
"""Seconds from a request's first byte to its last. Twilio, or a proxy that hands on what is there
whole, needs some thousandths."""
MOST_HEADERS = 32 * 1024
MOST_WAITED_FOR = 64 * 1024
"""Bytes of a body; callers' are smaller, and so is every form but two."""
A_PIECE = 64 * 1024
LEAVING = 2.0
"""Seconds for which who was answered for the last time may still send, so that the answer is not
lost (RFC 9112, section 9.6)."""
END_OF_HEADERS = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
IN_CHUNKS = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
LAST_CHUNK = b"0\r\n\r\n"


def gone(way: socket) -> bool:
    """Whether who was answered has gone; what they still send is not kept."""
    try:
        while way.recv(A_PIECE):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


class SenderGoneError(Exception):
    """Whoever sent this has gone before it was whole."""


@dataclass
class Arrival:
    """What has come of one request, and until when the rest is waited for."""

    got: bytearray = field(default_factory=bytearray)
    until: float = field(default_factory=lambda: time.monotonic() + LONGEST)

    def hear(self, way: socket) -> bool:
        """Take what has come; whether that is enough to answer it. Raises GoneError."""
        try:
            while not self._whole():
                piece = way.recv(A_PIECE)
                if not piece:
                    raise SenderGoneError
                self.got += piece
        except BlockingIOError:
            return False
        except OSError as error:
            raise SenderGoneError from error
        return True

    def told(self) -> bytes:
        """What a thread is told of it. After one of which more is to come the connection ends.

        Else who answers it waits for the rest, to answer another request after it.
        """
        line, end, rest = bytes(self.got).partition(b"\r\n")
        large = len(self.got) > MOST_WAITED_FOR
        return line + end + (b"Connection: close\r\n" if large else b"") + rest

    def _whole(self) -> bool:
        head, end, body = self.got.partition(END_OF_HEADERS)
        if not end or len(self.got) > MOST_HEADERS + MOST_WAITED_FOR:
            return len(self.got) > MOST_HEADERS
        if IN_CHUNKS.search(head):
            return body.endswith(LAST_CHUNK) or len(body) > MOST_WAITED_FOR
        told = LENGTH.search(head + END_OF_HEADERS)
        return len(body) >= min(int(told[1]) if told else 0, MOST_WAITED_FOR)
