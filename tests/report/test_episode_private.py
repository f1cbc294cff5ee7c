"""What was private is left out of an episode."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.report.episode import Item, Missing
from harness.report.episode_private import without_private
from harness.report.reading import Number
from tests.support.episodes import laid_out

CANARY = "only-one-side-knew"
WHY = Missing("void (reply)", CANARY)


def test_nothing_private_is_left(chain_run: Path) -> None:
    d = laid_out(chain_run)
    assert d.article is not None
    assert d.panel is not None
    assert d.later is not None
    readers = tuple(replace(one, missing=(WHY,)) for one in d.panel.readers)
    outcomes = tuple(replace(one, missing=WHY) for one in d.later.outcomes)
    secret = replace(
        d,
        article=replace(d.article, missing=WHY, repairs=(CANARY,), driven=((CANARY, "1"),)),
        panel=replace(d.panel, readers=readers),
        later=replace(d.later, learned=(CANARY,), outcomes=outcomes),
        news=Item("a", "", absent=(("ally", WHY),), missing=WHY),
        numbers={"article": (Number("asks", "—", CANARY), Number("words", "1", "", 1.0))},
    )
    assert CANARY in repr(secret)
    public = without_private(secret)
    assert CANARY not in repr(public)
    assert public.article is not None
    assert public.article.paragraphs == d.article.paragraphs, "what was published stays"
    assert public.article.missing is not None
    assert public.article.missing.what == WHY.what, "that there is none stays too"


def test_what_is_not_there_stays_away(chain_run: Path) -> None:
    d = replace(laid_out(chain_run), article=None, panel=None, later=None)
    assert without_private(d).article is None
