"""``track15 import`` as a person types it, and what every other command makes of such a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.app import importing
from tests.support.inprocess import typed
from tests.support.mock_server import MockServer
from tests.support.negotiations import (
    CAR,
    MIRRORED,
    SHARED_OUT,
    WORDS,
    campsite,
    changed,
    market,
    sale,
    written,
)
from tests.support.run_judges import RunJudge


def files(folder: Path) -> dict[str, Path]:
    """A file of each format that is text."""
    casino, bench = folder / "casino.json", folder / "bench.json"
    casino.write_text(json.dumps([campsite(1), campsite(2, walks=True, points=(5, 5))]))
    bench.write_text(json.dumps(market([sale(0, [("buyer", 480)], "deal")])))
    items = folder / "items.txt"
    items.write_text(f"{SHARED_OUT}\n{MIRRORED}\n")
    lines = written(folder / "lines.jsonl", [CAR, WORDS, changed(CAR, id="two")])
    return {"casino": casino, "srbench": bench, "dealornodeal": items, "jsonl": lines}


@pytest.mark.parametrize("name", ["casino", "srbench", "dealornodeal", "jsonl"])
def test_a_run_of_others_is_read_like_any_other(tmp_path: Path, name: str) -> None:
    done = typed("import", name, str(files(tmp_path)[name]), "--name", "x", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "transcripts/import-x-" in done.out
    assert "Score them: track15 score" in done.err
    scored = typed("score", "import-x", cwd=tmp_path)
    assert scored.code == 0, scored.err
    assert "that others have held" in scored.out
    shown = typed("show", "import-x", cwd=tmp_path)
    assert shown.code == 0, shown.err
    dialogue = next(word for word in shown.out.split() if len(word) == 16)
    one = typed("show", "import-x", dialogue, "--scores", cwd=tmp_path)
    assert one.code == 0, one.err
    assert "reported.points_o" in one.out
    for to in ("csv", "talks"):
        out = typed("export", "import-x", "--to", to, cwd=tmp_path)
        assert out.code == 0, out.err
        assert out.out
    assert typed("report", "import-x", cwd=tmp_path).code == 0


def test_two_runs_of_others_are_compared(tmp_path: Path) -> None:
    for name, model in (("one", "maker/one"), ("two", "maker/two")):
        told = changed(CAR)
        told["parties"]["buyer"]["model"] = model
        path = written(tmp_path / f"{name}.jsonl", [told, changed(told, id="b")])
        assert typed("import", "jsonl", str(path), cwd=tmp_path).code == 0
        assert typed("score", f"import-{name}", cwd=tmp_path).code == 0
    done = typed("compare", "import-one", "import-two", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "maker/one" in done.out
    assert "maker/two" in done.out


def test_judges_read_them_too(tmp_path: Path) -> None:
    path = files(tmp_path)["jsonl"]
    assert typed("import", "jsonl", str(path), "--name", "x", cwd=tmp_path).code == 0
    judge = RunJudge()
    with MockServer(judge) as server:
        address = f"openai/judge@{server.base_url}"
        done = typed("score", "import-x", "--judge", address, cwd=tmp_path)
    assert done.code == 0, done.err
    assert judge.asked == 3
    assert any("Shall we leave it?" in read for read in judge.read)


def test_no_judge_is_asked_about_values_that_nobody_told(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", [CAR, WORDS])
    assert typed("import", "jsonl", str(path), "--name", "x", cwd=tmp_path).code == 0
    judge = RunJudge()
    with MockServer(judge) as server:
        words = ("--judge", f"openai/judge@{server.base_url}", "--rubric", "private-facts")
        done = typed("score", "import-x", *words, cwd=tmp_path)
    assert done.code == 0, done.err
    assert judge.asked == 2, "once a side, of the negotiation with values alone"
    assert not any("Shall we leave it?" in read for read in judge.read)


def test_what_is_left_out_is_told_and_counted(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", [CAR, "no json", changed(CAR, outcome=None)])
    done = typed("import", "jsonl", str(path), "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["read"], told["refused"], told["repeats"]) == (1, 2, 0)
    assert told["problems"][0].startswith(f"{path}:2: no JSON")
    assert f"left out: {path}:3: " in done.err
    refused = typed("import", "jsonl", str(path), "--strict", cwd=tmp_path)
    refused.fails(2, "cannot be used; nothing was written", f"{path}:2")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("casin", "a.json"), 2, "'casin' is not one of"),
        (("casino", "none.json"), 2, "check the path"),
        (("casino", "page.html"), 2, "a web page"),
        (("srbench", "a.jsonl"), 2, "no JSON"),
        (("jsonl", "page.html"), 2, "a web page"),
        (("dealornodeal", "a.jsonl"), 2, "no file of DealOrNoDeal"),
        (("jsonl",), 2, "Missing argument"),
        (("jsonl", "a.jsonl", "--name", "!"), 2, "no name for a run"),
        (("jsonl", "a.jsonl", "--scenario", "ceasefir"), 2, "did you mean 'ceasefire'?"),
    ],
)
def test_a_mistake_gets_one_clear_error(
    tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "page.html").write_text("<!doctype html><p>Not found")
    written(tmp_path / "a.jsonl", [CAR, WORDS])
    typed("import", *words, cwd=tmp_path).fails(code, said)
    assert not (tmp_path / "transcripts").exists()


def test_words_of_a_stranger_do_nothing_on_a_terminal(tmp_path: Path) -> None:
    bad = changed(CAR, id="\x1b[2J", title="\x1b]0;x\x07", outcome={"kind": "\x1b[31m"})
    hostile = changed(CAR, title="\x1b]0;x\x07<script>alert(1)</script> $buyer")
    hostile["turns"][0]["text"] = "\x1b[2J<img src=x onerror=alert(1)>"
    path = written(tmp_path / "a.jsonl", [hostile, bad])
    done = typed("import", "jsonl", str(path), cwd=tmp_path)
    scored = typed("score", "import-a", cwd=tmp_path)
    listed = typed("show", "import-a", cwd=tmp_path)
    dialogue = next(word for word in listed.out.split() if len(word) == 16)
    shown = typed("show", "import-a", dialogue, cwd=tmp_path)
    for said in (done, scored, shown):
        assert said.code == 0, said.err
        assert "\x1b]" not in said.out + said.err
        assert "\x1b[2J" not in said.out + said.err
    (page,) = tmp_path.glob("transcripts/*/report.html")
    text = page.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "<img src=x" not in text


def test_control_c_leaves_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(path: Path, chunks: object) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "write_whole", interrupted)
    path = written(tmp_path / "a.jsonl", [CAR])
    typed("import", "jsonl", str(path), cwd=tmp_path).fails(130, "interrupted")
    assert list((tmp_path / "transcripts").iterdir()) == []


def test_its_help_stands_beside_the_others(tmp_path: Path) -> None:
    done = typed("import", "--help", cwd=tmp_path)
    assert done.code == 0
    assert "docs/import.md" in done.out
    assert "import " in typed("--help", cwd=tmp_path).out
