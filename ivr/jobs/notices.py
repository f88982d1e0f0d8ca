"""Staff are told that something waits: by mail or text, once, and again until it is done.

Owns when they are told again and the words, which name nobody. A text goes the way of all texts,
so it is sent once; a mail has one id for ever, so that one sent twice is one to who reads it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ivr import mail
from ivr.config import LONDON, MailSettings
from ivr.hours import Hours, later
from ivr.jobs.waits import backoff
from ivr.store import Notice, Notices, Outbox
from ivr.store.limits import NOTICE

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(hours=1)
"""Working time after which staff are told again, while nobody has taken it."""
TAKEN_FOR = timedelta(hours=8)
"""Working time, about a day of it, after which they are told of what was taken and is not done."""
WHAT = {"message": "a message", "callback": "a request to be rung back"}
HOW = "To see what waits: {}/office/waiting"


class NoticeJob:
    """The job of telling staff once. ``hours()`` gives the opening hours as they are now;
    ``base_url`` is where the staff pages are."""

    def __init__(
        self,
        notices: Notices,
        outbox: Outbox,
        mail_settings: MailSettings | None,
        staff_mobile: str,
        hours: Callable[[], Hours],
        base_url: str,
    ) -> None:
        self._notices = notices
        self._outbox = outbox
        self._mail = mail_settings
        self._mobile = staff_mobile
        self._hours = hours
        self._how = HOW.format(base_url)

    def due(self, now: datetime, most: int) -> list[tuple[str, int]]:
        """See Kind."""
        return self._notices.due(now, most)

    def attempt(self, notice_id: str) -> str:
        """Tell staff, unless the item is done, or somebody has it in hand."""
        now = datetime.now(UTC)
        told = self._notices.claim(notice_id, now)
        if told is None:
            return "not needed"
        if told.taken_at and now < (due := self._after(told.taken_at, TAKEN_FOR)):
            self._notices.later(told, due, "taken")
            return "taken"
        try:
            if self._tell(told, now) == "limit":
                log.warning("staff are not told by text: the limit of texts to staff is reached")
                self._notices.later(told, self._after(now, AGAIN_AFTER), "limit")
                return "limit"
        except mail.MailError as error:
            log.warning("staff could not be told by mail: %s", error)
            self._notices.later(told, now + backoff(told.tries, unclear=True), str(error))
            return "later"
        self._notices.sent(told, now, self._after(now, TAKEN_FOR if told.taken_at else AGAIN_AFTER))
        return "told"

    def _after(self, moment: datetime, working: timedelta) -> datetime:
        """The moment after so much working time."""
        return later(self._hours(), moment.astimezone(LONDON), working).astimezone(UTC)

    def _tell(self, told: Notice, now: datetime) -> str:
        """Tell staff in the way of this notice; what became of the text where it is one."""
        if told.way == "text" and self._mobile:
            return self._outbox.queue(told.id, NOTICE, "en", self._mobile, words(told), now)
        if told.way == "mail" and self._mail:
            mail.send(self._mail, words(told), f"{words(told)}\n\n{self._how}\n", told.id)
        return ""


def words(told: Notice) -> str:
    """What staff read: that something waits, and that it still does. Nothing of who or why."""
    if told.taken_at:
        return f"Advice line: {WHAT[told.kind]} was taken, and is not done yet."
    still = "still waits" if told.number > 1 else "waits"
    return f"Advice line: {WHAT[told.kind]} {still}."
