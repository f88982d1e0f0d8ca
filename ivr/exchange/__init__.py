"""The exchange: a telephone company on one machine. It performs TwiML as Twilio documents it.

Knows nothing of the line: it rings a webhook address, does what the answers say, and reports.
"""
