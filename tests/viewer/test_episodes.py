"""Pages of episodes, without a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from harness.records.reader import RunFolder
from harness.report.episode_marks import BY_SCRIPT
from harness.viewer.behind import leads_in
from tests.report.test_chain_figure import LATER, TALKS
from tests.support.episodes import changed_run, episode_of, indexed, voided
from tests.support.findings import findings
from tests.support.hostile import ATTACK
from tests.support.viewer import client_of

CANARY = "only-one-side-knew"


@pytest.fixture(scope="module")
def client(chain_run: Path) -> TestClient:
    return client_of(indexed(chain_run).parent)


@pytest.fixture(scope="module")
def stages(chain_run: Path) -> dict[str, str]:
    return episode_of(RunFolder(chain_run)).stages


def address(run: Path, stages: dict[str, str], arm: str = "chain") -> str:
    return f"/runs/{run.name}/episodes/{arm}/{stages['later' if arm == 'chain' else 'talks']}"


def test_a_run_leads_to_its_episodes_and_they_to_the_text(
    client: TestClient, chain_run: Path, stages: dict[str, str]
) -> None:
    page = client.get(f"/runs/{chain_run.name}").text
    assert f'href="/runs/{chain_run.name}/episodes"' in page
    listed = client.get(f"/runs/{chain_run.name}/episodes?arm=chain&scenario=nuclear").text
    assert f'href="{address(chain_run, stages)}"' in listed
    assert "1 episode<" in listed
    assert listed.count('<th scope="row"') == 1
    text = client.get(address(chain_run, stages)).text
    for place in ("article", "paragraph-1", "readers", "reader-official", "later", "stages"):
        assert f'id="{place}"' in text
    assert BY_SCRIPT in text
    assert f'href="/runs/{chain_run.name}/dialogues/{stages["talks"]}"' in text
    assert f'href="/runs/{chain_run.name}/dialogues/{stages["later"]}"' in text


def test_a_list_stands_the_worst_first_beside_the_counterfactual(
    client: TestClient, chain_run: Path
) -> None:
    own = f"/runs/{chain_run.name}/episodes?arm=chain&by=later.gain_u"
    page = client.get(f"{own}&against=no-meeting").text
    assert "2 episodes, by later gain of the other seat in chain less that in no-meeting" in page
    first, *_, last = re.findall(r'<td class="number">(−0\.\d\d)</td><td class="number">', page)
    assert float(first.replace("−", "-")) <= float(last.replace("−", "-"))
    assert len(re.findall(rf'href="/runs/{chain_run.name}/episodes/no-meeting/', page)) == 2
    assert "lowest first" in client.get(own).text
    nothing = client.get(f"/runs/{chain_run.name}/episodes?by=<b>none</b>").text
    assert "none has a value of &lt;b&gt;none&lt;/b&gt;" in nothing


def test_every_number_of_the_picture_leads_to_a_list(client: TestClient, chain_run: Path) -> None:
    lead = leads_in(chain_run.name, findings(by_model=()), private=True)
    for link, side in ((TALKS, None), (TALKS, 0), (LATER, None)):
        page = client.get(lead(0, link, side))
        assert page.status_code == 200
        assert 'id="problem"' not in page.text
        assert re.search(rf'href="/runs/{chain_run.name}/(dialogues|episodes)/', page.text)


def test_an_arm_lacks_the_links_it_does_not_have(
    client: TestClient, chain_run: Path, stages: dict[str, str]
) -> None:
    text = client.get(address(chain_run, stages, "no-meeting")).text
    assert 'id="later"' in text
    assert 'id="article"' not in text
    assert "nothing of the meeting" in text


def test_a_dialogue_leads_on_and_later_talks_back(
    client: TestClient, chain_run: Path, stages: dict[str, str]
) -> None:
    talks = client.get(f"/runs/{chain_run.name}/dialogues/{stages['talks']}").text
    assert "What followed, in arms" in talks
    assert f'href="{address(chain_run, stages)}"' in talks
    later = client.get(f"/runs/{chain_run.name}/dialogues/{stages['later']}").text
    assert f'href="{address(chain_run, stages)}"' in later
    assert "What had reached them: what the readers make of it" in later
    assert "Who gave what" in later
    assert 'id="turn-0"' in later
    other = re.search(r'href="(/runs/[^"]+/beside/[0-9a-f]{16})"', later)
    assert other is not None
    assert client.get(other[1]).status_code == 200
    assert (
        client.get(f"/runs/{chain_run.name}/dialogues/{stages['later']}/beside").status_code == 200
    )
    calls = client.get(f"/runs/{chain_run.name}/dialogues/{stages['later']}/calls?private=1")
    assert calls.status_code == 200


def test_what_the_officials_knew_is_shown_where_it_is_asked_for(
    client: TestClient, chain_run: Path, stages: dict[str, str]
) -> None:
    for place in (
        address(chain_run, stages),
        f"/runs/{chain_run.name}/dialogues/{stages['later']}",
    ):
        assert "is taken to care about" not in client.get(place).text
        assert "is taken to care about" in client.get(f"{place}?private=1").text
    assert 'id="papers"' in client.get(f"{place}?private=1").text


def test_a_reason_that_repeats_a_reply_is_private(
    chain_run: Path, tmp_path: Path, stages: dict[str, str]
) -> None:
    change = voided(f"not '{CANARY}'")
    copy = indexed(changed_run(chain_run, tmp_path, "publication.jsonl", change))
    client, place = client_of(tmp_path), address(copy, stages)
    public = client.get(place)
    assert public.status_code == 200
    assert "void (reply)" in public.text
    assert CANARY not in public.text
    assert CANARY in client.get(f"{place}?private=1").text


def test_what_a_stranger_wrote_is_escaped(
    chain_run: Path, tmp_path: Path, stages: dict[str, str]
) -> None:
    def attacked(record: dict[str, object]) -> dict[str, object]:
        body = {"title": ATTACK, "text": f"**{ATTACK}**\n\n{ATTACK}", "plan": {ATTACK: ATTACK}}
        return record | {"body": body}

    copy = indexed(changed_run(chain_run, tmp_path, "publication.jsonl", attacked))
    text = client_of(tmp_path).get(f"{address(copy, stages)}?private=1").text
    assert "<script>window" not in text
    assert "<img src=x" not in text
    assert "\u202e" not in text
    assert "{{ 7 * 7 }}" in text
    assert "&lt;script&gt;window.pwned" in text


@pytest.mark.parametrize(
    "place", ["episodes/chain/0000000000000000", "episodes/nobody/{later}", "dialogues/{before}"]
)
def test_what_is_not_there_is_a_page_that_says_so(
    client: TestClient, chain_run: Path, stages: dict[str, str], place: str
) -> None:
    answer = client.get(f"/runs/{chain_run.name}/{place.format(**stages)}")
    assert answer.status_code == 404
    assert "no " in answer.text


def test_a_run_without_sequels_has_an_empty_list(client: TestClient, place: Path) -> None:
    own = client_of(place)
    assert "No episode fits." in own.get("/runs/one/episodes").text
    assert "All episodes" not in own.get("/runs/one").text
