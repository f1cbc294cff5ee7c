"""What is kept of a line: its fields and its texts, of this version and of the former one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.records.placement import Placement, models_of
from harness.records.reader import RunFolder
from harness.records.transcript import Call, Transcript, Usage
from harness.report.rows import row_of
from harness.viewer.entries import FIELDS, DamagedError, Text, document_of, fields_of, texts_of
from tests.support.disputes import small
from tests.support.run_folders import MIDDLE, deal

GOLDEN = Path(__file__).parents[1] / "records" / "golden"


def lines(run: RunFolder) -> list[bytes]:
    return (run.path / "transcripts.jsonl").read_bytes().splitlines()


def test_the_fields_are_those_of_the_record(run: RunFolder) -> None:
    for line, transcript in zip(lines(run), run.transcripts(), strict=True):
        fields = fields_of(document_of(line)[0])
        assert fields["id"] == transcript.id
        done = transcript.status == "done"
        assert fields["ending"] == (transcript.body.outcome.kind if done else transcript.status)
        assert fields["turns"] == len(transcript.body.turns)
        assert fields["model_o"] == "scripted"


def test_a_void_dialogue_says_whose_doing_and_why(run: RunFolder) -> None:
    fields = fields_of(document_of(lines(run)[-1])[0])
    found = {name: fields[name] for name in ("ending", "void_kind", "void_seat", "void_reason")}
    assert found == {
        "ending": "void",
        "void_kind": "reply",
        "void_seat": "u",
        "void_reason": "The reply was no JSON.",
    }
    assert fields["repairs"] == 1


def test_scripts_take_no_tokens_and_what_is_not_on_record_is_missing(run: RunFolder) -> None:
    document, _ = document_of(lines(run)[0])
    fields = fields_of(document)
    assert (fields["prompt_tokens"], fields["completion_tokens"]) == (0, 0)
    document["spec"]["seats"][1] |= {"kind": "custom", "model": "mine"}
    fields = fields_of(document)
    assert (fields["prompt_tokens"], fields["completion_tokens"]) == (None, None)


@pytest.mark.parametrize(
    ("kind", "model", "usage"),
    [
        ("scripted", None, ()),
        ("person", None, ()),
        ("custom", "mine", ()),
        ("custom", "mine", (Usage(prompt=3, completion=2),)),
        ("model", "openai/m", ()),
        ("model", "openai/m", (Usage(prompt=3, completion=2), Usage(prompt=4))),
    ],
)
def test_a_list_and_the_viewer_say_the_same_of_a_dialogue(
    tmp_path: Path, kind: str, model: str | None, usage: tuple[Usage, ...]
) -> None:
    scenario = small(tmp_path)
    played = deal(scenario, "lean", MIDDLE)
    official, other = played.spec.seats
    seats = (official, other.model_copy(update={"kind": kind, "model": model}))
    calls = tuple(
        Call(index=n, seat="u", purpose="move", model="m", prompt=(), reply="", usage=one)
        for n, one in enumerate(usage)
    )
    update = {"spec": played.spec.model_copy(update={"seats": seats}), "calls": calls}
    transcript = Transcript.model_validate_json(
        Transcript.model_dump_json(played.model_copy(update=update), by_alias=True)
    )
    place = Placement("small", "none", 1, ("lean",), models_of(transcript))
    row = row_of(transcript, place, {})
    found = fields_of(document_of(transcript.model_dump_json(by_alias=True).encode())[0])
    here = FIELDS.keys() & row.keys() - {"epoch", "scenario", "twin"}
    assert {name: found[name] for name in here} == {name: row[name] for name in here}
    unknown = kind == "custom" and not usage
    assert row["prompt_tokens"] == (None if unknown else sum(one.prompt or 0 for one in usage))


def test_a_person_is_named_as_who_played(run: RunFolder) -> None:
    document, _ = document_of(lines(run)[0])
    seats = [{"seat": "o", "kind": "person"}, {"seat": "u", "kind": "custom"}]
    fields = fields_of({**document, "spec": {**document["spec"], "seats": seats}})
    assert (fields["model_o"], fields["model_u"]) == ("person", None)


def test_tokens_are_added_up_where_every_call_told_them(run: RunFolder) -> None:
    document, _ = document_of(lines(run)[0])
    told = [{"usage": {"prompt": 5, "completion": 2}}, {"usage": {"prompt": 7, "completion": None}}]
    fields = fields_of({**document, "calls": told})
    assert fields["calls"] == 2
    assert fields["prompt_tokens"] == 12
    assert fields["completion_tokens"] is None


def test_texts_say_whose_they_are_and_which_are_private(run: RunFolder) -> None:
    texts = list(texts_of(document_of(lines(run)[2])[0]))
    assert [text.turn for text in texts if text.kind == "words"] == [0, 1, 2, 3]
    assert [(text.seat, text.text) for text in texts if text.kind == "debrief"] == [
        ("u", "In private: we gave the pasture away.")
    ]
    assert [text.private for text in texts] == [text.kind != "words" for text in texts]


def test_side_terms_were_said_and_what_was_learned_was_not(run: RunFolder) -> None:
    document, _ = document_of(lines(run)[2])
    document["body"]["turns"][1]["move"]["side_terms"] = "and the ferry"
    document["body"]["debriefs"]["u"]["learned"] = {"o": "it bluffs"}
    texts = [text for text in texts_of(document) if text.text in ("and the ferry", "it bluffs")]
    assert [(text.turn, text.kind, text.private) for text in texts] == [
        (1, "words", False),
        (None, "debrief", True),
    ]


@pytest.mark.parametrize("odd", [7, True, [[]], {"a": 1}])
@pytest.mark.parametrize("name", ["words", "thoughts", "index", "seat"])
def test_a_text_that_is_none_is_damaged(run: RunFolder, name: str, odd: object) -> None:
    document, _ = document_of(lines(run)[0])
    document["body"]["turns"][0][name] = odd
    if (name, odd) == ("index", 7):
        assert next(texts_of(document)).turn == 7
    else:
        with pytest.raises(DamagedError):
            list(texts_of(document))


def test_replies_that_made_a_dialogue_void_are_texts(run: RunFolder) -> None:
    document, _ = document_of(lines(run)[-1])
    document["void"]["repairs"] = [{"error": "no JSON", "call": 1}]
    document["calls"] = [
        {"index": 0, "seat": "u", "reply": "{}"},
        {"index": 1, "seat": "u", "reply": "We accept."},
    ]
    replies = [text for text in texts_of(document) if text.kind == "reply"]
    assert [(reply.turn, reply.seat, reply.text) for reply in replies] == [
        (None, "u", "We accept.")
    ]


def test_what_a_model_thought_before_it_replied_is_a_private_text(run: RunFolder) -> None:
    document, _ = document_of(lines(run)[0])
    document["calls"] = [
        {"index": 0, "seat": "o", "reply": "{}"},
        {"index": 1, "seat": "u", "reply": "{}", "reasoning": "They will fold."},
    ]
    thought = [text for text in texts_of(document) if text.kind == "reasoning"]
    assert thought == [Text(None, "u", "reasoning", "They will fold.", 1)]
    assert thought[0].private
    document["calls"][1]["index"] = "1"
    with pytest.raises(DamagedError):
        list(texts_of(document))


def test_records_of_the_former_version_are_read() -> None:
    found = 0
    for path in GOLDEN.rglob("transcripts.jsonl"):
        for line in path.read_bytes().splitlines():
            document, episode = document_of(line)
            fields = fields_of(document)
            former = json.loads(line)["schema_version"] == 1
            assert (episode is not None) == former
            assert fields["scenario"]
            assert list(texts_of(document))
            found += former
    assert found


@pytest.mark.parametrize(
    "line", [b"", b"[]", b"{}", b'{"schema_version":2,"id":7}', b'{"schema_version":99,"id":"a"}']
)
def test_what_is_no_record_is_damaged(line: bytes) -> None:
    with pytest.raises(DamagedError):
        document_of(line)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"body": values, "spec": values, "status": values}))
@example({"body": {"outcome": {"kind": 2**70}, "turns": []}, "spec": {}, "status": "done"})
@example(
    {
        "id": "a",
        "status": "done",
        "body": {"outcome": {"kind": 2**70}, "turns": []},
        "spec": {"seats": [], "scenario": "s"},
    }
)
def test_no_shape_of_a_record_does_more_than_damage_it(document: dict[str, Any]) -> None:
    for read in (fields_of, lambda whole: list(texts_of(whole))):
        try:
            read(document)
        except DamagedError:
            continue
