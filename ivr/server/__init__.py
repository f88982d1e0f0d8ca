"""The processes of a running line: gunicorn's web processes, and how a new one takes over.

Owns how they start, receive requests and end. What they answer is put together in ``ivr.app``.
"""
