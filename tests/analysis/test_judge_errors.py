"""How a judge errs is told from transcripts whose truth is known, or it is said why it is not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.analysis.intervals import cluster_t
from harness.analysis.judge_correction import Spread, corrected_mean
from harness.analysis.judge_errors import BENT, Errors, JudgedPair, errors_of, line_of
from tests.support.judged_pairs import NOISY, pairs


@pytest.mark.parametrize(
    ("found", "yes_no", "why"),
    [
        (pairs((1, 1, 4), (0, 0, 40)), True, "too few known transcripts: 4 where it is so and 40"),
        (pairs((2, 2, 9)), False, "too few known transcripts: 9"),
        (pairs((2, 1, 9), (2, 2, 9)), False, "the truth is the same"),
        (pairs((0, 0, 90), (1, 1, 2), (2, 2, 2)), False, "too few known transcripts: 4 of another"),
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


def test_how_a_judge_errs_is_worked_out_once() -> None:
    """A report asks for every arm, line-up and difference, and a comparison for every two."""
    found = errors_of(pairs(*NOISY), yes_no=True)
    assert errors_of(iter(pairs(*NOISY)), yes_no=True) is found
    assert errors_of(pairs(*NOISY), yes_no=False) is not found
    assert errors_of(pairs(*NOISY)[1:], yes_no=True) is not found


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


def test_what_a_judge_makes_of_a_few_truths_is_not_known_from_the_many_others() -> None:
    """A judge that reads all of five transcripts right, and all of a hundred with nothing in them,
    may overlook much: of as many as five it finds all."""
    truth = np.repeat([0.0, 1.0], [100, 5])
    found = errors_of(
        [JudgedPair(f"s{n % 5}", one, one) for n, one in enumerate(truth.tolist())], yes_no=False
    )
    assert isinstance(found, Errors)
    assert found.var_b == pytest.approx(2 / (10 * 12))
    even = np.repeat([0.0, 1.0], [5, 5])
    same = errors_of(
        [JudgedPair(f"s{n % 5}", one, one) for n, one in enumerate(even.tolist())], yes_no=False
    )
    assert isinstance(same, Errors)
    assert found.var_b == pytest.approx(same.var_b), "the hundred add nothing on what is there"


def test_the_interval_of_few_truths_holds_what_is_so() -> None:
    """A judge that overlooks four in ten, known from eight of 48 transcripts: of all runs few are
    told an interval that misses."""
    rng, runs, missed = np.random.default_rng(5), 120, 0

    def read(truth: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.where(rng.random(truth.shape) < 0.4, 0, truth)

    for _ in range(runs):
        truth = rng.permutation(np.r_[rng.integers(1, 4, 8), np.zeros(40, dtype=np.int64)])
        both = zip(truth.tolist(), read(truth).tolist(), strict=True)
        errors = errors_of(
            [JudgedPair(f"s{n % 8}", so, said) for n, (so, said) in enumerate(both)], yes_no=False
        )
        if isinstance(errors, str):
            continue
        so = np.where(rng.random((12, 16)) < 0.3, rng.integers(1, 4, (12, 16)), 0)
        means = read(so).mean(axis=1).tolist()
        spread = Spread.of(math.fsum(means) / 12, cluster_t(means), None)
        ends = corrected_mean(spread, errors).interval
        missed += ends is not None and not ends[0] <= 0.6 <= ends[1]
    assert missed / runs < 0.1
