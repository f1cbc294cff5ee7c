from __future__ import annotations

import json

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from harness.asking.jsonreply import (
    MAX_REPLY,
    UnreadableError,
    only_object,
    thoughts_before,
    without_reasoning,
    without_thoughts,
)

OBJECTS = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=8,
    ),
    max_size=5,
)


@given(OBJECTS, st.sampled_from(["", " ", "\n\n"]), st.booleans())
def test_a_bare_object_is_read_as_it_is(value: dict[str, object], pad: str, ascii_: bool) -> None:
    assert only_object(pad + json.dumps(value, ensure_ascii=ascii_) + pad) == value


@given(OBJECTS, st.sampled_from(["```json\n", "```\n", "```JSON  \r\n\n", "```javascript\n"]))
def test_a_fenced_object_is_read_with_prose_around_it(value: dict[str, object], fence: str) -> None:
    text = f"Here it is:\n{fence}{json.dumps(value)}\n```\nThat is all."
    assert only_object(text) == value


def test_a_fence_inside_a_string_ends_nothing() -> None:
    value = {"words": "as in\n```json\n{}\n```\n"}
    assert only_object(f"So:\n```json\n{json.dumps(value)}\n```") == value


def test_the_same_object_twice_is_one() -> None:
    block = '```json\n{"a": 1}\n```'
    assert only_object(f"{block}\nAgain:\n{block}") == {"a": 1}


PROSE = st.text(st.characters(exclude_characters="{}[]<|`~'\"◁｜", codec="utf-8"), max_size=20)
SAYING = st.text(alphabet=st.sampled_from('{}[]"\\\n<>/|`~ ab:,1'), max_size=40)
NESTED = {"a": {"b": ["{", '"}"', {"c": {}}]}}


@settings(max_examples=40)
@given(OBJECTS, PROSE, PROSE)
@example(NESTED, "Here it is, as I said:\n", "\nThat's all.")
def test_a_bare_object_is_read_with_prose_around_it(
    value: dict[str, object], before: str, after: str
) -> None:
    """Whatever its strings hold: braces, quotes and markers inside them are what was said."""
    text = f"{before} {json.dumps(value)} {after}"
    assume(not any(sign in text for sign in ("</", "[/", "◁", "<|", "<｜")) or not before.strip())
    assert only_object(text) == value


@settings(max_examples=40)
@given(OBJECTS, OBJECTS, PROSE)
def test_two_objects_are_never_read(
    one: dict[str, object], other: dict[str, object], prose: str
) -> None:
    """Not even the same one twice: only a fence says where an answer begins and ends."""
    with pytest.raises(UnreadableError):
        only_object(f"{prose} {json.dumps(one)} {prose} {json.dumps(other)}")


@settings(max_examples=40)
@given(OBJECTS, PROSE, st.data())
@example(NESTED, "So: ", None)
def test_a_truncated_object_is_never_completed(
    value: dict[str, object], before: str, data: st.DataObject | None
) -> None:
    text = json.dumps({"first": value, "last": 1})
    end = data.draw(st.integers(0, len(text) - 1)) if data is not None else len(text) - 1
    with pytest.raises(UnreadableError):
        only_object(f"{before} {text[:end]}")


@settings(max_examples=40)
@given(SAYING, SAYING)
@example("So {this} or ", "")
@example("", " as I said")
def test_an_object_in_any_text_is_read_whole_or_not_at_all(before: str, after: str) -> None:
    """Text around it never changes what is read."""
    value = {"said": "I do", "n": {"m": [1]}}
    try:
        read = only_object(f"{before}{json.dumps(value)}{after}")
    except UnreadableError:
        assert before.strip() or after.strip()
    else:
        assert read == value


