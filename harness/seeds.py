"""Seeds: every random choice of a dialogue comes from its own named stream.

Streams are derived by hashing, so adding a random choice somewhere never shifts another, and arms
of a suite that share a scenario and an epoch share their randomness (paired arms, docs/method.md).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def derive(seed: int, *names: str | int) -> int:
    """A 63-bit seed for the stream called ``names`` under ``seed``; the same on every machine."""
    text = "/".join([str(seed), *map(str, names)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """A numpy generator for the stream called ``names`` under ``seed``."""
    import numpy as np

    return np.random.Generator(np.random.PCG64(derive(seed, *names)))
