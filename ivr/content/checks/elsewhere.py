"""Rules that the words cannot break: tests of the call flow hold them, or callers show them.

Owns only how these rules explain themselves.
"""

from __future__ import annotations

from collections.abc import Mapping

BY_TESTS: Mapping[str, str] = {
    "R06": """
        Before the choices of a menu their number is said, and it is right.

        Source: Irish Customer Communications Toolkit.
        Right: There are four choices. To …, press 1.
        Wrong: a menu that just begins
        """,
    "R08": """
        From everywhere one can hear it again, go back as far as the main menu, and get a
        person.

        Source: W3C cognitive accessibility guidance (COGA), voice menus.
        Right: star in a topic leads to the menu it was chosen from, then to the main menu
        Wrong: a node where star says "that key is not used here"
        """,
    "R09": """
        On arrival a node says its name first, and a topic then its short version; at its end
        it says what comes next.

        Source: W3C COGA; Home Office posters on designing for people with anxiety.
        Right: Making a complaint. Usually, you need to talk to them first. …
        Wrong: a topic that keeps what to do until the end
        """,
    "R10": """
        0 leads to a person from every node with one press, even in the middle of speech.

        While a number is typed, a lone 0 does. When nobody is there, it leads to the words
        that say so. Who has heard something is first asked if the adviser may be told;
        saying nothing, or 0 again, rings.

        Source: W3C COGA; gethuman standard; ISO/IEC 13714.
        Right: For a person, press 0 - and it works while the line is speaking
        Wrong: 0 is "not used here" in a sub-menu
        """,
    "R11": """
        Star is back, hash is again, 8 is how it is heard, 1 is yes and 2 is no; 9 never
        ends a call.

        Source: ISO/IEC 13714 and AS/NZS 4263 for star, 0, yes and no; hash and 8 are our
        own.
        Right: a Gather of a menu with finishOnKey="", so that hash arrives as a key
        Wrong: finishOnKey="#" in a menu: hash is swallowed
        """,
    "R15": """
        Everything works by single key presses; only a number and a date are long entries.

        Source: US Telecommunications Act guidelines 1193.41(g)-(i); EN 301 549 5.9.
        Right: <Gather input="dtmf" numDigits="1" …>
        Wrong: <Gather input="speech" …>
        """,
    "R17": """
        After a key the line is quiet for half a second, so that the phone is back at the
        ear.

        Source: Avaya IR design guidelines.
        Right: a pause of 500 ms first, inside the Gather
        Wrong: speech that begins while the phone is still in front of the eyes
        """,
    "R18": """
        What was chosen is confirmed by its name.

        Source: W3C COGA; IBM and Avaya guides.
        Right: (2 pressed) Making a complaint. …
        Wrong: (2 pressed) Do you think the school could do more? …
        """,
    "R31": """
        After the last word the line waits at least 10 seconds for an answer.

        The pause between two parts of a topic is no wait for an answer: the next part comes
        by itself.

        Source: IBM timing guide; ISO/IEC 13714; Twilio, whose own wait is 5 s unless it is
        set.
        Right: <Gather timeout="10" …>
        Wrong: <Gather …> without a timeout
        """,
    "R32": """
        Each wait is longer than the one before: 10, 15, 20 seconds or more, 100 in all.

        For who asked for slower speech each is half as long again, the pause between two parts
        too.

        Source: WCAG 2.2.1; Irish NDA guidelines 2.1.
        Right: 10, 20, 30 and 40 seconds
        Wrong: three times five seconds
        """,
    "R33": """
        The line ends a call only after a spoken warning and 20 seconds in which any key
        goes on.

        Source: WCAG 2.2.1; 36 CFR 1194.23(d); gethuman standard.
        Right: To stay on the line, press any key. … - and then 20 seconds
        Wrong: a Hangup after the third silence; a document that just ends
        """,
    "R34": """
        After slips comes a person: the choices are presented twice, four slips in a call at
        most.

        Source: Irish toolkit; Avaya; W3C COGA.
        Right: Key 7 is not used here. … (again) I will ring a person now.
        Wrong: the same message for ever
        """,
    "R37": """
        Hash says it again, as often as one likes, at the same node.

        Source: W3C COGA; ATIS IVR checklist.
        Right: hash in part 2 says part 2 again
        Wrong: hash leads on, or counts as a slip
        """,
    "R39": """
        The caller, or a relay assistant, can make the line wait 5 minutes after every part.

        Any key goes on, from the start of the part that was playing.

        Source: AS/NZS 4263:2003 (scope).
        Right: I will wait for you. To go on, press 1.
        Wrong: a wait that runs out after ten seconds
        """,
    "R41": """
        Only what is needed is asked, never twice; the number one calls from is offered
        first.

        Source: GOV.UK; WCAG 3.3.7; gethuman standard.
        Right: To send it to the phone you are calling from, press 1.
        Wrong: a caller on a mobile must type its number
        """,
    "R48": """
        When nobody can answer the caller hears why, when to try again, and four ways on.

        Busy, no answer, not taken, failed and closed: the next telephone rings, or the call
        goes on and does not start over. Star brings the caller back, before it rings and
        while it does.

        Source: gethuman standard; GOV.UK; W3C COGA.
        Right: The adviser is talking to another caller just now. To try again, press 0. …
        Wrong: the call ends after 25 seconds of ringing
        """,
    "R49": """
        What the caller has chosen reaches the adviser, so that nothing is told twice.

        Only with the caller's yes: else the adviser hears that it is a caller, and no more.
        The call is taken with a key, so that an answering machine never swallows a caller.

        Source: gethuman standard; Irish toolkit; NHS Accessible Information Standard.
        Right: (to the adviser) They have heard about this. Mediation. They asked for slower
        speech.
        Wrong: How can I help? - after five minutes of choosing
        """,
    "C3": """
        No caller pays for waiting: it rings for 25 seconds, and then there is a way on.

        Source: gethuman standard; Public Accounts Committee 2013; the 25 s are our own.
        Right: <Dial timeout="25" …>
        Wrong: a queue with music
        """,
}
"""Shown by ``make test``: tests/calls/test_rules_of_a_call.py, at every step a caller can take."""

BY_CALLERS: Mapping[str, str] = {
    "R16": """
        A shaky or held key does not act twice: the same key within half a second is one
        press.

        Not while a number is typed, where 00 and 77 are real digits; and 9 always counts.

        Source: EN 301 549 5.7 and 5.8. Shown by the shaky caller.
        Right: 2, and 2 again after 0.3 s: making a complaint
        Wrong: 2, and 2 again after 0.3 s: the second choice of the next menu
        """,
    "R53": """
        Announcements, silence or noise at the start of a call are not "no caller".

        The line stays for at least 60 seconds.

        Source: an account by a relay user. Shown by the announcement caller: 45 s, and then
        keys.
        Right: a relay service speaks for 45 seconds, and then 2 is pressed
        Wrong: Nobody is there. Goodbye. - after ten seconds
        """,
    "R60": """
        The number is looked at first: only UK mobiles are texted without a further
        question.

        Withheld, landline and foreign callers have another way; if sending is not possible,
        that is said.

        Source: Twilio's guide to UK text messages; GOV.UK Notify. Shown by the texting
        callers.
        Right: (from a landline) Please enter a UK mobile number.
        Wrong: a text to a landline, read out by a robot in the night
        """,
    "C4": """
        Nothing needs the calling number: a withheld number gets the same line.

        Source: EN 301 549 5.1.3.9. Shown by the withheld caller.
        Right: the same menus and topics
        Wrong: Please ring again without withholding your number.
        """,
}
"""Shown by ``ivr callers``."""
