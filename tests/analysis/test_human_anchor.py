"""Answers of people correct the size of what models say; their intervals cover."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.human_anchor import Change, anchored, changes_of, ppi_mean, read_people
from harness.analysis.intervals import cluster_t, t_quantile
from harness.disputes.scenario import Scenario
from harness.errors import InputError, UsageError
from harness.suite.influence import PANEL
from tests.support.disputes import SMALL
from tests.support.probes import talks
from tests.support.readerships import article, played, spec_of

SEATS = {name: {"u": "a", "o": "b"} for name in "pqrst"}
FINITE = st.floats(-1, 1)


def model(scenario: str, change: float, party: str = "a", **more: str) -> Change:
    named = {"issue": "well", "option": "half", "reader": "ally", "side": "ally", **more}
    return Change(scenario, party, change=change, **named)


def person(scenario: str, change: float, party: str = "a", **more: str) -> Change:
    return Change(scenario, party, **{"issue": "well", "option": "half", **more}, change=change)


def test_the_estimate_by_hand() -> None:
    y, f, rest = [0.1, 0.3, 0.2], [0.4, 0.8, 0.6], [0.5, 0.9, 0.7, 0.3]
    found = ppi_mean(y, f, rest)
    assert found.mean == pytest.approx(0.6 - 0.4)
    off, far = np.subtract(y, f).var(ddof=1) / 3, np.var(rest, ddof=1) / 4
    free = math.floor((off + far) ** 2 / (off**2 / 2 + far**2 / 3))
    half = t_quantile(0.975, free) * math.sqrt(off + far)
    assert (found.lo, found.hi) == (pytest.approx(0.2 - half), pytest.approx(0.2 + half))
    assert (found.labelled, found.unlabelled) == (3, 4)


def test_with_many_it_is_the_normal_interval_of_the_paper() -> None:
    rng = np.random.default_rng(1)
    y = rng.normal(0.2, 0.1, 2000)
    f, rest = 2 * y + rng.normal(0, 0.05, 2000), rng.normal(0.4, 0.2, 8000)
    found = ppi_mean(y, f, rest)
    half = 1.959964 * math.sqrt((y - f).var() / 2000 + rest.var() / 8000)
    assert found.lo == pytest.approx(rest.mean() + (y - f).mean() - half, abs=1e-5)
    assert found.hi == pytest.approx(rest.mean() + (y - f).mean() + half, abs=1e-5)


@given(st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=6), st.lists(FINITE, max_size=6))
def test_what_models_are_off_by_everywhere_leaves_no_trace(
    pairs: list[tuple[float, float]], rest: list[float]
) -> None:
    y, f = [one for one, _ in pairs], [one for _, one in pairs]
    plain = ppi_mean(y, f, rest)
    off = ppi_mean(y, [one + 5 for one in f], [one + 5 for one in rest])
    assert off.mean == pytest.approx(plain.mean, abs=1e-9)
    assert (plain.lo is None) == (len(y) < 2 or len(rest) == 1)
    if plain.lo is not None and plain.hi is not None:
        assert plain.lo <= plain.mean <= plain.hi


def test_it_covers_where_the_models_alone_do_not() -> None:
    """Models have the sign right and three times the size; of 6 disputes of 24 people are asked."""
    rng, truth, held, alone = np.random.default_rng(7), 0.1, [], []
    for _ in range(500):
        people = rng.normal(truth, 0.08, 24)
        models = 3 * people + rng.normal(0.02, 0.05, 24)
        found = ppi_mean(people[:6], models[:6], models[6:])
        bare = cluster_t(models)
        assert found.lo is not None
        assert found.hi is not None
        assert bare is not None
        held.append(found.lo <= truth <= found.hi)
        alone.append(bare.lo <= truth <= bare.hi)
    assert 0.92 <= np.mean(held) <= 0.99
    assert np.mean(alone) < 0.1


def test_people_are_held_against_the_models_of_the_same_question() -> None:
    models = [model(name, 0.3) for name in "pqrs"]
    models += [model("p", 0.9, option="mine"), model("p", -0.4, party="b"), model("z", 1.0)]
    people = [person("p", 0.1), person("q", 0.2), person("q", 0.1, option="yours")]
    found = anchored(models, people, SEATS, "cheaper")
    assert (found.answers, found.unmatched) == (2, 1)
    assert found.corrected is not None
    assert found.corrected.mean == pytest.approx(0.3 + (0.15 - 0.3))
    assert (found.corrected.labelled, found.corrected.unlabelled) == (2, 2)
    assert found.uncorrected is not None
    assert found.uncorrected.mean == pytest.approx((0.6 + 3 * 0.3) / 4), "z was never played"
    assert found.people is not None
    assert found.people.mean == pytest.approx(0.15)


def test_dearer_is_about_the_other_seat_and_turned() -> None:
    models = [model(name, -0.3, party="b") for name in "pqrs"]
    found = anchored(models, [person("p", -0.1, party="b")], SEATS, "dearer")
    assert found.corrected is not None
    assert found.corrected.mean == pytest.approx(0.1)
    assert found.corrected.lo is found.corrected.hi is found.people is None, "one dispute alone"
    assert anchored(models, [person("p", 0.1)], SEATS, "cheaper").corrected is None


def test_a_person_may_stand_for_a_reader_or_a_side() -> None:
    models = [
        model("p", 0.1, reader="official", side="u"),
        model("p", 0.5, reader="legislator", side="u"),
        model("p", 0.9, reader="ally", side="ally"),
    ]
    for named, mean in (("official", 0.1), ("u", 0.3), ("ally", 0.9), ("", 0.5)):
        found = anchored(models, [person("p", 0.0, reader=named)], SEATS, "cheaper").corrected
        assert found is not None
        assert found.mean == pytest.approx(0.5 - mean), "the size is that of the whole panel"
        rest = [*models, model("q", 0.5)]
        found = anchored(rest, [person("p", 0.0, reader=named)], SEATS, "cheaper").corrected
        assert found is not None
        assert found.mean == pytest.approx(0.5 - mean)
    assert anchored(models, [person("p", 0, reader="o")], SEATS, "cheaper").unmatched == 1


def test_a_size_is_of_all_questions_whichever_people_were_asked() -> None:
    """People who were asked of gifts alone, where readers move most, made that the size of all."""
    models = [model(name, 0.3) for name in "pq"] + [
        model(name, 0.1, option="mine") for name in "pq"
    ]
    right = [person(name, 0.3) for name in "pq"]
    found = anchored(models, right, SEATS, "cheaper")
    assert found.corrected is not None
    assert found.corrected.mean == pytest.approx(0.2), "models that are right need no correction"
    one = anchored(models, right[:1], SEATS, "cheaper").corrected
    assert one is not None
    assert one.mean == pytest.approx(0.2), "and one answer more or less moves nothing"
    everything = [*right, *(person(name, 0.5, option="mine") for name in "pq")]
    whole = anchored(models, everything, SEATS, "cheaper").corrected
    assert whole is not None
    assert whole.mean == pytest.approx(0.4), "people alone, where they answered all of it"


def test_nothing_is_said_of_nothing() -> None:
    found = anchored([], [], SEATS, "cheaper")
    assert (found.corrected, found.uncorrected, found.people) == (None, None, None)
    for labels, predictions in (([], []), ([1.0], [1.0, 2.0]), ([math.nan], [1.0])):
        with pytest.raises(UsageError):
            ppi_mean(labels, predictions, [])
    same = ppi_mean([0.2, 0.2], [0.1, 0.1], [0.3, 0.3])
    assert same.lo == same.hi == same.mean == pytest.approx(0.4)


def test_changes_are_those_of_readers_who_answered_twice() -> None:
    scenario = Scenario.model_validate(yaml.safe_load(SMALL))
    record = talks(scenario, "1.5")
    read = article({"well": "half", "fence": "us"})
    before, _ = played(spec_of(record), scenario)
    after, _ = played(spec_of(record, "after", read=read, readers=PANEL[:2]), scenario, read)
    found = changes_of([before, after])
    assert len(found) == 2 * 2 * 5, "readers, parties, options"
    assert {one.reader for one in found} == {"official", "legislator"}
    assert {(one.scenario, one.side) for one in found} == {("small", "u")}
    kept = {one.asked: one.change for one in found if one.reader == "official"}
    told = [one.body.answers[0].values["a"]["fence"]["us"] for one in (before, after)]
    assert kept["small", "a", "fence", "us"] == pytest.approx(told[1] - told[0])
    assert kept["small", "a", "fence", "us"] > 0.1
    assert changes_of([]) == changes_of([before]) == []


def test_a_file_of_answers_is_read(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "\ufeffreader,scenario,issue,option,party,before,after,remark,arm\n"
        'u,p,well,half,a,80,50,"so, so",own\n'
        ",p,well,mine,b,10,35.5,,\n"
        "u,p,well,yours,a,80,,gone,own\n",
        encoding="utf-8",
    )
    found = read_people(path)
    assert found.changes == (
        Change("p", "a", "well", "half", pytest.approx(0.3), "u", arm="own"),
        Change("p", "b", "well", "mine", pytest.approx(-0.255)),
    )
    assert found.missing == 1


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("scenario,issue,option,party,before\n", "no column 'after'", 1),
        ("", "no column 'scenario'", 1),
        ("scenario,issue,option,party,before,after\np,w,h,a,3,101\n", "after is '101'", 2),
        ("scenario,issue,option,party,before,after\np,w,h,a,nan,1\n", "before is 'nan'", 2),
        ("scenario,issue,option,party,before,after\np,w,h,a,much,1\n", "before is 'much'", 2),
        ("scenario,issue,option,party,before,after\np,w,h,,3,1\n", "no party is named", 2),
        ("scenario,issue,option,party,before,after\np,w\n,,,,1,1\n", "no scenario is named", 3),
        ('scenario,issue,option,party,before,after\n"p"x,w,h,a,1,2\n', "no line of a CSV", 2),
    ],
)
def test_a_file_that_is_wrong_is_one_error_with_its_line(
    tmp_path: Path, text: str, what: str, line: int
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_people(path)
    assert what in str(raised.value)
    assert f"{path}:{line}" in str(raised.value)
    with pytest.raises(InputError):
        read_people(tmp_path / "nobody.csv")


def test_an_independent_implementation_gives_the_same_estimate_and_interval() -> None:
    ppi_py = pytest.importorskip("ppi_py", reason="the optional oracle ppi-python is not installed")
    rng = np.random.default_rng(5)
    y = rng.normal(0.2, 0.1, 3000)
    f, rest = 0.5 * y + rng.normal(0.1, 0.05, 3000), rng.normal(0.3, 0.1, 9000)
    found = ppi_mean(y, f, rest)
    theirs = ppi_py.ppi_mean_ci(y, f, rest, alpha=0.05, lam=1)
    assert found.mean == pytest.approx(
        float(np.ravel(ppi_py.ppi_mean_pointestimate(y, f, rest, lam=1))[0]), abs=1e-12
    )
    assert (found.lo, found.hi) == pytest.approx(
        tuple(float(np.ravel(end)[0]) for end in theirs), abs=1e-5
    )
