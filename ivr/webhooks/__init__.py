"""What Twilio asks of the line: calls, texts, recordings, status callbacks and audio files.

Owns the way of a request to the flow and back. What is answered is decided in ``flow`` and
``texts``; how it is written for Twilio, in ``twiml``.
"""
