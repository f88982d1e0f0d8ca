"""Mail to staff: one short plain message handed to a mail server.

Owns the conversation with that server. Nothing about a caller is ever in a mail.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from ivr.config import MailSettings

TIMEOUT = 10
"""Seconds for each answer of the server."""


class MailError(Exception):
    """The server did not take it: why. It may be tried again."""


def send(settings: MailSettings, subject: str, body: str, message_id: str) -> None:
    """Hand one mail over. The same ``message_id`` is the same mail, should it be sent twice.

    Raises MailError.
    """
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = (
        subject,
        settings.sender,
        settings.recipient,
    )
    message["Message-ID"] = f"<{message_id}@{settings.sender.rpartition('@')[2]}>"
    message.set_content(body)
    with _signed_in(settings) as server:
        server.send_message(message)


def greet(settings: MailSettings) -> None:
    """Say hello to the server and sign in, and nothing more. Raises MailError."""
    with _signed_in(settings) as server:
        server.noop()


@contextmanager
def _signed_in(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    try:
        with _server(settings) as server:
            if settings.user:
                server.login(settings.user, settings.password)
            yield server
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(type(error).__name__) from error


def _server(settings: MailSettings) -> smtplib.SMTP:
    where = (settings.host, settings.port)
    if settings.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(*where, timeout=TIMEOUT, context=context)
    server = smtplib.SMTP(*where, timeout=TIMEOUT)
    if settings.security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server
