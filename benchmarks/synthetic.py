"""A run of very many dialogues without the hours of play: a few that were played, many times over.

Each copy has a seed, an id and words of its own and stands in an epoch of its own, so that what it
costs to read, to index and to search is as it would be.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from harness.files.jsonl import write_atomically
from harness.records.folder import PLAN, RUN, SCORES, TRANSCRIPTS
from harness.records.reader import RunFolder

WORDS = 40
"""Words that each copy says besides, out of :data:`VOCABULARY`."""
VOCABULARY = 50_000
_SPEC = re.compile(rb'"spec":(\{.*?\}),"(?:inputs|void|calls|body)":')
_SEED = re.compile(rb'"seed":\d+')


def multiplied(source: RunFolder, folder: Path, number: int) -> None:
    """A run of ``number`` dialogues that are copies of those of ``source``."""
    folder.mkdir(parents=True)
    info = json.loads((source.path / RUN).read_text())
    (folder / RUN).write_text(json.dumps({**info, "dialogues": number}, indent=1))
    records = (source.path / TRANSCRIPTS).read_bytes().splitlines()
    plan = [json.loads(line) for line in (source.path / PLAN).read_bytes().splitlines()]
    places = {place["stages"]["talks"]: place for place in plan}
    scores: dict[str, list[bytes]] = {}
    for line in (source.path / SCORES).read_bytes().splitlines():
        scores.setdefault(json.loads(line)["id"], []).append(line)
    drawn = random.Random(1)
    copies = [
        (records[n % len(records)], n, n // len(records), drawn.getrandbits(62))
        for n in range(number)
    ]

    def lines() -> Iterator[tuple[bytes, bytes, bytes]]:
        for record, n, epoch, seed in copies:
            found = _SPEC.search(record)
            assert found is not None
            old = record[7:23].decode()
            spec = _SEED.sub(b'"seed":%d' % seed, found.group(1), count=1)
            new = hashlib.sha256(spec).hexdigest()[:16]
            words = random.Random(n)
            said = " ".join(f"w{words.randrange(VOCABULARY)}" for _ in range(WORDS))
            line = record.replace(found.group(1), spec, 1).replace(old.encode(), new.encode(), 1)
            line = line.replace(b'"words":"', b'"words":"%s ' % said.encode(), 1)
            place = {**places[old], "epoch": epoch + 1, "stages": {"talks": new}}
            found_in = b"\n".join(scores[old]).replace(old.encode(), new.encode()) + b"\n"
            yield line + b"\n", json.dumps(place).encode() + b"\n", found_in

    for place, name in enumerate((TRANSCRIPTS, PLAN, SCORES)):
        write_atomically(folder / name, (made[place] for made in lines()))
