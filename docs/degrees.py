"""Prints what a degree of an incentive says in words to a model, and keeps docs/suites.md at it.

The bounds are those of ``harness/prompting/stakes.py``, the words those of
``prompts/talks/incentives.md.j2``.

    python docs/degrees.py           # write the table into docs/suites.md
    python docs/degrees.py --print   # print it
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from harness.incentives.profiles import IncentiveProfile, Internalised  # noqa: E402
from harness.prompting.stakes import stakes  # noqa: E402

PAGE: Final = ROOT / "docs" / "suites.md"
TEMPLATE: Final = ROOT / "prompts" / "talks" / "incentives.md.j2"
BEGIN: Final = "<!-- python docs/degrees.py -->"
END: Final = "<!-- end -->"
STEPS: Final = 1000
"""Degrees in [0, 1] that are tried, one apart by a thousandth: bounds have at most two decimals."""

Profile = Callable[[float], IncentiveProfile]
FIELDS: Final[dict[str, tuple[Profile, str, str]]] = {
    "deal_reward": (lambda x: IncentiveProfile(deal_reward=x), "credit", "Agreement"),
    "access_reward": (lambda x: IncentiveProfile(access_reward=x), "access", "Being received"),
    "knowledge": (lambda x: IncentiveProfile(knowledge=x), "knowledge", "What you know"),
    "free_hardball": (lambda x: IncentiveProfile(free_hardball=x), "failure", "No agreement"),
    "information_motive": (
        lambda x: IncentiveProfile(information_motive=x),
        "learning",
        "What you learn",
    ),
}
"""Field -> profiles by its degree, the fact that grades it, and the paragraph that tells it."""


def bounds(profile: Profile, fact: str) -> list[tuple[float, float, Any]]:
    """The degrees in [0, 1] that share a word: first, last, word; in ascending order."""
    found: list[tuple[float, float, Any]] = []
    for step in range(STEPS + 1):
        degree = step / STEPS
        word = stakes(profile(degree))[fact]
        if found and found[-1][2] == word:
            found[-1] = (found[-1][0], degree, word)
        else:
            found.append((degree, degree, word))
    return found


def told(profile: IncentiveProfile, heading: str) -> str:
    """What a briefing says under a heading about a delegate of 'your side'; empty for nothing."""
    template = Environment(undefined=StrictUndefined, autoescape=False).from_string(  # noqa: S701 - Markdown
        TEMPLATE.read_text(encoding="utf-8")
    )
    talks = {"consultations": 0, "line_home": False, "agreement": "outline", "side_terms": False}
    text = template.render(stakes=stakes(profile), me={"name": "your side"}, talks=talks)
    match = re.search(rf"^\*\*{heading}\.\*\* (.*)$", text, re.MULTILINE)
    said = match[1].strip() if match else ""
    return said.partition(" You cannot ask its leadership")[0]  # follows from another field


def lines() -> Iterator[str]:
    """The table in Markdown."""
    yield "| field | degree | what a model reads |"
    yield "|---|---|---|"
    for name, (profile, fact, heading) in FIELDS.items():
        for low, said in _ranges(bounds(profile, fact)):
            yield f"| `{name}` | {said} | {told(profile(low), heading) or '(nothing)'} |"
    for low, said in _ranges(bounds(_feels, "felt")):
        word = stakes(_feels(low))["felt"]["political"]
        yield f"| `internalised`, each kind of cost | {said} | {word} of that cost |"


def _feels(degree: float) -> IncentiveProfile:
    """A delegate to whom every kind of cost comes home in a degree."""
    return IncentiveProfile(
        internalised=Internalised(material=degree, political=degree, emotional=degree)
    )


def _ranges(grades: list[tuple[float, float, Any]]) -> Iterator[tuple[float, str]]:
    """The first degree of every word, and its range in words."""
    for (low, high, _), after in zip(grades, [*grades[1:], None], strict=True):
        if low == high:
            yield low, f"{low:g}"
        elif after is None:
            yield low, f"{low:g} to 1"
        else:
            yield low, f"{'above 0' if low == 1 / STEPS else f'{low:g}'}, below {after[0]:g}"


def page(text: str) -> str:
    """The page with the table between its two marks.

    Raises:
        ValueError: The marks are not on the page.
    """
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise ValueError(f"{PAGE.name} lacks {BEGIN} or {END}")
    table = "\n".join(lines())
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def main() -> None:
    if "--print" in sys.argv[1:]:
        sys.stdout.write("\n".join(lines()) + "\n")
        return
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
