"""Whole calls, as callers hear them: golden calls, simulated callers, what Twilio loses and repeats."""