def test_line_breaks_in_strings_are_taken() -> None:
    assert only_object('{"a": "one\ntwo"}') == {"a": "one\ntwo"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON object"),
        ("I accept.", "no JSON object"),
        ("[1, 2]", "no JSON object"),
        ("null", "no JSON object"),
        ('"{}"', "inside quotes"),
        ("As I said: '{}'", "inside quotes"),
        ('[{"a": 1}]', "inside a list"),
        ('I say ["x", {"a": 1}, 2] to it.', "inside a list"),
        ('My answer: {"a": 1', "broken.*after the text"),
        ('My {answer}: {"a": 1}', "broken.*after the text"),
        ('Said: {"a": "x</think>{}"}', "braces around it"),
        ('I see } here: {"a": 1}', "braces around it"),
        ('{"a": 1} and }', "braces around it"),
        ('Either {"a": 1} or {"b": 1}', "more than one"),
        ('My answer: {"a": 1} not {"a"', "more than one"),
        ('```python\nx = {"a": 1}\n```', "fenced block must hold"),
        ('Well, <plan>{"a": 1}</plan>', "markers before"),
        ('Well, {"a": 1} <plan>so</plan> it is', "markers and text after"),
        ('{"a": 1}{"a": 1}', "more than one"),
        ('{"a": 1', "broken"),
        ("{'a': 1}", "broken"),
        ('{"a": 1,}', "broken"),
        ('{"a": 1, "a": 1}', "'a' is given twice"),
        ('{"b": {"a": 1, "a": 2}}', "'a' is given twice"),
        ('{"a": NaN}', "NaN is not"),
        ('{"a": -Infinity}', "-Infinity is not"),
        ('{"a": "\\ud800"}', "half a character"),
        ('{"a": ' + "9" * 5000 + "}", "too long"),
        ('{"a":' + "[" * 50_000, "nested|broken"),
        ('{"a": 1}' + " " * MAX_REPLY, "limit"),
        ('x\n```json\n{"a": 1}\n```\n```json\n{"a": 2}\n```', "more than one"),
        ('or {"a": 2}?\n```json\n{"a": 1}\n```', "more than one"),
        ('x\n```json\n{"a": 1} and\n```', "nothing else"),
        ('x\n```json\n{"a": 1}', "nothing else"),
        ('<think>a draft:\n```json\n{"a": 1}\n```', "does not end"),
    ],
)
def test_anything_else_is_unreadable(text: str, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        only_object(text)


@pytest.mark.parametrize("opening", ["<think>", "<thinking>", "\n<THINK>", ""])
def test_reasoning_is_passed_over(opening: str) -> None:
    closing = "</thinking>" if "thinking" in opening else "</think>"
    draft = 'first {"a": 1} or\n```json\n{"a": 2}\n```\n'
    assert only_object(f'{opening}{draft}{closing}\n{{"a": 3}}') == {"a": 3}


def test_reasoning_is_not_looked_for_inside_an_object() -> None:
    text = '{"a": "x</think>{}"}'
    assert without_reasoning(text) == text
    assert only_object(text) == {"a": "x</think>{}"}


@pytest.mark.parametrize(
    ("text", "thought", "answer"),
    [
        ('<think>\nThey want dates.\n</think>\n{"a": 1}', "They want dates.", '{"a": 1}'),
        ('They want dates.</think>{"a": 1}', "They want dates.", '{"a": 1}'),
        ('[THINK]They want dates.[/THINK]{"a": 1}', "They want dates.", '{"a": 1}'),
        ('◁think▷They want dates.◁/think▷{"a": 1}', "They want dates.", '{"a": 1}'),
        ('<think>or {"a": 2}?</think>{"a": 1}', 'or {"a": 2}?', '{"a": 1}'),
        ("<think>They want dates.", "They want dates.", "<think>"),
        ("<think>", None, "<think>"),
        ('<think></think>{"a": 1}', None, '{"a": 1}'),
        ('<s><|assistant|>{"a": 1}', None, '{"a": 1}'),
        ('<|start|>assistant<|channel|>final<|message|>{"a": 1}', None, '{"a": 1}'),
        ('Here it is: {"a": 1}', None, 'Here it is: {"a": 1}'),
        ('{"a": "<think>x</think>"}', None, '{"a": "<think>x</think>"}'),
        ("", None, ""),
    ],
)
def test_what_was_thought_before_an_answer(text: str, thought: str | None, answer: str) -> None:
    assert thoughts_before(text) == thought
    assert without_thoughts(text) == answer
    assert thoughts_before(answer) is None


def test_the_thoughts_of_a_channel_are_found() -> None:
    text = (
        "<|channel|>analysis<|message|>They want dates.<|end|><|start|>assistant"
        '<|channel|>final<|message|>{"a": 1}'
    )
    assert "They want dates." in (thoughts_before(text) or "")
    assert without_thoughts(text) == '{"a": 1}'


MARKED = st.lists(
    st.sampled_from(
        [
            *("<think>", "</think>", "[THINK]", "<s>", "<|channel|>", "final", "<|message|>", " "),
            *("ab", '{"a": 1}', "{", "assistant", "<plan>", "</plan>", "```json\n"),
        ]
    ),
    max_size=9,
).map("".join)


@given(MARKED)
@example('<think>a</think><think>b</think>{"a": 1}')
@example("<s>" * 50)
def test_an_answer_without_thoughts_reads_as_the_whole_reply_does(text: str) -> None:
    answer = without_thoughts(text)
    assert without_thoughts(answer) == answer
    assert thoughts_before(answer) is None
    for reply in (text, answer):
        try:
            found = only_object(reply)
        except UnreadableError as error:
            found = {"unreadable": "does not end" in str(error)}
        if reply is text:
            expected = found
    assert found == expected


def test_hostile_sizes_are_refused_at_once() -> None:
    many_keys = "{" + ",".join(f'"k{i}":0' for i in range(15_000)) + ',"k14999":1}'
    blank = "```" + " " * 190_000 + "(("
    for text in (
        *("{" * 10_000_000, "{" * 190_000, "So: " + "{" * 190_000, 'So: {"' + "{" * 190_000),
        *("`" * 190_000, "```json\n{" * 20_000, many_keys, f"So: {many_keys}", blank),
        *("So [" * 40_000 + "{}", '"a": {' * 30_000, "a<" * 90_000 + "{}}", "x [A] {}" * 20_000),
    ):
        with pytest.raises(UnreadableError):
            only_object(text)


ANSWER = '{"a": "x</think>{}<|im_end|>"}'


@pytest.mark.kind("S9")
@pytest.mark.parametrize(
    "text",
    [
        "[THINK]Perhaps {this}.[/THINK]@",
        "Perhaps {this}.\n</think>\n\n@",
        '{maybe} or {"a": 1} rather</think>@',
        '{"a": 1}</think>@',
        "<think>one</think>\n<think>two {2}</think>@",
        "<seed:think>so</seed:think>@",
        "<thought>so</thought>@",
        "<inner_monologue>so</inner_monologue>@",
        "◁think▷so◁/think▷@",
        "<|START_THINKING|>so {1}<|END_THINKING|><|START_RESPONSE|>@<|END_RESPONSE|>",
        "<|begin_of_thought|>so<|end_of_thought|><|begin_of_solution|>@<|end_of_solution|>",
        "<|channel|>analysis<|message|>{1}<|end|><|channel|>final<|message|>@<|return|>",
        "so {1}<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>@",
        "<think>so</think><answer>@</answer>",
        "<|im_start|>assistant\n@<|im_end|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\n@<|eot_id|>",
        "<start_of_turn>model\n@<end_of_turn>",
        "@</s>",
        "@<｜end▁of▁sentence｜>",
        "\ufeff@",
        "\u200b\n@\ufeff",
        "```json @ ```",
        "``` @```",
        "<think>so</think>\nHere it is: ```json @```<|im_end|>",
    ],
)
def test_thinking_and_markers_are_passed_over_in_whatever_clothes(text: str) -> None:
    answer = ANSWER if "```" not in text else '{"a": "x"}'
    assert only_object(text.replace("@", answer)) == json.loads(answer)


@pytest.mark.kind("S9")
@pytest.mark.parametrize(
    "text",
    [
        "<think>@</think>",
        "<think>@",
        "[THINK]@",
        "[THINK]@[/THINK]",
        "@</think>",
        "Perhaps\n```json\n@\n```\n</think>",
        "So: <think>perhaps\n```json\n@\n```",
        "<inner_monologue>@</inner_monologue>",
        "<inner_monologue>perhaps\n```json\n@\n```",
        "<|channel|>analysis<|message|>@<|end|>",
        "<|channel|>analysis<|message|>perhaps\n```json\n@\n```",
        "<|START_THINKING|>@",
        "<think>so</think>@ or @",
        "<think>so</think>@<|im_end|>@",
        "<answer>@</answer><answer>@</answer>",
    ],
)
def test_what_is_only_thought_or_said_twice_is_no_answer(text: str) -> None:
    with pytest.raises(UnreadableError):
        only_object(text.replace("@", '{"a": 1}'))


@pytest.mark.kind("S9")
def test_a_hostile_number_of_markers_is_refused_at_once() -> None:
    for text in ("<s>" * 60_000, "<think></think>" * 13_000, "{</think>" * 20_000, "[A" * 90_000):
        with pytest.raises(UnreadableError):
            only_object(text)


@pytest.mark.kind("S9")
def test_a_leading_note_in_brackets_is_prose() -> None:
    assert only_object('[NOTE] So:\n```json\n{"a": 1}\n```') == {"a": 1}


@pytest.mark.kind("S8")
@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}<think>No.</think>{"a": 2}',
        '{"a": 1}\n[THINK]No.[/THINK]\n{"a": 2}',
        '```json\n{"a": 1}\n```\n<think>No.</think>\n```json\n{"a": 2}\n```',
        'I say {"a": 1}. <think>No.</think>{"a": 2}',
    ],
)
def test_what_was_said_before_thinking_began_is_an_answer_too(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"more than one|braces around"):
        only_object(text)


