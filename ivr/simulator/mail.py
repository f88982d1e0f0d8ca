"""The simulator's mailbox: takes mail over SMTP on this machine, and keeps it.

Owns the mails that were handed over. Nothing is passed on.
"""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HERE = "127.0.0.1"
READY = 2.0
"""Seconds in which the server answers, or its port is taken."""
TAKEN = "250 OK"
LATER = "451 Requested action aborted: error in processing"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it was taken. ``body`` is its plain text; ``message_id`` as in its header."""

    sender: str
    recipients: tuple[str, ...]
    subject: str
    body: str
    message_id: str
    at: datetime


class Mailbox:
    """An SMTP server that keeps what it is sent. May be used as a context.

    ``port`` 0 is any free one; which, is known once the mailbox is there.
    """

    def __init__(self, port: int = 0) -> None:
        self.port = port or _free_port()
        self._mails: list[Mail] = []
        self._refusals = 0
        self._lock = threading.Lock()
        self._server: Controller | None = None

    @property
    def mails(self) -> list[Mail]:
        """Every mail that was taken, the oldest first."""
        with self._lock:
            return list(self._mails)

    def start(self) -> None:
        """Take mail from now on. Raises OSError where the port is not free."""
        self._server = Controller(self, hostname=HERE, port=self.port, ready_timeout=READY)
        self._server.start()

    def stop(self) -> None:
        """Take no more mail; what was taken is kept."""
        if self._server:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Mailbox:
        self.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.stop()

    def refuse(self, times: int) -> None:
        """Refuse the next mails, so many of them, with 451: the sender may try again later."""
        with self._lock:
            self._refusals = times

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail; what its sender is answered."""
        mail = _read(envelope)
        with self._lock:
            if self._refusals:
                self._refusals -= 1
                return LATER
            self._mails.append(mail)
        return TAKEN


def _read(envelope: Envelope) -> Mail:
    content = envelope.content
    raw = content.encode() if isinstance(content, str) else content or b""
    message = message_from_bytes(raw, _class=EmailMessage, policy=default)
    part = message.get_body(("plain",))
    return Mail(
        sender=envelope.mail_from or "",
        recipients=tuple(envelope.rcpt_tos),
        subject=str(message["Subject"] or ""),
        body=part.get_content().replace("\r\n", "\n") if part else "",
        message_id=str(message["Message-ID"] or ""),
        at=datetime.now(UTC),
    )


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HERE, 0))
        port: int = found.getsockname()[1]
        return port
