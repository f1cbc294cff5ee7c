"""What a written plan comes to, in words: the same sentences at the terminal and on the page.

Every sentence has a form for a plan that is fair, for one that is not, and for one of which the
figures do not say it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from harness.bargaining.position import GAP_CLEAR, SKEW_CLEAR
from harness.errors import counted
from harness.plans.assessment import Assessment, Ceded, Party, Range, Stance
from harness.plans.rubric import OFF_THE_MENU
from harness.report.wording import signed

ALIKE: Final = 0.05
"""How far a share may be from one half for a plan to ask about the same of both sides."""
OUTSIDE: Final = 0.005
"""How far beyond the skews of the zone of agreement a skew is said to be outside it."""


def verdict(found: Assessment, unread: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """The verdict, one thought a sentence.

    Args:
        unread: Issue -> why it is not known what the plan advises on it. It is open, but nobody may
            say that the plan does not address it.
    """
    return [
        *_coverage(found, unread),
        *_asked(found),
        *_red_lines(found),
        *_lean(found),
        *_stances(found),
        *_nearest(found),
    ]


def listed(names: Sequence[str]) -> str:
    """``A, B and C``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def hundredths(value: float) -> str:
    """A value in [0, 1] in points of 100, with a real minus."""
    return f"{round(100 * value)}".replace("-", "−")


def in_points(value: Range) -> str:
    """``31``, or ``7 to 65`` where it depends on what is left open."""
    if value.known is not None:
        return hundredths(value.known)
    return f"{hundredths(value.least)} to {hundredths(value.most)}"


def issue_name(found: Assessment, issue: str) -> str:
    """An issue as a reader knows it."""
    return found.scenario.say(found.scenario.issue(issue).name)


def option_text(found: Assessment, issue: str, option: str) -> str:
    """What is agreed under an option, as a clause."""
    options = found.scenario.issue(issue).options
    return found.scenario.say(next(one.text for one in options if one.id == option))


def _names(found: Assessment, issues: Sequence[str]) -> str:
    return listed([issue_name(found, issue) for issue in issues])


def _coverage(found: Assessment, unread: Mapping[str, str]) -> Iterator[str]:
    if not found.open:
        return
    of = len(found.package) + len(found.open)
    silent = [issue for issue in found.open if issue not in unread]
    parts = [f"It settles {len(found.package)} of {of} issues"]
    if silent:
        parts.append(f"says nothing of {_names(found, silent)}")
    other = [issue for issue, why in unread.items() if why == OFF_THE_MENU]
    unclear = [issue for issue in unread if issue not in other]
    if other:
        parts.append(f"advises something that is none of the options on {_names(found, other)}")
    if unclear:
        parts.append(f"leaves it unclear what it advises on {_names(found, unclear)}")
    tail = "; what it asks is counted on those that it settles" if found.package else ""
    yield f"{listed(parts)}. What depends on the others is given as a range{tail}."


def _asked(found: Assessment) -> Iterator[str]:
    if not found.package:
        return
    one, other = found.parties[:2]
    share = found.share
    yield (
        f"Against what each side asks for in public, it asks {one.name} to give up "
        f"{hundredths(found.asked(one.id))} of its 100 points and {other.name} "
        f"{hundredths(found.asked(other.id))}."
    )
    if share is None:
        yield "So it asks nothing of either."
        return
    where = ""
    if found.open:
        count = len(found.package)
        where = " on the one issue that it settles" if count == 1 else f" on these {count} issues"
    if abs(share - 0.5) <= ALIKE:
        yield f"So it asks about the same of both{where}."
    else:
        more, part = (one, share) if share > 0.5 else (other, 1 - share)
        yield f"So {more.name} makes {part:.0%} of the concessions{where}."


def _red_lines(found: Assessment) -> Iterator[str]:
    yield _crossed(found)
    beyond = [party for party in found.parties if party.beyond]
    if beyond:
        parts = [
            f"{party.name} ({_names(found, [line.issue for line in party.beyond])})"
            for party in beyond
        ]
        yield (
            "By what is none of the options it goes over red lines of "
            f"{listed(parts)}; that is what the judge says, not arithmetic."
        )


def _crossed(found: Assessment) -> str:
    crossed = [party for party in found.parties if party.crossed]
    if not crossed:
        tail = " so far" if found.open else ""
        by = " by any of the options" if any(one.beyond for one in found.parties) else ""
        return f"It crosses no red line of anybody{by}{tail}."
    parts = [
        f"{counted(len(party.crossed), 'red line')} of {party.name} "
        f"({_names(found, [line.issue for line in party.crossed])})"
        for party in crossed
    ]
    none = [party.name for party in found.parties[:2] if not party.crossed]
    tail = f", and none of {listed(none)}" if none else ""
    return f"It crosses {listed(parts)}{tail}."


