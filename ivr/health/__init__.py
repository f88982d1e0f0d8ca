"""Whether the line is well: the doctor, readiness, logs, metrics, security headers, load shedding.

Owns what is reported, and to whom. Changes nothing that a caller hears.
"""
