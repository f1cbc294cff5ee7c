from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.errors import InputError
from harness.files.catalogue import data_root
from harness.incentives.profiles import Authority, Role
from harness.incentives.tracks import (
    MECHANISMS,
    TRACKS,
    move_mechanism,
)
from harness.prompting.folder import SUFFIX
from harness.prompting.talks import Prompts
from harness.suite.parts import Protocol
from tests.support.disputes import SMALL, small
from tests.support.told import LAWYER, between, everything, told
from tests.support.views import PlayedTable, dialogue, track


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("disputes"))


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return Prompts()


# --- the standing briefing ----------------------------------------------------------------------


@pytest.mark.parametrize("name", TRACKS)
@pytest.mark.parametrize("seat", ["o", "u"])
def test_the_system_message_does_not_depend_on_seed_or_order(
    scenario: Scenario, prompts: Prompts, name: Any, seat: str
) -> None:
    views = [
        PlayedTable(track(scenario, name, seed=seed), scenario, order=order).view(seat)
        for seed in range(5)
        for order in (("o", "u"), ("u", "o"))
    ]
    assert len({prompts.system(view) for view in views}) == 1
    assert len({prompts.caucus_system(view, LAWYER) for view in views}) == 1


def test_what_a_delegate_only_believes_follows_the_seed(
    scenario: Scenario, prompts: Prompts
) -> None:
    def tables(name: Any) -> set[str]:
        views = [
            PlayedTable(track(scenario, name, seed=seed), scenario).view("u") for seed in range(9)
        ]
        return {prompts.opening(view) for view in views}

    assert len(tables("1")) == 1
    assert len(tables("1.5")) > 5


def test_the_system_message_names_what_must_be_known(scenario: Scenario, prompts: Prompts) -> None:
    text = prompts.system(PlayedTable(told(track(scenario, "1.5")), scenario).view("u"))
    for needle in (
        "A small dispute",
        "`half`: each draws half",
        "(opening of Boral)",
        "Good fences make good neighbours.",
        "(not at the table)",
        "`walk_out`",
        '{"well": "OPTION", "fence": "OPTION"}',
        "You were once an official representative of it; today you hold no post",
        "- `o`, for Boral: its official representatives; what they sign can bind Boral",
        "what you agree to commits Arden to nothing",
        "There are at most 2 rounds. In each the delegations speak in turn, 3 times each",
    ):
        assert needle in text, needle


def test_nothing_reads_as_written_by_a_program(scenario: Scenario, prompts: Prompts) -> None:
    for name in TRACKS:
        spec = track(scenario, name, members={"u": (LAWYER,), "o": (LAWYER,)})  # type: ignore[arg-type]
        for seat in ("o", "u"):
            for text in everything(prompts, spec, scenario, seat):
                assert not re.search(
                    r"\b(AI|language model|assistant|None|True|False)\b",
                    text,
                )
                assert "{{" not in text
                assert "{%" not in text
                assert "\n\n\n" not in text
                assert text == text.strip()


def test_what_dialogues_share_is_the_same_as_each_ones_own(
    scenario: Scenario, prompts: Prompts
) -> None:
    """In whichever order they come, and whatever alone is different."""
    alone = Prompts()
    base = {"o": TRACKS["1"].o, "u": TRACKS["1.5"].u}
    chairs = {seat: (preset.role, preset.profile) for seat, preset in base.items()}
    plain = between(scenario, chairs["o"], chairs["u"])
    varied = [told(plain, "words"), told(plain), told(plain, u=Authority.FULL)]
    varied += [plain.model_copy(update={"version": 1})]
    varied += [
        between(scenario, chairs["o"], chairs["u"], **options)
        for options in ({}, {"seed": 2}, {"protocol": Protocol(rounds=2, turns=4)})
    ]
    varied += [between(scenario, chairs["u"], chairs["o"])]
    varied += [between(scenario, (Role.DELEGATE, p), chairs["u"]) for _, p in chairs.values()]
    for name in MECHANISMS:
        seat = MECHANISMS[name].seat
        moved = move_mechanism(chairs[seat][1], seat, name, "1.5" if seat == "o" else "1")
        changed = {**chairs, seat: (chairs[seat][0], moved)}
        varied.append(between(scenario, changed["o"], changed["u"]))
    advised = plain.seats[0].model_copy(update={"members": (LAWYER,)})
    varied.append(dialogue(scenario, [advised, plain.seats[1]]))
    for spec in [*varied, *reversed(varied)]:
        for seat in ("o", "u"):
            alone._known.clear()
            expected = everything(alone, spec, scenario, seat)
            assert everything(prompts, spec, scenario, seat) == expected
    view, later = [PlayedTable(one, scenario).view("o") for one in varied[4:6]]
    assert view.seed != later.seed
    assert prompts.system(view) is prompts.system(later)


