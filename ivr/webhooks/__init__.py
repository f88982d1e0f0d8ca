"""What Twilio asks of the line: calls, texts, recordings, status callbacks and audio files.

Owns the way from a request to the flow and back. ``flow`` and ``texts`` decide the answer,
``twiml`` writes it for Twilio.
"""
