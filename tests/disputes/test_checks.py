from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.disputes import checks
from harness.disputes.scenario import Scenario
from harness.errors import InputError
from harness.files.problems import WRITTEN
from harness.files.yamlfile import load_model
from tests.support.disputes import HOMES, SMALL, small, utilities, write

A_WEIGHTS = "    weights: {well: 0.6, fence: 0.4}\n    values:\n"

# name: (what stands there, what is written instead, the line the error must point at, and what
# the message must name: field, problem, fix)
BAD: dict[str, tuple[str, str, str, str, str, str]] = {
    "typo in a field": (
        "at_table: false",
        "at_tabel: false",
        "at_tabel: false",
        "principals.heirs.at_tabel",
        "unknown field 'at_tabel'",
        "did you mean 'at_table'?",
    ),
    "typo in a top-level field": (
        "summary: $a",
        "sumary: $a",
        "sumary: $a",
        "sumary",
        "unknown field 'sumary'",
        "did you mean 'summary'?",
    ),
    "field nobody knows": (
        "seats:",
        "xyzzy: 1\nseats:",
        "xyzzy: 1",
        "xyzzy",
        "unknown field 'xyzzy'",
        "remove it",
    ),
    "field missing": (
        "    description: $a farms the hill.\n",
        "",
        "  a:",
        "principals.a",
        "the field 'description' is missing",
        "add 'description:'",
    ),
    "unknown option in a red line": (
        "options: [yours], why",
        "options: [youse], why",
        "options: [youse]",
        "principals.a.red_lines.0.options.0",
        "unknown option of 'well' 'youse'",
        "known: half, mine, yours",
    ),
    "unknown issue in a red line": (
        "{issue: well, options",
        "{issue: wall, options",
        "{issue: wall",
        "principals.a.red_lines.0.issue",
        "unknown issue 'wall'",
        "known: fence, well",
    ),
    "unknown option in an opening": (
        "opening: {well: mine,",
        "opening: {well: ours,",
        "opening: {well: ours",
        "principals.a.public.opening.well",
        "unknown option of 'well' 'ours'",
        "known: half, mine, yours",
    ),
    "opening across the own red line": (
        "opening: {well: mine,",
        "opening: {well: yours,",
        "opening: {well: yours, fence: them}",
        "principals.a.public.opening.well",
        "crosses the principal's own red line",
        "move the red line",
    ),
    "weights not summing": (
        "weights: {well: 0.9, fence: 0.1}",
        "weights: {well: 0.9, fence: 0.2}",
        "{well: 0.9, fence: 0.2}",
        "principals.heirs.weights",
        "the weights sum to 1.1, not 1",
        "scale them to sum to 1",
    ),
    "weight missing": (
        "weights: {well: 0.9, fence: 0.1}",
        "weights: {well: 1}",
        "weights: {well: 1}",
        "principals.heirs.weights",
        "issue fence missing",
        "add a line for each",
    ),
    "weight of an unknown issue": (
        "weights: {well: 0.9, fence: 0.1}",
        "weights: {well: 0.9, fence: 0.1, gate: 0}",
        "gate: 0",
        "principals.heirs.weights.gate",
        "unknown issue 'gate'",
        "known: fence, well",
    ),
    "stereotype weights": (
        "weights: {well: 0.4, fence: 0.6}",
        "weights: {well: 0.4, fence: 0.5}",
        "fence: 0.5}\n  heirs",
        "principals.b.public.stereotype.weights",
        "the weights sum to 0.9",
        "scale them",
    ),
    "values off the scale": (
        "well: {mine: 0, half: 1, yours: 0}",
        "well: {mine: 0, half: 0.5, yours: 0}",
        "well: {mine: 0, half: 0.5, yours: 0}",
        "principals.heirs.values.well",
        "values run from 0 to 0.5",
        "into its weight",
    ),
    "value out of range": (
        "well: {mine: 0, half: 1, yours: 0}",
        "well: {mine: 0, half: 10, yours: 0}",
        "half: 10",
        "principals.heirs.values.well.half",
        "less than or equal to 1 (got 10)",
        "a number in the range",
    ),
    "value missing": (
        "well: {mine: 0, half: 1, yours: 0}",
        "well: {half: 1, yours: 0}",
        "{half: 1, yours: 0}",
        "principals.heirs.values.well",
        "option mine missing",
        "add a line for each",
    ),
    "cost shares": (
        "material: 0.4, political: 0.6",
        "material: 0.4, political: 0.7",
        "political: 0.7",
        "principals.b.costs.fence",
        "sum to 1.1, not 1",
        "scale the three shares",
    ),
    "duplicate option": (
        "{id: half, text",
        "{id: mine, text",
        "{id: mine, text: each",
        "issues.0.options.1",
        "the option of 'well' id 'mine' is used twice",
        "rename",
    ),
    "option of two issues": (
        "{id: us, text: $a mends it}",
        "{id: half, text: $a mends it}",
        "{id: half, text: $a mends",
        "issues.1.options.1",
        "the option id 'half' stands in 'well' and in 'fence'",
        "as in 'fence_half'",
    ),
    "duplicate issue": (
        "  - id: fence",
        "  - id: well",
        "  - id: well\n    name: The fence",
        "issues.1",
        "the issue id 'well' is used twice",
        "rename",
    ),
    "unusable name": (
        "{id: half, text",
        "{id: Half-way, text",
        "{id: Half-way",
        "issues.0.options.1.id",
        "not a usable name (got 'Half-way')",
        "lower-case letters",
    ),
    "unusable key": (
        "  heirs:",
        "  The Heirs:",
        "  The Heirs:",
        "principals.The Heirs",
        "not a usable name",
        "lower-case letters",
    ),
    "duplicate key": (
        A_WEIGHTS,
        "    weights: {well: 0.6, fence: 0.4, well: 0.6}\n    values:\n",
        "well: 0.6}",
        "'well'",
        "written twice",
        "keep one of the two",
    ),
    "one option only": (
        "\n      - {id: us, text: $a mends it}",
        "",
        "    options:\n      - {id: them",
        "issues.1.options",
        "at least 2 items",
        "",
    ),
    "unknown placeholder": (
        "why: $a needs",
        "why: $c needs",
        "why: $c needs",
        "principals.a.red_lines.0.why",
        "unknown placeholder $c",
        "use one of $a, $a_adj, $b",
    ),
    "bare dollar": (
        "text: The well runs low.",
        "text: Water costs 5 $ now.",
        "text: Water",
        "realities.0.text",
        "a $ without a name",
        "write $$ for a dollar",
    ),
    "placeholder in doubled braces": (
        "text: each draws half",
        'text: "${{a}} draws half"',
        "draws half",
        "issues.0.options.1.text",
        "unknown placeholder",
        "use one of $a",
    ),
    "name written out": (
        "description: $a farms",
        "description: Arden farms",
        "description: Arden",
        "principals.a.description",
        "'Arden' is written out",
        "write $a or $a_adj",
    ),
    "adjective written out": (
        "[Water is life.]",
        "[Boralian greed must end.]",
        "[Boralian",
        "principals.a.public.talking_points.0",
        "'Boralian' is written out",
        "write $b or $b_adj",
    ),
    "two of one name": (
        "name: Corin",
        "name: Arden",
        "name: Arden\n    adjective: Corinian",
        "principals.heirs.name",
        "two principals are called 'Arden'",
        "rename",
    ),
    "wrong type: text for a number": (
        "reservation: 0.25",
        "reservation: low",
        "reservation: low",
        "principals.b.reservation",
        "valid number",
        "write a number",
    ),
    "wrong type: number for text": (
        "title: A small dispute",
        "title: 7",
        "title: 7",
        "title",
        "valid string (got 7)",
        'put it in quotes: "7"',
    ),
    "wrong type: text for a mapping": (
        "seats: {o: b, u: a}",
        "seats: both",
        "seats: both",
        "seats",
        "valid dictionary",
        "one 'name: value' a line",
    ),
    "wrong type: text for a list": (
        "[Water is life.]",
        "Water is life.",
        "talking_points: Water",
        "principals.a.public.talking_points",
        "valid tuple",
        "write a list",
    ),
    "not a number": (
        "reservation: 0.25",
        "reservation: .nan",
        "reservation: .nan",
        "principals.b.reservation",
        "finite number",
        "ordinary number",
    ),
    "infinite": (
        "reservation: 0.25",
        "reservation: .inf",
        "reservation: .inf",
        "principals.b.reservation",
        "(got inf)",
        "number",
    ),
    "unknown control": (
        "seats:",
        "control: easy\nseats:",
        "control: easy",
        "control",
        "'surrender'",
        "one of the words listed",
    ),
    "seat left out": (
        "seats: {o: b, u: a}",
        "seats: {o: b}",
        "seats: {o: b}",
        "seats",
        "the field 'u' is missing",
        "add 'u:'",
    ),
    "seat of nobody": (
        "seats: {o: b, u: a}",
        "seats: {o: b, u: c}",
        "seats: {o: b, u: c}",
        "seats.u",
        "unknown principal 'c'",
        "known: a, b, heirs",
    ),
    "seat of the absent": (
        "seats: {o: b, u: a}",
        "seats: {o: heirs, u: a}",
        "seats: {o: heirs, u: a}",
        "seats.o",
        "absent from the table",
        "at_table: true",
    ),
    "both seats for one": (
        "seats: {o: b, u: a}",
        "seats: {o: a, u: a}",
        "seats: {o: a, u: a}",
        "seats",
        "both seats act for the same principal",
        "name two",
    ),
    "no public face": (
        "    at_table: false\n",
        "",
        "  heirs:",
        "principals.heirs",
        "needs 'public'",
        "at_table: false",
    ),
    "reality for nobody": (
        "      b: {reservation: 0.35}",
        "      c: {reservation: 0.35}",
        "c: {reservation: 0.35}",
        "realities.1.changes.c",
        "unknown principal 'c'",
        "known: a, b, heirs",
    ),
    "reality weights": (
        "{well: 0.8, fence: 0.2}",
        "{well: 0.8, fence: 0.1}",
        "{well: 0.8, fence: 0.1}",
        "realities.0.changes.a.weights",
        "the weights sum to 0.9",
        "scale them",
    ),
    "realities out of order": (
        "after_round: 1\n",
        "after_round: 3\n",
        "after_round: 2\n",
        "realities.1.after_round",
        "in the order in which they happen",
        "sort them",
    ),
}


