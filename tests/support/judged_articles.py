"""Articles as a chain leaves them, and judges that read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.disputes.scenario import Scenario
from harness.plans.article import article_rubric
from harness.records.judgement import (
    READ,
    Judge,
    Judgement,
    JudgementRecord,
    JudgementSpec,
    Quote,
    Verdict,
)
from harness.records.publication import PublicationRecord
from harness.records.transcript import Transcript, VoidReason, status_of
from tests.support.articles import article as written_by_a_script
from tests.support.articles import talks as some_talks
from tests.support.judging import SMALL_DISPUTE

TITLE = "What a peace would take"
TEXT = (
    "Water is life, they say in Arden.\n\nBoral could live with **half** of the well.\n\n"
    "* Good fences make\n  good neighbours.\n\nThe fence would cost Arden dear."
)


def article(
    text: str = TEXT,
    *,
    scenario: Scenario = SMALL_DISPUTE,
    talks: Transcript | None = None,
    void: VoidReason | None = None,
) -> PublicationRecord:
    """An article that was written after talks; such as they are, where none are given."""
    made = written_by_a_script(scenario, talks or some_talks(scenario))
    body = made.body.model_copy(update={"title": TITLE, "text": text, "claims": ()})
    return made.model_copy(update={"body": body, "status": status_of(void), "void": void})


def article_verdicts(
    scenario: Scenario, answers: Mapping[str, str | None], quotes: Mapping[str, int] | None = None
) -> tuple[Verdict, ...]:
    """Verdicts on an article by a judge that answers so, and finds nothing else. Each answer that
    needs a quote has one of a passage of its own, or of that in ``quotes``."""
    found = []
    for number, item in enumerate(article_rubric(scenario).items):
        none = next(answer.id for answer in item.answers if not answer.quoted)
        answer = answers.get(item.id, none)
        problem = "the judge cannot tell" if answer is None else None
        at = (quotes or {}).get(item.id, 100 + number)
        needed = answer is not None and item.answer(answer).quoted
        given = (Quote(text=f"on {item.id}", at=at),) if needed else ()
        found.append(Verdict(item=item.id, answer=answer, quotes=given, problem=problem))
    return tuple(found)


def article_judgement(
    scenario: Scenario,
    verdicts: Sequence[Verdict] = (),
    *,
    judge: str = "openai/judge",
    void: VoidReason | None = None,
    version: int = 1,
) -> JudgementRecord:
    """A judgement of :func:`article`."""
    rubric = article_rubric(scenario).model_copy(update={"version": version})
    spec = JudgementSpec(
        inputs={READ: article().id},
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        judge=Judge(model=judge),
        rubric=rubric,
        seed=0,
    )
    return JudgementRecord(
        id=spec.id,
        status=status_of(void),
        spec=spec,
        void=void,
        body=Judgement(verdicts=tuple(verdicts)),
    )
