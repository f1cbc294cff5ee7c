"""``show``: what followed the talks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.chain import BY_SCRIPT, FEW
from harness.cli.show_chain import KINDS, NOT_BESIDE
from harness.records.misreading import MISREADING
from harness.records.news import NEWS
from harness.records.publication import PUBLICATION
from harness.records.reader import RunFolder
from harness.records.readership import READERSHIP
from harness.report import episode_marks
from tests.support.command import Result
from tests.support.episodes import changed_run, episode_of, voided
from tests.support.inprocess import typed


@pytest.fixture(scope="module")
def stages(chain_run: Path) -> dict[str, str]:
    return episode_of(RunFolder(chain_run)).stages


def show(run: Path, *arguments: str) -> Result:
    shown = typed("show", run, *arguments, cwd=run.parent)
    assert shown.code == 0, shown.err
    return shown


def test_episodes_are_listed_with_their_whole_ids(chain_run: Path, stages: dict[str, str]) -> None:
    out = show(chain_run, "--chain", "--arm", "chain").out
    rows = [line.split() for line in out.splitlines()]
    (own,) = [row for row in rows if row[:1] == [stages["later"]] and len(row) > 4]
    assert own[1:5] == ["chain", "nuclear", "none", "1"]
    assert f"show {chain_run.name} {stages['later']} --chain --arm chain" in out
    lines = show(chain_run, "--chain", "--json").out.splitlines()
    assert len(lines) == 10
    assert json.loads(lines[0])["stages"] == stages
    assert len(show(chain_run, "--chain", "--json", "--limit", "3").out.splitlines()) == 3
    assert "and 8 more" in show(chain_run, "--chain", "--limit", "2").out


def test_episodes_are_sorted_and_the_headings_explained(chain_run: Path) -> None:
    out = show(chain_run, "--chain", "--arm", "chain", "--sort", "later.gain_u").out
    rows = [line.split() for line in out.splitlines() if " chain  " in line]
    gains = [float(row[-2].replace("−", "-")) for row in rows]
    assert len(gains) == 2
    assert gains == sorted(gains)
    assert "later gain_u: later talks: gain of the other seat's principal" in out
    refused = typed("show", chain_run, "--chain", "--sort", "nothing", cwd=chain_run.parent)
    assert (refused.code, "no measure of episodes is called 'nothing'" in refused.err) == (2, True)


def test_a_whole_chain_is_printed_in_order(chain_run: Path, stages: dict[str, str]) -> None:
    shown = show(chain_run, stages["talks"][:10], "--chain")
    heads = ["The talks", "The article", "The readers", "The later real talks"]
    places = [shown.out.index(f"\n{head}\n") for head in heads]
    assert places == sorted(places)
    for key in stages.values():
        assert key in shown.out
    assert f"[{BY_SCRIPT}]" in shown.out.replace("\n      ", " ")
    assert "is taken to care about" in shown.out
    assert "no-article, no-hand, no-meeting, unmoved too" in shown.err.replace("\n", " ")
    own = show(chain_run, stages["talks"], "--chain", "--arm", "no-meeting").out
    assert "The article" not in own
    assert "nothing of the meeting" in own
    told = json.loads(show(chain_run, stages["later"], "--chain", "--json").out)
    assert [told["stages"][name]["kind"] for name in ("article", "later")] == [
        "publication",
        "later",
    ]


def test_what_was_private_can_be_left_out(chain_run: Path, stages: dict[str, str]) -> None:
    out = show(chain_run, stages["later"], "--chain", "--public").out
    assert "(private)" not in out
    assert "is taken to care about" not in out
    assert "asks, against public openings" not in out
    assert "gain of" not in out


def test_every_stage_is_read_by_its_id(chain_run: Path, stages: dict[str, str]) -> None:
    article = show(chain_run, stages["article"])
    assert "What it advises" in article.out
    assert "The readers" not in article.out
    assert "no-hand, unmoved too" in article.err.replace("\n", " ")
    readers = show(chain_run, stages["after"]).out
    assert "The readers" in readers
    assert "official" in readers
    later = show(chain_run, stages["later"]).out
    assert "\nRound 1" in later
    assert "Ending: Deal" in later or "Ending: No deal" in later
    assert "The later real talks" in later
    assert json.loads(show(chain_run, stages["later"], "--json").out)["kind"] == "later"
    assert json.loads(show(chain_run, stages["before"], "--json").out)["kind"] == "readership"
    assert "No model was asked" in show(chain_run, stages["later"], "--calls").out


def test_scores_of_an_episode_stand_under_its_last_stage(
    chain_run: Path, stages: dict[str, str]
) -> None:
    out = show(chain_run, stages["later"], "--scores").out
    assert "later.gain_u" in out
    found = json.loads(show(chain_run, stages["later"], "--scores", "--json").out)
    assert {score["id"] for score in found} == {stages["later"]}
    none = typed("show", chain_run, stages["article"], "--scores", cwd=chain_run.parent)
    assert none.code == 1
    assert "no scores stand under" in none.err


def test_why_there_is_no_article_is_private(
    chain_run: Path, tmp_path: Path, stages: dict[str, str]
) -> None:
    copy = changed_run(chain_run, tmp_path, "publication.jsonl", voided("not 'canary'"))
    assert "void (reply): not 'canary'" in show(copy, stages["article"]).out
    assert "canary" not in show(copy, stages["article"], "--public").out


@pytest.mark.parametrize("name", NOT_BESIDE)
def test_what_says_nothing_of_episodes_is_refused(chain_run: Path, name: str) -> None:
    value = {"outcome": ["deal"], "worst": ["3"], "turn": ["1"], "calls": [], "scores": []}
    typed_as = [f"--{name}", *value.get(name, ["skew"])]
    shown = typed("show", chain_run, "--chain", *typed_as, cwd=chain_run.parent)
    assert shown.code == 2
    assert f"--{name}: not for episodes" in shown.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--chain", "--public"), 2, "a list has nothing private"),
        (("KEY", "--chain", "--public", "--json"), 2, "hold what was private"),
        (("KEY", "--chain", "--limit", "3"), 2, "--limit: not for one episode"),
        (("KEY", "--chain", "--arm", "nobody"), 2, "no episode of the arm 'nobody'"),
        (("zzz", "--chain"), 1, "no stage with an id"),
        (("--chain", "--scenario", "nowhere"), 2, "no episode of the scenario"),
        (("ARTICLE", "--turn", "1"), 2, "only talks have turns"),
        (("zzz",), 1, "no dialogue with an id"),
    ],
)
def test_what_does_not_go_together_is_told(
    chain_run: Path, stages: dict[str, str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    named = {"KEY": stages["later"], "ARTICLE": stages["article"]}
    words = [named.get(one, one) for one in arguments]
    shown = typed("show", chain_run, *words, cwd=chain_run.parent)
    assert shown.code == code
    assert said in shown.err


def test_names_are_those_of_the_records() -> None:
    assert set(KINDS) == {PUBLICATION, READERSHIP, NEWS, MISREADING}
    assert episode_marks.BY_SCRIPT == BY_SCRIPT
    assert FEW > 0
