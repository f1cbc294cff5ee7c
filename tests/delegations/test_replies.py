from __future__ import annotations

import copy
import json
import random
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.asking.faults import MOST_FAULTS
from harness.asking.usable import Unusable, hint, unfinished
from harness.delegations.form import (
    MAX_LISTED_OFFERS,
    Form,
    caucus_schema,
    debrief_schema,
    move_schema,
)
from harness.delegations.replies import (
    MAX_WORDS,
    parse_caucus,
    parse_debrief,
    parse_move,
)
from harness.models.reply import INVALID, ModelReply
from harness.models.usage import Usage
from harness.records.transcript import Action, Commitment, Debrief, Move
from harness.talks import rules
from tests.support.chats import move_json

ISSUES = {"well": ("mine", "half", "yours"), "fence": ("them", "us"), "toll": ("none", "some")}
FORM = Form(issues=ISSUES, seat="u", others=("o",), offers=6, may_consult=True)
NO_CAPITAL = Form(issues=ISSUES, seat="u", others=("o",), offers=6, may_consult=False)
PACKAGE = {"well": "half", "fence": "us", "toll": "none"}

VALID: dict[str, dict[str, Any]] = {
    "propose": {"action": "propose", "package": PACKAGE, "commitment": "personal"},
    "accept": {"action": "accept", "offer": "o-2", "commitment": "binding"},
    "reject": {"action": "reject", "offer": "o-6", "position": None},
    "reject with a position": {
        "action": "reject",
        "offer": "o-1",
        "position": {"well": "mine", "fence": None, "toll": None},
    },
    "pass": {"action": "pass", "position": None},
    "pass with a position": {
        "action": "pass",
        "position": {"well": None, "fence": "us", "toll": None},
    },
    "walk out": {"action": "walk_out"},
    "consult": {"action": "consult", "package": PACKAGE},
}


def problem(text: str, form: Form = FORM) -> str:
    read = parse_move(text, form)
    assert isinstance(read, Unusable), read
    return read.problem


# --- what is read -------------------------------------------------------------------------------


@pytest.mark.parametrize("move", VALID.values(), ids=VALID)
def test_a_valid_move_is_read_exactly(move: dict[str, Any]) -> None:
    read = parse_move(move_json(move), FORM)
    assert isinstance(read, Move)
    assert read.action.value == move["action"]
    assert read.package == move.get("package")
    assert read.offer == move.get("offer")
    stated = {i: o for i, o in (move.get("position") or {}).items() if o is not None}
    assert (read.position or {}) == stated
    if "commitment" in move:
        assert read.commitment is Commitment(move["commitment"])
    assert read.thoughts == "I think so."
    assert read.words == ("" if read.action is Action.CONSULT else "We say so.")


def test_a_position_may_leave_issues_out() -> None:
    read = parse_move(move_json({"action": "pass", "position": {"well": "mine"}}), FORM)
    assert isinstance(read, Move)
    assert read.position == {"well": "mine"}
    bare = parse_move(move_json({"action": "pass"}), FORM)
    assert isinstance(bare, Move)
    assert bare.position is None


def test_words_of_a_consultation_are_not_said() -> None:
    for words in ("", "We shall ask home."):
        read = parse_move(move_json(VALID["consult"], words=words), FORM)
        assert isinstance(read, Move)
        assert read.words == ""


