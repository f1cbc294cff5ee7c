"""A viewer's index and the files of a run give the same list, and it is that of the records."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harness.analysis.query import parse
from harness.app import picking as module
from harness.app.listing import Asked, Listing, found_in
from harness.app.picking import FilePicker, IndexPicker, comparable, may_hold, picking
from harness.errors import RecordError
from harness.records.reader import RunFolder
from harness.records.transcript import VoidReason
from harness.report.rows import dialogues, names_in
from harness.viewer.index import Index
from harness.viewer.sidecar import NAME
from tests.support.disputes import small
from tests.support.run_folders import MIDDLE, deal, dialogue, make_run, make_suite, score

GOLDEN = Path(__file__).parents[1] / "records" / "golden"
FILTERS = (
    *("skew > .1", "skew is missing", "not (skew > 0)", "arm == lean", "arm != lean"),
    *("ending == void or ambiguous", "epoch >= 2 and model_o == scripted", "void_seat is missing"),
    *("e.word == short", "e.word ~ ORT", "calls == 0", "prompt_tokens < 1", "skew <= gap"),
    *("twin == none", "settlement.surplus_share_o is missing", "turns in (1, 2)"),
)
SORTS = ("skew", "gap", "arm", "epoch", "ending", "turns", "e.word", "ambiguous", "id", "void_kind")
TEXTS = (
    "SO BE",
    "no usable",
    '"quoted"',
    "Straße",
    "STRASSE",
    "back\\slash",
    "\n",
    "井戸",
    "x" * 9,
)


def played_run(place: Path) -> RunFolder:
    """Six dialogues whose lines stand in another order than their plan; the third is void."""
    scenario = small(place)
    void = VoidReason(kind="reply", seat="u", detail="no usable reply")
    played = [
        deal(scenario, "lean", MIDDLE, epoch=1, words='So be it, "quoted".\nback\\slash'),
        deal(scenario, "plain", MIDDLE, epoch=1, words="In der Straße: 井戸"),
        dialogue(scenario, "lean", [("o", MIDDLE)], epoch=2, void=void),
        deal(scenario, "plain", MIDDLE, epoch=2),
        deal(scenario, "lean", MIDDLE, epoch=3),
        deal(scenario, "plain", MIDDLE, epoch=3, words="So be it."),
    ]
    scores = [
        score(one, measure, value)
        for one, *values in zip(
            played,
            (0.25, -0.5, None, 0.25, 0.0, 0.1),
            (0.1, None, None, -0.2, 0.0, 0.3),
            (True, False, None, True, False, True),
            ("short", "long", None, "short", "", "Short"),
            strict=True,
        )
        for measure, value in zip(
            ("settlement.skew", "concessions.gap", "concessions.ambiguous", "e.word"),
            values,
            strict=True,
        )
    ]
    folder = make_run(place / "run", make_suite(), {"small": scenario}, played, scores)
    path = folder.path / "transcripts.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[3:], *lines[:3]]))
    return RunFolder(folder.path)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The run without an index."""
    return played_run(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The same run with the index that a viewer has left."""
    folder = played_run(tmp_path_factory.mktemp("indexed"))
    assert Index(folder).complete().complete
    return folder


def by_records(run: RunFolder, asked: Asked) -> tuple[list[str], bool] | None:
    """What a list is to show, worked out from records alone; None where nothing is worst."""
    names = names_in(run)
    query = None if asked.filter is None else parse(asked.filter, names)
    rows = []
    for transcript, row in dialogues(run):
        arms = row["arm"]
        assert isinstance(arms, tuple)
        if (
            (asked.arm is None or asked.arm in arms)
            and asked.outcome in (None, row["ending"])
            and (query is None or query.holds(row))
            and (asked.grep is None or found_in(transcript, asked.grep, private=not asked.public))
        ):
            rows.append(row)
    worst = asked.worst is not None
    name = asked.by if worst else asked.sort.removeprefix("-")
    if name:
        keyed = [(comparable(row.get(names[name]), size=worst), row) for row in rows]
        valued = [(value, row) for value, row in keyed if value is not None]
        down = worst or asked.sort.startswith("-")
        valued.sort(key=lambda one: (isinstance(one[0], str), one[0]), reverse=down)
        if worst and rows and not valued:
            return None
        without = [] if worst else [row for value, row in keyed if value is None]
        rows = [*(row for _, row in valued), *without]
    ids = [str(row["id"]) for row in rows]
    limit = asked.limit if asked.worst is None else asked.worst
    return ids[:limit], not worst and len(ids) > limit


def shown(run: RunFolder, asked: Asked) -> tuple[list[str], bool] | None:
    try:
        found, more = Listing(run, asked).chosen(("skew", "ending"))
    except RecordError as error:
        if "has a value of" in error.what:
            return None
        raise
    return [one.transcript.id for one in found], more


asked_for = st.builds(
    Asked,
    arm=st.none() | st.sampled_from(("lean", "plain", "nobody")),
    outcome=st.none() | st.sampled_from(("deal", "void")),
    filter=st.none() | st.sampled_from(FILTERS),
    grep=st.none() | st.sampled_from(TEXTS),
    public=st.booleans(),
    sort=st.just("") | st.sampled_from([*SORTS, *(f"-{name}" for name in SORTS)]),
    worst=st.none() | st.integers(1, 4),
    by=st.sampled_from(SORTS),
    limit=st.integers(1, 7),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked_for)
@example(Asked())
@example(Asked(worst=2))
@example(Asked(worst=1, by="arm"))
@example(Asked(worst=1, filter="skew is missing", grep="no usable"))
@example(Asked(sort="-arm"))
@example(Asked(grep="井戸", sort="epoch"))
def test_the_index_the_files_and_the_records_give_one_list(
    run: RunFolder, indexed: RunFolder, asked: Asked
) -> None:
    wanted = by_records(run, asked)
    assert shown(run, asked) == wanted
    assert shown(indexed, asked) == wanted


@pytest.mark.parametrize("query", FILTERS)
def test_every_filter_says_the_same_of_all(run: RunFolder, indexed: RunFolder, query: str) -> None:
    asked = Asked(filter=query)
    assert shown(run, asked) == shown(indexed, asked) == by_records(run, asked)


def test_rows_are_those_of_the_records(run: RunFolder, indexed: RunFolder) -> None:
    columns = ("skew", "ambiguous", "e.word", "arm", "prompt_tokens")
    rows = [
        [one.row for one in Listing(folder, Asked(sort="id")).chosen(columns)[0]]
        for folder in (run, indexed)
    ]
    assert rows[0] == rows[1]
    assert rows[0][0]["concessions.ambiguous"] in (True, False, None)
    wanted = {str(row["id"]): row for _, row in dialogues(run)}
    assert all(wanted[str(row["id"])].items() >= row.items() for row in rows[0])


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A run with an index, to be changed."""
    folder = played_run(tmp_path)
    Index(folder).complete()
    return folder.path


def source(path: Path) -> type[Any]:
    with picking(RunFolder(path)) as picker:
        return type(picker)


def test_an_index_is_asked_only_where_it_fits_the_files(copied: Path) -> None:
    assert source(copied) is IndexPicker
    path = copied / "scores.jsonl"
    path.write_bytes(path.read_bytes().replace(b"0.25", b"0.75"))
    assert source(copied) is FilePicker
    found = Listing(RunFolder(copied), Asked(filter="skew == .75")).chosen(())[0]
    assert len(found) == 2
    (copied / NAME).write_bytes(b"no database")
    assert source(copied) is FilePicker
    (copied / NAME).unlink()
    assert source(copied) is FilePicker
    assert not (copied / NAME).exists(), "a list leaves nothing behind"


def test_a_damaged_line_is_named_whatever_an_index_says(copied: Path) -> None:
    path = copied / "transcripts.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, b'{"id":"0"}\n']))
    Index(RunFolder(copied)).complete()
    assert source(copied) is FilePicker
    with pytest.raises(RecordError, match="damaged line") as error:
        shown(RunFolder(copied), Asked(sort="epoch"))
    assert str(error.value.where).endswith(":7")


def test_an_index_that_breaks_meanwhile_is_given_up(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    asked = Asked(sort="-skew")
    wanted = shown(RunFolder(copied), asked)
    monkeypatch.setattr(IndexPicker, "pick", broken)
    assert source(copied) is IndexPicker
    assert shown(RunFolder(copied), asked) == wanted


def test_a_dialogue_that_was_played_again_counts_once(copied: Path) -> None:
    path = copied / "transcripts.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, lines[0]]))
    wanted = by_records(RunFolder(copied), Asked())
    assert wanted is not None
    assert len(wanted[0]) == 6
    assert shown(RunFolder(copied), Asked()) == wanted
    Index(RunFolder(copied)).complete()
    assert source(copied) is IndexPicker
    assert shown(RunFolder(copied), Asked()) == wanted


def test_a_dialogue_that_the_plan_has_not_got_is_an_error(copied: Path) -> None:
    path = copied / "plan.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    Index(RunFolder(copied)).complete()
    assert source(copied) is FilePicker
    with pytest.raises(RecordError, match="the plan does not have"):
        shown(RunFolder(copied), Asked(filter="skew > 0"))


def test_a_run_without_dialogues_lists_none(copied: Path) -> None:
    (copied / "transcripts.jsonl").unlink()
    assert shown(RunFolder(copied), Asked()) == ([], False)
    assert list(Listing(RunFolder(copied), Asked()).ids()) == []


def test_a_name_that_only_later_dialogues_have_is_known(copied: Path) -> None:
    line = json.loads((copied / "scores.jsonl").read_text().splitlines()[0])
    late = {**line, "evaluator": "mine", "values": {"x": 1.0}, "why_null": {}}
    with (copied / "scores.jsonl").open("a") as file:
        file.write(json.dumps(late) + "\n")
    found = Listing(RunFolder(copied), Asked(filter="mine.x == 1")).chosen(())[0]
    assert [one.transcript.id for one in found] == [line["id"]]


@pytest.mark.parametrize("asked", [Asked(), Asked(sort="-turns"), Asked(grep="the", sort="id")])
def test_runs_of_the_former_version_are_listed(asked: Asked) -> None:
    golden = RunFolder(GOLDEN / "schema-1")
    found = shown(golden, asked)
    assert found == by_records(golden, asked)
    assert found is not None
    assert found[0]


@given(st.text(max_size=40), st.text(max_size=12), st.text(max_size=40))
@example("", "ß", "")
@example("", "ſ", "k\u212a")
@example('a"', '"\\', "\n")
@example("", "", "")
@example("ΑΣ", "σ", "ς")
def test_no_text_is_passed_over(before: str, text: str, after: str) -> None:
    whole = before + text + after
    for ascii_ in (False, True):
        line = json.dumps({"words": whole}, ensure_ascii=ascii_).encode("utf-8", "surrogatepass")
        for wanted in (text, text.upper(), text.swapcase()):
            if wanted.casefold() in whole.casefold():
                assert may_hold(line, wanted)
    assert not may_hold(b'{"words":"abc"}', "zebra")
    assert module.may_hold(b'{"words":"ABC"}', "abc")
