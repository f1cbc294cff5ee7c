"""How a judge errs is told from transcripts whose truth is known, or it is said why it is not."""

from __future__ import annotations

import numpy as np
import pytest

from harness.analysis.judge_errors import BENT, Errors, JudgedPair, errors_of, line_of
from tests.support.judged_pairs import NOISY, pairs


@pytest.mark.parametrize(
    ("found", "yes_no", "why"),
    [
        (pairs((1, 1, 4), (0, 0, 40)), True, "too few known transcripts: 4 where it is so and 40"),
        (pairs((2, 2, 9)), False, "too few known transcripts: 9"),
        (pairs((2, 1, 9), (2, 2, 9)), False, "the truth is the same"),
        ([JudgedPair("s", t % 2, t % 2) for t in range(40)], True, "all known transcripts are of"),
        ([JudgedPair(f"s{t // 20}", t // 20, 1) for t in range(40)], True, "without one of its"),
        ([JudgedPair("s", 1, None), JudgedPair("s", None, 1)], True, "too few"),
        (pairs((1, 1, 40), (0, 0.5, 40)), True, "known transcripts of a yes/no measure have"),
        ([], False, "too few known transcripts: 0"),
    ],
)
def test_what_the_known_transcripts_cannot_say_is_said(
    found: list[JudgedPair], yes_no: bool, why: str
) -> None:
    said = errors_of(found, yes_no=yes_no)
    assert isinstance(said, str)
    assert said.startswith(why)


def test_pairs_without_a_value_are_counted() -> None:
    found = errors_of([*pairs(*NOISY), JudgedPair("s0", 1, None)], yes_no=True)
    assert isinstance(found, Errors)
    assert (found.n, found.missing) == (100, 1)


def test_a_judge_of_counts_without_an_error_is_not_known_to_make_none() -> None:
    truth = [float(number % 5) for number in range(60)]
    errors = errors_of(
        [JudgedPair(f"s{number // 10}", one, one) for number, one in enumerate(truth)],
        yes_no=False,
    )
    assert isinstance(errors, Errors)
    assert (errors.a, errors.b) == (pytest.approx(0), pytest.approx(1))
    # The line through 60 readings, one in 62 of which is by chance.
    least = 2 * np.var(truth) / 62
    x = np.column_stack([np.ones(60), truth])
    variances = least * np.linalg.inv(x.T @ x)
    assert errors.var_a == pytest.approx(variances[0, 0])
    assert errors.cov == pytest.approx(variances[0, 1])
    assert errors.var_b == pytest.approx(variances[1, 1])


def test_errors_that_bend_give_no_figure() -> None:
    alike = [(0.0, 0.0, 60), (1 / 3, 0.6, 20), (2 / 3, 2 / 3, 20), (1.0, 0.7, 20)]
    bent = pairs(*alike)
    assert errors_of(bent, yes_no=False) == BENT
    line = line_of(bent, yes_no=False)
    assert isinstance(line, Errors)
    straight = pairs(*((t, 0.1 + 0.7 * t, n) for t, _, n in alike))
    found = errors_of(straight, yes_no=False)
    assert isinstance(found, Errors)
    assert found.b == pytest.approx(0.7)
