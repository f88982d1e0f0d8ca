"""How fast the line is, measured beside what others would build. Never part of the served line."""
