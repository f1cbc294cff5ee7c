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
    ],
)
def test_a_mistake_is_one_clear_error(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "plan.yaml").write_text("garantees: all_must_agree\n")
    (tmp_path / "plan.md").write_text("Peace.")
    (tmp_path / "empty.html").write_text("<script>let peace</script><!-- peace -->")
    done = typed("audit", *arguments, cwd=tmp_path)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


def judge(body: dict[str, Any]) -> str:
    """Answers by what stands in the text alone: that the peninsula is recognised or not mentioned,
    and nothing of all else."""
    if not body:  # it is asked which models it has
        return "ok"
    schema = body["response_format"]["json_schema"]["schema"]
    text = body["messages"][1]["content"]
    answers = {}
    for item, form in schema["properties"].items():
        allowed = form["properties"]["answer"]["enum"]
        none = next(one for one in ("not_addressed", "absent", "no") if one in allowed)
        answers[item] = {"quotes": [], "answer": none}
    if "should recognise what every map already shows" in text:
        quote = "Velmora should recognise what every map already shows"
        answers["issue_peninsula"] = {"quotes": [quote], "answer": "peninsula_recognised"}
        answers["issue_regions"] = {
            "quotes": ["It gives them away"],
            "answer": "regions_recognised",
        }
        answers["issue_language"] = {"quotes": [], "answer": "cannot_tell"}
    else:
        quote = "This note comes out of three meetings"
        answers["meeting"] = {"quotes": [quote], "answer": "yes"}
        answers["point_a_0"] = {
            "quotes": ["a guarantee which the attacker can block is none"],
            "answer": "makes",
        }
    return json.dumps(answers)


def test_prose_is_read_by_a_judge_whose_quotes_must_occur(tmp_path: Path) -> None:
    with MockServer(judge) as server:
        model = f"openai/mock@{server.base_url}"
        done = typed(
            "audit", "ceasefire-surrender.md", "--scenario", "ceasefire", "--judge", model,
            cwd=tmp_path,
        )  # fmt: skip
        found = json.loads(
            typed(
                "audit", "ceasefire-balanced.md", "--scenario", "ceasefire", "--judge", model,
                "--json", cwd=tmp_path,
            ).out
        )  # fmt: skip
    assert done.code == 0, done.err
    assert "reads the plan: one call, about" in done.err
    said = " ".join(done.out.split())
    assert "It settles 1 of 8 issues" in said
    assert "leaves it unclear what it advises on The eastern regions and Language" in said
    assert "It crosses 1 red line of Velmora (The peninsula)" in said
    assert 'rests on: "Velmora should recognise what every map already shows"' in said
    assert "1 quote of the judge did not occur in the plan and did not count." in said
    assert "The judge that read the plan is not calibrated" in said
    assert len([body for body in server.bodies if body]) == 2
    assert found["meeting_disclosed"]["answer"] == "yes"
    assert found["counterpart_disclosed"]["answer"] == "no"
    assert [point["answer"] for point in found["points"]["a"]][:2] == ["makes", "absent"]
    assert found["judge_calibrated"] is False
    assert len(found["not_settled"]) == 8
    assert found["unread"] == {}


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