@pytest.mark.parametrize(
    ("move", "said"),
    [
        ({"action": "agree"}, "'action' must be one of 'propose', 'accept'"),
        ({"action": "Accept", "offer": "o-1", "commitment": "binding"}, "not 'Accept'"),
        ({"action": None}, "not null"),
        ({"action": ["accept"]}, "not a list"),
        ({"offer": "o-1"}, "lacks 'action'"),
        ({**VALID["propose"], "package": {"well": "half", "fence": "us"}}, "lacks 'toll'"),
        ({**VALID["propose"], "package": {**PACKAGE, "sea": "us"}}, "must not have 'sea'"),
        ({**VALID["propose"], "package": {**PACKAGE, "well": "Half"}}, "not 'Half'"),
        ({**VALID["propose"], "package": {**PACKAGE, "well": 1}}, "not 1"),
        ({**VALID["propose"], "package": {**PACKAGE, "well": None}}, "not null"),
        ({**VALID["propose"], "package": None}, "'package' must be an object that gives an option"),
        ({**VALID["propose"], "commitment": "firm"}, "'commitment' must be one of"),
        ({"action": "propose", "package": PACKAGE}, "lacks 'commitment'"),
        ({**VALID["propose"], "offer": "o-1"}, "must not have 'offer'"),
        ({**VALID["accept"], "offer": "x1-1"}, "another delegation's proposal"),
        ({**VALID["accept"], "offer": "o-7"}, "another delegation's proposal"),
        ({**VALID["accept"], "offer": "o-0"}, "another delegation's proposal"),
        ({**VALID["accept"], "offer": "o-01"}, "another delegation's proposal"),
        ({**VALID["accept"], "offer": "o-1 "}, "another delegation's proposal"),
        ({**VALID["accept"], "offer": 1}, "another delegation's proposal"),
        ({"action": "accept", "commitment": "binding"}, "lacks 'offer'"),
        ({**VALID["pass"], "position": []}, "'position' must be null or an object"),
        ({**VALID["pass"], "position": {"sea": "us"}}, "must not have 'sea'"),
        ({**VALID["walk out"], "position": None}, "must not have 'position'"),
    ],
)
def test_a_malformed_move_is_unusable_and_says_why(move: dict[str, Any], said: str) -> None:
    assert said in problem(move_json(move))


def test_options_that_are_none_are_named_together_but_not_too_many() -> None:
    wrong = {"well": "Half", "fence": "us", "toll": 3}
    both = problem(move_json({**VALID["propose"], "package": wrong}))
    assert both == (
        "It has 2 faults. "
        "(1) 'package.well' must be one of 'mine', 'half', 'yours', not 'Half'. "
        "(2) 'package.toll' must be one of 'none', 'some', not 3."
    )
    stated = problem(move_json({"action": "pass", "position": {**wrong, "fence": None}}))
    assert stated == both.replace("package", "position")
    many = replace(FORM, issues={f"i{n}": ("no", "yes") for n in range(9)})
    read = parse_move(
        move_json({**VALID["propose"], "package": dict.fromkeys(many.issues, "perhaps")}), many
    )
    assert isinstance(read, Unusable)
    assert read.problem.count("must be one of") == MOST_FAULTS
    assert read.problem.startswith("It has 9 faults.")
    assert read.problem.endswith("And 4 more.")


def test_all_faults_of_a_move_are_named_at_once() -> None:
    move = {"action": "propose", "package": {**PACKAGE, "well": "all"}, "commitment": "firm"}
    said = problem(move_json({**move, "mood": "good"}, words="", thoughts="\x00"))
    for fault in (
        "It has 5 faults.",
        "'private_thoughts' holds control characters.",
        "A 'propose' move must not have 'mood'.",
        "'package.well' must be one of",
        "'commitment' must be one of",
        "'public_words' is empty.",
    ):
        assert fault in said
    assert "more." not in said


def test_a_word_that_is_not_open_is_named_beside_other_faults() -> None:
    """Alone it is left to the table; with others it must not cost a try of its own."""
    private = replace(FORM, commitments=(Commitment.HYPOTHETICAL, Commitment.PERSONAL))
    move = {**VALID["propose"], "package": {**PACKAGE, "well": "all"}, "commitment": "binding"}
    said = problem(move_json(move), private)
    assert "(1) 'package.well' must be" in said
    assert "(2) 'commitment' must be one of 'hypothetical', 'personal', not 'binding'." in said


def test_what_cannot_be_looked_at_is_complained_of_once() -> None:
    """A field that is missing is not said to be wrong as well, nor is what depends on it."""
    said = problem(move_json({"action": "propose"}))
    assert said.count("lacks") == 1
    assert said.startswith("A 'propose' move lacks 'package', 'commitment'. ")
    no_action = problem(move_json({"offer": 1, "package": []}))
    assert no_action.startswith("'move' lacks 'action'.")
    assert "package" not in no_action


def test_all_faults_of_a_debrief_are_named_at_once() -> None:
    other = {"no_deal": 101, "top_issue": "sea", "learned": ""}
    answer = {"balance": {"gave_more": "equal", "margin": 3}, "terms": None, "others": {"o": other}}
    read = parse_debrief(json.dumps({**answer, "words": 1}), FORM, agreed=True)
    assert isinstance(read, Unusable)
    for fault in (
        "It has 6 faults.",
        "'gave_more' is 'equal' but 'margin' is 3",
        "'terms' must be an object, not null.",
        "'others.o.no_deal' must be a number from 0 to 100, not 101.",
        "'others.o.top_issue' must be one of",
        "'others.o.learned' is empty.",
        "And 1 more.",
    ):
        assert fault in read.problem


