from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.loading import load_scenarios
from harness.errors import InputError
from harness.files import catalogue
from harness.files.catalogue import FileKind, data_root, find, list_files
from tests.disputes.games.test_family import FAMILY
from tests.support.disputes import SMALL, write


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of its own with one scenario, one family and one suite; returns its evals/."""
    evals = tmp_path / "shipped" / "harness" / "_data" / "evals"
    for kind in ("scenarios", "suites"):
        (evals / kind).mkdir(parents=True)
    write(evals / "scenarios", SMALL.replace("id: small", "id: small-quarrel"), "small.yaml")
    write(evals / "scenarios", FAMILY.replace("id: trial", "id: trial-games"), "trial_games.yaml")
    write(evals / "suites", "id: quick\n", "quickstart.yaml")
    monkeypatch.setattr(catalogue, "_PACKAGE", tmp_path / "shipped" / "harness")
    return evals


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped: Path) -> Path:
    """The user's own folder, which is the current one."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def own(here: Path, kind: FileKind, text: str, name: str) -> Path:
    folder = here / "evals" / kind
    folder.mkdir(parents=True, exist_ok=True)
    return write(folder, text, name)


def test_data_stand_in_the_package_or_in_the_checkout(shipped: Path) -> None:
    package = shipped.parent.parent
    assert data_root("evals") == shipped
    assert data_root("prompts") == package / "_data" / "prompts"
    (package.parent / "pyproject.toml").touch()
    assert data_root("evals") == package.parent / "evals"
    assert data_root("transcripts") == package.parent / "transcripts"


@pytest.mark.parametrize("name", ["small", "small-quarrel", "SMALL", "small_quarrel"])
def test_a_name_or_an_id_finds_the_shipped_file(here: Path, shipped: Path, name: str) -> None:
    assert find("scenarios", name) == shipped / "scenarios" / "small.yaml"


def test_suites_are_found_alike(here: Path, shipped: Path) -> None:
    assert find("suites", "quickstart") == shipped / "suites" / "quickstart.yaml"
    assert find("suites", "quick") == shipped / "suites" / "quickstart.yaml"
    with pytest.raises(InputError, match="unknown suite 'small'"):
        find("suites", "small")


def test_the_users_folder_comes_before_the_shipped(here: Path, shipped: Path) -> None:
    mine = own(here, "scenarios", SMALL, "small.yaml")
    assert find("scenarios", "small").resolve() == mine
    assert [path.resolve() for path in list_files("scenarios")] == [
        mine,
        shipped / "scenarios" / "trial_games.yaml",
    ]


def test_a_path_comes_before_everything(here: Path) -> None:
    own(here, "scenarios", SMALL, "small.yaml")
    path = write(here, SMALL.replace("id: small", "id: by-path"), "small")
    assert find("scenarios", "small").resolve() == path
    assert [s.id for s in load_scenarios("small")] == ["by-path"]
    assert [s.id for s in load_scenarios(str(path))] == ["by-path"]


def test_a_folder_is_passed_over(here: Path, shipped: Path) -> None:
    (here / "small").mkdir()
    assert find("scenarios", "small") == shipped / "scenarios" / "small.yaml"


def test_close_matches_are_named(here: Path) -> None:
    with pytest.raises(InputError, match="unknown scenario 'smal-quarrel'") as caught:
        find("scenarios", "smal-quarrel")
    assert "did you mean 'small-quarrel'" in (caught.value.fix or "")


def test_all_are_named_where_none_is_close(here: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_scenarios("zzzzzz")
    assert caught.value.fix == (
        "known: small, small-quarrel, trial-games; or give the path of a file"
    )


def test_nothing_installed(here: Path, shipped: Path) -> None:
    (shipped / "suites" / "quickstart.yaml").unlink()
    with pytest.raises(InputError) as caught:
        find("suites", "quickstart")
    assert caught.value.fix == "give the path of a file; no suites are installed"


@pytest.mark.parametrize("name", ["gone.yaml", "evals/gone", "./small.yaml"])
def test_a_path_to_nothing(here: Path, name: str) -> None:
    with pytest.raises(InputError, match="no such file") as caught:
        find("scenarios", name)
    assert caught.value.where == name


def test_a_path_to_a_folder(here: Path) -> None:
    with pytest.raises(InputError, match="this is a folder"):
        find("scenarios", "./")


@pytest.mark.parametrize(
    "name", ["", "a\0b", "x" * 5000, "~nobody-by-this-name/x", "..", "[a", "*"]
)
def test_odd_names_are_only_unknown(here: Path, name: str) -> None:
    with pytest.raises(InputError):
        load_scenarios(name)


def test_a_broken_namesake_does_not_hide_the_rest(here: Path, shipped: Path) -> None:
    folder = own(here, "scenarios", "id: [\n", "broken.yaml").parent
    (folder / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    assert [s.id for s in load_scenarios("small-quarrel")] == ["small-quarrel"]
    with pytest.raises(InputError, match="not valid YAML"):
        load_scenarios("broken")
