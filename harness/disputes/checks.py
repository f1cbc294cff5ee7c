"""What makes a scenario sound: references resolve, scales add up, no name is written out.

Called by :class:`harness.disputes.scenario.Scenario` on construction, so that no unsound scenario
exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import prod

from harness.disputes.joint import Options, issues_alone, joint_problems, not_to_be_played
from harness.disputes.parts import MAX_ISSUES, MAX_OPTIONS, Contents, Principal
from harness.errors import suggest
from harness.files.problems import KeyPath, Problem
from harness.texts import SaidMark, texts_of, unfilled

TOLERANCE = 1e-6
"""How far weights and cost shares may be from summing to 1."""
MAX_PACKAGES = 400_000
"""Every measure of a deal compares it with all packages, so a scenario that is written now may not
have more. Measured where nearly all packages tie, the worst there is: to play, score and draw one
dialogue takes 1.7 s of a processor with 65,536 packages, 2.8 s with 262,144, 5.2 s and 260 MB with
a million."""
MAX_RECORDED = 2_000_000
"""As many a record may have: an older version let them be played."""


def problems_in(s: Contents) -> list[Problem]:
    """Every inconsistency of a scenario, each at its own field; empty when it is sound."""
    options = {issue.id: set(issue.option_ids()) for issue in s.issues}
    found = [*_agenda(s), *_too_many(s, MAX_RECORDED), *_same_names(s)]
    for pid, principal in s.principals.items():
        found += _interests(principal, options, ("principals", pid))
        found += _public(s, pid, options)
    found += _seating(s)
    found += _homes(s)
    found += _realities(s, options)
    return found


def problems_before_play(s: Contents) -> list[Problem]:
    """What is asked of a scenario that is about to be played, and not of one in a record."""
    found = [*_without_public(s), *_longer_than_played(s), *not_to_be_played(s)]
    return found + (_too_many(s, MAX_PACKAGES) or [*_shared_options(s), *prose_of(s)])


def prose_of(s: Contents) -> list[Problem]:
    """Placeholders that nothing fills in, and names written out, in whatever of a scenario is said
    to anybody."""
    return list(unfilled(texts_of(s, SaidMark), s.spoken_names()))


# --- one function a subject -------------------------------------------------------------------


def _agenda(s: Contents) -> list[Problem]:
    found = _duplicates([i.id for i in s.issues], ("issues",), "issue")
    for index, issue in enumerate(s.issues):
        at = ("issues", index, "options")
        found += _duplicates(list(issue.option_ids()), at, f"option of {issue.id!r}")
    return found


def _shared_options(s: Contents) -> list[Problem]:
    """Options of two issues with one id. After a long talk a delegate sees little but ids, and
    'none' on one issue is then taken for 'none' on the other."""
    first: dict[str, str] = {}
    found = []
    for index, issue in enumerate(s.issues):
        for place, name in enumerate(issue.option_ids()):
            if (other := first.setdefault(name, issue.id)) != issue.id:
                found.append(
                    Problem(
                        ("issues", index, "options", place),
                        f"the option id {name!r} stands in {other!r} and in {issue.id!r}",
                        f"rename one so that it tells what it is, as in '{issue.id}_{name}'",
                    )
                )
    return found


def _too_many(s: Contents, most: int) -> list[Problem]:
    packages = prod(s.shape())
    if packages <= most:
        return []
    return [
        Problem(
            ("issues",),
            f"the options make {packages:,} packages; at most {most:,} are compared",
            f"use fewer issues or options: {len(s.issues)} issues of "
            f"{max(2, int(most ** (1 / len(s.issues)) + 1e-9))} options are within it",
        )
    ]


def _longer_than_played(s: Contents) -> list[Problem]:
    """Agendas and ladders that only a record of talks held elsewhere may have."""
    found = []
    if len(s.issues) > MAX_ISSUES:
        what = f"{len(s.issues)} issues; at most {MAX_ISSUES} can be played"
        found.append(Problem(("issues",), what, "leave some out"))
    for index, issue in enumerate(s.issues):
        if len(issue.options) > MAX_OPTIONS:
            what = f"{len(issue.options)} options; at most {MAX_OPTIONS} can be played"
            found.append(Problem(("issues", index, "options"), what, "leave some out"))
    return found


def _without_public(s: Contents) -> list[Problem]:
    """Principals at the table of whom the scenario does not say what everybody knows."""
    return [
        Problem(
            ("principals", pid),
            "a principal at the table needs 'public'",
            "add 'public:', or 'at_table: false'",
        )
        for pid, principal in s.principals.items()
        if principal.at_table and principal.public is None
    ]


def _same_names(s: Contents) -> list[Problem]:
    names = [principal.name for principal in s.principals.values()]
    found = [
        Problem(
            ("principals", pid, "name"),
            f"two principals are called {names[index]!r}",
            "rename one of them",
        )
        for index, pid in enumerate(s.principals)
        if names[index] in names[:index]
    ]
    for hid, home in s.homes.items():
        if home.name in names:
            what = f"a home and another state or party are both called {home.name!r}"
            found.append(Problem(("homes", hid, "name"), what, "rename one of them"))
        names.append(home.name)
    return found


def _homes(s: Contents) -> list[Problem]:
    """Third states: each id stands for one name, and each sends to a principal at the table."""
    found = []
    taken = {word for pid in s.principals for word in (pid, f"{pid}_adj")}
    for hid, home in s.homes.items():
        at: KeyPath = ("homes", hid)
        if hid in taken or f"{hid}_adj" in taken:
            what = f"the id {hid!r} already stands for a principal, or for its adjective"
            found.append(Problem(at, what, "give the home another name"))
        taken |= {hid, f"{hid}_adj"}
        if home.sends not in s.principals:
            found.append(_unknown((*at, "sends"), "principal", home.sends, s.principals))
        elif not s.principals[home.sends].at_table:
            what = f"principal {home.sends!r} is absent from the table, so it sends nobody"
            found.append(Problem((*at, "sends"), what, "name a principal with 'at_table: true'"))
    return found


def _interests(principal: Principal, options: Options, at: KeyPath) -> list[Problem]:
    """What a principal truly wants: weights, values, costs, red lines."""
    alone = issues_alone(principal, options)
    found = _weights(principal.weights, alone, (*at, "weights"), _weight_of_pairs(principal))
    found += _values(principal.values, alone, (*at, "values"), complete=True)
    found += joint_problems(principal, options, (*at, "joint"))
    found += _keys(principal.costs, options, (*at, "costs"), "issue", complete=True)
    for issue_id, mix in principal.costs.items():
        total = mix.material + mix.political + mix.emotional
        if abs(total - 1) > TOLERANCE:
            found.append(
                Problem(
                    (*at, "costs", issue_id),
                    f"material, political and emotional sum to {total:g}, not 1",
                    "scale the three shares so that they sum to 1",
                )
            )
    for index, line in enumerate(principal.red_lines):
        found += _choice(line.issue, line.options, options, (*at, "red_lines", index))
    return found


def _public(s: Contents, pid: str, options: Options) -> list[Problem]:
    """What everybody knows of a principal: opening and stereotype."""
    face, at = s.principals[pid].public, ("principals", pid, "public")
    if face is None:
        return []
    found = _package(face.opening, options, (*at, "opening"))
    found += [
        Problem(
            (*at, "opening", line.issue),
            "the opening crosses the principal's own red line",
            "open with another option, or move the red line",
        )
        for line in s.crossed(pid, face.opening)
    ]
    believed, there = face.stereotype, (*at, "stereotype")
    found += _weights(believed.weights, options, (*there, "weights"))
    found += _values(believed.values, options, (*there, "values"), complete=False)
    alone = issues_alone(s.principals[pid], options)
    if missing := [i for i in options if i not in alone and i not in believed.values]:
        what = f"issue {', '.join(missing)} missing: its values are not known one by one"
        found.append(Problem((*there, "values"), what, "add what the public believes of each"))
    return found


def _seating(s: Contents) -> list[Problem]:
    found = []
    for seat in ("o", "u"):
        pid = getattr(s.seats, seat)
        if pid not in s.principals:
            found.append(_unknown(("seats", seat), "principal", pid, s.principals))
        elif not s.principals[pid].at_table:
            found.append(
                Problem(
                    ("seats", seat),
                    f"principal {pid!r} is absent from the table",
                    "seat a principal with 'at_table: true'",
                )
            )
    if s.seats.o == s.seats.u:
        found.append(Problem(("seats",), "both seats act for the same principal", "name two"))
    return found


def _realities(s: Contents, options: Options) -> list[Problem]:
    found = []
    for index, reality in enumerate(s.realities):
        at = ("realities", index, "changes")
        found += _keys(reality.changes, s.principals, at, "principal", complete=False)
        for pid, change in reality.changes.items():
            own, of_pairs = options, 0.0
            if (principal := s.principals.get(pid)) is not None and principal.joint:
                own, of_pairs = issues_alone(principal, options), _weight_of_pairs(principal)
            if change.weights is not None:
                found += _weights(change.weights, own, (*at, pid, "weights"), of_pairs)
            values = (*at, pid, "values")
            found += _values(change.values, own, values, complete=False, scaled=False)
    found += [
        Problem(
            ("realities", index, "after_round"),
            "realities must stand in the order in which they happen",
            "sort them by after_round",
        )
        for index, (earlier, later) in enumerate(pairwise(s.realities), start=1)
        if later.after_round < earlier.after_round
    ]
    return found


# --- one function a form ----------------------------------------------------------------------


def _duplicates(ids: list[str], path: KeyPath, noun: str) -> list[Problem]:
    return [
        Problem(
            (*path, index),
            f"the {noun} id {name!r} is used twice",
            "rename one of them",
        )
        for index, name in enumerate(ids)
        if name in ids[:index]
    ]


def _unknown(
    path: KeyPath,
    noun: str,
    name: str,
    known: Mapping[str, object] | set[str],
) -> Problem:
    return Problem(path, f"unknown {noun} {name!r}", suggest(name, sorted(known)))


def _keys(
    mapping: Mapping[str, object],
    known: Mapping[str, object],
    path: KeyPath,
    noun: str,
    *,
    complete: bool,
) -> list[Problem]:
    found = [_unknown((*path, key), noun, key, known) for key in mapping if key not in known]
    if complete and (missing := [key for key in known if key not in mapping]):
        found.append(Problem(path, f"{noun} {', '.join(missing)} missing", "add a line for each"))
    return found


def _weights(
    weights: Mapping[str, float],
    options: Options,
    path: KeyPath,
    of_pairs: float = 0.0,
) -> list[Problem]:
    """Args:
    of_pairs: What the pairs weigh beside the issues.
    """
    found = _keys(weights, options, path, "issue", complete=True)
    total = sum(weights.values()) + of_pairs
    if abs(total - 1) > TOLERANCE:
        those = "the weights, those of 'joint' among them," if of_pairs else "the weights"
        found.append(Problem(path, f"{those} sum to {total:g}, not 1", "scale them to sum to 1"))
    return found


def _weight_of_pairs(principal: Principal) -> float:
    return sum([pair.weight for pair in principal.joint], 0.0)


def _values(
    values: Mapping[str, Mapping[str, float]],
    options: Options,
    path: KeyPath,
    *,
    complete: bool,
    scaled: bool = True,
) -> list[Problem]:
    found = _keys(values, options, path, "issue", complete=complete)
    for issue_id, by_option in values.items():
        if issue_id not in options:
            continue
        known = dict.fromkeys(sorted(options[issue_id]))
        found += _keys(by_option, known, (*path, issue_id), "option", complete=True)
        spread = list(by_option.values())
        if scaled and spread and (max(spread) != 1 or min(spread) != 0):
            found.append(
                Problem(
                    (*path, issue_id),
                    f"values run from {min(spread):g} to {max(spread):g}",
                    "the best option of an issue is worth 1 and the worst 0; "
                    "put the importance of the issue into its weight",
                )
            )
    return found


def _choice(
    issue_id: str,
    chosen: tuple[str, ...],
    options: Options,
    path: KeyPath,
) -> list[Problem]:
    if issue_id not in options:
        return [_unknown((*path, "issue"), "issue", issue_id, options)]
    return [
        _unknown(
            (*path, "options", index),
            f"option of {issue_id!r}",
            name,
            options[issue_id],
        )
        for index, name in enumerate(chosen)
        if name not in options[issue_id]
    ]


def _package(
    package: Mapping[str, str],
    options: Options,
    path: KeyPath,
) -> list[Problem]:
    found = _keys(package, options, path, "issue", complete=True)
    for issue_id, name in package.items():
        if issue_id in options and name not in options[issue_id]:
            found.append(
                _unknown(
                    (*path, issue_id),
                    f"option of {issue_id!r}",
                    name,
                    options[issue_id],
                )
            )
    return found
