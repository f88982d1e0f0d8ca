"""Write ivr/content/checks/common-words.txt: the most common English words, the commonest first.

Run it where wordfreq is installed: ``pip install wordfreq==3.1.1``, then ``python
tools/common_words.py``. The line itself does without that package, which brings 60 MB of data.
"""

from __future__ import annotations

from pathlib import Path

from wordfreq import top_n_list, zipf_frequency

FILE = Path(__file__).resolve().parent.parent / "ivr/content/checks/common-words.txt"
RAREST = 3.5
"""Zipf: three words in a million. Rarer ones are hardly ever heard."""
HEAD = """\
# The most common words of English, the commonest first, one a line: all that are heard three times
# in a million words or more. From the data of wordfreq 3.1.1 by Robyn Speer, under the Creative
# Commons Attribution-ShareAlike 4.0 licence (NOTICE). Written by tools/common_words.py.
"""


def words() -> list[str]:
    """Plain words alone: no figures, no names with marks in them."""
    known = (word for word in top_n_list("en", 40_000) if word.isascii() and word.isalpha())
    return [word for word in known if zipf_frequency(word, "en") >= RAREST]


if __name__ == "__main__":
    FILE.write_text(HEAD + "\n".join(words()) + "\n", "utf-8")
