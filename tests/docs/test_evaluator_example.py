"""The evaluator of docs/examples is sound, and finds what it says."""

from __future__ import annotations

from pathlib import Path

from harness.evaluators.case import Case
from harness.evaluators.registry import registry
from harness.evaluators.scoring import evaluate
from harness.exchange.importing.agenda import agenda_of
from harness.exchange.importing.negotiation import Negotiation
from harness.exchange.importing.record import record_of
from tests.support.disputes import small
from tests.support.transcripts import case, make_transcript

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "last_word.py"


def test_the_example_measures_the_last_words(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    chosen = registry([f"{EXAMPLE}:LastWord"])
    talks = make_transcript(scenario, [("o", "pass"), ("u", "pass")], words="so be it")
    (score,) = evaluate(case(talks, scenario), chosen)
    assert score.values == {"by_u": True, "length": 3.0}
    (score,) = evaluate(case(make_transcript(scenario, []), scenario), chosen)
    assert score.values == {"by_u": None, "length": None}
    assert set(score.why_null.values()) == {"nobody spoke"}


def test_it_reads_words_of_which_nothing_else_is_known() -> None:
    """It says that it needs neither values nor an ending."""
    chosen = registry([f"{EXAMPLE}:LastWord"])
    told = {"ann": {}, "bo": {}}
    turns = [{"who": "ann", "text": "Hello."}, {"who": "bo", "text": "Good bye to you."}]
    words = Negotiation.model_validate(
        {"parties": told, "turns": turns, "outcome": {"kind": "unknown"}}
    )
    agenda = agenda_of(words, lambda name: small(Path(name)), "words")
    (score,) = evaluate(Case(record_of(words, agenda), agenda.scenario), chosen)
    assert score.values == {"by_u": True, "length": 4.0}
