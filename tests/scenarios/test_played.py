"""The disputes that no shipped suite plays yet, played from the command line to a scored run."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Twin
from harness.records.reader import RunFolder
from tests.support.disputes import SMALL, write
from tests.support.inprocess import typed

SUITE = """\
schema: track15/suite/1
id: four
title: Four disputes
question: Do outlines lean when neither side sends officials?
scenarios: [borderland, stalemate, merger, port]
twins: [both]
epochs: 1
protocol: {rounds: 1, turns: 4, debrief: false}
tactic: linear
evaluators: [settlement, acceptability]
arms:
  officials: {track: "1"}
  unofficial: {track: "2", title: private persons on both sides}
contrasts:
  primary:
    name: Track 2 against Track 1
    measure: settlement.skew
    treatment: unofficial
    control: officials
    claim: C9
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = tmp_path_factory.mktemp("four")
    (folder / "four.yaml").write_text(SUITE, encoding="utf-8")
    done = typed("run", "four.yaml", "--no-report", "--display", "none", cwd=folder)
    assert done.code == 0, done.err
    (found,) = (path.parent for path in folder.glob("transcripts/*/run.json"))
    return RunFolder(found)


def test_officials_settle_within_the_zone_and_every_dialogue_is_played(run: RunFolder) -> None:
    played = list(run.transcripts())
    assert len(played) == 4 * 2
    assert all(one.void is None for one in played)
    official = [one for one in played if all(s.role == "official" for s in one.spec.seats)]
    assert len(official) == 4
    for one in official:
        assert one.body.outcome.package is not None, "a zone is there, and officials find it"
        scenario = run.info.scenarios[one.spec.scenario]
        for seat in one.spec.seats:
            terms = scenario.terms(seat.principal)
            assert terms.utility(one.body.outcome.package) >= terms.reservation - 1e-9


def test_a_run_keeps_the_home_and_its_words_follow_the_names(run: RunFolder) -> None:
    scenario = run.info.scenarios["borderland"]
    (home,) = scenario.homes.values()
    assert home.sends == scenario.seats.u
    told = [scenario.say(text) for text in (home.description, *home.policy)]
    twin = scenario.twin(Twin.NAMES)
    exchanged = [twin.say(text) for text in (home.description, *home.policy)]
    one, other = (scenario.principals[pid].name for pid in ("a", "b"))
    for text, image in zip(told, exchanged, strict=True):
        assert "$" not in text + image
        assert text.replace(one, "#").replace(other, one).replace("#", other) == image


def test_an_option_of_two_issues_is_one_clear_error(tmp_path: Path) -> None:
    path = write(tmp_path, SMALL.replace("{id: us, text", "{id: half, text"))
    (tmp_path / "four.yaml").write_text(
        SUITE.replace("borderland, stalemate, merger, port", str(path)), encoding="utf-8"
    )
    done = typed("run", "four.yaml", "--no-report", cwd=tmp_path)
    assert done.code == 2
    assert f"{path}:18" in done.err
    assert "the option id 'half' stands in 'well' and in 'fence'" in done.err
    assert "as in 'fence_half'" in done.err
    assert "Traceback" not in done.err
