"""Arms differ where the theory says, and nowhere else: label, authority and incentives are three
switches, and each mechanism has a paragraph of its own."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.incentives.profiles import Authority, IncentiveProfile, Internalised, Role
from harness.incentives.tracks import (
    MECHANISMS,
    OFFICIAL,
    TRACKS,
    UNBOUND_OFFICIAL,
    UNOFFICIAL,
    move_mechanism,
)
from harness.prompting.talks import Prompts
from tests.support.disputes import small
from tests.support.told import LAWYER, between, everything, told
from tests.support.views import PlayedTable, dialogue, seat_spec, track


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("disputes"))


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return Prompts()


PARAGRAPHS = {
    "prestige": {"**Agreement.**"},
    "access": {"**Being received.**"},
    "hypothetical": {"**Costs.**"},
    "ignorance": {"**What you know.**", '{"action"', "`public_words`", "```", "You may: "},
    "hardball": {"**No agreement.**"},
    "intelligence": {"**What you learn.**"},
    "publication": {"**Afterwards.**"},
}


def paragraphs(text: str) -> list[str]:
    return re.split(r"\n\s*\n", text)


def differing(one: str, two: str) -> list[str]:
    """Paragraphs that one of the texts has and the other has not, those of ``one`` first."""
    left, right = paragraphs(one), paragraphs(two)
    return [p for p in left if p not in right] + [p for p in right if p not in left]


@pytest.mark.parametrize("name", MECHANISMS)
@pytest.mark.parametrize("base", ["1", "1.5"])
@pytest.mark.parametrize("style", ["words", "principal"])
def test_one_mechanism_changes_its_own_paragraph_alone(
    scenario: Scenario, prompts: Prompts, name: str, base: Any, style: Any
) -> None:
    donor: Any = "1.5" if base == "1" else "1"
    texts: dict[str, list[str]] = {"o": [], "u": []}
    for moved in (False, True):
        chairs = {}
        for seat in ("o", "u"):
            preset = TRACKS[base].seat(seat)
            profile = preset.profile
            if moved:
                profile = move_mechanism(profile, seat, name, donor)
            chairs[seat] = (preset.role, profile)
        spec = told(between(scenario, chairs["o"], chairs["u"]), style)
        table = PlayedTable(spec, scenario)
        for seat in ("o", "u"):
            view = table.view(seat)
            texts[seat].append(prompts.system(view))
            if name != "ignorance":  # which changes what it takes its principal to want
                texts[seat][-1] += "\n\n" + prompts.opening(view) + "\n\n" + prompts.turn(view, ())
    mine = MECHANISMS[name].seat
    other = "o" if mine == "u" else "u"
    assert texts[other][0] == texts[other][1]
    assert (texts[mine][0] != texts[mine][1]) is _moves(name)
    for part in differing(*texts[mine]):
        assert part.startswith(tuple(PARAGRAPHS[name])), part


def _moves(name: str) -> bool:
    """Whether the two tracks differ in a mechanism at all."""
    mechanism = MECHANISMS[name]
    one, two = [TRACKS[track].seat(mechanism.seat).profile for track in ("1", "1.5")]
    return any(getattr(one, field) != getattr(two, field) for field in mechanism.fields)


def test_a_label_changes_the_words_for_who_sits_there_alone(
    scenario: Scenario, prompts: Prompts
) -> None:
    """The word is a switch of its own: what a signature binds, what is known and what is to be
    gained stay as they are."""
    official, unofficial = [
        PlayedTable(
            told(between(scenario, (Role.OFFICIAL, OFFICIAL), (role, OFFICIAL)), u=Authority.FULL),
            scenario,
        )
        for role in (Role.OFFICIAL, Role.UNOFFICIAL)
    ]
    own = differing(*[prompts.system(t.view("u")) for t in (official, unofficial)])
    assert [part.split(" from ")[0].split(" of ")[0] for part in own] == [
        "You lead the delegation",
        "You lead a delegation",
    ]
    assert all(part.endswith("What you sign can bind Arden.") for part in own)
    across = differing(*[prompts.system(t.view("o")) for t in (official, unofficial)])
    assert [part.split(":")[0] for part in across] == ["- `u`, for Arden"] * 2
    assert all(part.endswith("; what they sign can bind Arden") for part in across)
    assert prompts.opening(official.view("u")) == prompts.opening(unofficial.view("u"))


def test_authority_changes_what_a_signature_is_worth_alone(
    scenario: Scenario, prompts: Prompts
) -> None:
    tables = {
        authority: PlayedTable(told(track(scenario, "1"), u=authority), scenario)
        for authority in Authority
    }
    assert len({prompts.opening(table.view("u")) for table in tables.values()}) == 1
    for one, two in combinations(tables.values(), 2):
        own, across = [
            differing(*[prompts.system(table.view(seat)) for table in (one, two)])
            for seat in ("u", "o")
        ]
        beginnings = ("An agreement here ", "What these talks can produce ")
        assert all(
            part.startswith(("You lead the delegation of Arden", *beginnings)) for part in own
        )
        assert all(part.startswith(("- `u`, for Arden", *beginnings)) for part in across)
        assert len(own) == len(across) == 4


@pytest.mark.parametrize(
    ("o", "u", "says"),
    [
        (Authority.FULL, Authority.FULL, "An agreement here can bind Arden and Boral."),
        (
            Authority.FULL,
            Authority.AD_REFERENDUM,
            "An agreement here takes effect once the leadership of Arden has approved it.",
        ),
        (
            Authority.AD_REFERENDUM,
            Authority.AD_REFERENDUM,
            "once the leadership of Boral and that of Arden has approved it.",
        ),
        (
            Authority.FULL,
            Authority.PRIVATE,
            "an outline. Nobody here can commit Arden, so it binds nobody, whatever word",
        ),
        (
            Authority.PRIVATE,
            Authority.PRIVATE,
            "Nobody here can commit any side, so it binds nobody, whatever word is given to it.",
        ),
    ],
)
def test_what_an_agreement_is_follows_from_who_signs(
    scenario: Scenario, prompts: Prompts, o: Authority, u: Authority, says: str
) -> None:
    table = PlayedTable(told(track(scenario, "1"), o=o, u=u), scenario)
    assert says in prompts.system(table.view("u"))
    former = PlayedTable(told(track(scenario, "1"), o=None, u=None), scenario)
    text = prompts.system(former.view("u"))
    assert "An agreement here" not in text
    assert "What these talks can produce" not in text


@pytest.mark.parametrize("seat", ["o", "u"])
def test_a_neutral_delegate_reads_neither_word(
    scenario: Scenario, prompts: Prompts, seat: str
) -> None:
    members = {"o": (LAWYER,), "u": (LAWYER,)}
    for others in (Role.DELEGATE, Role.UNOFFICIAL, Role.OFFICIAL):
        roles = dict.fromkeys(("o", "u"), others) | {seat: Role.DELEGATE}
        profiles = {"o": UNBOUND_OFFICIAL, "u": UNOFFICIAL}
        plain = dialogue(
            scenario,
            [seat_spec(scenario, s, roles[s], profiles[s], members[s]) for s in ("o", "u")],
        )
        for style in ("words", "principal", "own"):
            spec = told(plain, style, o=Authority.FULL, u=Authority.PRIVATE)
            for text in everything(prompts, spec, scenario, seat):
                assert "official" not in text.lower()
                assert "former" not in text.lower()


def test_every_degree_of_every_incentive_has_its_words(
    scenario: Scenario, prompts: Prompts
) -> None:
    seen: dict[str, set[str]] = {}
    for step in range(101):
        x = step / 100
        profile = IncentiveProfile(
            deal_reward=x,
            internalised=Internalised(material=x, political=x, emotional=x),
            knowledge=x,
            free_hardball=x,
            information_motive=x,
            access_reward=x,
        )
        spec = told(between(scenario, (Role.OFFICIAL, OFFICIAL), (Role.UNOFFICIAL, profile)))
        for part in paragraphs(prompts.system(PlayedTable(spec, scenario).view("u"))):
            if part.startswith("**") and part.split(".**")[0] != part:
                seen.setdefault(part.split(".**")[0], set()).add(part)
    degrees = {name.strip("*"): len(texts) for name, texts in seen.items()}
    assert degrees["Agreement"] == 5
    assert degrees["Being received"] == 3, "none is not told"
    assert degrees["Costs"] == 6
    assert degrees["What you know"] == 4
    assert degrees["No agreement"] == 5
    assert degrees["What you learn"] == 2, "none is not told"


def test_the_stance_is_told(scenario: Scenario, prompts: Prompts) -> None:
    profile = OFFICIAL.model_copy(update={"stance": "You admire {{ the }} well."})
    spec = between(scenario, (Role.OFFICIAL, OFFICIAL), (Role.OFFICIAL, profile))
    text = prompts.system(PlayedTable(spec, scenario).view("u"))
    assert "**Further.** You admire {{ the }} well." in text
