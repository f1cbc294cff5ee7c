"""The pages of runs and of a run: what they say, and what the live parts ask for."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest
from markupsafe import escape
from starlette.testclient import TestClient

from harness.analysis.findings import find
from harness.records.reader import RunFolder
from harness.viewer import overview
from harness.viewer.runs import Runs
from tests.support.disputes import small
from tests.support.hostile import hostile_run
from tests.support.rubric_files import BOTH, ScaleJudge, judged_run, write
from tests.support.run_folders import LEANING, MIDDLE, Placed, deal, make_run, make_suite
from tests.support.unfinished import cut_short, go_on, whole_run
from tests.support.viewer import client_of, small_run


def ready(client: TestClient, address: str = "/runs/one") -> str:
    """The page of a run once its answer is worked out."""
    for _ in range(600):
        text = client.get(address).text
        if "being worked out" not in text:
            return text
        time.sleep(0.1)
    raise AssertionError("the answer never came")


def test_the_page_of_a_run_says_what_was_found(client: TestClient, run: RunFolder) -> None:
    text = ready(client)
    found = find(run)
    for part in found.answer_in_parts:
        assert escape(part) in text
    for section in ("worst", "dialogues", "parts", "effects", "arms", "voids"):
        assert f'id="{section}"' in text
    assert "no usable reply</span> (1)" in text


def test_what_judges_said_stands_on_the_page_once(tmp_path: Path) -> None:
    judged_run(tmp_path / "one", ScaleJudge(0), [str(write(tmp_path, BOTH))])
    text = ready(client_of(tmp_path))
    assert text.count('id="judged"') == 1
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(set(ids)) == len(ids)


def test_words_that_may_be_private_stand_behind_the_switch(client: TestClient) -> None:
    words = "The reply was no JSON."
    for text in (ready(client), client.get("/").text, client.get("/runs/one?show=void_kind").text):
        assert words not in text
    assert 'value="-void_reason"' not in ready(client)
    whole = ready(client, "/runs/one?private=1")
    assert f"{words}</span> (1)" in whole
    assert f"void: {words} (1)" in whole, "why values are missing"
    assert 'value="-void_reason"' in whole
    assert "private=1#dialogues" in whole, "what is picked from here stays with the switch"
    for asked in ("show=void_reason", "sort=void_reason", "filter=void_reason+~+JSON"):
        held = client.get(f"/runs/one?{asked}")
        assert held.status_code == 400
        assert "void_reason may repeat what was private" in held.text
        assert words not in held.text
        assert f'href="/runs/one?{asked}&amp;private=1#dialogues"' in held.text.replace("%7E", "~")
        shown = client.get(f"/runs/one?{asked}&private=1")
        assert shown.status_code == 200
        assert ("1 to 1 of 1" in shown.text) == ("filter" in asked)


def test_the_most_one_sided_dialogue_comes_with_its_words(client: TestClient) -> None:
    text = client.get("/runs/one").text
    assert "Take the whole of the well." in text
    assert '#turn-3">turn 3</a>' in text


def test_models_that_take_turns_in_a_seat_are_all_named(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    lineups = ({"official": "scripted", "unofficial": one} for one in ("openai/a", "openai/b"))
    played = [deal(scenario, "lean", MIDDLE)]
    fields = {"lineups": list(lineups)}
    make_run(tmp_path / "one", make_suite(), {"small": scenario}, played, **fields)
    client = client_of(tmp_path)
    for page in (client.get("/").text, client.get("/runs/one").text):
        assert "openai/a, openai/b" in page


def test_the_most_one_sided_dialogues_say_whose_they_are_where_models_take_turns(
    tmp_path: Path,
) -> None:
    scenario, made = small(tmp_path), []
    for number, model in enumerate(("openai/ant@http://127.0.0.1:1/v1", "openai/bee"), start=1):
        played = deal(scenario, "lean", LEANING)
        official, other = played.spec.seats
        seats = (official, other.model_copy(update={"kind": "model", "model": model}))
        spec = played.spec.model_copy(update={"seats": seats, "seed": number})
        made.append(Placed.of(played.model_copy(update={"spec": spec, "id": spec.id}), "lean"))
    make_run(tmp_path / "one", make_suite(), {"small": scenario}, made)
    worst = client_of(tmp_path).get("/runs/one").text.partition('<ol class="worst">')[2]
    for name in ("ant", "bee"):
        assert f'<span class="muted">lean, openai/{name}</span>' in worst.partition("</ol>")[0]


def test_the_table_is_what_the_address_asks_for(client: TestClient) -> None:
    assert "1 to 5 of 5 dialogues" in client.get("/runs/one").text
    assert "1 to 3 of 3 dialogues" in client.get("/runs/one?arm=lean").text
    assert "No dialogue fits" in client.get("/runs/one?filter=skew+%3E+5").text
    refused = client.get("/runs/one?filter=skw+%3E+5")
    assert refused.status_code == 400
    assert "did you mean" in refused.text
    sorted_by = client.get("/runs/one?sort=-turns").text
    assert 'aria-sort="descending"' in sorted_by


def test_all_runs_have_a_line(tmp_path: Path) -> None:
    small_run(tmp_path, "one")
    broken = small_run(tmp_path, "two")
    (broken.path / "run.json").write_text("{}")
    client = client_of(tmp_path)
    text = ready(client, "/")
    assert "A suite made by hand" in text
    assert "5 of 5" in text
    assert "damaged" in text


def test_no_run_is_said_too(tmp_path: Path) -> None:
    assert "There is no run here yet" in client_of(tmp_path).get("/").text


def test_runs_that_were_not_looked_at_are_filled_in(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(overview, "LOOK_S", -1.0)
        text = client.get("/").text
        assert "It is being looked at" in text
        [unknown] = client.get("/state").json()["runs"]
        assert unknown == {"run": "one", "problem": ""}
    ready(client, "/")
    told = client.get("/state").json()
    assert told["finished"]
    [facts] = told["runs"]
    assert facts["played"] == "5 of 5"
    assert facts["void"] == "1"
    assert facts["models"] == "scripted"
    assert facts["answer"]


def test_a_run_in_play_tells_how_far_it_is(tmp_path: Path) -> None:
    whole = small_run(tmp_path, "whole")
    path = Path(shutil.copytree(whole.path, tmp_path / "one"))
    (path / "scores.jsonl").unlink()
    lines = (path / "transcripts.jsonl").read_bytes().splitlines(keepends=True)
    (path / "transcripts.jsonl").write_bytes(b"".join(lines[:2]))
    client = client_of(tmp_path)
    page = client.get("/runs/one").text
    assert "Nothing is measured yet" in page
    assert 'data-state="/runs/one/state"' in page
    first = client.get("/runs/one/state")
    told = first.json()
    assert (told["played"], told["planned"], told["void"]) == ("2", "5", "0")
    assert (told["answer"], told["finished"]) == ("unscored", False)
    same = client.get("/runs/one/state", headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    with (path / "transcripts.jsonl").open("ab") as file:
        file.write(b"".join(lines[2:]))
    later = client.get("/runs/one/state", headers={"If-None-Match": first.headers["etag"]}).json()
    assert (later["played"], later["void"]) == ("5", "1")
    text, whole = (client.get(f"/runs/one{asked}").text for asked in ("", "?private=1"))
    assert "no usable reply</span> (1)" in text, "reasons of voids stand there before scores do"
    assert "no JSON" not in text
    assert "The reply was no JSON.</span> (1)" in whole


def test_a_run_in_play_says_what_it_shows_so_far(tmp_path: Path) -> None:
    whole = whole_run(tmp_path / "aside")
    path = cut_short(whole, tmp_path / "runs" / "one", 13)
    client = client_of(tmp_path / "runs")
    page = client.get("/runs/one").text
    assert '<p class="so-far" data-count="so_far">So far, after 6 of 8 scenarios, nothing' in page
    told = client.get("/runs/one/state").json()["so_far"]
    assert told.startswith("So far, after 6 of 8 scenarios")
    go_on(path, whole, 15)
    assert client.get("/runs/one/state").json()["so_far"].startswith("So far, after 7 of 8")
    go_on(path, whole, 16)
    assert client.get("/runs/one/state").json()["so_far"] == "", "its ordinary answer comes"
    assert '<p class="so-far" data-count="so_far" hidden></p>' in client.get("/runs/one").text


def test_a_run_in_play_that_cannot_be_read_says_nothing_so_far(tmp_path: Path) -> None:
    path = cut_short(whole_run(tmp_path / "aside"), tmp_path / "runs" / "one", 4)
    runs = Runs(tmp_path / "runs")
    assert runs.so_far("one").startswith("So far 1 of 8")
    with (path / "plan.jsonl").open("ab") as file:
        file.write(b"{}\n")
    assert runs.so_far("one") == ""


def test_a_finished_run_asks_for_nothing(client: TestClient) -> None:
    assert "data-state=" not in ready(client)


def test_hostile_names_and_words_are_text(tmp_path: Path) -> None:
    hostile_run(tmp_path / "a b<i>&?#%2f", small(tmp_path))
    client = client_of(tmp_path)
    address = "/runs/a%20b%3Ci%3E%26%3F%23%252f"
    assert address in client.get("/").text
    for page in (ready(client, address), client.get(f"{address}/search?q=window&private=1").text):
        assert "<script>" not in page
        assert "<img" not in page
        assert "<b>{{" not in page
        assert "<i>" not in page
        assert "\u202e" not in page


def test_lines_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    path = run.path / "transcripts.jsonl"
    path.write_bytes(b'{"id":"0"}\n' + path.read_bytes())
    assert "1 line of the run" in client_of(tmp_path).get("/runs/one").text
