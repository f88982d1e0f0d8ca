"""Whether the line is well: the doctor, readiness, logs, metrics, security headers, load shedding.

Owns what is said of that, and to whom. Changes nothing that a caller hears.
"""
