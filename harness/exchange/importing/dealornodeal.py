"""DealOrNoDeal: two people share out books, hats and balls (Lewis et al., EMNLP 2017).

Of each item there are one to four or so, and all of them together are worth ten points to each
side; no deal is worth nothing. The talks are words only, and the shares are entered afterwards.
Every dialogue stands twice, once as each side saw it; it is read once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from harness.errors import InputError
from harness.exchange.importing.base import Imported, problem
from harness.exchange.importing.files import LONGEST_LINE, lines_of_text, negotiation_of

WHAT: Final = "a file of DealOrNoDeal, such as val.txt"
ITEMS: Final = ("books", "hats", "balls")
FAILED: Final = "<disconnect>"
NO_DEAL: Final = ("<disagree>", "<no_agreement>")
_PART: Final = re.compile(r"<(input|dialogue|output|partner_input)>(.*?)</\1>", re.DOTALL)
_SHARE: Final = re.compile(r"item([0-2])=(\d{1,3})")
_SAYS: Final = re.compile(r"^(YOU|THEM):\s*(.*)$", re.DOTALL)
_SELECTION: Final = "<selection>"
_MOST: Final = 50
"""Of one item."""
_Terms = tuple[tuple[int, ...], tuple[int, ...]]


class _OtherFormatError(ValueError):
    pass


class DealOrNoDeal:
    """Reads DealOrNoDeal. Implements :class:`~harness.exchange.importing.base.Importer`."""

    name = "dealornodeal"
    title = "DealOrNoDeal, people who share out books, hats and balls"

    def read(self, path: Path) -> Iterator[Imported]:
        """See :class:`~harness.exchange.importing.base.Importer`."""
        seen: dict[object, int] = {}
        good = False
        for number, (where, line) in enumerate(lines_of_text(path, WHAT), start=1):
            try:
                given, mirror = _negotiation(line or "", number)
            except _OtherFormatError:
                if not good and number == 1:
                    raise InputError(
                        "this is no file of DealOrNoDeal: its lines have no <input>, <dialogue> "
                        "and <output>",
                        where=where,
                        fix=f"name {WHAT}",
                    ) from None
                long = "" if line is not None else f", or it is longer than {LONGEST_LINE >> 20} MB"
                yield problem(where, f"it lacks <input>, <dialogue>, <output> or is no text{long}")
                continue
            except (ValueError, IndexError) as error:
                yield problem(where, f"not as DealOrNoDeal has it: {error}")
                continue
            good = True
            own = _seen_by(given, swapped=False)
            if seen.get(own, 0):  # it answers a line before it
                seen[own] -= 1
                yield Imported(where, repeats=True)
                continue
            seen[mirror] = seen.get(mirror, 0) + 1
            yield negotiation_of(given, where)


def _negotiation(line: str, number: int) -> tuple[dict[str, Any], object]:
    """A line as a negotiation, and how the other side's line of the same dialogue looks.

    Raises:
        ValueError: The line is not as the corpus has them.
    """
    parts = {found.group(1): found.group(2).strip() for found in _PART.finditer(line)}
    if not {"input", "dialogue", "output"} <= parts.keys():
        raise _OtherFormatError
    counts, own = _hand(parts["input"])
    partner, other = _hand(parts["partner_input"]) if "partner_input" in parts else (counts, None)
    if other is None:
        raise ValueError("it does not say what the other side's values are (<partner_input>)")
    if partner != counts:
        raise ValueError("the two sides share out different items")
    turns = _turns(parts["dialogue"])
    given = {
        "id": f"line {number}",
        "title": "Books, hats and balls: how many go to one side, and to the other",
        "source": "DealOrNoDeal",
        "parties": {
            "YOU": _party("one side", counts, own, first=True),
            "THEM": _party("the other side", counts, other, first=False),
        },
        "issues": {
            item: [f"{share}:{count - share}" for share in range(count, -1, -1)]
            for item, count in zip(ITEMS, counts, strict=True)
        },
        "turns": turns,
        "outcome": _outcome(parts["output"], counts),
    }
    return given, _seen_by(given, swapped=True)


def _hand(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Counts and values, which stand interleaved."""
    numbers = [int(word) for word in text.split()]
    counts, values = tuple(numbers[::2]), tuple(numbers[1::2])
    if len(numbers) != 2 * len(ITEMS) or not all(1 <= count <= _MOST for count in counts):
        raise ValueError("its items are not three, with a count and a value each")
    return counts, values


def _party(name: str, counts: Sequence[int], values: Sequence[int], *, first: bool) -> Any:
    return {
        "name": name,
        "model": "person",
        "values": {
            item: {
                f"{share}:{count - share}": value * (share if first else count - share)
                for share in range(count + 1)
            }
            for item, count, value in zip(ITEMS, counts, values, strict=True)
        },
        "reservation": 0,
    }


def _turns(text: str) -> list[dict[str, Any]]:
    turns = []
    for said in text.split("<eos>"):
        found = _SAYS.match(said.strip())
        if found is None:
            raise ValueError("a turn begins neither with YOU: nor with THEM:")
        who, words = found.groups()
        if words.strip() != _SELECTION:
            turns.append({"who": who, "text": words.strip()})
    return turns


def _outcome(text: str, counts: Sequence[int]) -> dict[str, Any]:
    words = text.split()
    if FAILED in words:
        return {"kind": "failed", "reason": "a side was disconnected"}
    if words and all(word in NO_DEAL for word in words):
        return {"kind": "no_deal", "reason": " ".join(dict.fromkeys(words)).strip("<>")}
    shares = [_SHARE.fullmatch(word) for word in words]
    if len(shares) != 2 * len(ITEMS) or not all(shares):
        raise ValueError("its <output> is neither a share of every item nor a way to end without")
    taken = [int(found.group(2)) for found in shares if found]
    own, other = taken[: len(ITEMS)], taken[len(ITEMS) :]
    for item, mine, theirs, count in zip(ITEMS, own, other, counts, strict=True):
        if mine + theirs != count:
            raise ValueError(f"{mine} and {theirs} of {count} {item} were taken")
    terms = {item: f"{mine}:{theirs}" for item, mine, theirs in zip(ITEMS, own, other, strict=True)}
    return {"kind": "deal", "terms": terms}


def _seen_by(given: dict[str, Any], *, swapped: bool) -> object:
    """What tells a dialogue from others, as one side sees it, or as the other does."""
    names = {"YOU": "THEM", "THEM": "YOU"} if swapped else {"YOU": "YOU", "THEM": "THEM"}

    def turned(share: str) -> str:
        return ":".join(share.split(":")[::-1]) if swapped else share

    outcome = given["outcome"]
    return (
        tuple((names[turn["who"]], turn["text"]) for turn in given["turns"]),
        tuple(
            tuple(
                sorted(
                    (turned(share), points)
                    for item in ITEMS
                    for share, points in given["parties"][names[side]]["values"][item].items()
                )
            )
            for side in ("YOU", "THEM")
        ),
        outcome["kind"],
        tuple(turned(share) for share in outcome.get("terms", {}).values()),
    )
