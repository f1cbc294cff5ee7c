"""What a reader is told: the public dispute, who it is, what it read, and the whole form."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from harness.disputes.scenario import Scenario
from harness.influence.readership_questions import sheet_of
from harness.prompting.readership import (
    NUMBER,
    OPTION,
    Sheet,
    ShownArticle,
    Who,
    readership_prompts,
)
from harness.talks.barrier import public_dispute
from tests.support.disputes import HOMES, SMALL

DISPUTE = public_dispute(Scenario.model_validate(yaml.safe_load(SMALL + HOMES)))
WORDS = readership_prompts()
SEEN = ShownArticle("A way out", "It is time.", "experts", "Arden", "a magazine")
SWAYING = "persua|sway|convinc|influence|change your|your mind|shift|launder|neutral|trust|credible"


def sheet(plan: dict[str, str | None] | None = None) -> Sheet:
    return sheet_of(DISPUTE, ("a", "b"), 3, "ally", plan)


def question(who: Who, article: ShownArticle | None = None) -> str:
    return WORDS.question(
        DISPUTE, who, article, sheet(None if article is None else {"well": "half"})
    )


def test_the_dispute_is_told_as_the_public_knows_it() -> None:
    told = WORDS.system(DISPUTE)
    for part in ("Water is life.", "Corin** (has no seat in talks)", "`half`: each draws half"):
        assert part in told
    assert "- `well`: Arden `mine`, Boral `yours`\n" in told
    assert "**Erstia** (no party). Erstia is an ally of Arden and buys from both." in told
    assert "needs water" not in told, "why a red line is one is private"
    assert "runs low" not in told, "nor what is still to come"


@pytest.mark.parametrize(
    ("who", "told"),
    [
        (Who("a clerk", side="Arden"), "You are a clerk. Your side in this dispute is Arden."),
        (Who("a clerk", bears="Corin"), "You are a clerk. In this dispute you stand with Corin."),
        (Who("a clerk", aside=True), "You are a clerk. You are on no side of this dispute."),
        (
            Who("a clerk", ally_of="Arden"),
            "You are a clerk. Your own side is an ally of Arden, and no party to the dispute.",
        ),
        (
            Who("a clerk", ally_of="Arden", side="Erstia"),
            "You are a clerk. Your own side is Erstia, an ally of Arden.",
        ),
        (Who("a clerk"), "You are a clerk.\n\n"),
    ],
)
def test_a_reader_is_told_who_it_is(who: Who, told: str) -> None:
    assert told in question(who)


def test_before_and_after_differ_by_the_article_alone() -> None:
    before, after = (question(Who("a clerk"), one).splitlines() for one in (None, SEEN))
    added = [line for line in after if line not in before]
    assert [line for line in before if line not in after] == []
    assert [re.sub(r"`.*?`|be agreed", "_", line) for line in added] == [
        "# What you have read",
        "This article appeared in a magazine, signed by a former representative of Arden:",
        "> **A way out**",
        ">",
        "> It is time.",
        "The article ends here.",
        "- _: On *The well*, which option does the article propose? Give its id, or _.",
        '  "article": "OPTION",',
    ]


@pytest.mark.parametrize("article", [None, SEEN])
def test_no_word_says_what_the_article_may_do(article: ShownArticle | None) -> None:
    told = WORDS.system(DISPUTE) + question(Who("a clerk"), article) + WORDS.complaint("No.")
    assert not re.search(SWAYING, told, re.IGNORECASE)


def test_the_form_is_the_whole_reply() -> None:
    asked = sheet({"well": "half"})
    text = question(Who("a clerk"), SEEN)
    form = text.split("```json\n")[1].split("```")[0]
    filled = json.loads(re.sub(rf"\b{NUMBER}\b", "7", form))
    assert list(filled) == ["percent", "costs", "settlement", "article", "position"]
    assert list(filled["costs"]) == [party.key for party in asked.parties]
    for rows in filled["costs"].values():
        assert {i: tuple(row) for i, row in rows.items()} == dict(asked.issues)
        assert list(rows) == list(asked.issues)
    assert filled["settlement"] == dict.fromkeys(asked.issues, OPTION)


def test_no_option_is_told_to_be_an_end_of_the_scale() -> None:
    """Options stand with their text alone, and one scale is put for all of them. What was asked for
    in public stands apart, and is asked about last."""
    issues, public = WORDS.system(DISPUTE).split("## What was asked for in public")
    options = [line for line in issues.splitlines() if line.startswith("- `")]
    assert options == [
        f"- `{option.id}`: {DISPUTE.clause(issue.id, option.id)}"
        for issue in DISPUTE.issues
        for option in issue.options
    ]
    assert "opening" not in issues
    for issue in DISPUTE.issues:
        assert public.count(f"- `{issue.id}`: ") == 1
    asked = question(Who("a clerk"))
    (scale,) = (line for line in asked.splitlines() if line.startswith("- `costs`"))
    assert "on the same scale for every option" in scale
    assert "none has to have 0 or 100" in scale
    assert not re.search("best|worst|opening|first asked", scale)
    assert asked.index("- `costs`") < asked.index("- `position`")


def test_asking_again_says_what_was_wrong_and_what_is_left() -> None:
    assert "It lacks 'costs'." in WORDS.complaint("It lacks 'costs'.")
    assert "once more" in WORDS.complaint("No.", tries=1)
    assert "up to 2 more times" in WORDS.complaint("No.", tries=2)