@pytest.mark.parametrize(("old", "new", "marker", "field", "what", "fix"), BAD.values(), ids=BAD)
def test_bad_input_names_line_field_and_mend(
    tmp_path: Path, old: str, new: str, marker: str, field: str, what: str, fix: str
) -> None:
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    path = write(tmp_path, text)
    line = text[: text.index(marker)].count("\n") + 1
    with pytest.raises(InputError) as caught:
        load_model(path, Scenario)
    here = [part for part in str(caught.value).split(str(path)) if part.startswith(f":{line}: ")]
    assert here, f"nothing points at line {line}: {caught.value}"
    assert any(field in part and what in part and fix in part for part in here), str(caught.value)


# The same for what a third state may get wrong.
BAD_HOMES: dict[str, tuple[str, str, str, str, str, str]] = {
    "sends for nobody": (
        "sends: a",
        "sends: c",
        "sends: c",
        "homes.uplands.sends",
        "unknown principal 'c'",
        "known: a, b, heirs",
    ),
    "sends for the absent": (
        "sends: a",
        "sends: heirs",
        "sends: heirs",
        "homes.uplands.sends",
        "absent from the table",
        "at_table: true",
    ),
    "id of a principal": (
        "  uplands:\n    name: Erstia",
        "  b:\n    name: Erstia",
        "  b:\n    name: Erstia",
        "homes.b",
        "already stands for a principal",
        "give the home another name",
    ),
    "id of an adjective": (
        "  uplands:\n    name: Erstia",
        "  a_adj:\n    name: Erstia",
        "  a_adj:\n    name: Erstia",
        "homes.a_adj",
        "or for its adjective",
        "give the home another name",
    ),
    "name of a principal": (
        "name: Erstia",
        "name: Boral",
        "name: Boral\n    adjective: Erstian",
        "homes.uplands.name",
        "are both called 'Boral'",
        "rename",
    ),
    "name written out": (
        "$uplands is an ally",
        "Erstia is an ally",
        "description: Erstia",
        "homes.uplands.description",
        "'Erstia' is written out",
        "write $uplands or $uplands_adj",
    ),
    "unknown placeholder": (
        "$uplands_adj aid",
        "$lowlands aid",
        "$lowlands aid",
        "homes.uplands.policy.1",
        "unknown placeholder $lowlands",
        "$uplands, $uplands_adj",
    ),
    "no policy": (
        "policy: [The well is shared or it runs dry., $uplands_adj aid goes to $a alone.]",
        "policy: []",
        "policy: []",
        "homes.uplands.policy",
        "at least 1 item",
        "",
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "marker", "field", "what", "fix"), BAD_HOMES.values(), ids=BAD_HOMES
)
def test_a_bad_home_names_line_field_and_mend(
    tmp_path: Path, old: str, new: str, marker: str, field: str, what: str, fix: str
) -> None:
    assert old in HOMES
    text = SMALL + HOMES.replace(old, new, 1)
    path = write(tmp_path, text)
    line = text[: text.rindex(marker)].count("\n") + 1
    with pytest.raises(InputError) as caught:
        load_model(path, Scenario)
    here = [part for part in str(caught.value).split(str(path)) if part.startswith(f":{line}: ")]
    assert here, f"nothing points at line {line}: {caught.value}"
    assert any(field in part and what in part and fix in part for part in here), str(caught.value)


