"""Pages of a sitting without a browser: whole sittings, what moves nothing, and what stays
private."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.records.reader import RunFolder
from harness.records.transcript import Action, Move, Transcript
from harness.viewer import play
from tests.support.mock_server import Answer, MockServer, hang
from tests.support.player import plays
from tests.support.sittings import ANSWERS, PROPOSAL, Sitter, hidden
from tests.support.viewer import client_of

TAKE = {"action": "accept", "offer": "o-2", "commitment": "personal", "words": "Agreed."}
LEFT = "what was not over is lost"


@pytest.fixture
def sitter(tmp_path: Path) -> Iterator[Sitter]:
    made = Sitter(tmp_path)
    yield made
    made.house.close()


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitter]:
    """A person who is asked for its first move, for tests that make none."""
    made = Sitter(tmp_path_factory.mktemp("waiting"))
    made.sit()
    yield made
    made.house.close()


def played(sitter: Sitter) -> Transcript:
    """The record of the one sitting."""
    (path,) = sitter.runs.glob("play-*")
    (transcript,) = RunFolder(path).transcripts()
    return transcript


def own_moves(sitter: Sitter) -> int:
    """Moves of the person that the table has heard, by what the page shows."""
    return sitter.get().text.count(" (you) <span")


def test_a_whole_sitting_to_the_truth(sitter: Sitter) -> None:
    assert sitter.sit() == "move"
    first = sitter.get().text
    assert "You speak for <b" in first
    assert 'data-points="55"' in first
    assert "No agreement is worth about 40." in first
    assert sitter.fill(PROPOSAL).status_code == 303
    assert sitter.wait() == "move"
    assert sitter.fill(TAKE).status_code == 303
    assert sitter.wait() == "debrief"
    assert "The talks are over" in sitter.get().text
    before = "\n".join(sitter.heard)
    for secret in ("CANARY", "23.17", "0.2317", "23.2"):
        assert secret not in before, "nothing of the other side before the talks are over"
    assert sitter.fill(ANSWERS).status_code == 303
    assert sitter.wait() == "over"
    truth = sitter.get().text
    assert "In truth: A small dispute" in truth
    assert "You were told that no deal is worth about 40 to Arden. In truth it was 30." in truth
    assert "To Boral no deal was worth 23.2." in truth
    assert "Boral would never have signed: on The fence, &#34;Boral mends it&#34;." in truth
    assert "You said: <b>Boral gave more, 6 of 10</b>" in truth
    assert "The well is ours." not in truth, "an opening gives nothing"
    record = played(sitter)
    assert record.status == "done"
    assert record.spec.seat("u").kind == "person"
    assert record.body.debriefs["u"].words == "They came a long way."
    whole = sitter.get(hidden_link(truth, "Read the whole dialogue"))
    assert whole.status_code == 200
    assert "The well is ours." in whole.text


def hidden_link(text: str, label: str) -> str:
    """Where the link of that label leads."""
    return text.partition(f'">{label}<')[0].rpartition('href="')[2]


def test_a_model_s_thoughts_are_in_no_answer(tmp_path: Path) -> None:
    def thinks(body: dict[str, object]) -> Answer:
        answer = plays(body)
        assert answer.body is not None
        return Answer(**{**vars(answer), "body": answer.body.replace(b"As instructed", b"CANARY")})

    with MockServer(thinks) as server:
        model = f"openai/x@{server.base_url}"
        sitter = Sitter(tmp_path, opponent=model)
        assert sitter.sit() == "move"
        assert sitter.fill(PROPOSAL).status_code == 303
        assert sitter.wait() == "move"
        for path in ("/", f"/runs/{next(sitter.runs.glob('play-*')).name}"):
            sitter.get(path)
        assert "Let us settle this." in sitter.get().text
        assert "CANARY" not in "\n".join(sitter.heard)
        sitter.house.close()
        assert "CANARY" in played(sitter).model_dump_json(), "it did think"


def test_nobody_sits_down_without_the_token_of_this_server(sitter: Sitter) -> None:
    said = {"scenario": "small", "seat": "unofficial", "opponent": "scripted", "track": "1.5"}
    said["brief"] = "principal"
    assert sitter.post(said, "/play").status_code == 403
    assert sitter.post({**said, "token": "x" * 32}, "/play").status_code == 403
    token = hidden(sitter.get("/play").text, "token")
    for origin in ("http://evil.example", "null", ""):
        answer = sitter.post({**said, "token": token}, "/play", headers={"origin": origin})
        assert answer.status_code == 403
    assert sitter.house.sittings() == ()
    assert not sitter.runs.exists()


def test_what_is_not_offered_is_not_played(sitter: Sitter) -> None:
    token = hidden(sitter.get("/play").text, "token")
    said = {
        "token": token,
        "scenario": "../small.yaml",
        "opponent": "openai/x@http://evil",
        "rounds": "0",
    }
    answer = sitter.post(said, "/play")
    assert answer.status_code == 422
    for name in ("scenario", "opponent", "seat", "track", "brief"):
        assert f"offered values of {name}" in answer.text
    assert "Give rounds as a whole number from 1 to 20" in answer.text
    assert sitter.house.sittings() == ()


def test_a_viewer_that_was_not_asked_to_play_plays_nothing(tmp_path: Path) -> None:
    client = client_of(tmp_path)
    assert client.get("/play").status_code == 404
    origin = {"origin": str(client.base_url).rstrip("/")}
    assert client.post("/play", data={"token": "x"}, headers=origin).status_code == 404
    assert ">Play<" not in client.get("/").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "does not say what you do"),
        ({"action": "fly"}, "does not say what you do"),
        ({"action": "pass", "wanted.well": "all", "words": "x"}, "&#39;all&#39; is none of its"),
        ({"action": "walk_out", "words": "Enough."}, "Tick that you mean to leave the table"),
        (PROPOSAL | {"first.fence": ""}, "The package leaves open: The fence."),
        (PROPOSAL | {"words": " "}, "Say at the table"),
        (PROPOSAL | {"commitment": ""}, "Say how far your word goes."),
        (PROPOSAL | {"words": "w" * 100_000}, "have 100,000 characters; the most is 6,000"),
    ],
)
def test_what_is_missing_is_said_and_moves_nothing(
    waiting: Sitter, fields: dict[str, str], said: str
) -> None:
    answer = waiting.fill(fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert len(answer.text) < 100_000, "what comes back is bounded"
    assert own_moves(waiting) == 0
    assert waiting.wait() == "move"


def test_a_form_counts_once(sitter: Sitter) -> None:
    sitter.sit()
    page = sitter.get().text
    own = {name: hidden(page, name) for name in ("token", "question")}
    assert sitter.post({**own, **PROPOSAL}).status_code == 303
    again = sitter.post({**own, **PROPOSAL})
    assert again.status_code == 409
    assert "Nothing was said or done with it." in again.text
    assert sitter.wait() == "move"
    late = sitter.post({**own, **TAKE})
    assert late.status_code == 409, "a form of a turn that is over, as after the back button"
    assert own_moves(sitter) == 1
    assert sitter.post({**own, "action": "count"}).status_code == 409
    assert sitter.post({**PROPOSAL, "question": "2"}).status_code == 403, "no token"
    assert own_moves(sitter) == 1


def test_points_are_worked_out_without_a_script(waiting: Sitter) -> None:
    answer = waiting.fill({"action": "count", "first.well": "half", "first.fence": "us"})
    assert answer.status_code == 200
    assert "<b>about 24</b> points by your table, less than no agreement" in answer.text
    assert own_moves(waiting) == 0


DRAFTS = {
    "propose.words": "I propose.",
    "accept-o-1.words": "I accept.",
    "reject-o-1.words": "I reject.",
    "reject-o-1.wanted.well": "half",
    "pass.words": "I speak.",
    "walk_out.words": "I go.",
    "walk_out.sure": "yes",
    "side_terms": "A bucket.",
}


@pytest.mark.parametrize(
    ("action", "status", "said"),
    [
        ("count", 200, "points by your table"),
        ("from o-1", 200, "It begins with what o-1 has."),
        ("propose", 422, "Say how far your word goes."),
        ("accept o-1", 422, "Say how far your word goes."),
        ("reject o-9", 422, "is not among what you can reject"),
    ],
)
def test_what_is_written_for_one_move_stays_when_another_button_is_pressed(
    waiting: Sitter, action: str, status: int, said: str
) -> None:
    package = {"first.well": "mine", "first.fence": "us"}
    answer = waiting.fill({**package, **DRAFTS, "send": action})
    assert answer.status_code == status
    assert said in answer.text
    for words in ("propose", "accept", "reject", "speak", "go"):
        assert f"I {words}.</textarea>" in answer.text
    assert answer.text.count("<details data-move open>") == 4
    assert "A bucket.</textarea>" in answer.text
    assert re.search(r'name="walk_out.sure" value="yes" checked', answer.text)
    wanted = answer.text.partition('name="reject-o-1.wanted.well"')[2].partition("</select>")[0]
    assert '<option value="half" selected>' in wanted
    well = "yours" if action == "from o-1" else "mine"
    assert re.search(rf'name="first.well" value="{well}"[^>]* checked', answer.text)
    assert own_moves(waiting) == 0


def test_a_move_is_read_from_its_own_fields_alone(sitter: Sitter) -> None:
    sitter.sit()
    assert sitter.fill({**DRAFTS, "send": "pass"}).status_code == 303
    sitter.wait()
    sitter.house.close()
    (turn,) = [turn for turn in played(sitter).body.turns if turn.seat == "u"]
    assert (turn.move and turn.move.action, turn.words) == (Action.PASS, "I speak.")
    assert turn.move is not None
    assert turn.move.position is None


def test_a_brief_in_words_has_no_points(sitter: Sitter) -> None:
    sitter.sit(brief="words")
    text = sitter.get().text
    assert "data-points" not in text
    assert "data-sum" not in text
    assert "Work out the points" not in text
    assert "most important issue first" in text


def test_what_cannot_be_read_moves_nothing(waiting: Sitter) -> None:
    body = {"content-type": "text/plain"}
    assert (
        waiting.client.post(f"{waiting.address}/answer", content="a=b", headers=body).status_code
        == 400
    )
    form = {"content-type": "application/x-www-form-urlencoded"}
    large = waiting.client.post(
        f"{waiting.address}/answer", content="a=" + "x" * play.LARGEST, headers=form
    )
    assert large.status_code == 413
    many = waiting.client.post(
        f"{waiting.address}/answer", content="a=b&" * (play.MOST_FIELDS + 1), headers=form
    )
    assert many.status_code == 400
    assert own_moves(waiting) == 0


def test_hostile_words_are_text(sitter: Sitter) -> None:
    sitter.sit()
    hostile = "</p><script>alert(1)</script>\u202eevil {{ 7*7 }} \x1b[2J"
    assert sitter.fill(PROPOSAL | {"words": hostile}).status_code == 303
    sitter.wait()
    text = sitter.get().text
    assert "&lt;/p&gt;&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "{{ 7*7 }}" in text


def test_to_leave_is_no_move(sitter: Sitter) -> None:
    sitter.sit()
    token = {"token": hidden(sitter.get().text, "token")}
    leave = f"{sitter.address}/leave"
    assert "Tick that you mean to end the sitting" in sitter.post(token, leave).text
    assert sitter.wait() == "move"
    assert sitter.post({"sure": "yes"}, leave).status_code == 403
    assert sitter.post({**token, "sure": "yes"}, leave).status_code == 303
    assert sitter.wait() == "over"
    assert "You ended the sitting before the talks were over." in sitter.get().text
    record = played(sitter)
    assert (record.status, record.void and record.void.kind) == ("void", "person")
    assert not [turn for turn in record.body.turns if turn.seat == "u"]
    assert sitter.post({**token, "sure": "yes"}, leave).status_code == 303, "it stays as it is"
    assert sitter.wait() == "over"


def test_to_leave_the_questions_leaves_the_talks_as_they_ended(sitter: Sitter) -> None:
    sitter.sit()
    sitter.fill(PROPOSAL)
    sitter.wait()
    sitter.fill(TAKE)
    assert sitter.wait() == "debrief"
    page = sitter.get().text
    assert "Leave the questions" in page
    leave = {"token": hidden(page, "token"), "sure": "yes"}
    assert sitter.post(leave, f"{sitter.address}/leave").status_code == 303
    assert sitter.wait() == "over"
    text = sitter.get().text
    assert "did not answer" in text
    assert "before the talks were over" not in text
    record = played(sitter)
    assert (record.status, record.body.outcome.kind) == ("done", "deal")


def test_to_leave_waits_for_nobody(tmp_path: Path) -> None:
    with MockServer(lambda body: hang() if "messages" in body else plays(body)) as server:
        sitter = Sitter(tmp_path, opponent=f"openai/x@{server.base_url}")
        assert sitter.sit("waiting") == "waiting"
        page = sitter.get().text
        assert "This page goes on by itself." in page
        assert f'content="3; url={sitter.address}"' in page, "without a script it is loaded anew"
        leave = {"token": hidden(page, "token"), "sure": "yes"}
        while not any("messages" in body for body in server.bodies):
            sitter.get()
        assert sitter.post(leave, f"{sitter.address}/leave").status_code == 303
        assert sitter.wait() == "over"
    record = played(sitter)
    assert record.void is not None
    assert record.void.kind == "person"


@pytest.mark.parametrize("path", ["/answer", "/leave"])
def test_a_sitting_of_another_server_is_unknown(waiting: Sitter, path: str) -> None:
    for answer in (waiting.get("/play/0123"), waiting.post(PROPOSAL, f"/play/0123{path}")):
        assert answer.status_code == 404
        assert LEFT in answer.text
    assert waiting.get(f"/play/0123{path}").status_code == 404
    assert waiting.get(f"{waiting.address}{path}").url.path == waiting.address, "back to the table"
    assert waiting.get("/play/0123/state").json() == {"state": "gone"}


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with MockServer(plays) as server:
        address = f"openai/x@{server.base_url}"
    sitter = Sitter(tmp_path, opponent=address, limits={"max_retries": 0})
    assert sitter.sit() == "failed"
    text = sitter.get().text
    assert "No move was made of it." in text
    assert 'role="alert"' in text


def test_the_leadership_is_asked_in_private(sitter: Sitter) -> None:
    sitter.sit(brief="words")
    sitter.fill({"action": "pass", "words": "Let us see."})
    sitter.wait()
    assert 'value="consult"' not in sitter.get().text, "this mandate has no line home"
    sitter.house.close()
    sitter.sit(brief="words", track="backchannel")
    assert "Ask your leadership about this package (2 left)" in sitter.get().text
    asked = {"action": "consult", "first.well": "yours", "first.fence": "us", "words": "unsaid"}
    assert sitter.fill(asked).status_code == 303
    assert sitter.wait() == "move"
    text = sitter.get().text
    assert "asks the leadership in private, which would not sign" in text
    assert "it crosses a red line: The well" in text
    assert "(1 left)" in text
    assert text.count("unsaid") == 1
    assert ">unsaid</textarea>" in text, "what was written for the same turn is still there"
    assert re.search(r'name="first.well" value="yours"[^>]* checked', text), "as is the package"
    sitter.house.close()
    for path in sitter.runs.glob("play-*"):
        for record in RunFolder(path).transcripts():
            assert "unsaid" not in record.model_dump_json()


def test_what_a_further_round_changes_is_told(tmp_path: Path) -> None:
    sitter = Sitter(tmp_path, rounds=2, turns=1)
    sitter.sit()
    assert sitter.fill(PROPOSAL).status_code == 303
    assert sitter.wait() == "move"
    text = sitter.get().text
    assert '<h3 class="round">Round 1</h3>' in text
    assert "The well runs low." in text
    assert "Round 1 ended without an agreement." in text
    sitter.house.close()


def test_what_the_table_refuses_is_asked_again_as_it_was_filled_in(
    sitter: Sitter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unheld(*_: object) -> Move:
        return Move(action=Action.ACCEPT, offer="o-9", words="Done.")

    sitter.sit()
    with monkeypatch.context() as patch:
        patch.setattr(play, "_read", unheld)
        assert sitter.fill(PROPOSAL).status_code == 303
    assert sitter.wait() == "move"
    text = sitter.get().text
    assert "The table could not use what you sent, and nothing of it reached anyone." in text
    assert "The well is ours.</textarea>" in text, "it need not be typed again"
    assert own_moves(sitter) == 0
