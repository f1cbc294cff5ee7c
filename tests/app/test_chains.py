"""The whole chain with a model in every part, through a server on loopback."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.analysis.run_values import read_values
from harness.app import RunResult, run
from harness.records.publication import PublicationRecord
from harness.records.reader import RunFolder
from harness.records.readership import ReadershipRecord
from tests.support.chains import ARMS, chain_suite
from tests.support.mock_server import Answer, MockServer, completion
from tests.support.player import plays

ONLY = {"chain": ARMS["chain"], "no-article": ARMS["no-article"], "no-meeting": ARMS["no-meeting"]}
PANEL = [
    {"id": "official", "title": "a serving official", "side": "u", "advises": True},
    {"id": "public", "title": "somebody who pays", "side": "absent"},
]
SMALL: dict[str, Any] = {
    "scenarios": ["supply"],
    "arms": ONLY,
    "influence": {"panel": PANEL, "writing": {"words": 120}},
    "protocol": {"rounds": 1, "turns": 3, "consultations": 0},
    "contrasts": {
        "primary": {
            "name": "it",
            "measure": "later.gain_u",
            "treatment": "chain",
            "control": "no-meeting",
        }
    },
}

TEXT = "Both sides give way where it costs them least. " * 13


def filled(schema: dict[str, Any], whole: dict[str, Any] | None = None) -> Any:
    """Something that fits a schema: the first of what is allowed."""
    whole = whole or schema
    if "$ref" in schema:
        return filled(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in schema:
        return filled(schema["anyOf"][0], whole)
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "object":
        return {name: filled(one, whole) for name, one in schema["properties"].items()}
    return {"string": "Terms"}[schema["type"]]


def answers(body: dict[str, Any]) -> Answer:
    """Plays at the table, and fills in every other form."""
    named = body.get("response_format", {}).get("json_schema", {})
    if named.get("name") in ("publication", "readership"):
        form = filled(named["schema"])
        if "text" in form:
            form["text"] = TEXT
        return completion(json.dumps(form))
    return plays(body)


def without_an_author(body: dict[str, Any]) -> Answer:
    """As :func:`answers`, but that nobody will write an article."""
    named = body.get("response_format", {}).get("json_schema", {})
    if named.get("name") == "publication":
        return completion("", refusal="I will not write this.")
    return answers(body)


def played(folder: Path, server: MockServer) -> RunResult:
    roles = ("official", "unofficial", "author", "reader")
    models = [f"{role}=openai/{role}@{server.base_url}" for role in roles]
    return run(chain_suite(folder, **SMALL), models=models, log_dir=folder / "runs")


def asked(server: MockServer) -> Counter[tuple[str, str]]:
    """(Model, what it was asked for) -> how often."""
    forms = [one.body for one in server.requests if "response_format" in one.body]
    return Counter((b["model"], b["response_format"]["json_schema"]["name"]) for b in forms)


def test_every_role_plays_its_part_and_nothing_is_asked_twice(tmp_path: Path) -> None:
    with MockServer(answers) as server:
        result = played(tmp_path, server)
        counted = asked(server)
        again = played(tmp_path, server)
        assert asked(server) == counted, "a run that is complete asks nobody"
    assert (result.missing, again.missing) == (0, 0)
    assert counted["author", "publication"] == 1, "two arms share the talks, and one has an article"
    # Before once for all arms; after the article, and after nothing.
    assert counted["reader", "readership"] == 3 * len(PANEL)
    assert {model for model, form in counted if form == "debrief"} == {"official", "unofficial"}
    assert result.findings.primary is not None
    assert result.findings.primary.estimate is not None
    folder = RunFolder(result.path)
    (article,) = folder.records("publication", PublicationRecord)
    assert article.body.text.startswith("Both sides give way")
    readings = list(folder.records("readership", ReadershipRecord))
    assert {len(one.body.answers) for one in readings} == {1}


def test_later_talks_read_what_came_of_the_meeting_and_no_more(tmp_path: Path) -> None:
    with MockServer(answers) as server:
        result = played(tmp_path, server)
        first = [
            "\n".join(str(m["content"]) for m in one.body["messages"])
            for one in server.requests
            if one.body.get("model") == "official" and "messages" in one.body
        ]
    told = [text for text in first if "Both sides give way where it costs them least." in text]
    assert told, "the later delegation of the side that was written about has read the article"
    assert all("Your delegation is `u`" in text for text in told)
    assert result.findings.two_part is not None


def test_an_author_who_refuses_is_no_article_and_nobody_reads_one(tmp_path: Path) -> None:
    with MockServer(without_an_author) as server:
        result = played(tmp_path, server)
        counted = asked(server)
    assert counted["reader", "readership"] == 2 * len(PANEL), "before, and after nothing"
    found = {
        (score.arms[0], score.evaluator): score
        for score in RunFolder(result.path).scores()
        if len(score.arms) == 1
    }
    for evaluator in ("publication", "readers", "later"):
        chain = found["chain", evaluator]
        assert chain.values[{"later": "gain_u", "readers": "shift"}.get(evaluator, "skew")] is None
        assert chain.why_null, "and why is told"
    assert found["no-meeting", "later"].values["gain_u"] is not None
    assert result.findings.primary is not None
    assert result.findings.primary.estimate is None, "an arm without a value is no zero"


@pytest.mark.parametrize("limit", [1, 2])
def test_a_run_that_was_cut_short_goes_on_where_it_ended(tmp_path: Path, limit: int) -> None:
    suite = chain_suite(tmp_path, **SMALL)
    cut = run(suite, limit=limit, log_dir=tmp_path / "cut")
    whole = run(suite, log_dir=tmp_path / "whole")
    assert cut.findings.account.planned == limit
    resumed = run(suite, log_dir=tmp_path / "cut")
    kinds = ("transcripts", "publication", "readership", "later")
    for kind in kinds:
        one, other = (path.path / f"{kind}.jsonl" for path in (resumed, whole))
        assert one.read_bytes() == other.read_bytes(), kind


def test_models_that_take_turns_have_episodes_of_their_own_where_they_share_a_stage(
    tmp_path: Path,
) -> None:
    """Officials meet in the later talks, so those that come without a meeting are the same."""
    with MockServer(answers) as server:
        both = ",".join(f"openai/{name}@{server.base_url}" for name in ("one", "two"))
        arms = {"arms": {name: ONLY[name] for name in ("chain", "no-meeting")}}
        suite = chain_suite(tmp_path, **{**SMALL, **arms})
        result = run(suite, models=[f"unofficial={both}"], log_dir=tmp_path / "runs")
    shared = {
        episode.stages["later"]
        for episode in RunFolder(result.path).episodes()
        if episode.arm == "no-meeting"
    }
    assert len(shared) == 1
    values = read_values(RunFolder(result.path), ["later.gain_u"])
    for arm in ("chain", "no-meeting"):
        rows = list(values.observations("later.gain_u", arm))
        assert len({row.pair for row in rows}) == len(rows) == 2
        assert all(row.value is not None for row in rows)
