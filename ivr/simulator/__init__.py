"""Twilio on one machine, for tests and the demo: it performs TwiML as Twilio documents it.

It requests a webhook, does what the answer says, and reports, as strictly as Twilio. Knows no
wording and no node of the line. Also here: the demo phone page, golden calls, and simulated callers
with their judge.
"""