# --- templates ----------------------------------------------------------------------------------


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}{SUFFIX}"
    path.write_text(text, encoding="utf-8")
    return path


def test_hashes_name_every_template_and_follow_its_text(tmp_path: Path, prompts: Prompts) -> None:
    write(tmp_path, "role", 'You speak.\n{% include "extra.md.j2" %}\n')
    write(tmp_path, "extra", "more\r\n")
    changed = Prompts(tmp_path).hashes()
    shipped = prompts.hashes()
    assert {"system", "rules", "role", "incentives", "debrief"} <= set(shipped)
    assert (
        changed["role"]
        == hashlib.sha256(b'You speak.\n{% include "extra.md.j2" %}\n').hexdigest()[:16]
    )
    assert set(changed) == set(shipped) | {"extra"}
    assert {name for name in shipped if changed[name] != shipped[name]} == {"role"}


def test_a_users_folder_comes_first_and_may_include(tmp_path: Path, scenario: Scenario) -> None:
    write(tmp_path, "role", 'For {{ me.name }}. {% include "extra.md.j2" %}')
    write(tmp_path, "extra", "Seat {{ me.seat }}.")
    text = Prompts(tmp_path).system(PlayedTable(track(scenario, "1"), scenario).view("u"))
    assert "For Arden. Seat u." in text


@pytest.mark.parametrize("seat", ["o", "u"])
def test_what_ships_says_the_same_where_it_is_metered(
    scenario: Scenario, prompts: Prompts, seat: str
) -> None:
    copied = Prompts(data_root("prompts"))
    for name in ("1", "1.5", "2"):
        spec = track(scenario, name, members={seat: (LAWYER,)})
        said = everything(prompts, spec, scenario, seat)
        assert everything(copied, spec, scenario, seat) == said


def test_a_users_folder_may_be_laid_out_like_the_shipped_one(tmp_path: Path) -> None:
    """With a folder for every kind of stage; the same templates have the same hashes either way."""
    (tmp_path / "mine" / "talks").mkdir(parents=True)
    write(tmp_path / "mine" / "talks", "role", "For {{ me.name }}.")
    deep = Prompts(tmp_path / "mine")
    assert deep.hashes()["role"] == hashlib.sha256(b"For {{ me.name }}.").hexdigest()[:16]
    assert deep.hashes() == Prompts(tmp_path / "mine" / "talks").hashes()
    (tmp_path / "mine" / "talks" / f"role{SUFFIX}").rename(tmp_path / "mine" / f"role{SUFFIX}")
    (tmp_path / "mine" / "talks").rmdir()
    assert Prompts(tmp_path / "mine").hashes() == deep.hashes()


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("rules", "one\n{% if %}", 2, "cannot be used"),
        ("rules", "one\ntwo\n{{ nonsense }}", 3, "no variable 'nonsense'"),
        ("system", "{{ worth.no_deal }}", 1, "no variable 'worth'"),
        ("rules", "one\n{{ talks.nonsense }}", 2, "nonsense"),
        ("rules", "one\n\n{{ talks.turns / 0 }}", 3, "division"),
        ("rules", "{{ me.name.__class__.__mro__ }}", 1, "unsafe"),
        ("rules", 'one\n{% include "none.md.j2" %}', 2, "none.md.j2"),
        ("rules", '{% include "rules.md.j2" %}', 1, "recursion"),
    ],
)
def test_a_users_mistake_is_named_with_file_and_line(
    tmp_path: Path, scenario: Scenario, name: str, text: str, line: int, said: str
) -> None:
    path = write(tmp_path, name, text)
    with pytest.raises(InputError) as caught:
        Prompts(tmp_path).system(PlayedTable(track(scenario, "1"), scenario).view("u"))
    assert caught.value.where == f"{path}:{line}"
    assert said in caught.value.what
    assert caught.value.fix


def test_an_unusable_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        Prompts(tmp_path / "none")
    with pytest.raises(InputError, match="no prompt template"):
        Prompts(tmp_path)
    path = write(tmp_path, "rules", "x")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8") as caught:
        Prompts(tmp_path)
    assert caught.value.where == str(path)


def test_prose_is_never_a_template(tmp_path: Path, prompts: Prompts) -> None:
    hostile = SMALL.replace("farms the hill.", "farms {{ 7 * 7 }} {% raise %} <b>&amp; hills.")
    path = tmp_path / "hostile.yaml"
    path.write_text(
        hostile.replace("description: $a farms", "description: '$a farms").replace(
            "hills.", "hills.'"
        ),
        encoding="utf-8",
    )
    scenario = load_scenarios(str(path))[0]
    text = prompts.system(PlayedTable(track(scenario, "1"), scenario).view("u"))
    assert "{{ 7 * 7 }} {% raise %} <b>&amp; hills." in text
