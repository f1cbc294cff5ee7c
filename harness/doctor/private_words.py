"""Finds the module variables in which a user's code keeps private words of its briefings."""

from __future__ import annotations

import gc
import sys
import types
from collections.abc import Iterable
from enum import Enum
from typing import Final

_MOST: Final = 300_000
"""Objects that are looked through under one name."""
_CODE: Final = (type, Enum, types.ModuleType, types.CodeType)


def holders(module: str, words: Iterable[str]) -> list[str]:
    """Names in a loaded module under which all of ``words`` are kept, in whatever depth."""
    wanted = set(words)
    loaded = sys.modules.get(module)
    roots = {} if loaded is None else dict(vars(loaded))
    return [n for n, root in roots.items() if not n.startswith("__") and _holds(root, wanted)]


def _holds(root: object, words: set[str]) -> bool:
    missing, seen, left = set(words), {0}, [root]
    while left and missing and len(seen) < _MOST:
        one = left.pop()
        if id(one) in seen or isinstance(one, _CODE):
            continue
        seen.add(id(one))
        if isinstance(one, str | bytes):
            text = one if isinstance(one, str) else one.decode("utf-8", "replace")
            missing -= {word for word in missing if word in text}
        elif isinstance(one, types.FunctionType):
            left += [one.__defaults__, one.__closure__, one.__dict__]
        else:
            left += gc.get_referents(one)
    return not missing
