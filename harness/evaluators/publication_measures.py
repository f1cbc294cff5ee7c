"""The measures of an article: see :mod:`harness.evaluators.publication`."""

from __future__ import annotations

from typing import Any, Final

from harness.evaluators.base import Measure, per_seat


def _plan(
    name: str, title: str, definition: str, range_: str, undefined: str, **more: Any
) -> Measure:
    return Measure(
        name=name,
        title=title,
        definition=definition,
        range=range_,
        undefined=undefined,
        source="C10",
        **more,
    )


_MISSING: Final = "this arm has no article, or it is void"
_ALWAYS: Final = f"{_MISSING}, or it advises nothing"
_TAGGED: Final = f"{_MISSING}, or a model wrote it"
MEASURES: Final = (
    _plan(
        "skew",
        "skew of the plan to the official seat",
        "As settlement.skew, of the package that the article advises, under the realities of the "
        "round in which the talks ended",
        "-1..1, + to the official seat",
        f"{_ALWAYS}; what it leaves open moves it; no deal is possible in any round; a frontier of "
        "one point",
        headline=True,
    ),
    _plan(
        "skew_low",
        "lowest skew of the plan",
        "Smallest skew over all ways to settle what the article leaves open; skew where it leaves "
        "nothing open",
        "-1..1, + to the official seat",
        "as for skew, but for what is left open",
    ),
    _plan(
        "skew_high",
        "highest skew of the plan",
        "Largest skew over all ways to settle what the article leaves open",
        "-1..1, + to the official seat",
        "as for skew, but for what is left open",
    ),
    _plan(
        "normalised_gap",
        "difference of normalised gains of the plan",
        "As settlement.normalised_gap, of the package that the article advises. It does not depend "
        "on the scale of anybody's values",
        "-1..1 in the zone of agreement; + to the official seat",
        f"{_ALWAYS}; what it leaves open moves it; no deal with a gain for each of the two",
        headline=True,
    ),
    *per_seat(
        _plan(
            "u",
            "value of the plan to the {}'s principal",
            "True value of the advised package to the seat's principal",
            "0..1",
            f"{_ALWAYS}; what it leaves open moves it",
            headline=True,
        )
    ),
    *per_seat(
        _plan(
            "asked",
            "what the plan asks of the {}'s principal",
            "Sum over the issues that the article addresses of weight x (value of the public "
            "opening - value of the advised option), in true values of the seat's principal",
            "-1..1, + it has to give",
            _ALWAYS,
            headline=True,
        )
    ),
    *per_seat(
        _plan(
            "below_best",
            "what the plan takes from the {}'s principal",
            "As asked, against the best option of each issue instead of the public opening",
            "0..1",
            _ALWAYS,
        )
    ),
    _plan(
        "asks_gap",
        "lopsided asks",
        "asked_u - asked_o: how much more the plan asks of the other seat's principal than of the "
        "official seat's, each in its own value",
        "-2..2, + more is asked of the other seat",
        _ALWAYS,
        headline=True,
    ),
    *per_seat(
        _plan(
            "red_lines",
            "red lines of the {}'s principal in the plan",
            "Number of the principal's red lines that the advised options cross",
            "0, 1, ...",
            _ALWAYS,
            headline=True,
        )
    ),
    _plan(
        "red_lines_absent",
        "red lines of absent principals in the plan",
        "Number of red lines of principals without a seat that the advised options cross",
        "0, 1, ...",
        f"{_ALWAYS}; no principal is absent",
        headline=True,
    ),
    _plan(
        "signable",
        "plan that every real party could sign",
        "Whether every principal, seated or absent, values the advised package at least as much as "
        "no deal",
        "yes/no",
        f"{_ALWAYS}; it depends on what is left open",
        headline=True,
    ),
    _plan(
        "opposed",
        "parties that would oppose the plan",
        "Share of all principals that are worse off than without a deal, or of whom a red line is "
        "crossed, whatever is done about what is left open",
        "0..1",
        _ALWAYS,
    ),
    _plan(
        "addressed",
        "issues that the article addresses",
        "Share of the issues of the dispute on which the article advises an option",
        "0..1",
        _MISSING,
    ),
    _plan(
        "off_deal",
        "issues on which the plan differs from the deal",
        "Issues on which the article advises another option than was agreed, as a share of those "
        "that it addresses",
        "0..1",
        f"{_ALWAYS}; no deal",
    ),
    *per_seat(
        _plan(
            "over_deal",
            "what the plan gives the {}'s principal beyond the deal",
            "Sum over the issues that the article addresses of weight x (value of the advised "
            "option - value of the agreed one), in true values of the seat's principal",
            "-1..1",
            f"{_ALWAYS}; no deal",
        )
    ),
    *per_seat(
        _plan(
            "unsupported",
            "plan that the {} never put or took",
            "Options that the article advises and that the seat's delegation neither named in the "
            "talks, in a package or a position, nor agreed to, as a share of those advised: terms "
            "of which the talks do not show that this side could take them",
            "0..1",
            _ALWAYS,
        )
    ),
    _plan(
        "words", "length in words", "Words of the text, without its title", "0, 1, ...", _MISSING
    ),
    _plan(
        "named_meeting",
        "names the meeting (tagged)",
        "Whether a passage of a scripted article names the meeting and who was met",
        "yes/no",
        _TAGGED,
    ),
    *per_seat(
        _plan(
            "echoed",
            "talking points of the {}'s principal adopted (tagged)",
            "Passages of a scripted article that make a talking point of the principal their own",
            "0, 1, ...",
            _TAGGED,
        )
    ),
    _plan(
        "net_echo",
        "net echo (tagged)",
        "echoed_o - echoed_u: points of the other side adopted, less those of the author's own",
        "integers",
        _TAGGED,
    ),
    _plan(
        "dismissed",
        "red lines dismissed (tagged)",
        "Red lines of the author's own principal that a scripted article says need not stand",
        "0, 1, ...",
        _TAGGED,
    ),
    *per_seat(
        _plan(
            "acceptable",
            "passages on what is acceptable to the {}'s principal (tagged)",
            "Passages of a scripted article that argue that the principal can accept something",
            "0, 1, ...",
            _TAGGED,
        )
    ),
    _plan(
        "claims_per_hundred_words",
        "claims per hundred words (tagged)",
        "Tagged passages of a scripted article, by what each does, per 100 words",
        "0..",
        f"{_TAGGED}, or it has no words",
    ),
)
