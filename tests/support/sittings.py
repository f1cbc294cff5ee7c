"""Sittings in the viewer: a house over the small dispute, and a client that sits there."""

from __future__ import annotations

import html
import re
import time
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from harness.app.house import House
from harness.app.sitting import SitDown
from harness.viewer.app import make_app
from harness.viewer.play import Play
from harness.viewer.play_form import section_of
from harness.viewer.runs import Runs
from tests.support.disputes import SMALL, write
from tests.support.viewer import PORT

CANARIES = SMALL.replace(
    "    public:\n      opening: {well: yours, fence: us}",
    "    red_lines:\n      - {issue: fence, options: [them], why: CANARY of the other side}\n"
    "    public:\n      opening: {well: yours, fence: us}",
).replace("reservation: 0.25", "reservation: 0.2317")
"""The small dispute with a red line and a value of no deal that the other side keeps to itself."""
PROPOSAL = {
    "action": "propose",
    "first.well": "mine",
    "first.fence": "us",
    "commitment": "personal",
    "words": "The well is ours.",
}
ANSWERS = {
    "gave_more": "o",
    "margin": "6",
    "favours": "u",
    "signs": "yes",
    "limit.o": "40",
    "issue.o": "fence",
    "learned.o": "",
    "words": "They came a long way.",
}


class Sitter:
    """A person at the pages, without a browser.

    Args:
        folder: For the scenario and for the runs.
        down: How the command line would have it.
    """

    def __init__(self, folder: Path, **down: Any) -> None:
        known = {"seed": 4, "rounds": 1, "turns": 3}
        path = write(folder, CANARIES)
        self.runs = folder / "runs"
        self.house = House(SitDown(str(path), **known | down), log_dir=self.runs)
        # Reading all that ships takes a second, and no test here sits down to it.
        vars(self.house)["_known"] = {"small": (str(path), "A small dispute")}
        app = make_app(Runs(self.runs), port=PORT, more=Play(self.house).routes)
        base = f"http://127.0.0.1:{PORT}"
        self.client = TestClient(app, base_url=base, headers={"origin": base})
        self.address = ""
        self.heard: list[str] = []
        """All that was answered, headers too."""

    def get(self, address: str | None = None) -> Any:
        return self._kept(self.client.get(self.address if address is None else address))

    def post(self, data: dict[str, str], address: str = "", **more: Any) -> Any:
        address, data = address or f"{self.address}/answer", of_move(data)
        return self._kept(self.client.post(address, data=data, follow_redirects=False, **more))

    def sit(self, *states: str, **choices: str) -> str:
        """Sit down, and wait for the first question, or for one of ``states``."""
        first = self.house.choices().first
        token = hidden(self.get("/play").text, "token")
        said = {
            **{name: str(getattr(first, name)) for name in first.__dataclass_fields__},
            "token": token,
        }
        answer = self.post(said | choices, "/play")
        assert answer.status_code == 303, answer.text
        self.address = answer.headers["location"]
        return self.wait(*states)

    def wait(self, *states: str) -> str:
        """The state, once something is waited for of the person, or it is one of ``states``."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            state = str(self.get(f"{self.address}/state").json()["state"])
            if state in (states or ("move", "advise", "debrief", "over", "failed")):
                return state
            time.sleep(0.005)
        raise AssertionError("nothing happened")

    def fill(self, fields: dict[str, str], **changed: str) -> Any:
        """Send a form of the page as it is now."""
        text = self.get().text
        own = {name: hidden(text, name) for name in ("token", "question")}
        return self.post({**own, **fields, **changed})

    def _kept(self, answer: Any) -> Any:
        self.heard.append(f"{answer.headers}\n{answer.text}")
        return answer


def of_move(data: dict[str, str]) -> dict[str, str]:
    """Fields by the names that the form of moves has them under; with ``send``, the button that was
    pressed, as they are."""
    if "send" in data:
        return {**{name: data[name] for name in data if name != "send"}, "action": data["send"]}
    if "action" not in data:
        return data
    action, offer = data["action"], data.get("offer", "")
    section = section_of(action, offer)
    bare = ("words", "commitment", "sure", "wanted.")
    named = {f"{section}.{name}" if name.startswith(bare) else name: data[name] for name in data}
    return {**named, "action": f"{action} {offer}".strip()}


def hidden(text: str, name: str) -> str:
    """What a hidden field of a page holds."""
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', text)
    assert found is not None, name
    return html.unescape(found[1])
