from __future__ import annotations

from pathlib import Path

import pytest

from harness.records.reader import RunFolder
from tests.support.command import track15

RUN = ("run", "quickstart", "--scenario", "opening", "--turns", "1", "--rounds", "1")
AGENT = """
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda

USED = []

class Named(FakeListChatModel):
    def _generate(self, *args, **kwargs):
        found = super()._generate(*args, **kwargs)
        USED.append(1)
        name = "small" if len(USED) < 5 else "large"
        found.generations[0].message.response_metadata = {"model_name": name}
        return found

agent = Named(responses=["no form"])
"""


@pytest.mark.kind("G2")
@pytest.mark.kind("G13")
def test_a_run_says_that_an_agents_model_changed_and_what_it_ignored(tmp_path: Path) -> None:
    """Four unusable replies make the first dialogue void; the second is another model's."""
    (tmp_path / "mine.py").write_text(AGENT)
    flags = ("--limit", "2", "--max-connections", "1", "--temperature", "0.5")
    target = "--delegation=official=mine.py:agent"
    done = track15(*RUN, *flags, target, cwd=tmp_path)
    words = " ".join(done.err.split())
    assert "mine.py:agent was not the same in all dialogues" in words
    assert "small in 1" in words
    assert "large in 1" in words
    assert "was offered --temperature, and did not use it" in words
    (path,) = tmp_path.glob("transcripts/*/run.json")
    for transcript in RunFolder(path.parent).transcripts():
        (inside,) = {call.inside for call in transcript.calls}
        assert inside is not None
        assert (inside.calls, inside.ignored) == (1, ("temperature",))
