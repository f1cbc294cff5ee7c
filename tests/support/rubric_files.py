"""Rubric files for tests, and judges that answer them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness import app
from harness.disputes.scenario import Twin
from harness.records.reader import RunFolder
from tests.support.disputes import small
from tests.support.mock_server import USAGE, Answer, MockServer, completion
from tests.support.run_folders import MIDDLE, deal, make_run, make_suite

MINE = """\
---
id: mine
version: 3
for: talks
title: Mine
good_for: a test
each: seat
items:
  - id: loud
    question: Is the delegation for {party} loud towards {other}?
    scale:
      - {id: none, text: It is not., quoted: false}
      - {id: some, text: It is louder than {other}.}
      - {id: much, text: It shouts.}
---
You look at how loud a delegation is.
"""
BOTH = """\
---
id: both
for: talks
title: Both
good_for: a test
each: dialogue
reads: terms
items:
  - id: better
    question: Which of {party} and {other} comes out better?
    directed: true
    scale:
      - {id: other, text: '{other} does.'}
      - {id: neither, text: Neither., quoted: false}
      - {id: party, text: '{party} does.'}
---
You look at {party} and {other} as a whole.
"""
MINE = MINE.replace("text: It is louder than {other}.", "text: 'It is louder than {other}.'")
_SAID = re.compile(r"^\[\d+\] [^(:]+(?: \([^)]*\))?: (.{1,900})", re.MULTILINE)


def write(folder: Path, text: str = MINE, name: str = "mine.md") -> Path:
    """A rubric file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


class ScaleJudge:
    """Answers every question with the answer at one place of its list, as it is told.

    Args:
        place: Of the answer among those of the question as they are asked; None to abstain. What
            it quotes are the first words that it reads.

    Attributes:
        asked: The requests.
    """

    def __init__(self, place: int | None = 0) -> None:
        self.place = place
        self.asked: list[dict[str, Any]] = []

    def __call__(self, body: dict[str, Any]) -> Answer:
        if "messages" not in body:
            return completion("ok")  # which models there are
        self.asked.append(body)
        quotes = _SAID.findall(body["messages"][1]["content"])[:2]
        items = body["response_format"]["json_schema"]["schema"]["properties"]
        found = {}
        for item, form in items.items():
            *names, cannot_tell = form["properties"]["answer"]["enum"]
            answer = cannot_tell
            if "no" in names:
                answer = "no"
            elif self.place is not None:
                answer = names[min(self.place, len(names) - 1)]
            found[item] = {"quotes": quotes, "answer": answer}
        return completion(json.dumps(found), usage=USAGE)


def judged_run(path: Path, judge: ScaleJudge, rubrics: Sequence[str], **more: Any) -> RunFolder:
    """A run of three dialogues, one of them in the twin with exchanged names, judged and scored.

    Args:
        path: Of the run.
        judge: Answers.
        rubrics: Paths or names.
        more: As for :func:`harness.app.judge`.
    """
    scenario = small(path.parent)
    talks = [
        deal(scenario, "plain", MIDDLE, words="Arden and Boral speak of the well."),
        deal(scenario, "plain", MIDDLE, epoch=2, words="Boral has the last word on the fence."),
        deal(scenario, "lean", MIDDLE, twin=Twin.NAMES, words="Boral speaks of the Boralian well."),
    ]
    make_run(path, make_suite(), {"small": scenario}, talks, scores=())
    with MockServer(judge) as server:
        app.judge(path, by=f"openai/x@{server.base_url}", rubrics=rubrics, **more)
    return RunFolder(path)
