"""Lines of version 1: what is read of them, and what is no such line."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.errors import RecordError
from harness.records.folder import TRANSCRIPTS
from harness.records.parsing import parse
from harness.records.reader import RunFolder
from harness.records.spec import TalksSpec
from harness.records.transcript import Transcript
from harness.records.version1 import VERSION, episode_of, read_old

KEPT = Path(__file__).parent / "golden" / "schema-1"
LINES = (KEPT / TRANSCRIPTS).read_bytes().splitlines()
ARMS = ("deal", "apart", "babble", "dead")

Document = dict[str, Any]


def written(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def changed(change: Callable[[Document], object], *, fits: bool = False) -> bytes:
    """A line with a change. ``fits`` makes the id the hash of the spec again."""
    document = json.loads(LINES[0])
    kept = document["id"]
    change(document)
    if fits and document.get("id") == kept:
        document["id"] = hashlib.sha256(written(document["spec"])).hexdigest()[:16]
    return written(document)


def stage(document: Document) -> Document:
    found: Document = document["stages"][0]
    return found


@pytest.mark.parametrize(("arm", "line"), list(zip(ARMS, LINES, strict=True)), ids=ARMS)
def test_a_line_is_read_as_a_record_of_today(arm: str, line: bytes) -> None:
    was, old = json.loads(line), read_old(line)
    assert old.hash == was["id"]
    assert old.episode == episode_of(line)
    assert (old.episode.arm, old.episode.scenario) == (arm, was["spec"]["scenario"])
    assert (old.episode.twin, old.episode.epoch) == ("none", 1)
    assert old.episode.stages == {"talks": was["id"]}
    transcript = Transcript.model_validate(old.document)
    assert transcript == parse(line, "here")
    assert (transcript.id, transcript.schema_version) == (was["id"], VERSION)
    assert (transcript.kind, transcript.status) == ("talks", was["status"])
    assert len(transcript.calls) == len(stage(was)["calls"])
    assert len(transcript.body.turns) == len(stage(was)["turns"])
    assert (transcript.void is None) == (stage(was).get("void") is None)
    assert isinstance(transcript.spec, TalksSpec)
    assert transcript.spec.seed == was["spec"]["seed"]
    names = {"suite", "arm", "epoch", "schema"}
    assert not names & transcript.spec.model_dump().keys(), "these are names, and determine nothing"


def test_what_was_called_a_branch_is_a_fork() -> None:
    of = {"of": "0" * 16, "turn": 2, "changes": ["u.profile.knowledge=1"], "seed": None}
    line = changed(lambda document: document["spec"].update(branch=of), fits=True)
    transcript = parse(line, "here")
    assert isinstance(transcript, Transcript)
    assert isinstance(transcript.spec, TalksSpec)
    assert transcript.spec.fork is not None
    assert (transcript.spec.fork.of, transcript.spec.fork.turn) == ("0" * 16, 2)


def test_two_dialogues_that_differ_in_their_names_alone_are_the_same_stage_today() -> None:
    """In version 1 they were two, each with an id of its own."""
    renamed = changed(lambda d: d["spec"].update(arm="other", suite="mine", epoch=9))
    one, two = read_old(LINES[0]), read_old(renamed)
    assert one.hash != two.hash
    assert two.episode.arm == "other"
    specs = [Transcript.model_validate(old.document).spec for old in (one, two)]
    assert specs[0].id == specs[1].id


MISFITS: dict[str, Callable[[Document], object]] = {
    "no stages": lambda d: d.update(stages=[]),
    "stages that are missing": lambda d: d.pop("stages"),
    "stages that are no list": lambda d: d.update(stages=5),
    "talks twice": lambda d: d["stages"].append(d["stages"][0]),
    "a stage of another kind": lambda d: stage(d).update(type="capital"),
    "a stage without a kind": lambda d: stage(d).pop("type"),
    "a stage that does not say how it ended": lambda d: stage(d).pop("status"),
    "a spec of another version": lambda d: d["spec"].update(schema="track15/dialogue/9"),
    "a spec without a version": lambda d: d["spec"].pop("schema"),
    "a spec that is none": lambda d: d.update(spec=[]),
    "no arm": lambda d: d["spec"].pop("arm"),
    "no suite": lambda d: d["spec"].pop("suite"),
    "an epoch below one": lambda d: d["spec"].update(epoch=0),
    "an arm that is no text": lambda d: d["spec"].update(arm={"a": 1}),
    "a twin that there is not": lambda d: d["spec"].update(twin="left"),
    "a spec with more in it": lambda d: d["spec"].update(mood="tense"),
    "an id that is none": lambda d: d.update(id="../../etc/passwd"),
    "no id": lambda d: d.pop("id"),
    "talks without an outcome": lambda d: stage(d).pop("outcome"),
    "talks that are void and done": lambda d: stage(d).update(status="void"),
    "talks with a reason that are done": lambda d: stage(d).update(
        void={"kind": "reply", "seat": "u", "detail": "x"}
    ),
}


@pytest.mark.kind("X8")
@pytest.mark.parametrize("name", MISFITS)
def test_what_version_1_did_not_write_is_a_damaged_line(name: str, tmp_path: Path) -> None:
    shutil.copytree(KEPT, tmp_path / "run")
    path = tmp_path / "run" / TRANSCRIPTS
    path.write_bytes(b"\n".join([LINES[1], changed(MISFITS[name], fits=True)]) + b"\n")
    with pytest.raises(RecordError, match="damaged line\n") as found:
        list(RunFolder(tmp_path / "run").transcripts())
    assert found.value.where == f"{path}:2"


@pytest.mark.kind("X8")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["spec"].update(seed=d["spec"]["seed"] + 1), "its id is not that of its spec"),
        (lambda d: d["spec"]["protocol"].update(turns=99), "its id is not that of its spec"),
        (lambda d: d["spec"].update(arm="apart"), "its id is not that of its spec"),
        (lambda d: d.update(status="void"), "its status void does not go with how"),
        (lambda d: stage(d)["turns"][0].update(index=7), "turn 0 says that it is turn 7"),
        (lambda d: stage(d)["calls"][0].update(seat="z"), "call 0 is of seat 'z'"),
    ],
)
def test_a_line_that_contradicts_itself_is_refused_as_one_of_today_is(
    change: Callable[[Document], object], words: str
) -> None:
    with pytest.raises(RecordError, match=f"damaged line: {words}"):
        parse(changed(change), "here", RunFolder(KEPT).info)


def test_a_line_of_version_1_says_where_it_stands_or_is_damaged(tmp_path: Path) -> None:
    shutil.copytree(KEPT, tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    assert [episode.arm for episode in folder.episodes()] == list(ARMS)
    path = folder.path / TRANSCRIPTS
    path.write_bytes(LINES[0] + b"\n" + changed(lambda d: d["spec"].pop("arm")) + b"\n")
    with pytest.raises(RecordError, match="damaged line") as found:
        folder.places()
    assert found.value.where == f"{path}:2"


def test_a_dialogue_that_was_played_again_stands_once(tmp_path: Path) -> None:
    shutil.copytree(KEPT, tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    path = folder.path / TRANSCRIPTS
    path.write_bytes(path.read_bytes() + LINES[0] + b"\n")
    assert len(list(folder.transcripts())) == len(folder.places()) == len(LINES)
    assert folder.place(json.loads(LINES[0])["id"]).arms == ("deal",)