def test_an_option_of_two_issues_stays_readable_in_a_record(tmp_path: Path) -> None:
    document = small(tmp_path).model_dump(mode="json", by_alias=True)
    text = json.dumps(document).replace('"us"', '"half"')
    recorded = Scenario.model_validate_json(text)
    assert recorded.issue("fence").option_ids() == ("them", "half")
    assert recorded.terms("b").utility({"well": "half", "fence": "half"}) == pytest.approx(0.85)
    with pytest.raises(ValidationError, match="the option id 'half' stands in"):
        Scenario.model_validate_json(text, context=WRITTEN)


def test_too_many_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MAX_PACKAGES", 5)
    with pytest.raises(InputError, match="the options make 6 packages") as caught:
        small(tmp_path)
    assert caught.value.where == f"{tmp_path / 'small.yaml'}:5"
    assert (caught.value.fix or "").startswith("use fewer issues or options")


@given(
    well=st.floats(0, 1), half=st.floats(0, 1), reservation=st.floats(0, 1), off=st.floats(-1, 1)
)
@settings(max_examples=60, deadline=None)
def test_sound_exactly_when_the_weights_add_up(
    tmp_path_factory: pytest.TempPathFactory,
    well: float,
    half: float,
    reservation: float,
    off: float,
) -> None:
    fence = min(1.0, max(0.0, 1 - well + off))
    text = (
        SMALL.replace("{well: 0.9, fence: 0.1}", f"{{well: {well!r}, fence: {fence!r}}}")
        .replace("half: 0.7", f"half: {half!r}")
        .replace("reservation: 0.25", f"reservation: {reservation!r}")
    )
    path = write(tmp_path_factory.getbasetemp(), text)
    if abs(math.fsum((well, fence)) - 1) > checks.TOLERANCE:
        with pytest.raises(InputError, match=r"principals\.heirs\.weights: the weights sum to"):
            load_model(path, Scenario)
        return
    scenario = load_model(path, Scenario)
    for pid in scenario.principals:
        u = utilities(scenario, pid)
        assert u.min() >= 0
        assert u.max() <= 1 + checks.TOLERANCE
