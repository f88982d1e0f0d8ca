"""The simulator's mailbox keeps what is sent to it over SMTP."""

from __future__ import annotations

import smtplib
import threading
from email.message import EmailMessage

import pytest

from ivr.simulator.mail import HERE, Mailbox


@pytest.fixture
def mailbox():
    with Mailbox() as made:
        yield made


def letter(subject: str = "Résumé", body: str = "One.\nTwo: é.\n") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"] = "line@example.org", "desk@example.org, other@example.org"
    made["Subject"], made["Message-ID"] = subject, "<1@example.org>"
    made.set_content(body)
    return made


def send(port: int, message: EmailMessage) -> None:
    with smtplib.SMTP(HERE, port, timeout=30) as smtp:
        smtp.send_message(message)


def test_a_mail_is_kept_as_it_was_sent(mailbox):
    send(mailbox.port, letter())
    (mail,) = mailbox.mails
    assert mail.sender == "line@example.org"
    assert mail.recipients == ("desk@example.org", "other@example.org")
    assert (mail.subject, mail.body) == ("Résumé", "One.\nTwo: é.\n")
    assert mail.message_id == "<1@example.org>" and mail.at.tzinfo


def test_a_mail_in_two_forms_is_read_in_its_plain_one(mailbox):
    message = letter()
    message.add_alternative("<p>One.</p>", subtype="html")
    send(mailbox.port, message)
    assert mailbox.mails[0].body == "One.\nTwo: é.\n"


def test_mails_are_refused_so_many_times_and_then_taken(mailbox):
    mailbox.refuse(2)
    for _ in range(2):
        with pytest.raises(smtplib.SMTPDataError) as error:
            send(mailbox.port, letter())
        assert error.value.smtp_code == 451
    assert mailbox.mails == []
    send(mailbox.port, letter())
    assert len(mailbox.mails) == 1


def test_mails_that_come_at_once_are_all_kept(mailbox):
    subjects = {f"Mail {n}" for n in range(20)}
    senders = [
        threading.Thread(target=send, args=(mailbox.port, letter(subject))) for subject in subjects
    ]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    assert {mail.subject for mail in mailbox.mails} == subjects


def test_a_mailbox_that_was_stopped_keeps_its_mail_and_its_port():
    mailbox = Mailbox()
    with mailbox:
        send(mailbox.port, letter())
    with pytest.raises(OSError, match="refused"):
        send(mailbox.port, letter())
    with mailbox:
        send(mailbox.port, letter())
    assert len(mailbox.mails) == 2
