"""``audit`` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import ROOT, track15
from tests.support.inprocess import typed
from tests.support.mock_server import Answer, MockServer, error

PLANS = sorted((ROOT / "evals" / "plans").glob("*.yaml"))


def test_a_plan_of_ones_own_from_the_template_to_the_page(tmp_path: Path) -> None:
    empty = track15("audit", "--template", "--scenario", "ceasefire", cwd=tmp_path)
    assert empty.code == 0, empty.err
    text = empty.out.replace("  guarantees:\n", "  guarantees: all_must_agree\n")
    (tmp_path / "mine.yaml").write_text(text)
    done = typed("audit", "mine.yaml", "--html", "page.html", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "It crosses 1 red line of Velmora (Security guarantees)" in " ".join(done.out.split())
    assert "(not addressed)" in done.out
    assert "Security guarantees" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_shipped_plan_can_be_audited(path: Path, tmp_path: Path) -> None:
    done = typed("audit", path, "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert json.loads(done.out)["verdict"]


def test_surrender_and_balance_come_out_at_opposite_ends(tmp_path: Path) -> None:
    surrender, balanced = (
        json.loads(typed("audit", name, "--json", cwd=tmp_path).out)
        for name in ("ceasefire-surrender", "ceasefire-balanced")
    )
    assert (surrender["favours"], balanced["favours"]) == ("b", "neither")
    assert (surrender["signable"], balanced["signable"]) == (False, True)
    stances = {party["id"]: party["stance"] for party in surrender["parties"]}
    assert (stances["a"], stances["b"]) == ("oppose", "support")
    assert {party["stance"] for party in balanced["parties"]} == {"support", "live_with"}
    assert surrender["skew"] > surrender["skew_of_signable"][1]
    assert [party["red_lines_crossed"] for party in balanced["parties"]] == [[]] * 4


def test_plans_are_listed(tmp_path: Path) -> None:
    done = typed("list", "plans", "--json", cwd=tmp_path)
    listed = [row["plan"] for row in json.loads(done.out)]
    assert [name for name in listed if not name.endswith(".md")] == [path.stem for path in PLANS]
    assert "ceasefire-balanced.md" in listed
    assert {row["scenario"] for row in json.loads(done.out)} >= {"ceasefire", "borderland"}


def test_the_page_goes_to_standard_output_alone(tmp_path: Path) -> None:
    done = typed("audit", PLANS[0], "--html", "-", cwd=tmp_path)
    assert done.code == 0
    assert done.out.startswith("<!doctype html>")
    assert done.out.rstrip().endswith("</html>")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "which plan?"),
        (("--template",), "--template needs a dispute"),
        (("nowhere.yaml", "--scenario", "ceasefire"), "no such file"),
        (("ceasefire-surender",), "did you mean 'ceasefire-surrender'"),
        (("plan.md", "--scenario", "ceasefire"), "needs a judge"),
        (("plan.md", "--judge", "openai/x@http://127.0.0.1:1/v1"), "which dispute"),
        (("plan.md", "--scenario", "ceasefire", "--judge", "scripted"), "a script judges nothing"),
        (("plan.md", "--scenario", "ceasefire", "--judge", "gpt"), "--judge"),
        (("empty.html", "--scenario", "ceasefire", "--judge", "openai/x"), "holds no text"),
        (("plan.yaml", "--scenario", "ceasefier"), "did you mean 'ceasefire'"),
        (("plan.yaml", "--scenario", "ceasefire", "--round", "99"), "there is no round 99"),
        (("plan.yaml", "--scenario", "ceasefire"), "did you mean 'guarantees'"),
        (("borderland-steps", "--scenario", "ceasefire"), "says that it is for 'borderland'"),
        (("nothing.yaml", "--scenario", "ceasefire"), "the plan is empty"),
        (("plan.docx", "--scenario", "ceasefire", "--judge", "openai/x"), "not .docx"),
        (("binary.md", "--scenario", "ceasefire", "--judge", "openai/x"), "not UTF-8 text"),
        (("large.md", "--scenario", "ceasefire", "--judge", "openai/x"), "larger than 500,000"),
    ],
)
def test_a_mistake_is_one_clear_error(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "plan.yaml").write_text("garantees: all_must_agree\n")
    (tmp_path / "plan.md").write_text("Peace.")
    (tmp_path / "nothing.yaml").write_text("")
    (tmp_path / "plan.docx").write_text("Peace.")
    (tmp_path / "binary.md").write_bytes(bytes(range(256)))
    (tmp_path / "large.md").write_text("Peace. " * 750_000)
    (tmp_path / "empty.html").write_text("<script>let peace</script><!-- peace -->")
    done = typed("audit", *arguments, cwd=tmp_path)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


SURRENDER = {
    "issue_alignment": ("neutral_wide", "put permanent neutrality into its constitution"),
    "issue_guarantees": ("all_must_agree", "acting as one or not at all"),
    "issue_peninsula": (
        "peninsula_recognised",
        "Velmora should recognise what every map already shows",
    ),
    "issue_regions": ("regions_recognised", "Velmora should recognise that too"),
    "issue_force_cap": ("cap_90k", "Ninety thousand soldiers, without missiles that reach beyond"),
    "issue_bases": ("no_foreign_forces", "no foreign soldier should train or stand on its soil"),
    "issue_language": ("second_state_language", "should be a language of the state"),
    "issue_sanctions": ("sanctions_end", "sanctions, lawsuits and claims between the two"),
    "point_b_0": ("makes", "A neighbour's security cannot be built on the insecurity of another"),
    # It is said there, and the opposite is said to be true.
    "point_a_0": ("makes", "a guarantor with a veto is no guarantor"),
    "line_a_0": ("dismisses", "It gives them away"),
    "line_a_2": ("dismisses", "only a guarantee that all of them stand behind will ever be kept"),
    "line_residents_0": ("dismisses", "The eastern regions have chosen their path"),
    "wants_residents": ("waves_aside", "People decide which state they belong to, not old maps"),
}
BALANCED = {
    "issue_alignment": ("neutral_wide", "write neutrality into its constitution"),
    "issue_guarantees": ("consult_then_act", "each of them would give the help that it judges"),
    "issue_peninsula": ("peninsula_unmentioned", "Of the peninsula the treaty would say nothing"),
    "issue_regions": ("withdraw_to_prewar_line", "withdraw to the line of the day before"),
    "issue_force_cap": ("cap_240k", "keep up to 240,000 soldiers, armed as it sees fit"),
    "issue_bases": ("exercises_by_consent", "no foreign bases, and exercises only with the"),
    "issue_language": ("regional_language", "it would become an official language"),
    "issue_sanctions": ("sanctions_phased", "lifted in phases as the treaty is carried out"),
    "point_a_0": ("makes", "a guarantee which the attacker can block is none"),
    "line_guarantors_0": ("respects", "would give the help that it judges necessary"),
    "wants_a": ("weighs", "This is the largest thing that is asked of it"),
    "meeting": ("yes", "This note comes out of three meetings"),
}


def judge(body: dict[str, Any]) -> str:
    """Answers by what stands in the text alone, in a hurry; asked once more of the quoted words, it
    looks where they stand."""
    if not body:  # it is asked which models it has
        return "ok"
    schema = body["response_format"]["json_schema"]["schema"]
    surrenders = "acting as one" in body["messages"][1]["content"]
    known = SURRENDER if surrenders else BALANCED
    answers: dict[str, Any] = {}
    for item, form in schema["properties"].items():
        allowed = form["properties"]["answer"]["enum"]
        none = next((o for o in ("not_addressed", "absent", "no") if o in allowed), None)
        said, quote = known.get(item, (none, ""))
        if none is None:
            turned = said in ("dismisses", "waves_aside") or (surrenders and item == "point_a_0")
            answers[item] = {"quotes": [], "answer": "reverse" if turned else "same"}
        else:
            answers[item] = {"quotes": [quote] if quote else [], "answer": said}
    return json.dumps(answers)


def test_prose_is_read_by_a_judge_whose_quotes_must_occur(tmp_path: Path) -> None:
    with MockServer(judge) as server:
        model = f"openai/mock@{server.base_url}"
        rest = ("--scenario", "ceasefire", "--judge", model)
        done = typed("audit", "ceasefire-surrender.md", *rest, "--html", "p.html", cwd=tmp_path)
        told = [
            json.loads(typed("audit", f"{name}.md", *rest, "--json", cwd=tmp_path).out)
            for name in ("ceasefire-surrender", "ceasefire-balanced")
        ]
    assert done.code == 0, done.err
    announced, _, _ = done.err.partition("The direction of the quoted words: ")
    assert "Reading the plan: " in announced
    assert "a second call asks in which direction they point" in " ".join(announced.split())
    said = " ".join(done.out.split())
    assert said.startswith("An end to the war by the afternoon, for: ")
    assert 'rests on: "Velmora should recognise what every map already shows"' in said
    assert "Of 1 red line of People of the Occupied Regions it argues against 1" in said
    assert "It waves aside the wants of People of the Occupied Regions" in said
    assert "1 quote of the judge did not count" in said
    assert "1 answer of the judge did not count: asked once more" in said
    assert "Did not count, on the point of Velmora “A guarantee with a veto in it" in said
    assert "The judge that read the plan is uncalibrated" in said
    page = (tmp_path / "p.html").read_text()
    assert "What did not count" in page
    assert "a guarantor with a veto is no guarantor" in page
    assert len([body for body in server.bodies if body]) == 4, "the surrender plan is asked once"
    surrender, balanced = told
    kept = (tmp_path / "transcripts" / "audits.jsonl").read_text().splitlines()
    for found, own in ((surrender, kept[:2]), (balanced, kept[2:])):
        assert found["record"] == {
            "file": "transcripts/audits.jsonl",
            "judgements": [json.loads(line)["id"] for line in own],
        }
    assert (surrender["favours"], balanced["favours"]) == ("b", "neither")
    assert (surrender["signable"], balanced["signable"]) == (False, True)
    for name, found in (("surrender", surrender), ("balanced", balanced)):
        options = json.loads(typed("audit", f"ceasefire-{name}", "--json", cwd=tmp_path).out)
        assert found["parties"] == options["parties"], "prose gives every party what YAML does"
        assert found["judge_calibrated"] is False
    assert surrender["points"]["a"][0]["answer"] is None
    assert [one["answer"] for one in surrender["red_lines"]["residents"]] == ["dismisses"]
    assert (surrender["quotes_rejected"], list(surrender["contradicted"])) == (1, ["point_a_0"])
    assert balanced["points"]["a"][0]["answer"] == "makes"
    assert balanced["red_lines"]["guarantors"][0]["answer"] == "respects"
    assert balanced["meeting_disclosed"]["answer"] == "yes"
    assert balanced["counterpart_disclosed"]["answer"] == "no"
    assert balanced["contradicted"] == {}
    assert {party: one["answer"] for party, one in balanced["wants"].items()} == {
        "b": "absent", "a": "weighs", "guarantors": "absent", "residents": "absent",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("I cannot do that.", "the judge gave no usable answer"),
        (error(500), "track15:"),
    ],
)
def test_a_judge_that_does_not_answer_is_an_error_and_no_verdict(
    tmp_path: Path, reply: str | Answer, said: str
) -> None:
    with MockServer(lambda _: reply) as server:
        done = typed(
            "audit", "ceasefire-balanced.md", "--scenario", "ceasefire", "--judge",
            f"openai/mock@{server.base_url}", "--max-retries", "0", cwd=tmp_path,
        )  # fmt: skip
    assert done.code == 1
    assert said in done.err
    assert "fix:" in done.err
    assert done.out == ""


def test_nothing_is_kept_where_nobody_wants_it(tmp_path: Path) -> None:
    rest = ("--scenario", "ceasefire", "--judge", "openai/mock@http://127.0.0.1:9", "--no-record")
    done = typed("audit", "ceasefire-balanced.md", *rest, "--max-retries", "0", cwd=tmp_path)
    assert done.code == 1
    typed("audit", "ceasefire-balanced", cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
