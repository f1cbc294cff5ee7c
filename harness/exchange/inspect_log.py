"""A run as a log of Inspect (https://inspect.aisi.org.uk), written by its own package: what
``inspect view`` opens and ``samples_df`` reads.

Inspect writes a log from one object, so that the whole of it is held in memory; what writes sample
by sample is no part of its public interface. A large run is therefore several logs in a folder,
which Inspect reads as one.
"""

from __future__ import annotations

import itertools
import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from harness import __version__
from harness.evaluators.base import Measure
from harness.evaluators.case import case_of
from harness.evaluators.registry import builtin
from harness.exchange.importing.negotiation import plain
from harness.exchange.inspect_material import ROLES, Material
from harness.exchange.inspect_sample import sample_of
from harness.exchange.inspect_types import Inspect, inspect
from harness.exchange.lookups import Texts, Timings
from harness.exchange.negotiations import negotiation_from
from harness.exchange.public import public_reading, public_row
from harness.exchange.tidy import Chosen, chosen_of, run_name
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from harness.report.layout import read
from harness.report.rows import Row

CHUNK: Final = 1 << 20
PART: Final = 250
"""Dialogues of one log of several."""
PART_MESSAGES: Final = 20_000
"""Messages in the prompts of such a log, all calls together: a model reads all before it again with
every call, so that a few long dialogues can be as much as many short ones."""


def eval_chunks(folder: RunFolder, chosen: Chosen) -> Iterator[bytes]:
    """All that was chosen as one log, a file ``.eval``. It is held in memory while it is written.

    Raises:
        MissingExtraError: inspect-ai is not installed.
        RecordError: A file of the run is damaged.
    """
    yield from _written(log_of(folder, chosen, inspect()))


def eval_files(folder: RunFolder, chosen: Chosen) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The same as several logs, so that no more than one part is held: name of a file -> what it
    holds, which has to be taken before the next one. There is one at least.

    Raises:
        MissingExtraError: inspect-ai is not installed.
        RecordError: A file of the run is damaged.
    """
    maker = _Maker(folder, chosen, inspect())
    for number in itertools.count(1):
        part = maker.part(PART, PART_MESSAGES)
        if not part.samples and number > 1:
            return
        name = f"{run_name(folder)}-{number:04d}.eval"
        chunks = _written(maker.log(part, number))
        del part
        yield name, chunks


def log_of(folder: RunFolder, chosen: Chosen, tools: Inspect) -> Any:
    """The log as an object of Inspect.

    A run of which dialogues are missing is ``cancelled``: it may be resumed.

    Raises:
        RecordError: A file of the run is damaged.
    """
    maker = _Maker(folder, chosen, tools)
    return maker.log(maker.part(), None)


def _written(log: Any) -> Iterator[bytes]:
    """A log as Inspect's own package writes it."""
    with tempfile.TemporaryDirectory(prefix="track15-") as aside:
        path = Path(aside) / "run.eval"
        inspect().log.write_eval_log(log, str(path), format="eval")
        del log
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk


@dataclass
class _Part:
    """Samples of a log, and what is counted of them."""

    samples: list[Any] = field(default_factory=list)
    means: _Means = field(default_factory=lambda: _Means())
    uncounted: set[str] = field(default_factory=set)
    """Models with a call of which the server did not count the tokens."""
    messages: int = 0


