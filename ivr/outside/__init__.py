"""Other people's computers: Twilio's REST API, the mail server, Sentry.

Owns how each is asked and what its refusals mean. Decides nothing about a call or a text.
"""