@pytest.mark.kind("S9")
@pytest.mark.parametrize(
    "text",
    [
        '{"a": 2} is a thought.</think>{"a": 1}',
        'Let me see. <think>{"a": 2}?</think>{"a": 1}',
        '{"a": 1}<think></think>',
        'As I said: {"a": 1} </s>',
        'Well. <answer>{"a": 1}</answer>',
        'Well. </plan> {"a": 1}',
        'I hold [as ever] to this: {"a": 1}. Think of it!',
        '{"a": 1} and more',
        '<think>{"a": 2} or <think> again</think>{"a": 1}',
    ],
)
def test_what_is_thought_is_none(text: str) -> None:
    assert only_object(text) == {"a": 1}


@pytest.mark.kind("S9")
@pytest.mark.parametrize("mark", ["```javascript", "```json5", "```text", "~~~json", "~~~"])
def test_a_fence_may_name_any_language_and_be_of_tildes(mark: str) -> None:
    end = mark[:3]
    assert only_object(f"Here:\n{mark}\n{json.dumps({'a': 1})}\n{end}") == {"a": 1}
    with pytest.raises(UnreadableError, match="nothing else"):
        only_object(f"Here:\n{mark}\n{json.dumps({'a': 1})}\n{'~~~' if end == '```' else '```'}")