def test_a_misnamed_issue_is_said_to_be_missing_and_out_of_place() -> None:
    misnamed = {"well": "half", "fence": "us", "tolls": "none"}
    assert problem(move_json({**VALID["propose"], "package": misnamed})) == (
        "The package lacks 'toll' and must not have 'tolls'. It must have 'well', 'fence', 'toll'."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps({"move": VALID["pass"], "public_words": "x"}), "lacks 'private_thoughts'"),
        (
            json.dumps({"private_thoughts": "", "move": "accept", "public_words": "x"}),
            "'move' must",
        ),
        (move_json(VALID["accept"], words=""), "'public_words' is empty"),
        (move_json(VALID["accept"], words=" \n"), "'public_words' is empty"),
        (move_json(VALID["pass"], words="x" * (MAX_WORDS + 1)), "the limit is 6000"),
        (move_json(VALID["pass"], words="a\x1b[2J"), "control characters"),
        (move_json(VALID["pass"], thoughts="\x00"), "control characters"),
        (json.dumps({**json.loads(move_json(VALID["pass"])), "mood": "good"}), "'mood'"),
        ("We accept o-1.", "no JSON object"),
    ],
)
def test_a_malformed_answer_is_unusable_and_says_why(text: str, said: str) -> None:
    assert said in problem(text)


def test_who_has_no_capital_cannot_consult() -> None:
    assert "'consult'" in problem(move_json(VALID["consult"]), NO_CAPITAL)
    assert '"consult"' not in json.dumps(move_schema(NO_CAPITAL))
    assert '"consult"' in json.dumps(move_schema(FORM))


def test_complaints_are_short_whatever_came() -> None:
    for value in ("x" * 100_000, {"a": "x" * 90_000}, ["x"] * 20_000, 10**4000):
        assert len(problem(move_json({"action": value}))) < 400
    extra = {f"{i}{'x' * 500}": 1 for i in range(100)}
    assert len(problem(move_json({**VALID["pass"], **extra}))) < 500


def test_the_table_holds_the_same_limit() -> None:
    assert rules.MAX_WORDS == MAX_WORDS
    assert rules.words_problem("statement", "x" * MAX_WORDS) is None
    assert rules.words_problem("statement", "x" * (MAX_WORDS + 1)) is not None


# --- nothing else is ever a move ----------------------------------------------------------------


ADMITS = {
    form.may_consult: jsonschema.Draft202012Validator(move_schema(form))
    for form in (FORM, NO_CAPITAL)
}


def reference(text: str, form: Form) -> dict[str, Any] | None:
    """The object behind a bare JSON reply if the published schema and the bounds admit it."""

    def no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        value = json.loads(text, object_pairs_hook=no_twice, strict=False)
    except ValueError:
        return None
    full: dict[str, Any] = copy.deepcopy(value)
    move = full.get("move") if isinstance(full, dict) else None
    if isinstance(move, dict) and move.get("action") in ("reject", "pass"):
        move.setdefault("position", None)
        if isinstance(move["position"], dict):
            move["position"] = dict.fromkeys(form.issues) | move["position"]
    # Which of the numbers can be answered now, and whose they are, is for the table to say.
    if isinstance(move, dict) and move.get("offer") in form.offer_numbers(own=True):
        full["move"]["offer"] = "o-1"
    admitted = ADMITS[form.may_consult].is_valid(full)
    full = value
    if not admitted:
        return None
    texts = full["public_words"] + full["private_thoughts"]
    if any((ord(c) < 32 and c not in "\n\r\t") or 127 <= ord(c) < 160 for c in texts):
        return None
    if full["move"]["action"] != "consult" and not full["public_words"].strip():
        return None
    return full


def check(text: str, form: Form) -> bool:
    """``parse_move`` agrees with the reference; True when the text was a move."""
    expected, read = reference(text, form), parse_move(text, form)
    if expected is None:
        assert isinstance(read, Unusable), (text, read)
        assert read.problem
        return False
    assert isinstance(read, Move), (text, read)
    move = expected["move"]
    consults = move["action"] == "consult"
    position = {i: o for i, o in (move.get("position") or {}).items() if o is not None}
    assert read == Move(
        action=Action(move["action"]),
        package=move.get("package"),
        position=position or None,
        offer=move.get("offer"),
        commitment=Commitment(move.get("commitment", "ad_referendum")),
        words="" if consults else expected["public_words"].strip(),
        thoughts=expected["private_thoughts"].strip(),
    )
    return True


