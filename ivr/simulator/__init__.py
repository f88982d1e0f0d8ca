"""Twilio on one machine, for tests and the demo: it performs TwiML as Twilio documents it.

It rings a webhook address, does what the answers say, and reports. Knows no wording and no node of
the line. Here too: simulated callers and who judges them, golden calls, and the phone in a page.
"""
