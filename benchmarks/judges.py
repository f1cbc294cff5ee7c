"""Does ``track15 calibrate`` find judges as good as they are? The table of docs/validity.md.

    python benchmarks/judges.py --write docs/validity.md

Each simulated judge is a model behind a server on loopback, which ``calibrate`` asks as it asks any
other. How good each is follows from how it errs, and from what is planted. The second table repeats
the readings of judges that err by chance, without a server, and counts how often the interval holds
the true figure. More tables are of judges that answer questions (``answer_judges.py``); nobody
serves these.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import answer_judges
from benchmarks.answer_judges import holds
from benchmarks.simulated_judges import JUDGES, Library, SimulatedJudge, answer, readings
from benchmarks.validity import write_between
from harness.analysis.agreement import Agreed
from harness.analysis.judge_account import Account, lean, precision, recall
from harness.analysis.judge_usable import shown
from harness.analysis.known_readings import first_of, usable
from harness.app.calibrating import Calibrated, calibrate
from harness.app.readings import reads_of
from harness.plans.prose_ledger import BY
from harness.planted.phrases import dispute_words
from harness.planted.planted import Perturbation, Planted
from harness.planted.sets import planted
from tests.support.mock_server import Answer, MockServer, completion

BEGIN: Final = "<!-- judges: begin -->"
END: Final = "<!-- judges: end -->"
WAYS: Final[tuple[Perturbation, ...]] = ("as_written", "label", "order")
ANSWERS_BEGIN: Final = "<!-- answer-judges: begin -->"
ANSWERS_END: Final = "<!-- answer-judges: end -->"
SEEDS: Final = 200
_BY_NAME: Final = {judge.name: judge for judge in JUDGES}
_HEADINGS: Final = (
    "judge",
    "what it does",
    "figure",
    "true",
    "found, 95 % interval",
    "inside",
    "usable",
    "not usable",
)


@dataclass(frozen=True)
class Planned:
    """What is planted, counted.

    Attributes:
        events: How many events there are.
        concessions: How many of them are concessions.
        passages: How many passages there are.
        transcripts: How many transcripts.
        second: Share of the events that are of the party that is named second.
        first: How many transcripts have an event.
        worse: Share of the transcripts with a threat of harm.
    """

    events: int
    concessions: int
    passages: int
    transcripts: int
    second: float
    first: int
    worse: float


def counted(told: Sequence[Planted]) -> Planned:
    """Count what is planted, as written."""
    truth = [(one, verdict) for one in told for verdict in one.truth]
    second = sum(
        verdict.fields[BY] == one.scenario.twin(one.record.spec.twin).seats.u
        for one, verdict in truth
    )
    return Planned(
        events=len(truth),
        concessions=sum(verdict.item.startswith("concedes.") for _, verdict in truth),
        passages=sum(bool(turn.words) for one in told for turn in one.record.body.turns),
        transcripts=len(told),
        second=second / len(truth),
        first=sum(bool(one.truth) for one in told),
        worse=sum(any(v.answer == "worse" for v in one.truth) for one in told) / len(told),
    )


Figure = Callable[[Account], Agreed | None]


def figures(of: Planned) -> Mapping[str, Sequence[tuple[str, float, Figure]]]:
    """Judge -> its figures: what they are called, what they truly are, and where they are found.

    A judge that invents a concession in a share of the passages finds ``finds * events`` true ones
    and so many false ones.
    """

    def event(name: str) -> Figure:
        return lambda account: account.events.get(name)

    def leaning(name: str) -> Figure:
        return lambda account: account.bias.get(name)

    def noisy(finds: float, invents: float) -> Sequence[tuple[str, float, Figure]]:
        true, false = finds * of.events, invents * of.passages
        return (
            ("recall", finds, event("recall")),
            ("precision", true / (true + false), event("precision")),
            ("lean to a name", 0.0, leaning("label")),
        )

    per_party = of.concessions / of.transcripts / 2
    false = 0.5 * of.transcripts
    return {
        "perfect": (("recall", 1.0, event("recall")), ("precision", 1.0, event("precision"))),
        "noisy": noisy(0.8, 0.04),
        "poor": noisy(0.45, 0.15),
        "favours-first": (
            ("recall", 1 - of.second / 2, event("recall")),
            ("lean to the first named", per_party / 2, leaning("order")),
        ),
        "favours-name": (
            ("precision", of.events / (of.events + false), event("precision")),
            ("lean to a name", 0.5, leaning("label")),
        ),
        "lazy": (("recall", of.first / of.events, event("recall")),),
        "squeamish": (
            ("recall where it reads", 1.0, event("recall")),
            ("readings without an answer", of.worse, _unusable),
        ),
        "gullible": (("recall", 1.0, event("recall")),),
    }


def _unusable(account: Account) -> Agreed:
    """The share of readings without an answer; it is counted, so that it has no interval."""
    whole = account.read * len(WAYS) + account.unusable  # as many are unusable in each telling
    return Agreed(account.unusable / whole, None, None, whole)


def calibrated(judge: SimulatedJudge, limit: int | None = None) -> Calibrated:
    """What ``calibrate`` finds of a judge behind a server."""
    library = Library(planted("test", WAYS, limit=limit))

    def script(body: dict[str, object]) -> str | Answer:
        if "messages" not in body:
            return "ok"
        said = answer(judge, library, body)
        return completion(None, refusal="I would rather not") if said is None else said

    with MockServer(script) as server, tempfile.TemporaryDirectory() as place:
        return calibrate(
            f"openai/{judge.name}@{server.base_url}",
            perturb=WAYS[1:],
            limit=limit,
            log_dir=place,
        )


def rows(limit: int | None = None) -> Iterator[tuple[str, ...]]:
    """The first table: what is found of each judge."""
    known = figures(counted(list(planted("test", limit=limit))))
    for judge in JUDGES:
        found = calibrated(judge, limit)
        said = {
            answer: ", ".join(n for n, one in found.verdicts.items() if one.usable == answer)
            for answer in ("yes", "no")
        }
        for number, (name, true, figure) in enumerate(known[judge.name]):
            one = figure(found.account)
            yield (
                judge.name if number == 0 else "",
                judge.does if number == 0 else "",
                name,
                f"{true:.3f}",
                "—" if one is None else shown(one),
                "yes" if holds(one, true) else "**no**",
                (said["yes"] or "nothing") if number == 0 else "",
                (said["no"] or "nothing") if number == 0 else "",
            )


def coverage(seeds: int) -> Iterator[tuple[str, ...]]:
    """The second table: how often the interval holds the true figure."""
    told = list(planted("test", ("as_written", "label")))
    known = figures(counted([one for one in told if one.perturbation == "as_written"]))
    for name in ("noisy", "poor"):
        true = {figure: value for figure, value, _ in known[name]}
        inside = dict.fromkeys(true, 0)
        for seed in range(seeds):
            reads = usable(reads_of(told, readings(_BY_NAME[name], told, seed)))
            base, swapped = first_of(reads), first_of(reads, "label")
            first = list(base.values())
            pairs = [(one, swapped[transcript]) for transcript, one in base.items()]
            inside["recall"] += holds(recall(first), true["recall"])
            inside["precision"] += holds(precision(first), true["precision"])
            inside["lean to a name"] += holds(lean(pairs, "label"), true["lean to a name"])
        for figure, count in inside.items():
            yield (name, figure, f"{true[figure]:.3f}", f"{count / seeds:.3f}")


def _table(headings: Sequence[str], lines: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield "|" + "---|" * len(headings)
    for line in lines:
        yield f"| {' | '.join(line)} |"


def table(seeds: int, limit: int | None = None) -> str:
    """Both tables in Markdown."""
    disputes = len([one for one in dispute_words().values() if one.split == "test"])
    read = (
        f"Split `test`: {len(list(planted('test', limit=limit)))} transcripts over {disputes} "
        "disputes, as written, with names exchanged, and with the order turned round."
    )
    again = (
        f"How often the 95 % interval holds the true figure, over {seeds} readings of the whole "
        "split:"
    )
    return "\n".join(
        (
            read,
            "",
            *_table(_HEADINGS, rows(limit)),
            "",
            again,
            "",
            *_table(("judge", "figure", "true", "inside"), coverage(seeds)),
        )
    )


VERDICTS: Final = 50
"""Readings by whose verdicts it is counted how often a judge may be used, at most: each has all
figures of its account."""
_MAY: Final = (
    "split",
    "right",
    "a question: yes",
    "unclear",
    "no",
    "a leaning within its bound: yes",
    "unclear",
    "no",
)


def _verdicts_table(seeds: int) -> list[str]:
    said = (
        f"How often judges that give another answer by chance may be used, over {seeds} readings:"
    )
    return [said, "", *_table(_MAY, answer_judges.verdicts(range(seeds)))]


def answers_table(seeds: int) -> str:
    """The tables of judges that answer questions, in Markdown."""
    told = answer_judges.known()
    transcripts = len({one.transcript for one in told})
    read = (
        f"Split `test` of `{answer_judges.RUBRIC}`: {transcripts} transcripts, as written, with "
        "names exchanged, and with questions and answers in the reverse order."
    )
    return "\n".join(
        (
            read,
            "",
            *_table(_HEADINGS, answer_judges.rows(told)),
            "",
            f"How often the 95 % interval holds the true figure, over {seeds} readings of it:",
            "",
            *_table(
                ("judge", "figure", "true", "inside"), answer_judges.coverage(told, range(seeds))
            ),
            "",
            *_verdicts_table(min(seeds, VERDICTS)),
        )
    )


def main() -> None:
    """Print the tables, or write them into a page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=SEEDS, help="Readings of the second table.")
    parser.add_argument("--write", type=Path, help="Page whose tables are written anew.")
    given = parser.parse_args()
    if given.seeds < 1:
        parser.error("--seeds: at least one")
    text, answers = table(given.seeds), answers_table(given.seeds)
    if given.write is None:
        print(text, answers, sep="\n\n")
    else:
        write_between(given.write, text, BEGIN, END)
        write_between(given.write, answers, ANSWERS_BEGIN, ANSWERS_END)


if __name__ == "__main__":
    main()
