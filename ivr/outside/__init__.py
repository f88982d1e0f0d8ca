"""Other people's computers: Twilio's REST API, line types, the mail server, Sentry.

Owns how each is asked, with time limits, and what its refusals mean. Decides nothing about a call
or a text.
"""
