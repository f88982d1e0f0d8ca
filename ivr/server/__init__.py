"""The processes of a running line: gunicorn's web processes, and how a new one takes over.

Owns how they start, take requests in and end. What they answer is joined in ``ivr.app``.
"""
