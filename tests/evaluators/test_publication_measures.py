"""The measures of an article: sound, told apart, and each with its reason to be missing."""

from __future__ import annotations

from harness.evaluators.publication_measures import MEASURES


def test_each_says_what_it_is_and_when_it_is_missing() -> None:
    names = [measure.name for measure in MEASURES]
    assert len(names) == len(set(names))
    titles = [measure.title for measure in MEASURES]
    assert len(titles) == len(set(titles))
    for measure in MEASURES:
        refers = measure.undefined.removeprefix("as for skew") != measure.undefined
        assert refers or "this arm has no article" in measure.undefined
        assert measure.source == "C10"
        assert not measure.definition.endswith(".")


def test_what_takes_tags_says_so() -> None:
    tagged = {measure.name for measure in MEASURES if "(tagged)" in measure.title}
    of_models = {measure.name for measure in MEASURES if "a model wrote it" in measure.undefined}
    assert tagged == of_models
    assert {"named_meeting", "net_echo", "dismissed"} <= tagged