def nodes(value: Any) -> list[tuple[Any, Any]]:
    """(container, key) of everything inside a JSON value."""
    pairs: list[tuple[Any, Any]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        pairs.append((value, key))
        if isinstance(inner, dict | list):
            pairs += nodes(inner)
    return pairs


JUNK: list[Any] = [
    None, True, 0, 1.5, "", "accept", "ACCEPT", "o-1", "o-3", "u-1", "half", "us", "personal",
    [], {}, ["half"], {"action": "accept"}, PACKAGE, {"well": "half"}, "reject", "walk_out",
]  # fmt: skip


def mutated(rng: random.Random) -> str:
    """A valid reply with some of it broken, or not."""
    value = json.loads(move_json(copy.deepcopy(rng.choice(list(VALID.values())))))
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        container, key = rng.choice(nodes(value))
        match rng.randrange(4):
            case 0 if isinstance(container, dict):
                del container[key]
            case 1 if isinstance(container, dict):
                container[rng.choice(["offer", "position", "package", "extra", "well", key])] = (
                    copy.deepcopy(rng.choice(JUNK))
                )
            case _:
                container[key] = copy.deepcopy(rng.choice(JUNK))
        if not value:
            break
    text = json.dumps(value)
    match rng.randrange(10):
        case 0:
            return text[: rng.randrange(len(text) + 1)]
        case 1:
            at = rng.randrange(len(text))
            return text[:at] + rng.choice('{}[]",:x\\ \x00\n') + text[at + 1 :]
        case 2:
            return text.replace('"action"', '"action": "accept", "action"', 1)
        case _:
            return text


def test_thousands_of_broken_replies_are_read_exactly_or_not_at_all() -> None:
    rng = random.Random(20)
    verdicts = [check(mutated(rng), rng.choice((FORM, NO_CAPITAL))) for _ in range(4000)]
    # Both kinds must really occur, or the test would show nothing.
    assert 400 < sum(verdicts) < 3600


PROSE = st.lists(
    st.sampled_from(
        ["accept", "I accept o-1", "action: accept", '"accept"', "reject", "walk_out", "deal!",
         "```", "```json", "<think>", "</think>", "\n", "offer o-1", "[", "]", "yes", "propose"]
    )
    | st.text(alphabet=st.characters(exclude_characters="{", codec="utf-8"), max_size=15),
    max_size=12,
)  # fmt: skip


@given(PROSE)
def test_prose_is_never_a_move(words: list[str]) -> None:
    assert isinstance(parse_move(" ".join(words), FORM), Unusable)


@given(st.data())
@settings(max_examples=150)
def test_a_move_in_a_fence_is_the_move_alone(data: st.DataObject) -> None:
    """Whatever prose stands around one fenced move, the result is that move or nothing."""
    text = move_json(data.draw(st.sampled_from(list(VALID.values()))))
    before, after = (" ".join(data.draw(PROSE)) for _ in range(2))
    read = parse_move(f"{before}\n```json\n{text}\n```\n{after}", FORM)
    assert isinstance(read, Unusable) or read == parse_move(text, FORM)


# --- schemas ------------------------------------------------------------------------------------


def strict_problems(schema: dict[str, Any], where: str = "") -> list[str]:
    """What OpenAI's strict mode would refuse in a schema."""
    known = {"type", "properties", "required", "additionalProperties", "anyOf", "enum"}
    found = [f"{where}: {key}" for key in set(schema) - known]
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            found.append(f"{where}: additional properties")
        if schema.get("required") != list(schema["properties"]):
            found.append(f"{where}: optional properties")
        for name, inner in schema["properties"].items():
            found += strict_problems(inner, f"{where}/{name}")
    for i, inner in enumerate(schema.get("anyOf", [])):
        found += strict_problems(inner, f"{where}/{i}")
    return found


@pytest.mark.parametrize(
    "schema",
    [move_schema(FORM), move_schema(NO_CAPITAL), debrief_schema(FORM), caucus_schema()],
    ids=["move", "no capital", "debrief", "caucus"],
)
def test_schemas_keep_to_the_strict_subset(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    assert strict_problems(schema) == []
    assert schema["type"] == "object"
    assert "anyOf" not in schema


def test_moves_are_told_apart_by_their_first_property() -> None:
    moves = move_schema(FORM)["properties"]["move"]["anyOf"]
    assert all(next(iter(m["properties"])) == "action" for m in moves)
    tags = [m["properties"]["action"]["enum"] for m in moves]
    assert tags == [[action.value] for action in Action]


def test_only_possible_offers_are_listed() -> None:
    def offer(form: Form) -> dict[str, Any]:
        accept: dict[str, Any] = move_schema(form)["properties"]["move"]["anyOf"][1]
        found: dict[str, Any] = accept["properties"]["offer"]
        return found

    assert offer(FORM)["enum"] == [f"o-{n}" for n in range(1, 7)]
    many = Form(ISSUES, "u", ("o", "x"), MAX_LISTED_OFFERS, may_consult=False)
    assert offer(many) == {"type": "string"}
    assert isinstance(
        parse_move(move_json({**VALID["accept"], "offer": f"x-{MAX_LISTED_OFFERS}"}), many), Move
    )
    assert "another delegation" in problem(
        move_json({**VALID["accept"], "offer": f"x-{MAX_LISTED_OFFERS + 1}"}), many
    )


# --- debrief and caucus -------------------------------------------------------------------------

DEBRIEF: dict[str, Any] = {
    "gave_more": "u",
    "margin": 4,
    "terms": {"favours": "o", "own_could_sign": False},
    "others": {"o": {"no_deal": 35, "top_issue": "well", "learned": "It needs the well."}},
    "words": "We moved on the well.",
}
"""With who gave more side by side, as it was asked for once, and as many a model writes it."""
OTHER: dict[str, Any] = DEBRIEF["others"]["o"]
FORMER = replace(FORM, rules=1)
FORMER_DEBRIEF: dict[str, Any] = {
    **{name: DEBRIEF[name] for name in ("gave_more", "margin", "words")},
    "others": {"o": {"no_deal": 35, "top_issue": "well"}},
}
"""All that was asked by rules of version 1."""


def read_debrief(answer: object, form: Form = FORM, *, agreed: bool = True) -> Debrief | Unusable:
    return parse_debrief(json.dumps(answer), form, agreed=agreed)


def as_asked(flat: dict[str, Any]) -> dict[str, Any]:
    """The same answers in the form that is asked for."""
    balance = {name: flat[name] for name in ("gave_more", "margin")}
    rest = {name: value for name, value in flat.items() if name not in balance}
    return {"balance": balance, **rest}


def test_a_debrief_is_read() -> None:
    assert read_debrief(DEBRIEF) == Debrief(
        gave_more="u",
        margin=4,
        reservations={"o": 0.35},
        top_issues={"o": "well"},
        favours="o",
        own_could_sign=False,
        learned={"o": "It needs the well."},
        words="We moved on the well.",
    )
    equal = read_debrief({**DEBRIEF, "gave_more": "equal", "margin": 0})
    assert isinstance(equal, Debrief)
    jsonschema.validate(as_asked(DEBRIEF), debrief_schema(FORM))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"gave_more": "Tarsenia"}, "must be one of 'u', 'o', 'equal'"),
        ({"gave_more": "equal"}, "the margin is 0 with 'equal', and only then"),
        ({"margin": 0}, "the margin is 0 with 'equal', and only then"),
        ({"margin": -1}, "a number from 0 to 10"),
        ({"margin": 11}, "a number from 0 to 10"),
        ({"margin": True}, "a number from 0 to 10"),
        ({"margin": "4"}, "a number from 0 to 10"),
        ({"margin": 10**400}, "a number from 0 to 10"),
        ({"others": {}}, "lacks 'o'"),
        ({"others": None}, "'others' must be an object"),
        ({"others": {"o": 30}}, "'others.o' must be an object"),
        ({"others": {"o": {**OTHER, "no_deal": -1}}}, "from 0 to 100"),
        ({"others": {"o": {**OTHER, "no_deal": 101}}}, "from 0 to 100"),
        ({"others": {"o": {**OTHER, "top_issue": "sea"}}}, "'others.o.top_issue' must be one of"),
        ({"others": {"o": {"no_deal": 1}}}, "lacks 'top_issue'"),
        ({"others": {"o": {**OTHER, "learned": " "}}}, "'others.o.learned' is empty"),
        ({"others": {"o": {**OTHER, "learned": 3}}}, "'others.o.learned' must be a string"),
        ({"terms": None}, "'terms' must be an object"),
        ({"terms": {"favours": "us", "own_could_sign": True}}, "must be one of 'u', 'o', 'equal'"),
        ({"terms": {"favours": "u", "own_could_sign": "yes"}}, "must be true or false"),
        ({"terms": {"favours": "u"}}, "lacks 'own_could_sign'"),
        ({"words": None}, "'words' must be a string"),
        ({"sure": True}, "must not have 'sure'"),
    ],
)
def test_a_malformed_debrief_is_unusable_and_says_why(change: dict[str, Any], said: str) -> None:
    read = read_debrief({**DEBRIEF, **change})
    assert isinstance(read, Unusable)
    assert said in read.problem


