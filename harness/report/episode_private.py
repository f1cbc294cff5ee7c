"""An episode without what was private: what may be shown before somebody asks for more."""

from __future__ import annotations

from dataclasses import replace

from harness.report.episode import Article, EpisodeReading, Item, Later, Missing, Panel


def without_private(reading: EpisodeReading) -> EpisodeReading:
    """``reading`` without replies that could not be used, reasons that may repeat one, what drives
    a scripted author, and what seat o had learned of the other side."""
    return replace(
        reading,
        article=None if reading.article is None else _article(reading.article),
        panel=None if reading.panel is None else _panel(reading.panel),
        news=None if reading.news is None else _news(reading.news),
        later=None if reading.later is None else _later(reading.later),
        # Why a value is missing may repeat the reason of a stage without a result.
        numbers={
            link: tuple(one if one.value is not None else replace(one, note="") for one in numbers)
            for link, numbers in reading.numbers.items()
        },
    )


def _plain(missing: Missing | None) -> Missing | None:
    return None if missing is None else replace(missing, detail="")


def _article(article: Article) -> Article:
    return replace(article, repairs=(), driven=(), missing=_plain(article.missing))


def _panel(panel: Panel) -> Panel:
    readers = (
        replace(one, missing=tuple(replace(why, detail="") for why in one.missing))
        for one in panel.readers
    )
    return replace(panel, readers=tuple(readers))


def _news(news: Item) -> Item:
    absent = tuple((reader, replace(why, detail="")) for reader, why in news.absent)
    return replace(news, absent=absent, missing=_plain(news.missing))


def _later(later: Later) -> Later:
    outcomes = (replace(one, missing=_plain(one.missing)) for one in later.outcomes)
    return replace(later, outcomes=tuple(outcomes), learned=())
