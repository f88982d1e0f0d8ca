"""Rules that no look at the content can show: callers on the simulator do (``ivr callers``).

Owns only how these rules explain themselves.
"""

from __future__ import annotations

R16 = """A shaky or held key does not act twice: the same key within half a second is one press.

    Not while a number is typed, where 00 and 77 are real digits; and 9 always counts.

    Source: EN 301 549 5.7 and 5.8. Shown by the shaky caller.
    Right: 2, and 2 again after 0.3 s: making a complaint
    Wrong: 2, and 2 again after 0.3 s: the second choice of the next menu
    """
R53 = """Announcements, silence or noise at the start of a call are not "no caller".

    The line stays for at least 60 seconds.

    Source: an account by a relay user. Shown by the announcement caller: 45 s, and then keys.
    Right: a relay service speaks for 45 seconds, and then 2 is pressed
    Wrong: Nobody is there. Goodbye. - after ten seconds
    """
R60 = """The number is looked at first: only UK mobiles are texted without a further question.

    Withheld, landline and foreign callers have another way; if sending is not possible, that is
    said.

    Source: Twilio's guide to UK text messages; GOV.UK Notify. Shown by the texting callers.
    Right: (from a landline) Please enter a UK mobile number.
    Wrong: a text to a landline, read out by a robot in the night
    """
C4 = """Nothing needs the calling number: a withheld number gets the same line.

    Source: EN 301 549 5.1.3.9. Shown by the withheld caller.
    Right: the same menus and topics
    Wrong: Please ring again without withholding your number.
    """