@pytest.mark.kind("S15")
@pytest.mark.parametrize("others", [1, 4, 5])
def test_numbers_of_a_debrief_are_listed(others: int) -> None:
    """A small model that a grammar holds would else write digits without end."""
    seats = tuple(f"s{n}" for n in range(others))
    form = replace(FORM, others=seats)
    schema = debrief_schema(form)
    same, more = schema["properties"]["balance"]["anyOf"]
    assert same["properties"]["margin"]["enum"] == [0]
    assert more["properties"]["margin"]["enum"] == list(range(1, 11))
    estimates = schema["properties"]["others"]["properties"]
    listed = [estimates[seat]["properties"]["no_deal"].get("enum") for seat in seats]
    # Servers limit how much may be listed; a table of so many is read as before.
    assert listed == [None if others > 4 else list(range(101))] * others


@pytest.mark.kind("S15")
@pytest.mark.parametrize(("margin", "no_deal"), [(1, 0), (10, 100), (5, 37)])
def test_every_number_that_the_schema_allows_is_read_as_before(margin: int, no_deal: int) -> None:
    answer = as_asked(json.loads(json.dumps(DEBRIEF)) | {"margin": margin})
    for seat in FORM.others:
        answer["others"][seat]["no_deal"] = no_deal
    jsonschema.validate(answer, debrief_schema(FORM))
    read = read_debrief(answer)
    assert isinstance(read, Debrief)
    assert read.margin == margin
    assert set(read.reservations.values()) == {no_deal / 100}
    for wrong in (-1, 101, 169752483, 50.5):
        answer["others"][FORM.others[0]]["no_deal"] = wrong
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(answer, debrief_schema(FORM))


