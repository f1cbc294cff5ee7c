"""What a person was told, beside the truth."""

from __future__ import annotations