class _Maker:
    """Makes the logs of a run out of one pass over its dialogues."""

    def __init__(self, folder: RunFolder, chosen: Chosen, tools: Inspect) -> None:
        self._folder, self._public, self._tools = folder, chosen.public, tools
        self._lines, self._timings = folder.score_lines(), Timings(folder)
        self._texts = None if chosen.public else Texts(folder)
        self._missing = max(0, folder.info.dialogues - folder.finished())
        self._source = chosen_of(folder, chosen, whole=False)

    def part(self, most: int | None = None, messages: int | None = None) -> _Part:
        """The next dialogues: as many at most, with so many messages in their prompts; all that are
        left for None. One dialogue is taken whatever it holds."""
        made = _Part()
        for transcript, row in itertools.islice(self._source, most):
            self._add(made, transcript, row)
            if messages is not None and made.messages >= messages:
                break
        return made

    def _add(self, made: _Part, transcript: Transcript, row: Row) -> None:
        case, place = case_of(transcript, self._folder.info), placement_of(self._folder, transcript)
        scores = {} if self._public else self._lines.of(transcript.id)
        reading, texts = read(case, scores, place), dict[str, tuple[str, str]]()
        if self._texts is not None:
            texts = self._texts.of(key for call in transcript.calls for key in call.prompt)
            made.messages += sum(len(call.prompt) for call in transcript.calls)
        sample = sample_of(
            Material(
                case,
                public_row(row) if self._public else row,
                public_reading(reading) if self._public else reading,
                scores,
                texts,
                self._timings.of(transcript.id),
                self._folder.info.created,
                self._public,
                plain(
                    negotiation_from(
                        transcript, self._folder.info.scenarios, place.arms[0], public=self._public
                    )
                ),
            ),
            self._tools,
        )
        made.samples.append(sample)
        called = {call.model for call in transcript.calls}
        made.uncounted |= called - sample.model_usage.keys()
        values = {
            f"{score.evaluator}.{name}": value
            for score in scores.values()
            for name, value in score.values.items()
        }
        made.means.add(place.arms, values, done=transcript.status == "done")

    def log(self, part: _Part, number: int | None) -> Any:
        """The log of a part.

        Args:
            part: It.
            number: Which of several logs, from 1; None where it is the only one.
        """
        return self._tools.log.EvalLog(
            status="cancelled" if self._missing else "success",
            eval=self._spec(part, number),
            results=_results(part, self._tools),
            stats=_stats(part, self._tools),
            samples=part.samples,
        )

    def _spec(self, part: _Part, number: int | None) -> Any:
        info, log, samples = self._folder.info, self._tools.log, part.samples
        name = run_name(self._folder)
        models = {
            seat: sorted({m for sample in samples if (m := sample.metadata.get(f"model_{seat}"))})
            for seat in ROLES
        }
        roles = {
            ROLES[seat]: [self._tools.model.ModelConfig(model=one) for one in found]
            for seat, found in models.items()
            if found
        }
        told: dict[str, Any] = {
            "run": name,
            "arms": {arm: one.title or arm for arm, one in info.suite.arms.items()},
            "missing": self._missing,
        }
        if not self._public:
            told["command"] = info.command
        if number is not None:
            told["part"] = number
        return log.EvalSpec(
            eval_id=f"{name}-{info.plan}" + ("" if number is None else f"-{number}"),
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
            model_roles={
                role: found[0] if len(found) == 1 else found for role, found in roles.items()
            },
            config=log.EvalConfig(epochs=max((sample.epoch for sample in samples), default=1)),
            packages={"track15": info.version},
            metadata=told,
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


def _results(part: _Part, tools: Inspect) -> Any:
    """The mean of each headline measure by arm, over the dialogues that have a value: no effects,
    which need pairs."""
    log, means = tools.log, part.means
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
    return log.EvalResults(
        total_samples=len(part.samples), completed_samples=means.done, scores=scores
    )


def _stats(part: _Part, tools: Inspect) -> Any:
    """Tokens of each model, where they were counted in every dialogue that it played."""
    usage = dict[str, Any]()
    for sample in part.samples:
        for model, used in sample.model_usage.items():
            usage[model] = usage[model] + used if model in usage else used
    times = sorted(sample.started_at for sample in part.samples if sample.started_at)
    return tools.log.EvalStats(
        started_at=times[0] if times else "",
        completed_at="",
        model_usage={model: used for model, used in usage.items() if model not in part.uncounted},
    )
