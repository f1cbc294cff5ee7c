"""The corrected figures of a run, for those who need nothing else that it shows."""

from __future__ import annotations

from harness.analysis.judge_known import judge_known
from harness.analysis.judged_measures import JudgeCorrected, corrected_measures, said_of_judges
from harness.analysis.label_pairs import with_labels
from harness.analysis.run_values import read_values
from harness.evaluators.of_run import scales_of_run
from harness.evaluators.registry import builtin, measures
from harness.records.episodes import lineup_name
from harness.records.reader import RunFolder


def corrected_in(folder: RunFolder) -> tuple[JudgeCorrected, ...]:
    """Every figure by a judge of whose errors something is known, as findings have them; of several
    line-ups each has its own, under the name that its dialogues have in other tables.

    Raises:
        RecordError: A file of the run is damaged.
    """
    known = with_labels(folder, judge_known(folder), compare=False)
    if not known.measures:
        return ()
    definitions = said_of_judges(measures((*builtin(), *scales_of_run(folder))), known)
    names = [lineup_name(models) for models in folder.info.lineups]
    return corrected_measures(
        read_values(folder, known.measures),
        folder.info.suite,
        definitions,
        known,
        dict(zip(names, names, strict=True)),
    )
