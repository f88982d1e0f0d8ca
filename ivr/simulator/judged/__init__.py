"""Trials: every caller of the simulator rings the line, and it is said plainly who fell short.

Judges by what happened in the call alone: what was said, which keys were pressed, who was rung and
how it ended. Each caller has its stated end; the figures are those of the accessibility rules.
"""
