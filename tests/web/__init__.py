"""Webhooks, staff pages and commands, asked as Twilio, a browser or an operator asks."""
