"""Logs of Inspect: those that ``track15 export --to inspect`` has written, and any other in which
two speakers talk.

A log of our own holds each dialogue in the neutral form beside its messages, and comes back whole.
Of any other, a sample is talks of words only between its ``user`` and its ``assistant``: system and
tool messages are no part of them, and nobody knows what anything was worth or how it ended.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from harness.errors import InputError
from harness.exchange.importing.base import Imported, problem
from harness.exchange.importing.files import negotiation_of
from harness.exchange.importing.negotiation import FORMAT
from harness.exchange.inspect_types import inspect
from harness.files.advice import advice, reason
from harness.files.regular import LARGEST, open_regular

WHAT: Final = "a log of Inspect, NAME.eval or NAME.json"
HELD: Final = "negotiation"
"""Under which a sample's metadata hold the dialogue in the neutral form."""
MOST_UNPACKED: Final = 4 * LARGEST
"""Bytes of a log once it is unpacked: a packed file may be a thousand times what it looks."""
_SPEAKERS: Final = ("user", "assistant")


class InspectLog:
    """Reads logs of Inspect. Implements :class:`~harness.exchange.importing.base.Importer`."""

    name = "inspect"
    title = "a log of Inspect"

    def read(self, path: Path) -> Iterator[Imported]:
        """See :class:`~harness.exchange.importing.base.Importer`."""
        tools = inspect()
        _hold(path)
        try:
            log = tools.log.read_eval_log(str(path), resolve_attachments=True)
        except Exception as error:  # noqa: BLE001 - whatever Inspect makes of a stranger's file
            raise InputError(
                f"Inspect cannot read this log: {type(error).__name__}",
                where=str(path),
                fix=f"name {WHAT}",
            ) from None
        model = str(getattr(log.eval, "model", "") or "")[:200]
        for number, sample in enumerate(log.samples or [], start=1):
            where = f"{path}: sample {number}"
            held = (sample.metadata or {}).get(HELD)
            if isinstance(held, Mapping) and held.get("format") == FORMAT:
                yield negotiation_of(dict(held), where)
                continue
            given = _words(sample, model)
            if given is None:
                yield problem(where, "it has no two speakers: a user and an assistant, with words")
                continue
            yield negotiation_of(given, where)


def _words(sample: Any, model: str) -> dict[str, Any] | None:
    """A sample as talks of words only; None where fewer than two speak."""
    turns = [
        {"who": message.role, "text": text}
        for message in sample.messages
        if message.role in _SPEAKERS and (text := str(message.text).strip())
    ]
    spoke = list(dict.fromkeys(turn["who"] for turn in turns))
    if len(spoke) < len(_SPEAKERS):
        return None
    failed = getattr(sample, "error", None) is not None
    ending = {"kind": "failed", "reason": "the sample has an error"} if failed else None
    return {
        "id": f"{sample.id}, epoch {sample.epoch}"[:200],
        "parties": {
            "user": {"name": "user"},
            "assistant": {"name": "assistant", "model": model or None},
        },
        "turns": turns,
        "outcome": ending or {"kind": "unknown"},
    }


def _hold(path: Path) -> None:
    """Hold that a file may be given to Inspect.

    Raises:
        InputError: It cannot be read, or is too large, packed or unpacked.
    """
    try:
        with open_regular(path) as file:
            size, most = file.seek(0, 2), LARGEST
            packed = zipfile.is_zipfile(file)
            if packed:
                with zipfile.ZipFile(file) as parts:
                    size, most = sum(part.file_size for part in parts.infolist()), MOST_UNPACKED
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        said = reason(error) if isinstance(error, OSError) else "it is damaged"
        fix = advice(error, reading=True) if isinstance(error, OSError) else f"name {WHAT}"
        if isinstance(error, FileNotFoundError):
            fix = "check the path"
        raise InputError(f"cannot be read: {said}", where=str(path), fix=fix) from None
    if path.suffix not in (".eval", ".json") or packed != (path.suffix == ".eval"):
        raise InputError("this is no log of Inspect", where=str(path), fix=f"name {WHAT}")
    if size > most:
        raise InputError(
            f"the log holds more than {most >> 20} MB",
            where=str(path),
            fix="split it: export fewer dialogues, or read fewer samples",
        )
