"""Pages of one dialogue, without a browser."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from harness.records.folder import MESSAGES
from harness.records.reader import RunFolder
from harness.records.transcript import Call, Debrief, Repair, VoidReason
from tests.support.disputes import small
from tests.support.hostile import hostile_run
from tests.support.prose_ledgers import judged_run
from tests.support.run_folders import (
    LEANING,
    LOPSIDED,
    MIDDLE,
    Placed,
    deal,
    dialogue,
    make_run,
    make_suite,
)
from tests.support.viewer import client_of, small_run

SCHEMA_1 = Path(__file__).parents[1] / "records/golden/schema-1"
CANARY = "only-one-side-knew"


def secretive_run(place: Path) -> RunFolder:
    """A dialogue with the canary in all that is private, in arm ``lean``; the same in ``plain``
    without; of epoch 2 in ``lean`` alone."""
    scenario = small(place)
    debriefs = {
        "o": Debrief(gave_more="u", words=CANARY, learned={"u": CANARY}),
        "u": Debrief(gave_more="equal", words=CANARY),
    }
    secret = dialogue(
        scenario,
        "lean",
        [("o", LOPSIDED), ("u", "caucus"), ("u", MIDDLE), ("o", LEANING), ("u", "accept")],
        words="said at the table",
        debriefs=debriefs,
        repairs=[Repair(error=CANARY)],
    )
    turns = [replace(turn, thoughts=CANARY) for turn in secret.body.turns]
    turns[1] = replace(turns[1], words=CANARY)
    turns[0] = replace(turns[0], calls=(0,))
    talks = secret.body.model_copy(update={"turns": tuple(turns)})
    asked: dict[str, Any] = {"index": 0, "seat": "o", "purpose": "move", "model": "m"}
    raw, thought = f"{{raw {CANARY}}}", f"{CANARY}, it thought"
    call = Call(**asked, prompt=("a1",), reply=raw, reasoning=thought)
    placed = Placed.of(secret.model_copy(update={"body": talks, "calls": (call,)}), "lean")
    plain = deal(scenario, "plain", MIDDLE)
    second = deal(scenario, "lean", LEANING, epoch=2)
    run = make_run(place / "one", make_suite(), {"small": scenario}, [placed, plain, second])
    message = {"hash": "a1", "role": "system", "content": f"the brief, {CANARY}"}
    (run.path / MESSAGES).write_text(json.dumps(message) + "\n", encoding="utf-8")
    return run


@pytest.fixture
def secretive(tmp_path: Path) -> tuple[TestClient, list[str]]:
    run = secretive_run(tmp_path)
    return client_of(tmp_path), [f"/runs/one/dialogues/{key}" for key in run.index()]


def test_what_was_private_does_not_leave_the_server_unasked(
    secretive: tuple[TestClient, list[str]],
) -> None:
    client, (secret, plain, _) = secretive
    other = plain.rpartition("/")[2]
    for address in (
        secret,
        f"{secret}?private=0",
        f"{secret}?private=",
        f"{secret}/beside/{other}",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert CANARY not in answer.text
        assert "said at the table" in answer.text
    assert CANARY not in client.get(f"{secret}/beside").text
    for address in (f"{secret}/calls", f"{secret}/calls?call=0", f"{secret}/calls?private=yes"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert CANARY not in answer.text
        assert "private to its delegation" in answer.text
    assert (
        f'href="{secret}/calls?call=0&amp;private=1"' in client.get(f"{secret}/calls?call=0").text
    )
    assert f'href="{secret}/calls"' in client.get(secret).text
    assert f'href="{secret}/calls?private=1"' in client.get(f"{secret}?private=1").text


def test_what_was_private_is_shown_on_request(secretive: tuple[TestClient, list[str]]) -> None:
    client, (secret, plain, _) = secretive
    text = client.get(f"{secret}?private=1").text
    assert text.count(CANARY) >= 9
    assert "credit for an agreement" in text
    assert f"{CANARY}, it thought" in text
    assert f"{CANARY}, it thought" in client.get(f"{secret}/calls?private=1").text
    assert CANARY not in client.get(f"{secret}/calls").text
    assert "To the delegates themselves" in text
    pair = client.get(f"{plain}/beside/{secret.rpartition('/')[2]}?private=1").text
    assert CANARY in pair


def test_reasoning_is_found_only_with_what_was_private(
    secretive: tuple[TestClient, list[str]],
) -> None:
    client, (secret, *_) = secretive
    for address in ("/runs/one/search", "/search"):
        assert "<mark>" not in client.get(f"{address}?q=it+thought").text
        found = client.get(f"{address}?q=it+thought&private=1").text
        assert "<mark>it</mark> <mark>thought</mark>" in found
        assert f'href="{secret}/calls?private=1#call-0"' in found
        assert "reasoned before its reply, in private" in found


def test_a_reason_that_repeats_a_reply_is_private_too(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    void = VoidReason(kind="reply", seat="u", detail=f"'why' must be a number, not '{CANARY}'")
    lost = dialogue(scenario, "lean", [("o", MIDDLE)], void=void)
    make_run(tmp_path / "one", make_suite(), {"small": scenario}, [lost])
    client, address = client_of(tmp_path), f"/runs/one/dialogues/{lost.id}"
    assert CANARY not in client.get(address).text
    assert CANARY in client.get(f"{address}?private=1").text
    _, _, table = client.get("/runs/one").text.partition('<section id="dialogues"')
    rows, _, _ = table.partition("</section>")
    assert "reply, seat u" in rows
    assert CANARY not in client.get("/runs/one").text
    # Which dialogues it would find tells of it too.
    found = client.get(f"{address}?filter=void_reason+~+{CANARY}").text
    assert "1 of 1" in found
    assert "void_reason" not in found


def test_a_dialogue_says_where_the_ground_was_given(
    secretive: tuple[TestClient, list[str]],
) -> None:
    client, (secret, *_) = secretive
    text = client.get(secret).text
    assert re.search(r'gave most at <a href="#turn-4">turn 4</a>', text)
    assert 'id="turn-4" data-turn="4"' in text
    assert 'data-gives="turn-4"' in text
    assert "of at most" in text or "beyond the most" in text
    assert "<del>Boral draws all of it</del>" in text
    assert "red line of Arden" in text
    assert re.search(r'<a href="#turn-3" data-marks="turn-3" aria-label="Turn 3: Boral', text)


def test_the_same_dialogue_in_other_arms_is_linked(
    secretive: tuple[TestClient, list[str]],
) -> None:
    client, (secret, plain, second) = secretive
    other = plain.rpartition("/")[2]
    text = client.get(secret).text
    assert f'href="{plain}"' in text
    assert f'href="{secret}/beside/{other}"' in text
    assert "in other arms" not in client.get(second).text


def test_the_same_dialogue_of_other_models_is_told_apart(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    made = []
    for number, model in enumerate(("openai/ant", "openai/bee"), start=1):
        played = deal(scenario, "lean", MIDDLE)
        official, other = played.spec.seats
        seats = (official, other.model_copy(update={"kind": "model", "model": model}))
        spec = played.spec.model_copy(update={"seats": seats, "seed": number})
        made.append(Placed.of(played.model_copy(update={"spec": spec, "id": spec.id}), "lean"))
    lineups = [{"official": "scripted", "unofficial": f"openai/{one}"} for one in ("ant", "bee")]
    make_run(tmp_path / "one", make_suite(), {"small": scenario}, made, [], lineups=lineups)
    text = client_of(tmp_path).get(f"/runs/one/dialogues/{made[0].id}").text
    assert "in other arms, and of other models:" in text
    assert ">lean of scripted, openai/bee</a>" in text


def test_pages_are_turned_in_the_table_that_was_asked_for(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    client, ids = client_of(tmp_path), list(run.index())

    def around(query: str) -> dict[str, str]:
        text = client.get(f"/runs/one/dialogues/{ids[1]}{query}").text
        return dict(re.findall(r'rel="(prev|next)" href="[^"]*/([0-9a-f]{16})', text))

    assert around("?sort=id") == _neighbours(sorted(ids), ids[1])
    assert around("?sort=-id") == _neighbours(sorted(ids, reverse=True), ids[1])
    assert around("?arm=plain&sort=id") == _neighbours(sorted(ids[:2]), ids[1])
    whole = around("")
    assert whole
    assert around("?arm=lean") == whole, "it is not in that table"
    assert around("?filter=nonsense") == whole
    kept = client.get(f"/runs/one/dialogues/{ids[1]}?arm=plain&show=turns&private=1").text
    assert re.search(r'rel="(prev|next)" href="[^"]*arm=plain[^"]*show=turns[^"]*private=1', kept)


def test_the_table_leads_to_dialogues_in_its_own_order(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    text = client_of(tmp_path).get("/runs/one?arm=plain&sort=-id").text
    links = re.findall(r'href="/runs/one/dialogues/([0-9a-f]{16})\?arm=plain&amp;sort=-id"', text)
    arms = {key: run.place(key).arms for key in run.index()}
    assert links == sorted((key for key in arms if arms[key] == ("plain",)), reverse=True)


def _neighbours(order: list[str], one: str) -> dict[str, str]:
    at = order.index(one)
    found = {"prev": order[at - 1]} if at else {}
    return found | ({"next": order[at + 1]} if at + 1 < len(order) else {})


def test_side_by_side_names_both_and_their_differences(
    secretive: tuple[TestClient, list[str]],
) -> None:
    client, (secret, plain, _) = secretive
    text = client.get(f"{secret}/beside/{plain.rpartition('/')[2]}").text
    assert 'id="a-turn-0"' in text
    assert 'id="b-turn-0"' in text
    assert "no such turn in B" in text
    assert "Other terms than A on: The well" in text
    assert "These are dialogues of different" not in text


def test_dialogues_that_are_no_pair_are_shown_and_said_to_be_none(
    secretive: tuple[TestClient, list[str]], tmp_path: Path
) -> None:
    client, (secret, _, second) = secretive
    text = client.get(f"{secret}/beside/{second.rpartition('/')[2]}").text
    assert "These are dialogues of different epochs: A of 1, B of 2." in text
    assert 'id="b-turn-0"' in text


def test_the_other_may_be_of_another_run(tmp_path: Path) -> None:
    first, second = small_run(tmp_path), small_run(tmp_path, "two")
    client, one = client_of(tmp_path), next(iter(first.index()))
    address = f"/runs/one/dialogues/{one}/beside"
    choices = client.get(address).text
    found = re.findall(rf'href="{address}/([0-9a-f]+)\?run=two"', choices)
    assert set(found) <= set(second.index())
    assert len(found) == 2, "one an arm"
    pair = client.get(f"{address}/{found[0]}?run=two")
    assert pair.status_code == 200
    assert "in two" in pair.text
    assert client.get(f"{address}/{found[0]}?run=three").status_code == 404


def test_calls_are_shown_whole(secretive: tuple[TestClient, list[str]]) -> None:
    client, (secret, plain, _) = secretive
    text = client.get(f"{secret}/calls?private=1").text
    assert f"the brief, {CANARY}" in text
    assert f"{{raw {CANARY}}}" in text
    assert f'href="{secret}?private=1#turn-0"' in text
    single = client.get(f"{secret}/calls?private=1&call=0").text
    assert "with its whole prompt" in single
    assert client.get(f"{secret}/calls?private=1&call=7").status_code == 404
    assert client.get(f"{secret}/calls?private=1&call=x").status_code == 404
    assert "No model was asked" in client.get(f"{plain}/calls").text


@pytest.mark.parametrize("name", ["0" * 16, "%2e%2e%2frun.json", "turn", "%00", "'"])
def test_an_unknown_dialogue_is_said_to_be_unknown(tmp_path: Path, name: str) -> None:
    small_run(tmp_path)
    client = client_of(tmp_path)
    for further in ("", "/calls", "/beside"):
        answer = client.get(f"/runs/one/dialogues/{name}{further}")
        assert answer.status_code == 404
        assert "Traceback" not in answer.text


def test_whatever_was_written_stays_text(tmp_path: Path) -> None:
    run = hostile_run(tmp_path / "run", small(tmp_path))
    client, ids = client_of(tmp_path), list(run.index())
    pages = [f"/runs/run/dialogues/{key}?private=1" for key in ids]
    pages += [
        f"/runs/run/dialogues/{ids[0]}/{further}" for further in ("calls?private=1", "beside")
    ]
    pages += [f"/runs/run/dialogues/{ids[0]}/beside/{ids[1]}?private=1"]
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "<script>window" not in answer.text
        assert "<img" not in answer.text
        assert "</title></text>" not in answer.text
        assert " style=" not in answer.text.replace("\\", "")
        assert not re.search("[\x00\x07\x1b\u202e\u200b\u2066]", answer.text)
        assert "\\u202edesrever" in answer.text


def test_a_void_dialogue_has_a_page(tmp_path: Path) -> None:
    run = hostile_run(tmp_path / "run", small(tmp_path))
    (void,) = [key for key, (_, status) in run.index().items() if status == "void"]
    text = client_of(tmp_path).get(f"/runs/run/dialogues/{void}").text
    assert "Void: no result" in text


def test_a_record_of_an_earlier_schema_has_its_pages(tmp_path: Path) -> None:
    shutil.copytree(SCHEMA_1, tmp_path / "old")
    client, ids = client_of(tmp_path), list(RunFolder(SCHEMA_1).index())
    for further in ("", "?private=1", "/calls?private=1", f"/beside/{ids[-1]}"):
        answer = client.get(f"/runs/old/dialogues/{ids[0]}{further}")
        assert answer.status_code == 200, further
        assert ids[0] in answer.text


def test_what_judges_have_read_in_the_words_is_marked_in_place(tmp_path: Path) -> None:
    run = judged_run(tmp_path, "a/one", "b/two")
    (one,) = run.index()
    page = client_of(tmp_path).get(f"/runs/judged/dialogues/{one}").text
    assert (
        '<mark class="judged">We could live with half of it</mark>, &lt;b&gt;if&lt;/b&gt;' in page
    )
    assert page.count('<mark class="judged">We mend the fence</mark> ourselves.') == 1
    ledger = page[page.index('id="ledger"') :]
    alone = re.findall(r'<tr class="(\w) in-words" data-gives="turn-(\d)">', ledger)
    assert alone == [("u", "0"), ("u", "0"), ("o", "1")]
    assert '<span class="badge warn">in words only</span>' in ledger
    assert ledger.count("judge b/two, uncalibrated") == 2, "in the note, and at its quote"
    assert "depends on: “&lt;b&gt;if&lt;/b&gt; you mend the fence”" in ledger
    beside = client_of(tmp_path).get(f"/runs/judged/dialogues/{one}/beside/{one}").text
    assert beside.count("in words only") >= 2
