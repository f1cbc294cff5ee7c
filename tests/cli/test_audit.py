"""``audit`` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import ROOT, track15
from tests.support.inprocess import typed

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
    assert [row["plan"] for row in json.loads(done.out)] == [path.stem for path in PLANS]
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
        (("plan.md", "--scenario", "ceasefire"), "this is prose"),
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
    done = typed("audit", *arguments, cwd=tmp_path)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
