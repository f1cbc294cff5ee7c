"""An episode as it is printed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rich.console import Console

from harness.app.episodes import reading_of_episode
from harness.cli.chain import print_article, print_chain, print_later, print_news, print_panel
from harness.records.reader import RunFolder
from harness.report.episode import (
    Article,
    Asked,
    Differing,
    Item,
    Later,
    Mark,
    Missing,
    Outcome,
    Panel,
    Paragraph,
    Piece,
    Said,
)
from tests.support.episodes import episode_of
from tests.support.hostile import ATTACK


def printed(write: object, *arguments: object, **more: object) -> str:
    console = Console(record=True, width=100)
    write(console, *arguments, **more)  # type: ignore[operator]
    return console.export_text()


def test_a_judges_quote_is_printed_and_a_mark_says_whose_it_is() -> None:
    marks = (
        Mark("echo", "makes a point its own", "o", "judge a, uncalibrated", "half each"),
        Mark("asks", "asks Aria to give way", "o", "judge b, uncalibrated"),
    )
    one = Article(
        "a1",
        "an article",
        "delegate of Boria",
        "",
        title="The well",
        paragraphs=(Paragraph(0, (Piece("We want "), Piece("half each", marks=(0,))), marks),),
        judges=("judge a, uncalibrated", "judge b, uncalibrated"),
        rejected=1,
    )
    out = printed(print_article, one, private=True)
    assert '> makes a point its own: "half each" [judge a, uncalibrated]' in out
    assert "> asks Aria to give way [judge b, uncalibrated]" in out
    assert "1 quote not in it" in out


def test_news_names_who_was_wrong_and_who_is_missing() -> None:
    said = (Said("ally", "yes", right=False), Said("public", "no", right=True), Said("x", "", None))
    item = Item(
        "n1",
        "told plainly",
        headline="A meeting",
        paragraphs=("They met.",),
        asked=(Asked("Who?", "no", said),),
        readers=(("ally", "an ally"),),
        played_by="a script",
        absent=(("y", Missing("void (reply)", "it refused")),),
    )
    out = printed(print_news, item)
    assert "- yes (wrong): ally" in out
    assert "- no: public" in out
    assert "- no answer: x" in out
    assert "y: missing, void (reply): it refused" in out


def test_the_star_stands_at_the_arm_that_is_read_wherever_it_agreed_with_others() -> None:
    ended = Outcome("s1", ("chain",), True, "an article", "Deal", (), None, ())
    other = replace(ended, stage="s2", arms=("no-hand",), own=False)
    row = Differing("Well", (("half", ("chain", "no-hand"), True),))
    out = printed(print_later, Later((ended, other), (row,)), private=False)
    assert "- chain*, no-hand: half" in out


def test_readers_that_have_not_answered_twice_show_no_number() -> None:
    panel = Panel("a script", "asked once", (), (), twice=False)
    assert "The readers" in printed(print_panel, panel)


def test_nothing_of_a_stranger_acts_on_the_terminal(chain_run: Path) -> None:
    folder = RunFolder(chain_run)
    d = reading_of_episode(folder, episode_of(folder))
    assert d.article is not None
    mark = Mark("echo", ATTACK, "o", ATTACK, ATTACK)
    hostile = replace(
        d.article,
        title=ATTACK,
        paragraphs=(Paragraph(0, (Piece(ATTACK),), (mark,)),),
        missing=Missing(ATTACK, ATTACK),
    )
    out = printed(print_chain, replace(d, article=hostile, stale=ATTACK), private=True)
    for sign in ("\x1b", "\u202e", "\x07", "\u200b"):
        assert sign not in out
    assert "window.pwned" in out
