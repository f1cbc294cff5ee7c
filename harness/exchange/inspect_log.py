"""A run as a log of Inspect (https://inspect.aisi.org.uk), written by its own package: what
``inspect view`` opens and ``samples_df`` reads.

Inspect writes a log from one object, so that the whole of it is held in memory. Large runs are
exported in parts, with a filter.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness import __version__
from harness.evaluators.base import Measure
from harness.evaluators.case import case_of
from harness.evaluators.registry import builtin
from harness.exchange.inspect_sample import ROLES, Material, sample_of
from harness.exchange.inspect_types import Inspect, inspect
from harness.exchange.tidy import Chosen, chosen_of
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.report.layout import read

CHUNK: Final = 1 << 20


def eval_chunks(folder: RunFolder, chosen: Chosen) -> Iterator[bytes]:
    """The log as a file, ``.eval``.

    Raises:
        MissingExtraError: inspect-ai is not installed.
        RecordError: A file of the run is damaged.
    """
    tools = inspect()
    log = log_of(folder, chosen, tools)
    with tempfile.TemporaryDirectory(prefix="track15-") as aside:
        path = Path(aside) / "run.eval"
        tools.log.write_eval_log(log, str(path), format="eval")
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk


def log_of(folder: RunFolder, chosen: Chosen, tools: Inspect) -> Any:
    """The log as an object of Inspect.

    A run of which dialogues are missing is ``cancelled``: it may be resumed.

    Raises:
        RecordError: A file of the run is damaged.
    """
    samples, means = list[Any](), _Means()
    lines, texts = folder.score_lines(), folder.messages()
    timings = {timing.id: timing for timing in folder.timings()}
    info = folder.info
    for transcript, row in chosen_of(folder, chosen, whole=False):
        case, place = case_of(transcript, info), placement_of(folder, transcript)
        scores = lines.of(transcript.id)
        reading = read(case, scores, place)
        made_of = Material(
            case, row, reading, scores, texts, timings.get(transcript.id), info.created
        )
        samples.append(sample_of(made_of, tools))
        values = {
            f"{score.evaluator}.{name}": value
            for score in scores.values()
            for name, value in score.values.items()
        }
        means.add(place.arms, values, done=transcript.status == "done")
    missing = max(0, info.dialogues - folder.finished())
    return tools.log.EvalLog(
        status="cancelled" if missing else "success",
        eval=_spec(folder, samples, missing, tools),
        results=_results(samples, means, tools),
        stats=_stats(samples, tools),
        samples=samples,
    )


def _spec(folder: RunFolder, samples: Sequence[Any], missing: int, tools: Inspect) -> Any:
    info, log = folder.info, tools.log
    name = folder.path.resolve().name
    models = {
        seat: sorted({m for sample in samples if (m := sample.metadata.get(f"model_{seat}"))})
        for seat in ROLES
    }
    roles = {
        ROLES[seat]: [tools.model.ModelConfig(model=one) for one in found]
        for seat, found in models.items()
        if found
    }
    return log.EvalSpec(
        eval_id=f"{name}-{info.plan}",
        run_id=name,
        task_id=info.suite.id,
        created=info.created,
        task=f"track15/{info.suite.id}",
        task_version=__version__ if not info.version else info.version,
        task_display_name=info.suite.title,
        task_description=info.suite.question,
        dataset=log.EvalDataset(
            name=info.suite.id, samples=len(samples), sample_ids=[one.id for one in samples]
        ),
        model=", ".join(models["u"]) or "unknown",
        model_roles={role: found[0] if len(found) == 1 else found for role, found in roles.items()},
        config=log.EvalConfig(epochs=max((sample.epoch for sample in samples), default=1)),
        packages={"track15": info.version},
        metadata={
            "run": name,
            "command": info.command,
            "arms": {arm: one.title or arm for arm, one in info.suite.arms.items()},
            "missing": missing,
        },
    )


class _Means:
    """The mean of every headline measure in every arm: sums, so that nothing else is kept."""

    def __init__(self) -> None:
        self.measures: dict[str, Measure] = {
            f"{evaluator.name}.{measure.name}": measure
            for evaluator in builtin()
            for measure in evaluator.measures
            if measure.headline and not measure.words
        }
        self.values: dict[str, dict[str, list[float]]] = {name: {} for name in self.measures}
        self.missing: dict[str, int] = dict.fromkeys(self.measures, 0)
        self.scored: dict[str, int] = dict.fromkeys(self.measures, 0)
        self.done = 0

    def add(self, arms: Sequence[str], values: Mapping[str, Any], *, done: bool) -> None:
        """Count a dialogue in each of its arms."""
        self.done += done
        for name in self.measures:
            value = values.get(name)
            if value is None or isinstance(value, str):
                self.missing[name] += 1
                continue
            self.scored[name] += 1
            for arm in arms:
                self.values[name].setdefault(arm, []).append(float(value))


def _results(samples: Sequence[Any], means: _Means, tools: Inspect) -> Any:
    """The mean of each headline measure by arm, over the dialogues that have a value: no effects,
    which need pairs."""
    log = tools.log
    scores = [
        log.EvalScore(
            name=name,
            scorer=name.partition(".")[0],
            scored_samples=means.scored[name],
            unscored_samples=means.missing[name],
            metrics={
                arm: log.EvalMetric(
                    name=arm,
                    value=math.fsum(values) / len(values),
                    metadata={"statistic": "mean", "dialogues": len(values)},
                )
                for arm, values in arms.items()
            },
            metadata={"title": means.measures[name].title, "range": means.measures[name].range},
        )
        for name, arms in means.values.items()
        if arms
    ]
    return log.EvalResults(total_samples=len(samples), completed_samples=means.done, scores=scores)


def _stats(samples: Sequence[Any], tools: Inspect) -> Any:
    """Tokens of each model, where they were counted in every dialogue that it played."""
    log = tools.log
    usage, unknown = dict[str, Any](), set[str]()
    for sample in samples:
        called = {event.model for event in sample.events if event.event == "model"}
        unknown |= called - sample.model_usage.keys()
        for model, used in sample.model_usage.items():
            usage[model] = usage[model] + used if model in usage else used
    times = sorted(sample.started_at for sample in samples if sample.started_at)
    return log.EvalStats(
        started_at=times[0] if times else "",
        completed_at="",
        model_usage={model: used for model, used in usage.items() if model not in unknown},
    )