def favours(found: Assessment) -> int | None:
    """Whom of the first two a plan favours: 1 the first, -1 the second, 0 neither. None where the
    two measures point different ways, where it depends on what is open, or where skew is not
    defined."""
    if found.skew is None:
        return None
    ends = {_side(found.skew.least, SKEW_CLEAR), _side(found.skew.most, SKEW_CLEAR)}
    if len(ends) > 1:
        return None
    side = ends.pop()
    if found.gap is None:
        return side
    gaps = {_side(found.gap.least, GAP_CLEAR), _side(found.gap.most, GAP_CLEAR)}
    return None if -side in gaps and side else side


def _side(value: float, clear: float) -> int:
    return 0 if abs(value) <= clear else (1 if value > 0 else -1)


def _lean(found: Assessment) -> Iterator[str]:
    one, other = (party.name for party in found.parties[:2])
    if found.skew is None:
        yield "Whom it favours is not said: no deal is possible that both sides would sign."
        return
    side = favours(found)
    if side is None:
        if found.skew.known is not None:
            yield (
                f"Whom it favours is not said: its place on the frontier ({_sided(found)}) and the "
                "shares of what each could gain point different ways."
            )
        else:
            yield f"Whom it favours depends on what is open: {_sided(found)}."
    elif side == 0:
        yield f"It favours neither {one} nor {other} ({_sided(found)})."
    else:
        yield f"It favours {one if side > 0 else other}: {_sided(found)}{_beyond(found, side)}."


def _sided(found: Assessment) -> str:
    """The skew in words, with whom it is measured towards."""
    skew, name = found.skew, found.parties[0].name
    assert skew is not None
    if skew.known is not None:
        return f"skew {signed(skew.known)}, where + is towards {name}"
    return f"skew from {signed(skew.least)} to {signed(skew.most)}, where + is towards {name}"


def _beyond(found: Assessment, side: int) -> str:
    """How one-sided deals are that both sides would sign."""
    skew, zone = found.skew, found.zone_skew
    if skew is None or zone is None:
        return ""
    least, most = zone
    outside = skew.least > most + OUTSIDE if side > 0 else skew.most < least - OUTSIDE
    span = f"deals that both would sign go from {signed(least)} to {signed(most)}"
    return f"; none that both would sign is so one-sided: {span}" if outside else f"; {span}"


_STANCES: Final = {
    Stance.SUPPORT: "would support it",
    Stance.LIVE_WITH: "could live with it",
    Stance.OPPOSE: "would oppose it",
    Stance.OPEN: "would decide by what is left open",
}


def _stances(found: Assessment) -> Iterator[str]:
    for stance, words in _STANCES.items():
        named = [
            f"{party.name} (worth {in_points(party.value)} to it, and no deal "
            f"{hundredths(party.reservation)}{_at_stake(found, party)})"
            for party in found.parties
            if party.stance is stance
        ]
        if named:
            yield f"{listed(named)} {words}."


def _at_stake(found: Assessment, party: Party) -> str:
    """The red lines on which a party would decide, where it is better off in any case."""
    if party.stance is not Stance.OPEN or party.gain.least < 0:
        return ""
    return f"; its red line on {_names(found, [line.issue for line in party.at_stake])} is open"


def _nearest(found: Assessment) -> Iterator[str]:
    near = found.nearest
    if near is None:
        yield "No package exists that every real party could sign."
        return
    if not found.package:
        what = "It advises none of the options of this dispute; all could sign what is listed below"
    elif not near.changed and near.clean:
        if found.open:
            what = "All could sign it, if the other issues are settled as listed below"
        else:
            yield "All could sign it as it stands."
            return
    else:
        count = counted(len(near.changed), "issue")
        settles = " and settles the others" if found.open else ""
        what = (
            f"The nearest package that all could sign changes {count} of its "
            f"{len(found.package)}{settles}, as listed below"
        )
    tail = "" if near.clean else " It still crosses a red line: none that all could sign does not."
    yield f"{what}.{tail}"


def nearest_terms(found: Assessment) -> list[tuple[str, str]]:
    """Issue and clause of all that the nearest package that all could sign settles otherwise than
    the plan, or settles where the plan says nothing; empty where there is none, or none differs."""
    near = found.nearest
    if near is None:
        return []
    return [
        (issue_name(found, issue), option_text(found, issue, option))
        for issue, option in near.package.items()
        if found.package.get(issue) != option
    ]


def why_open(issue: str, unread: Mapping[str, str]) -> str:
    """Why an issue is not settled, in a table."""
    if issue not in unread:
        return "not addressed"
    why = unread[issue]
    return "its own answer, none of the options" if why == OFF_THE_MENU else f"not known: {why}"


def stance_words(party: Party) -> str:
    """How a party would take the plan, in a table."""
    return party.stance.value


def crossed_words(found: Assessment, party: Party) -> str:
    """The red lines of a party that the plan crosses; empty for none."""
    named = [issue_name(found, line.issue) for line in party.crossed]
    named += [f"{issue_name(found, line.issue)} (by the judge)" for line in party.beyond]
    return listed(named)


def ceded_words(one: Ceded) -> str:
    """What an issue costs a party against its opening, in points with a sign; 0 for nothing."""
    text = hundredths(-one.cost)
    return text if one.cost > 0 or text == "0" else f"+{text}"
