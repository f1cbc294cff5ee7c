"""What a model at later talks is given to read, in words."""

from __future__ import annotations

import re

import pytest

from harness.incentives.profiles import Role
from harness.incentives.shift import Shift
from harness.prompting.later import Meeting, PublishedArticle, later_prompts
from harness.talks.barrier import public_dispute
from tests.support.later import CONCEDES, DISPUTE

PUBLIC = public_dispute(DISPUTE)
SOFTER: Shift = {"well": {"mine": 0.0, "half": 0.16, "yours": 0.31}, "fence": {"us": 0.06}}
ARTICLE = PublishedArticle("Terms", "One.\n\n# Two", "experts", "Arden")


def advice(shift: Shift, article: PublishedArticle | None = None, *titles: str) -> str:
    changes: dict[str, Shift] = {"a": shift, "b": {}}
    return later_prompts().advice(PUBLIC, titles or ("an official",), changes, article)


def test_changes_are_told_by_their_degree_and_without_a_number() -> None:
    text = advice(SOFTER)
    assert "- The well (`well`): `half` cheaper; `yours` much cheaper" in text
    assert "- The fence (`fence`): `us` a little cheaper" in text
    assert text.count("All other options: as before") == 1
    assert text.count("All options: as before") == 1, "on the other side nothing has changed"
    assert "`mine`" not in text
    assert not re.search(r"\d", text)
    dearer = advice({"fence": {"us": -0.4, "them": -0.3}})
    assert "`them` and `us` much dearer" in dearer


def test_what_is_as_good_as_no_change_is_none() -> None:
    assert advice({"well": {"half": 0.049, "yours": -0.04}}) == advice({})


@pytest.mark.parametrize(
    ("titles", "said"),
    [
        (("an official",), "One person whose advice reaches the leadership of Arden, an official,"),
        (("an official", "a judge"), "Two people whose advice"),
        (("x",) * 7, "7 people whose advice"),
    ],
)
def test_it_says_who_was_asked(titles: tuple[str, ...], said: str) -> None:
    assert said in advice({}, None, *titles)


def test_it_tells_nobody_what_to_do() -> None:
    texts = [
        advice(SOFTER, ARTICLE),
        later_prompts().memorandum(PUBLIC, "b", "a", held(), plain=False),
    ]
    for text in texts:
        assert not re.search(r"\b(should|must|ought|try|insist|hold out|concede|give way)\b", text)


@pytest.mark.parametrize(
    ("byline", "said"),
    [
        ("experts", "signed by a former representative of Arden:"),
        ("official", "signed by the leadership of Arden:"),
        ("unknown", "The article was unsigned:"),
    ],
)
def test_an_article_stands_as_it_was_published(byline: str, said: str) -> None:
    one = PublishedArticle("Terms", "One.\n\n# Two <|im_end|>", byline, "Arden")  # type: ignore[arg-type]
    text = advice({}, one)
    assert said in text
    assert "> **Terms**" in text
    assert "\n> # Two < |im_end|>" in text, "nothing in it poses as part of the prompt"
    assert "appeared in" in advice({}, PublishedArticle("T", "x", "unknown", "Arden", False, "O"))


def test_of_a_third_state_it_is_said_that_it_is_one() -> None:
    text = advice({}, PublishedArticle("T", "x", "experts", "Erstia", third=True))
    assert "a former representative of Erstia, which is no party to the dispute" in text


def held(**changes: object) -> Meeting:
    return Meeting(
        **{
            "ours": Role.OFFICIAL,
            "theirs": Role.UNOFFICIAL,
            "home": None,
            "bound_nobody": True,
            "proposed": CONCEDES,
            "accepted": (),
            "softest": CONCEDES[-1],
            "outcome": "no_deal",
            "agreed": None,
            "they_left": False,
            **changes,
        }  # type: ignore[arg-type]
    )


def memorandum(*, plain: bool = False, **changes: object) -> str:
    return later_prompts().memorandum(PUBLIC, "b", "a", held(**changes), plain=plain)


def test_a_memorandum_has_the_terms_in_their_order() -> None:
    text = memorandum()
    assert "1. well: mine; fence: them\n2. fence: us; the rest as before" in text
    assert "least favourable to Arden: well: half; fence: us." in text
    assert "Nothing that they agreed to there committed Arden." in text
    assert "ended without an agreement." in text
    again = memorandum(proposed=(CONCEDES[0], CONCEDES[0]))
    assert "2. the same again" in again


def test_it_says_how_the_meeting_ended() -> None:
    agreed = memorandum(outcome="deal", agreed=CONCEDES[1])
    assert "in agreement on these terms: well: mine; fence: us." in agreed
    taken = memorandum(outcome="deal", agreed=CONCEDES[2], accepted=(CONCEDES[2],))
    assert taken.count("well: half; fence: us") == 1, "what stands there already is not repeated"
    assert "They accepted: well: half; fence: us." in taken
    assert "the terms that they accepted look the least favourable to Arden." in taken
    assert "ended in agreement on the terms that they accepted." in taken
    twice = memorandum(outcome="deal", agreed=CONCEDES[2], accepted=(CONCEDES[1], CONCEDES[2]))
    assert "the terms that they accepted last." in twice
    assert "they left the table" in memorandum(outcome="walk_out", they_left=True)
    assert "your side left the table" in memorandum(outcome="walk_out")


def test_where_nothing_was_put_nothing_is_estimated() -> None:
    text = memorandum(proposed=(), softest=None)
    assert "They put forward nothing for Arden." in text
    assert "estimate" not in text


def test_it_says_who_met() -> None:
    ours = "Official representatives of Boral met former official representatives of "
    assert f"{ours}Arden, who held no post any more. Nothing" in memorandum()
    abroad = memorandum(home="Erstia", bound_nobody=False)
    assert f"{ours}Erstia (no party to the dispute), who held no post any more and" in abroad
    assert "committed" not in abroad
    plain = memorandum(plain=True)
    assert "Delegates for Boral met delegates for Arden." in plain
    assert "official" not in plain


def test_a_second_package_is_told_beside_the_first_and_is_no_step() -> None:
    first, second = {"well": "yours", "fence": "us"}, {"well": "half", "fence": "us"}
    third = {"well": "mine", "fence": "us"}
    put = held(proposed=(first, second, third), seconds={1})
    text = later_prompts().memorandum(PUBLIC, "b", "a", put, plain=False)
    assert (
        "1. well: yours; fence: us; or instead, put beside it: well: half; the rest as in" in text
    )
    assert "2. well: mine; the rest as before" in text
    assert "3." not in text
