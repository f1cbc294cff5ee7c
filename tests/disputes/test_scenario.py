from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario, Twin
from harness.files.yamlfile import load_model
from tests.support.disputes import HOMES, SMALL, small, utilities, write


def test_packages_and_indices(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    assert scenario.shape() == (3, 2)
    assert scenario.issue_ids() == ("well", "fence")
    assert scenario.package((1, 0)) == {"well": "half", "fence": "them"}
    assert scenario.indices({"fence": "us", "well": "yours"}) == (2, 1)
    assert scenario.table_principals() == ("a", "b")
    assert scenario.issue("fence").name == "The fence"


def test_realities_take_force_after_their_round(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    package = {"well": "half", "fence": "them"}
    assert [scenario.terms("a", r).reservation for r in (1, 2, 3)] == [0.3, 0.2, 0.2]
    assert [scenario.terms("b", r).reservation for r in (1, 2, 3)] == [0.25, 0.25, 0.35]
    assert scenario.terms("a", 1).utility(package) == pytest.approx(0.6 * 0.7 + 0.4)
    assert scenario.terms("a", 2).utility(package) == pytest.approx(0.8 * 0.4 + 0.2)
    assert scenario.terms("a", 2).values["fence"] == {"them": 1, "us": 0}, "unchanged issues stay"


def test_terms_are_the_callers_own(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    before = scenario.terms("a").model_dump()
    changed = scenario.terms("a")
    changed.weights["well"] = 9.0
    changed.values["well"].clear()
    assert scenario.terms("a").model_dump() == before
    assert scenario.principals["a"].weights["well"] != 9.0


def test_what_an_absent_principal_wants_is_no_secret(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    assert scenario.public("a").opening == {"well": "mine", "fence": "them"}
    assert scenario.absent_principal() == "heirs"
    heirs, face = scenario.principals["heirs"], scenario.public("heirs")
    assert all(heirs.values[issue][option] == 1 for issue, option in face.opening.items())
    assert (face.stereotype.weights, face.stereotype.reservation) == (
        heirs.weights,
        heirs.reservation,
    )
    assert face.stereotype.values == heirs.values


def test_prose_is_filled_in(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    assert scenario.say(scenario.summary) == "Arden and Boral discuss the Ardenese well."
    assert scenario.say("$$5 for ${b}s") == "$5 for Borals"


@pytest.mark.parametrize("twin", list(Twin))
def test_twins_keep_the_payoffs(tmp_path: Path, twin: Twin) -> None:
    scenario = small(tmp_path)
    other = scenario.twin(twin)
    for pid in scenario.principals:
        for round_ in (1, 2, 3):
            assert other.terms(pid, round_) == scenario.terms(pid, round_)
            assert (utilities(other, pid, round_) == utilities(scenario, pid, round_)).all()
    assert other.twin(twin) == scenario
    assert other.twin(twin).digest() == scenario.digest()
    assert (other.digest() == scenario.digest()) == (twin is Twin.NONE)


def test_the_name_twin_exchanges_names_and_nothing_else(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    twin = scenario.twin(Twin.NAMES)
    assert twin.say(scenario.summary) == "Boral and Arden discuss the Boralian well."
    assert twin.seats == scenario.seats
    assert twin.principals["heirs"] == scenario.principals["heirs"]
    swap = {"Arden": "Boral", "Boral": "Arden", "Ardenese": "Boralian", "Boralian": "Ardenese"}
    exchanged = re.sub(r"\b(Arden(ese)?|Boral(ian)?)\b", lambda m: swap[m[0]], SMALL)
    assert twin == load_model(write(tmp_path, exchanged, "swapped.yaml"), Scenario)


def test_the_seat_twin_exchanges_chairs_and_nothing_else(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    twin = scenario.twin(Twin.SEATS)
    assert (twin.seats.o, twin.seats.u) == ("a", "b")
    assert twin.principals == scenario.principals
    assert scenario.twin(Twin.BOTH) == scenario.twin(Twin.NAMES).twin(Twin.SEATS)


def test_the_digest_follows_the_content(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    assert re.fullmatch(r"[0-9a-f]{16}", scenario.digest())
    assert scenario.digest() == small(tmp_path).digest()
    for old, new in (("0.25", "0.26"), ("Water is life.", "Life is water."), ("half:", "half :")):
        changed = load_model(write(tmp_path, SMALL.replace(old, new), "changed.yaml"), Scenario)
        assert (changed.digest() == scenario.digest()) == (old == "half:"), "layout is no content"


def test_a_scenario_survives_its_own_json(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    again = Scenario.model_validate_json(scenario.model_dump_json(by_alias=True))
    assert again == scenario
    assert again.digest() == scenario.digest()


def test_homes_are_told_and_follow_the_name_twin(tmp_path: Path) -> None:
    scenario = load_model(write(tmp_path, SMALL + HOMES), Scenario)
    home = scenario.homes["uplands"]
    assert scenario.say(home.description) == "Erstia is an ally of Arden and buys from both."
    twin = scenario.twin(Twin.NAMES)
    assert twin.say(home.description) == "Erstia is an ally of Boral and buys from both."
    assert [twin.say(point) for point in home.policy][1] == "Erstian aid goes to Boral alone."
    assert twin.homes["uplands"].sends == "a", "it sends for the same payoffs, whatever the name"
    assert scenario.twin(Twin.SEATS).homes == scenario.homes
    plain = home.model_copy(update={"adjective": None})
    assert plain.words() == ("Erstia", "Erstia")


def test_without_homes_nothing_is_written_and_no_digest_changes(tmp_path: Path) -> None:
    scenario, abroad = small(tmp_path), load_model(write(tmp_path, SMALL + HOMES), Scenario)
    assert "homes" not in scenario.model_dump(mode="json")
    assert scenario.digest() == "77abab249412d3e4", "as before there were homes"
    assert abroad.digest() != scenario.digest()
    assert Scenario.model_validate_json(abroad.model_dump_json(by_alias=True)) == abroad