@pytest.mark.parametrize(
    ("who", "margin"), [("u", 1), ("o", 1), ("u", 10), ("o", 10), ("equal", 0)]
)
@pytest.mark.parametrize("no_deal", [0, 1, 99, 100])
def test_both_edges_of_what_is_asked_can_be_said(who: str, margin: int, no_deal: int) -> None:
    others = {"o": {**OTHER, "no_deal": no_deal}}
    said = as_asked({**DEBRIEF, "gave_more": who, "margin": margin, "others": others})
    jsonschema.validate(said, debrief_schema(FORM))
    read = read_debrief(said)
    assert isinstance(read, Debrief)
    assert (read.gave_more, read.margin, read.reservations) == (who, margin, {"o": no_deal / 100})


@pytest.mark.kind("S15")
@pytest.mark.parametrize(("who", "margin"), [("equal", 1), ("equal", 10), ("u", 0), ("o", 0)])
def test_the_form_leaves_no_room_for_a_contradiction(who: str, margin: int) -> None:
    """A small model under a grammar said 'equal' with a margin each time."""
    said = as_asked({**DEBRIEF, "gave_more": who, "margin": margin})
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(said, debrief_schema(FORM))
    read = read_debrief(said)
    assert isinstance(read, Unusable)
    assert "the margin is 0 with 'equal', and only then" in read.problem


def test_both_forms_of_a_debrief_say_the_same() -> None:
    assert read_debrief(as_asked(DEBRIEF)) == read_debrief(DEBRIEF)
    mixed = read_debrief({**as_asked(DEBRIEF), "margin": 4})
    assert isinstance(mixed, Unusable)
    none = read_debrief({**as_asked(DEBRIEF), "balance": "equal"})
    assert isinstance(none, Unusable)
    assert "'balance' must be an object" in none.problem


