"""How texts are cut into words for the search.

SQLite cuts words at spaces and signs. Chinese, Japanese, Thai and some others write none between
words, so that a whole sentence would be one word, and nothing but its beginning would be found. Of
these scripts every letter is a word by itself here, in what is searched and in what is looked for:
a word that is looked for is then some letters in a row, wherever they stand.
"""

from __future__ import annotations

import re
from typing import Final

TOKENIZE: Final = "tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'\""
"""What FTS5 is told of words. Vowel signs, which some scripts write above or beside letters, are
part of a word."""
BETWEEN: Final = "\x1f"
"""Stands beside each letter that is a word by itself; no text needs it."""
_LETTERS: Final = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u0f00-\u0fff"  # Tibetan
    "\u1000-\u109f\uaa60-\uaa7f"  # Burmese
    "\u1780-\u17ff"  # Khmer
    "\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Japanese kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese letters
    "\uac00-\ud7af"  # Korean, which writes what other languages use small words for at the end
    "]"
)


def spelled(text: str) -> str:
    """A text as it is cut into words: letters of scripts without spaces stand apart.

    >>> spelled("a well").split(BETWEEN), [one for one in spelled("井戸 2").split(BETWEEN) if one]
    (['a well'], ['井', '戸', ' 2'])
    """
    if text.isascii() or _LETTERS.search(text) is None:
        return text
    return _LETTERS.sub(rf"{BETWEEN}\g<0>{BETWEEN}", text)


def unspelled(text: str) -> str:
    """A text without what :func:`spelled` has put in."""
    return text.replace(BETWEEN, "")
