"""Simulated calls: every caller of the simulator rings the line; who fell short is said plainly.

One table of calls and one set of judges, for ``make test`` and ``ivr callers``. Judged is what
happened in the call alone: what was said, which keys were pressed, who was rung and how it ended.
"""
