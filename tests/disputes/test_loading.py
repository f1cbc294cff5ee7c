from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.loading import load_scenarios
from harness.errors import InputError
from tests.disputes.games.test_family import FAMILY
from tests.support.disputes import SMALL, write


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with one scenario and one family in it."""
    folder = tmp_path / "evals" / "scenarios"
    folder.mkdir(parents=True)
    write(folder, SMALL, "small.yaml")
    write(folder, FAMILY.replace("id: trial", "id: trial-games"), "trial_games.yaml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_family_gives_all_its_instances(here: Path) -> None:
    ids = [f"trial-games-{n:02d}" for n in (1, 2, 3)]
    assert [s.id for s in load_scenarios("trial_games")] == ids
    assert [s.id for s in load_scenarios("trial-games")] == ids
    assert load_scenarios("trial-games-02") == load_scenarios("trial-games")[1:2]


def test_an_instance_of_a_users_family(here: Path) -> None:
    write(here / "evals" / "scenarios", FAMILY.replace("trial", "mine"), "whatever.yaml")
    assert [s.id for s in load_scenarios("mine-03")] == ["mine-03"]


@pytest.mark.parametrize("name", ["trial-games-00", "trial-games-04", "trial-games-99"])
def test_an_instance_that_is_not(here: Path, name: str) -> None:
    with pytest.raises(InputError, match="'trial-games' has no instance") as caught:
        load_scenarios(name)
    assert caught.value.fix == "it has trial-games-01 to trial-games-03"


def test_an_instance_of_a_single_scenario(here: Path) -> None:
    with pytest.raises(InputError, match="one scenario") as caught:
        load_scenarios("small-01")
    assert caught.value.fix == "name it without the number"


def test_an_impossible_family_names_its_file(here: Path) -> None:
    text = FAMILY.replace("zopa: wide", "zopa: empty").replace("issues: 4", "issues: 2")
    text = text.replace("{integrative: 2, distributive: 1, compatible: 1}", "{compatible: 2}")
    path = write(here, text)
    with pytest.raises(InputError, match="no game with a ZOPA that is empty") as caught:
        load_scenarios(str(path))
    assert caught.value.where == f"{path}:4"