def test_terms_are_asked_about_where_there_are_any() -> None:
    without = {**DEBRIEF, "terms": None}
    jsonschema.validate(as_asked(without), debrief_schema(FORM))
    read = read_debrief(without, agreed=False)
    assert isinstance(read, Debrief)
    assert (read.favours, read.own_could_sign, read.gave_more) == (None, None, "u")
    invented = read_debrief(DEBRIEF, agreed=False)
    assert isinstance(invented, Unusable)
    assert "without an agreement" in invented.problem


@pytest.mark.parametrize("left_out", ["terms", "learned"])
def test_a_question_that_is_left_out_is_asked_again(left_out: str) -> None:
    answer = json.loads(json.dumps(DEBRIEF))
    del (answer if left_out == "terms" else answer["others"]["o"])[left_out]
    read = read_debrief(answer)
    assert isinstance(read, Unusable)
    assert f"lacks '{left_out}'" in read.problem


def test_by_rules_of_version_1_less_is_asked() -> None:
    for answer in (FORMER_DEBRIEF, as_asked(FORMER_DEBRIEF)):
        read = read_debrief(answer, FORMER)
        assert isinstance(read, Debrief)
        assert (read.gave_more, read.favours, read.own_could_sign, read.learned) == (
            *("u", None, None),
            {},
        )
        assert isinstance(read_debrief(answer), Unusable)
    jsonschema.validate(as_asked(FORMER_DEBRIEF), debrief_schema(FORMER))
    assert isinstance(read_debrief(DEBRIEF, FORMER), Unusable)


def test_infinity_is_no_margin() -> None:
    text = json.dumps(DEBRIEF).replace("4", "1e999")
    assert isinstance(parse_debrief(text, FORM, agreed=True), Unusable)


def test_advice_is_read() -> None:
    assert parse_caucus('{"advice": " Hold. "}') == "Hold."
    for text in ('{"advice": ""}', "Hold.", '{"advice": 1}', '{"advice": "x", "y": 1}', "{}"):
        assert isinstance(parse_caucus(text), Unusable)


# --- replies that cannot count ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (ModelReply(text="{}", refusal="I cannot"), "refusal"),
        (ModelReply(text="{}", finish_reason="content_filter"), "filter"),
        (ModelReply(text="{}", finish_reason="length"), "cut off"),
        (ModelReply(text=" \n", finish_reason="stop"), "empty"),
        (ModelReply(text="{}", finish_reason="content_filter: PROHIBITED_CONTENT"), "filter"),
        (ModelReply(text="{}", finish_reason="SAFETY"), "filter"),
        (ModelReply(text="{}", finish_reason="refusal"), "filter"),
        (ModelReply(text="{}", finish_reason="max_tokens"), "cut off"),
        (ModelReply(text="{}", finish_reason="MAX_TOKENS"), "cut off"),
        (ModelReply(text="{}", finish_reason="model_length"), "cut off"),
        (ModelReply(text="{}", finish_reason=INVALID), "form"),
        (ModelReply(text="", thinking="is all there is"), "all of it was thinking"),
        (ModelReply(text="", thinking="holds the answer"), "all of it was thinking"),
        (
            ModelReply(text="", thinking="is all there is", finish_reason="length"),
            "thinking, and it was cut off",
        ),
    ],
)
@pytest.mark.kind("S4")
def test_refused_withheld_cut_and_empty_replies_do_not_count(reply: ModelReply, said: str) -> None:
    assert said in (unfinished(reply) or "")


@pytest.mark.kind("S9")
@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (ModelReply(text="", thinking="holds the answer"), "an answer stands in the reasoning"),
        (ModelReply(text="", thinking="is all there is"), "nothing stands outside the reasoning"),
        (
            ModelReply(
                text="",
                thinking="is all there is",
                finish_reason="length",
                usage=Usage(completion=600, reasoning=512),
            ),
            "spent all 512 tokens on thinking: raise --max-tokens",
        ),
    ],
)
def test_what_the_user_can_do_is_not_for_the_model(reply: ModelReply, said: str) -> None:
    assert said in (hint(reply) or "")
    assert "--" not in (unfinished(reply) or "")
    assert "extra:" not in (unfinished(reply) or "")


@pytest.mark.kind("S9")
def test_nothing_can_be_done_about_other_replies() -> None:
    assert hint(ModelReply(text="{}", finish_reason="length")) is None


