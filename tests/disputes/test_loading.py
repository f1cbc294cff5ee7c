from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes import loading
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


def test_a_text_is_read_once_and_gives_the_same_scenarios(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_known", type(loading._known)())
    first = [*load_scenarios("small"), *load_scenarios("trial-games")]

    def never(*given: object) -> None:
        raise AssertionError("it was read before")

    with monkeypatch.context() as patch:
        patch.setattr(loading, "load_document", never)
        again = [*load_scenarios("small"), *load_scenarios("trial-games")]
        with pytest.raises(AssertionError, match="it was read before"):
            load_scenarios("trial-games-01")  # one instance is worked out for itself
    assert [id(one) for one in again] == [id(one) for one in first]
    again.clear()
    assert len(load_scenarios("trial-games")) == 3  # each list is the caller's own


def test_a_file_that_was_edited_is_read_anew_and_a_mistake_every_time(here: Path) -> None:
    path = here / "evals" / "scenarios" / "small.yaml"
    (before,) = load_scenarios("small")
    path.write_text(SMALL.replace("id: small", "id: smaller"))
    assert [s.id for s in load_scenarios("small")] == ["smaller"]
    path.write_text(SMALL)
    assert load_scenarios("small") == [before]
    path.write_text(f"{SMALL}\nnonsense: 1\n")
    for _ in range(2):
        with pytest.raises(InputError, match="nonsense"):
            load_scenarios("small")


def test_the_last_scenarios_used_are_kept(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "KEPT", 1)
    monkeypatch.setattr(loading, "_known", type(loading._known)())
    (one,) = load_scenarios("small")
    assert load_scenarios("small")[0] is one
    load_scenarios("trial-games-01")
    assert load_scenarios("small")[0] is not one
