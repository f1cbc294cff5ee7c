"""Job interviews: what an issue is worth depends on another, and every class of steps occurs."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness.app.importing import import_file
from harness.app.reading import reading_of
from harness.cli.ground import print_ledger
from harness.evaluators.base import TOGETHER
from harness.evaluators.case import Case, case_of
from harness.evaluators.concessions import Concessions
from harness.evaluators.leakage import NO_IMAGE, Leakage
from harness.evaluators.ledger import ledger
from harness.evaluators.settlement import Settlement
from harness.exchange.importing.jobinterview import JobInterview
from harness.exchange.negotiations import negotiation_chunks
from harness.exchange.public import public_reading
from harness.exchange.tidy import Chosen
from harness.records.reader import RunFolder
from tests.support.command import track15
from tests.support.corpora import corpus
from tests.support.interviews import EVERY_STEP, STEPS, Document, interview, lines, offer
from tests.support.viewer import client_of


def cases(path: Path, tmp_path: Path) -> list[Case]:
    folder = import_file("jobinterview", path, log_dir=tmp_path / "runs").folder
    return [case_of(record, folder.info) for record in folder.transcripts()]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    path = tmp_path / "interviews.jsonl"
    path.write_text(lines(interview(EVERY_STEP, accepted=9)), encoding="utf-8")
    (found,) = cases(path, tmp_path)
    return found


def test_every_class_of_steps_is_told_by_both_principals_own_values(case: Case) -> None:
    """A published program has "nice" inverted and takes the giver's values for the other side's:
    either would give other counts."""
    detail: Any = Concessions().score(case).detail
    for seat, expected in STEPS.items():
        assert detail[f"steps_{seat}"]["1e-09"] == expected
    assert min(STEPS["o"].values()) > 0
    assert sum(STEPS["o"].values()) == sum(who == "recruiter" for who, _ in EVERY_STEP) - 1


def test_values_are_those_of_the_file(case: Case) -> None:
    found = Settlement().score(case)
    assert found.values["u_o"] == pytest.approx(0.4 / 4 + 0.3 * 0 + 0.2 * 1 + 0.1 * 0)
    assert found.values["u_u"] == pytest.approx(0.4 * 3 / 4 + 0.3 * 1 + 0.2 * 1 + 0.1 * 1)
    assert found.values["agreement"] is True
    assert case.scenario.shape() == (5, 2, 3, 2)
    assert "role" not in case.scenario.terms("recruiter").weights, "it counts with the firm alone"
    assert case.scenario.terms("recruiter").weights["firm"] == pytest.approx(0.1)


def test_words_and_offers_stand_in_the_order_of_their_times(case: Case) -> None:
    turns = case.talks.turns
    assert [turn.words for turn in turns[:3]] == ["Any.", "", "Which firm?"]
    assert [turn.move.action.value for turn in turns if turn.move is not None] == [
        "pass", "propose", "pass", *["propose"] * 9, "accept",
    ]  # fmt: skip
    assert case.talks.outcome.proposer == "u"
    assert turns[-1].seat == "o", "whoever did not put the offer has accepted it"


def test_lines_of_the_ledger_sum_to_their_move_where_both_issues_of_a_pair_change(
    case: Case,
) -> None:
    both = [move for move in ledger(case) if {"role", "firm"} <= {g.issue for g in move.given}]
    assert len(both) >= 2
    for move in both:
        assert sum(line.cost for line in move.given) == pytest.approx(move.cost, abs=1e-12)
    fortunate = next(move for move in both if move.turn == 4)
    costs = {line.issue: line.cost for line in fortunate.given}
    # waiter in the bar .25, waiter in the inn .5, cook in the bar 0, cook in the inn 1; firm +.1
    assert costs["role"] == pytest.approx(-0.3 * ((0 - 0.25) + (1 - 0.5)) / 2)
    assert costs["firm"] == pytest.approx(-0.3 * ((0.5 - 0.25) + (1 - 0)) / 2 - 0.1)


def test_what_is_asked_of_single_issues_is_null_with_the_reason(case: Case) -> None:
    assert Leakage().score(case).why_null["kept_o"] == TOGETHER
    assert Concessions().score(case).why_null["rigidity_o"] == TOGETHER
    assert NO_IMAGE not in Leakage().score(case).why_null.values()


def test_who_reads_the_ledger_is_told_how_a_pair_is_parted(case: Case, tmp_path: Path) -> None:
    (folder,) = (RunFolder(path) for path in (tmp_path / "runs").iterdir())
    reading = reading_of(folder, case.transcript)
    assert reading.together.startswith("Valued together: Role with Firm. Where both change at once")
    assert public_reading(reading).together == "", "what anybody values is no public matter"
    file = io.StringIO()
    print_ledger(Console(file=file, width=300), reading)
    assert reading.together in file.getvalue().replace("\n", " ")


def test_pairs_go_out_in_the_neutral_form_and_come_back_with_the_same_values(
    case: Case, tmp_path: Path
) -> None:
    (folder,) = (RunFolder(path) for path in (tmp_path / "runs").iterdir())
    out = tmp_path / "out.jsonl"
    out.write_bytes(b"".join(negotiation_chunks(folder, Chosen())))
    again = import_file("jsonl", out, log_dir=tmp_path / "again").folder
    (found,) = (case_of(record, again.info) for record in again.transcripts())
    assert found.scenario == case.scenario
    assert Settlement().score(found).values == Settlement().score(case).values
    assert [one.given for one in ledger(found)] == [one.given for one in ledger(case)]


def _without(document: Document, role: str) -> None:
    del document["utilities"][role]


def _unnamed(document: Document) -> None:
    document["utilities"]["worker"][2]["options"][0].pop("name")


BAD: dict[str, tuple[Callable[[Document], object], str]] = {
    "a side without values": (
        lambda d: _without(d, "worker"),
        "utilities of the worker are missing",
    ),
    "an option without a value": (
        lambda d: d["utilities"]["worker"][1]["options"].pop(),
        "the points of 'Firm': 'bar' are missing",
    ),
    "an option without a name": (_unnamed, "an option of 'Place' has no 'name'"),
    "other options": (
        lambda d: d["utilities"]["worker"][0].update(max=6),
        "the two sides have different issues or options",
    ),
    "a pair that names one issue": (
        lambda d: d["utilities"]["worker"][1]["options"][0].update(names={"Role": "cook"}),
        "'names' of 'Role' must have an option of 'Role' and of 'Firm'",
    ),
    "a pair of options twice": (
        lambda d: d["utilities"]["worker"][1]["options"].append(
            d["utilities"]["worker"][1]["options"][0]
        ),
        "'Role' has 'cook' with 'inn' twice",
    ),
    "an option twice": (
        lambda d: [
            own[2]["options"].append(own[2]["options"][0]) for own in d["utilities"].values()
        ],
        "needs two or more options, all different",
    ),
    "an issue twice": (
        lambda d: d["utilities"]["recruiter"].append(d["utilities"]["recruiter"][0]),
        "the recruiter has 'Pay' twice",
    ),
    "no end": (lambda d: d["utilities"]["worker"][0].update(min=5), "needs 'min' below 'max'"),
    "too many numbers": (
        lambda d: d["utilities"]["recruiter"][0].update(max=10_000_000),
        "more than 400 numbers",
    ),
    "two accepted offers": (
        lambda d: d["offers"][0].update(accepted=True),
        "2 offers were accepted",
    ),
    "completed without a deal": (
        lambda d: d["offers"][9].update(accepted=False),
        "it is completed, and no offer was accepted",
    ),
    "an offer of what there is not": (
        lambda d: d["offers"][0]["offer"].update(Pay=9),
        "'Pay' has no option '9'",
    ),
    "a time that is none": (lambda d: d["offers"][0].update(t="noon"), "offers.0.t"),
    "somebody else": (lambda d: d["turns"][0].update(role="judge"), "turns.0.role"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_used_is_told_with_its_line_and_the_rest_is_read(
    name: str, tmp_path: Path
) -> None:
    bad, path = interview(EVERY_STEP, accepted=9), tmp_path / "some.jsonl"
    breaks, why = BAD[name]
    breaks(bad)
    path.write_text(lines(interview(EVERY_STEP, accepted=9), bad), encoding="utf-8")
    found = import_file("jobinterview", path, log_dir=tmp_path)
    assert (found.read, found.refused) == (1, 1)
    (problem,) = found.problems
    assert problem.startswith(f"{path}:2: ")
    assert why in problem


@pytest.mark.parametrize(
    ("line", "why"), [("[1]", "no JSON object"), ("{", "no JSON: EOF"), ('{"id": 1}', "'status'")]
)
def test_a_line_that_is_something_else_is_told(line: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    (one,) = JobInterview().read(path)
    assert one.where == f"{path}:2"
    assert why in one.problem


def test_of_what_was_broken_off_nobody_knows_the_end(tmp_path: Path) -> None:
    document, path = interview(EVERY_STEP, accepted=None), tmp_path / "some.jsonl"
    path.write_text(lines({**document, "status": "left"}), encoding="utf-8")
    (one,) = JobInterview().read(path)
    assert one.negotiation is not None
    assert one.negotiation.outcome.kind == "unknown"
    assert one.negotiation.outcome.reason == "status 'left'"


def test_it_is_imported_and_scored_by_command(tmp_path: Path) -> None:
    path, end = tmp_path / "some.jsonl", [("recruiter", offer(3, "cook", "inn", "south"))]
    both = interview(EVERY_STEP, accepted=9), interview(end, accepted=0, name=1)
    path.write_text(lines(*both), encoding="utf-8")
    done = track15(
        "import", "jobinterview", path, "--log-dir", tmp_path / "t", "--json", cwd=tmp_path
    )
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["read"], told["scenarios"], told["refused"]) == (2, 1, 0)
    (folder,) = (tmp_path / "t").iterdir()
    assert track15("score", folder, cwd=tmp_path).code == 0
    assert "Valued together: Role with Firm." in (folder / "report.html").read_text("utf-8")
    kept = [json.loads(line) for line in (folder / "scores.jsonl").read_text().splitlines()]
    steps = [one["detail"]["steps_o"]["1e-09"] for one in kept if one["evaluator"] == "concessions"]
    assert STEPS["o"] in steps
    page = client_of(tmp_path / "t").get(f"/runs/{folder.name}/dialogues/{kept[0]['id']}").text
    assert "Valued together: Role with Firm." in page


def test_the_published_corpus_gives_its_figures(tmp_path: Path) -> None:
    """Mean utilities, the share of Pareto-optimal deals, and the step classes of both sides."""
    found = cases(corpus("jobinterview/parsed.jsonl"), tmp_path)
    assert len(found) == 109
    settled = [Settlement().score(one).values for one in found]
    means = {name: sum(float(v[name] or 0) for v in settled) / 109 for name in ("u_o", "u_u")}
    assert {name: round(mean, 3) for name, mean in means.items()} == {"u_o": 0.702, "u_u": 0.678}
    optimal = sum(float(v["frontier_distance"] or 0) <= 1e-9 for v in settled)
    assert round(optimal / 109, 3) == 0.128
    steps: dict[str, Counter[str]] = {"o": Counter(), "u": Counter()}
    coarse = Counter[str]()
    for one in found:
        detail: Any = Concessions().score(one).detail
        coarse.update(detail["steps_o"]["0.05"])
        for seat, counted in steps.items():
            counted.update(detail[f"steps_{seat}"]["1e-09"])
    names = ("concession", "selfish", "unfortunate", "silent", "fortunate", "nice")
    assert [steps["o"][name] for name in names] == [52, 6, 5, 3, 2, 0]
    assert [steps["u"][name] for name in names] == [26, 4, 4, 0, 2, 0]
    assert coarse["silent"] == 29, "of 68: nobody would notice"
