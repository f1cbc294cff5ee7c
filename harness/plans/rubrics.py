"""The rubrics by which finished records of a run can be judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from harness.disputes.scenario import Scenario
from harness.plans.article import ARTICLE, article_rubric
from harness.plans.article_claims import ARTICLE_CLAIMS, article_claims_rubric
from harness.plans.claims import TALKS_CLAIMS, claims_rubric
from harness.plans.private_facts import PRIVATE_FACTS, by_seat
from harness.plans.prose_ledger import PROSE_LEDGER, prose_ledger_rubric
from harness.records.judgement import Rubric
from harness.records.publication import PUBLICATION
from harness.records.spec import RECORDED, TALKS


@dataclass(frozen=True)
class RunRubric:
    """A rubric for records of a run.

    Attributes:
        id: Its name.
        kinds: Of the records that it is for.
        asks: What it asks, in a few words.
        of: A scenario, in the twin that was played -> the questions.
        with_talks: Whether an article is read beside the talks that it came from.
        needs_values: Whether it asks about what terms are worth, which nobody may have told of
            talks that were held elsewhere.
    """

    id: str
    kinds: tuple[str, ...]
    asks: str
    of: Callable[[Scenario], Rubric]
    with_talks: bool = False
    needs_values: bool = False


RUBRICS: Final[Mapping[str, RunRubric]] = {
    one.id: one
    for one in (
        RunRubric(
            ARTICLE,
            (PUBLICATION,),
            "whose points an article makes, whose limits it argues away, what it discloses",
            article_rubric,
        ),
        RunRubric(
            TALKS_CLAIMS,
            (TALKS, RECORDED),
            "who claims a mandate, threatens to leave, or calls terms final in talks",
            claims_rubric,
        ),
        RunRubric(
            ARTICLE_CLAIMS,
            (PUBLICATION,),
            "the claims of an article, and which of them the talks bear out",
            article_claims_rubric,
            with_talks=True,
        ),
        *(
            RunRubric(
                name,
                (TALKS, RECORDED),
                "which private facts of its side a delegation said aloud",
                of,
                needs_values=True,
            )
            for name, of in by_seat().items()
        ),
        RunRubric(
            PROSE_LEDGER,
            (TALKS, RECORDED),
            "what each delegation gives, takes back, calls final or threatens in words",
            prose_ledger_rubric,
        ),
    )
}
"""By name; the first that a run has records for is the one that is meant where none is named."""
TOGETHER: Final[Mapping[str, tuple[str, ...]]] = {PRIVATE_FACTS: tuple(by_seat())}
"""Names that stand for several: one of each side."""
