"""An effect in one plain sentence, for readers who never open a table.

It says the direction, or "No effect shown", or why nothing can be computed, and it carries its own
caveats: a sentence is quoted without the footnotes.
"""

from __future__ import annotations

from harness.analysis.account import Account, ArmAccount
from harness.analysis.effect import Effect
from harness.analysis.intervals import ALPHA
from harness.analysis.missing_words import missing_words
from harness.analysis.numbers import number, p_value
from harness.analysis.verdict import LEAST_SCENARIOS, vetoed


def answer(account: Account, effect: Effect | None) -> str:
    """The answer to a run's question: the effect, and before it what leaves nothing to compare.

    Args:
        effect: Of the primary contrast; None where the suite compares nothing.
    """
    arms = account.arms.values()
    done = sum(arm.done for arm in arms)
    if not done:
        return _nothing_played(account)
    if account.total("unknown") == done:
        return "Nobody told how these talks ended, so nothing on their terms can be said."
    if not any(arm.deals for arm in arms):
        ways = _ways(sum(a.walk_outs for a in arms), sum(a.no_agreement for a in arms))
        found = f"No deal was reached ({ways})"
        if void := account.total("void"):
            found += f"; {_count(void, 'more dialogue')} {'is' if void == 1 else 'are'} void"
        # What follows talks without a deal may differ all the same.
        if effect is None or (not effect.estimate and effect.unit == "dialogue"):
            measure = _called(effect, effect.contrast.measure) if effect else "a measure of terms"
            return f"{found}. So {measure} cannot tell the arms apart."
        return f"{found}. {effect.sentence}"
    if effect is None:
        return "No comparison is declared between the arms that were played, so each stands alone."
    compared = [effect.contrast.treatment, effect.contrast.control]
    named = {name: account.arms[name] for name in compared if name in account.arms}
    said = [note for name, arm in named.items() if (note := _barren(_called(effect, name), arm))]
    said.append(effect.sentence)
    if (unlike := account.void_difference(list(named))) is not None:
        said.append(f"{unlike}.")
    return " ".join(said)


def _nothing_played(account: Account) -> str:
    void, failed = account.total("void"), account.total("failed")
    if not void and not failed:
        return "Nothing can be said: no dialogue is finished."
    if not failed:
        whole = "The only dialogue is void" if void == 1 else f"All {void} dialogues are void"
        return f"Nothing can be said: {whole[0].lower()}{whole[1:]}."
    rest = f", {void} void" if void else ""
    return f"Nothing can be said: no dialogue was played to its end ({failed} failed{rest})."


def _barren(arm: str, went: ArmAccount) -> str | None:
    """That an arm has no deal, or no dialogue that came to its end; None where it has one."""
    if went.deals or not went.settled or went.unknown:
        return None
    if not went.done:
        return f"{_each(went.void, 'dialogue').capitalize()} of {arm} is void."
    ways = _ways(went.walk_outs, went.no_agreement)
    return f"{_each(went.done, 'dialogue').capitalize()} of {arm} ended without a deal ({ways})."


def _each(number: int, noun: str) -> str:
    return f"the only {noun}" if number == 1 else f"each of the {number} {noun}s"


def _ways(walk_outs: int, without: int) -> str:
    """How talks without a deal ended: ``11 walk-outs``, ``2 out of turns``."""
    parts = [_count(walk_outs, "walk-out")] if walk_outs else []
    if without > walk_outs:
        parts.append(f"{without - walk_outs} out of turns")
    return ", ".join(parts)


def sentence(effect: Effect) -> str:
    """The answer to a contrast. Interval ends are signed; + means the treatment arm is higher."""
    if effect.estimate is None:
        return f"{_subject(effect)} cannot be computed because {_obstacle(effect)}."
    finding = _finding(effect, effect.estimate)
    if effect.interval is None:
        text = (
            f"{finding} in the only scenario with a value; whether this holds beyond it cannot be"
            " computed because that takes at least two scenarios"
        )
        return "; ".join([text, *_unheard(effect), *_left_out(effect)]) + "."
    lo, hi = effect.interval
    span = f"{number(lo)} to {number(hi)}"
    if effect.shown:
        if effect.contrast.control is None:
            finding += f", {'above' if effect.estimate > 0 else 'below'} zero"
        text = f"{finding} (95% interval {span}; {_evidence(effect)})"
    elif effect.n_scenarios < LEAST_SCENARIOS:
        text = (
            f"Nothing can be shown with fewer than {LEAST_SCENARIOS} scenarios: {finding} (95% "
            f"interval {span}; {_evidence(effect)})"
        )
    elif lo <= 0 <= hi:
        link = "and" if effect.estimate == 0 else "but"
        text = (
            f"No effect shown: {finding}, {link} the 95% interval, {span}, includes zero"
            f" ({_evidence(effect)})"
        )
    elif vetoed(effect.p_signflip, effect.n_scenarios):
        text = (
            f"No effect shown: {finding}, and the 95% interval, {span}, excludes zero, but the "
            f"{flip_name(effect)} does not confirm it ({_p(effect)}; {_evidence(effect)})"
        )
    else:
        text = (
            "No effect shown once all secondary comparisons are weighed together: "
            f"{finding} (95% interval {span}; {_evidence(effect)})"
        )
    return "; ".join([text, *_caveats(effect), *_unheard(effect), *_left_out(effect)]) + "."


def _called(effect: Effect, name: str) -> str:
    return effect.titles.get(name) or name


