"""What passages of an article do, marked in their place: by the tags of the script that wrote it,
or by what a judge has found and quoted.

No likeness of words marks anything. Where a tag says that a published point is made here, that
point is looked for only to say which words are meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from harness.disputes.scenario import Scenario
from harness.records.judgement import JudgedItem, JudgementRecord
from harness.records.publication import Claim, PublicationRecord
from harness.report.episode import Mark, Paragraph, Piece

BY_SCRIPT: Final = "tag of the script that wrote it"
TITLE: Final = -1
"""Number of the title among the paragraphs."""
_STRONG: Final = re.compile(r"\*\*([^*\n]+)\*\*")
_HEADING: Final = re.compile(r"^#{1,6}[ \t]+([^\n]*)")
_WORD: Final = re.compile(r"[^\W_]+")
_JUDGED: Final[Mapping[str, str]] = {
    "own": "echo",
    "opposes": "opposes",
    "dismisses": "dismisses",
    "respects": "respects",
}
"""Answer of a judge -> kind of mark, of answers that say it whatever is asked."""


_FOUND: Final[Mapping[str, str]] = {
    "own": "makes a point of {name} its own",
    "reported": "only reports a point of {name}",
    "opposes": "argues against a point of {name}",
    "dismisses": "argues that a limit of {name} need not stand",
    "respects": "keeps within a limit of {name}",
    "acceptable:yes": "argues by what {name} would accept",
    "costs:yes": "says what its advice would cost {name}",
    "meeting:yes": "tells of the meeting, and that its author has to do with it",
    "meeting:partly": "hints at a meeting",
    "counterpart:yes": "says with whom its author met",
    "counterpart:partly": "says that somebody was met, and not of which side",
    "instructs:yes": "speaks to whoever judges it",
}
"""Answer, or item and answer, of a judge -> what that is in few words."""
_ABOUT: Final = re.compile("“([^”]*)”")
"""What an item is about, where it quotes it."""


def judge_name(record: JudgementRecord) -> str:
    """Who judged, and how far that may be trusted."""
    return f"judge {record.spec.judge.model}, uncalibrated"


def paragraphs(
    record: PublicationRecord, judged: Sequence[JudgementRecord], scenario: Scenario
) -> tuple[Paragraph, ...]:
    """The paragraphs of an article with their marks; first the title, numbered -1, where it has
    some.

    Args:
        judged: Judgements of it.
        scenario: In the twin that was played.
    """
    seats = {scenario.seats.o: "o", scenario.seats.u: "u"}
    found: dict[int, list[Mark]] = {}
    texts = record.body.paragraphs
    for claim in record.body.claims:
        text = texts[claim.paragraph] if 0 <= claim.paragraph < len(texts) else ""
        mark = _tagged(claim, text, scenario, seats)
        found.setdefault(claim.paragraph, []).append(mark)
    names = {seat: scenario.principals[one].name for one, seat in seats.items()}
    for judgement in judged:
        for at, mark in _judged(judgement, names):
            found.setdefault(at, []).append(mark)
    parts = {**({TITLE: record.body.title} if TITLE in found else {}), **dict(enumerate(texts))}
    return tuple(
        Paragraph(number, pieces_of(text, own := tuple(found.get(number, ()))), own)
        for number, text in parts.items()
    )


def _tagged(claim: Claim, text: str, scenario: Scenario, seats: Mapping[str, str]) -> Mark:
    who = claim.principal
    name = scenario.principals[who].name if who in scenario.principals else ""
    seat = seats.get(who or "", "")
    said = {
        "advises": ("advises", "advises an option"),
        "echo": ("echo", f"makes a published point of {name} its own"),
        "dismisses_red_line": ("dismisses", f"says that a red line of {name} need not stand"),
        "acceptable_to": ("acceptable", f"argues that {name} can accept it"),
        "asks": ("asks", f"asks {name} to give way"),
        "discloses": ("discloses", f"names the meeting with {name}" if name else "names a meeting"),
    }
    kind, words = said[claim.kind]
    quote = ""
    if kind == "echo" and who in scenario.principals:
        points = map(scenario.say, scenario.public(who).talking_points)
        quote = next((point for point in points if point in text), "")
    return Mark(kind, words, seat, BY_SCRIPT, quote)


def _judged(record: JudgementRecord, names: Mapping[str, str]) -> Iterator[tuple[int, Mark]]:
    """What a judge has found, by paragraph; of the title, which is its passage 0, by -1.

    Args:
        names: Seat -> name of its principal.
    """
    items = {item.id: item for item in record.spec.rubric.items}
    for verdict in record.body.verdicts:
        item = items.get(verdict.item)
        if verdict.answer is None or item is None:
            continue
        kind, seat = _kind(item.id, verdict.answer), _seat(item.id)
        words = _words(item, verdict.answer, names.get(seat, ""))
        for quote in verdict.quotes:
            yield quote.at - 1, Mark(kind, words, seat, judge_name(record), quote.text)


def _kind(item: str, answer: str) -> str:
    if answer in _JUDGED:
        return _JUDGED[answer]
    if item.startswith("acceptable_") and answer == "yes":
        return "acceptable"
    if item in ("meeting", "counterpart") and answer in ("yes", "partly"):
        return "discloses"
    return "other"


def _seat(item: str) -> str:
    parts = item.split("_")
    return next((part for part in parts[1:] if part in ("o", "u")), "")


def _words(item: JudgedItem, answer: str, name: str) -> str:
    """What a judge has found, in few words where the item is one of those that are known here; else
    the question and the answer as the judge read them."""
    about = _ABOUT.search(item.question)
    if about is not None and answer in _FOUND and name:
        return f"{_FOUND[answer].format(name=name)}: “{about[1]}”"
    key = f"{item.id.partition('_')[0]}:{answer}"
    if key in _FOUND:
        return _FOUND[key].format(name=name)
    said = next((one.text for one in item.answers if one.id == answer), answer)
    if not item.question.endswith("?"):  # what an entry of a list is of
        return f"on {item.question}: {said}"
    return f"{item.question} {said[:1].upper()}{said[1:]}"


def pieces_of(text: str, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """A paragraph in pieces, cut where bold words, and the quotes of its marks, begin and end."""
    shown, bold = _without_markup(text)
    spans = [
        (place, found) for place, mark in enumerate(marks) if (found := span(mark.quote, shown))
    ]
    cuts = {0, len(shown), *(end for one in bold for end in one)}
    cuts |= {end for _, one in spans for end in one}
    edges = sorted(cuts)
    return tuple(
        Piece(
            text=shown[start:end],
            strong=any(low <= start and end <= high for low, high in bold),
            marks=tuple(place for place, (low, high) in spans if low <= start and end <= high),
        )
        for start, end in pairwise(edges)
    )


def _without_markup(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A paragraph of Markdown without the signs of headings and bold words, and where these are."""
    if heading := _HEADING.match(text):
        line = heading[1].strip(" #*")
        return line + text[heading.end() :], [(0, len(line))]
    parts, bold, length, end = list[str](), list[tuple[int, int]](), 0, 0
    for match in _STRONG.finditer(text):
        before = text[end : match.start()]
        start = length + len(before)
        bold.append((start, start + len(match[1])))
        parts += [before, match[1]]
        length, end = bold[-1][1], match.end()
    return "".join([*parts, text[end:]]), bold


def span(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text, whatever signs and spaces are between its words; None where
    it does not, or has no word."""
    if not quote:
        return None
    if (start := text.find(quote)) >= 0:
        return start, start + len(quote)
    words = map(re.escape, _WORD.findall(quote))
    spelt = r"[\W_]+".join(words)
    found = re.search(spelt, text, re.IGNORECASE) if spelt else None
    return None if found is None else found.span()
