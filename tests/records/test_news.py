"""News on record: old and new lines are read alike."""

from __future__ import annotations

from harness.records.news import News, NewsFacts, NewsSpec


def test_what_is_left_out_is_nothing_to_tell() -> None:
    assert News.model_validate({"a_newer_field": 1}) == News()
    whole = News(headline="H", text="T", facts=NewsFacts(o="b", u="a", outline=True))
    assert News.model_validate_json(whole.model_dump_json()) == whole


def test_the_framing_is_in_the_id() -> None:
    spec = NewsSpec.model_validate(
        {
            "kind": "news",
            "scenario": "small",
            "scenario_hash": "0" * 16,
            "twin": "none",
            "seed": 1,
            "framing": "plain",
        }
    )
    assert spec.id != spec.model_copy(update={"framing": "despite"}).id