def _subject(effect: Effect) -> str:
    contrast = effect.contrast
    treatment, measure = _called(effect, contrast.treatment), _called(effect, contrast.measure)
    if contrast.control is None:
        return f"The mean of {treatment} on {measure}"
    control = _called(effect, contrast.control)
    return f"The difference between {treatment} and {control} on {measure}"


def _finding(effect: Effect, estimate: float) -> str:
    contrast = effect.contrast
    treatment, measure = _called(effect, contrast.treatment), _called(effect, contrast.measure)
    if contrast.control is None:
        return f"{treatment} averages {number(estimate)} on {measure}"
    control = _called(effect, contrast.control)
    if estimate == 0:
        return f"{treatment} and {control} average the same on {measure}"
    direction = "higher" if estimate > 0 else "lower"
    return f"{treatment} is {direction} than {control} on {measure} by {number(abs(estimate))}"


def _obstacle(effect: Effect) -> str:
    """Why there is no estimate: the first arm without anything, else the lack of pairs."""
    for name, dialogues in effect.n_dialogues.items():
        arm = _called(effect, name)
        if dialogues == 0:
            return f"there is no {effect.unit} of {arm}"
        if effect.n_missing[name] == dialogues:
            return f"{_each(dialogues, effect.unit)} of {arm} lacks a value"
    if effect.contrast.control is None:
        arm = _called(effect, effect.contrast.treatment)
        return f"no {effect.unit} of {arm} has a value together with its twin"
    return f"no {effect.unit} of one has a counterpart with a value in the other"


def _evidence(effect: Effect) -> str:
    scenarios = _count(effect.n_scenarios, "scenario")
    if effect.contrast.control is None:
        counted = sum(effect.n_dialogues.values()) - _dropped(effect)
        text = f"{scenarios}, {_count(counted, effect.unit)}"
    else:
        text = f"{scenarios}, {_count(effect.n_pairs, 'pair')} of {effect.unit}s"
    return text if effect.holm_p is None else f"{text}; corrected {p_value(effect.holm_p)}"


def flip_name(effect: Effect) -> str:
    """``exact sign-flip test``, or that random patterns were drawn."""
    if effect.signflip_draws is None:
        return "exact sign-flip test"
    return f"sign-flip test (Monte Carlo, {effect.signflip_draws:,} patterns)"


def _p(effect: Effect) -> str:
    return p_value(effect.p_signflip) if effect.p_signflip is not None else "it has no p"


def _caveats(effect: Effect) -> list[str]:
    """What weakens the answer, or where the two tests disagree."""
    found = []
    if effect.contrast.expects is not None:
        found.append("a control: the suite expects no difference here")
    if effect.sd == 0:
        bare = effect.interval is not None and effect.interval[0] == effect.interval[1]
        width = ", so the interval has no width" if bare else ""
        found.append(f"every scenario gave the same value{width}")
    if effect.carried_by is not None:
        name, rest = effect.carried_by
        found.append(f"one scenario carries it: without {name} the mean is {number(rest)}")
    p, least = effect.p_signflip, effect.min_p
    if p is None or least is None or effect.interval is None:
        return found
    lo, hi = effect.interval
    if effect.n_scenarios < LEAST_SCENARIOS:
        found.append(f"the exact sign-flip test gives at least p = {least:.3g} there")
    elif effect.shown and p >= ALPHA:
        found.append(f"the {flip_name(effect)} does not confirm it ({p_value(p)})")
    elif lo <= 0 <= hi and p < ALPHA:
        found.append(f"the {flip_name(effect)} alone would have found one ({p_value(p)})")
    return found


def _unheard(effect: Effect) -> list[str]:
    """Readers without an answer, who are in no mean."""
    if not effect.unheard:
        return []
    shares = ", ".join(
        f"{_called(effect, arm)} {share:.1%}" for arm, share in effect.unheard.items()
    )
    said = f"readers without a usable answer are in no mean ({shares})"
    if len(effect.unheard) > 1 and len(set(effect.unheard.values())) > 1:
        said += ", so the two arms may be of different readers"
    return [said]


def _left_out(effect: Effect) -> list[str]:
    dropped = _dropped(effect)
    if dropped == 0:
        return []
    total = _count(sum(effect.n_dialogues.values()), effect.unit)
    verb = "is" if dropped == 1 else "are"
    why = "no value"
    alone = effect.contrast.control is None
    if not alone:
        why += ", or no counterpart with a value"
    elif any(effect.n_unpaired.values()):
        why += ", or none of the twin that cancels what the scenario itself favours"
    text = f"{dropped} of {total} {verb} excluded: {why}"
    if not alone or any(effect.n_unpaired.values()):
        text += _lacking(effect)
    if effect.missing is None:
        return [text]
    return [text, *missing_words(effect.missing, effect.shown, lambda arm: _called(effect, arm))]


def _dropped(effect: Effect) -> int:
    """Dialogues that the estimate is not made of."""
    return sum(effect.n_missing.values()) + sum(effect.n_unpaired.values())


def _lacking(effect: Effect) -> str:
    """How many of the excluded lack a value themselves, arm by arm; empty where none does."""
    if not any(effect.n_missing.values()):
        return ""
    arms = (
        f"{_called(effect, arm)} {effect.n_missing[arm]} of {number}"
        for arm, number in effect.n_dialogues.items()
    )
    return f" (without a value: {', '.join(arms)})"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
