"""A hash that nothing fits: who does not exist is looked at for as long as who does.

Owns that hash alone. It is of 64 random figures that nobody kept, at the library's own defaults.
Made anew at each start, two of them took a tenth of a second each.
"""

from __future__ import annotations

NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4$fOtwM8hFWgKpaKfsO23VAg"
    "$IYi8NaQjj8IReWAg/xYviZNz4lYD2UurLku1ZiuH88E"
)