def test_a_finished_reply_counts() -> None:
    assert unfinished(ModelReply(text="{}", finish_reason="stop")) is None
    assert unfinished(ModelReply(text="{}")) is None


def test_options_are_those_of_the_form_and_not_copies() -> None:
    """Thousands of dialogues are in play, each with dozens of packages."""
    read = parse_move(move_json(VALID["propose"]), FORM)
    assert isinstance(read, Move)
    assert read.package is not None
    for issue, option in read.package.items():
        assert any(option is known for known in ISSUES[issue])


# --- what the rules of newer talks add ----------------------------------------------------------

RICH = replace(FORM, sketches=True, side_terms=True, alternatives=True, settling=True)
SECOND = {**PACKAGE, "well": "mine"}


def test_what_goes_with_a_proposal_is_read_exactly() -> None:
    whole = {"or_package": SECOND, "side_terms": " By spring. ", "agreed": {"well": "half"}}
    read = parse_move(move_json({**VALID["propose"], **whole}), RICH)
    assert isinstance(read, Move)
    assert (read.package, read.or_package) == (PACKAGE, SECOND)
    assert (read.side_terms, read.agreed) == ("By spring.", {"well": "half"})
    for bare in ({}, dict.fromkeys(whole), {"side_terms": "  ", "agreed": {}}):
        read = parse_move(move_json({**VALID["propose"], **bare}), RICH)
        assert isinstance(read, Move)
        assert (read.or_package, read.side_terms, read.agreed) == (None, None, None)
    passed = parse_move(move_json({"action": "pass", "agreed": {"well": "half"}}), RICH)
    assert isinstance(passed, Move)
    assert (passed.position, passed.agreed) == (None, {"well": "half"})


@pytest.mark.parametrize(
    ("move", "said"),
    [
        ({**VALID["propose"], "or_package": {"well": "mine"}}, "The or_package lacks"),
        ({**VALID["propose"], "or_package": []}, "'or_package' must be an object that gives an"),
        ({**VALID["propose"], "side_terms": 5}, "'side_terms' must be a string, not 5"),
        ({**VALID["propose"], "side_terms": "x" * 301}, "has 301 characters; the limit is 300"),
        ({**VALID["propose"], "side_terms": "a\u0007"}, "control characters"),
        ({**VALID["propose"], "agreed": ["well"]}, "'agreed' must be null or an object of issues"),
        ({**VALID["pass"], "agreed": {"well": "all"}}, "'agreed.well' must be one of"),
        ({**VALID["accept"], "side_terms": "x"}, "must not have 'side_terms'"),
        ({**VALID["accept"], "offer": "o-1c"}, "'offer' must be the number"),
        ({**VALID["reject"], "offer": "x1-1"}, "another delegation's proposal"),
    ],
)
def test_what_goes_with_a_move_is_never_guessed(move: dict[str, Any], said: str) -> None:
    assert said in problem(move_json(move), RICH)


def test_the_plain_form_reads_none_of_it() -> None:
    for name in ("or_package", "side_terms", "agreed"):
        assert f"must not have {name!r}" in problem(move_json({**VALID["propose"], name: None}))
    assert "'offer' must be" in problem(move_json({**VALID["accept"], "offer": "o-1b"}))
    for number in ("o-1b", "u-1", "u-2b"):
        read = parse_move(move_json({**VALID["accept"], "offer": number}), RICH)
        assert isinstance(read, Move)
        assert read.offer == number


@pytest.mark.parametrize("action", ["accept", "reject"])
def test_a_number_of_ones_own_is_left_to_the_table_to_refuse(action: str) -> None:
    """It says what became of it, and which numbers can be answered; the schema asks for none."""
    read = parse_move(move_json({**VALID[action], "offer": "u-1"}), FORM)
    assert isinstance(read, Move)
    assert read.offer == "u-1"
    assert "u-1" not in json.dumps(move_schema(FORM))
    assert "u-1" in json.dumps(move_schema(RICH)), "its own explored sketch it may take home"


def test_a_word_that_is_not_open_is_left_to_the_table_to_refuse() -> None:
    """It says why, which a list of words does not."""
    private = replace(FORM, commitments=(Commitment.HYPOTHETICAL, Commitment.PERSONAL))
    read = parse_move(move_json({**VALID["propose"], "commitment": "binding"}), private)
    assert isinstance(read, Move)
    assert read.commitment is Commitment.BINDING
