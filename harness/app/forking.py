"""A fork of a recorded dialogue: from a turn on, something is different."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.app.runs import Notify, unheard
from harness.errors import UsageError
from harness.models.address import parse_address
from harness.models.named import choose, endpoints, load_models
from harness.models.settings import PoolSettings
from harness.orchestrator.fork import (
    Player,
    fork_seats,
    forked_seats,
    make_forks,
    played_here,
    role_of,
)
from harness.orchestrator.replay import Recording
from harness.orchestrator.session import Session
from harness.prompting.talks import Prompts
from harness.records.folder import LOG_DIR
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript


@dataclass(frozen=True)
class Change:
    """What is different in a fork.

    Attributes:
        turn: First turn that is played anew, counted from 0 as ``index`` in the record.
        settings: ``PATH=VALUE`` each: ``u.profile.deal_reward=0``, ``o.tactic=boulware``.
        models: Who plays on: ``[ROLE=]ADDRESS`` or a name of ``models.yaml`` each.
        seed: Of other random draws; None for those of the record.
        epochs: Repetitions, >= 1.
    """

    turn: int
    settings: Sequence[str] = ()
    models: Sequence[str] = ()
    seed: int | None = None
    epochs: int = 1


def session_of_fork(
    folder: RunFolder,
    transcript: Transcript,
    change: Change,
    *,
    models_file: Path | None = None,
    prompts: Path | None = None,
    wire: PoolSettings | None = None,
    log_dir: Path = LOG_DIR,
    command: str = "",
    allow_model_change: bool = False,
    notify: Notify = unheard,
) -> Session:
    """The session that plays the forks of a dialogue, into a run folder of their own.

    Args:
        folder: The run that the dialogue is in.
        transcript: The dialogue.
        models_file: Models by name; None for ``models.yaml`` here.
        prompts: Folder whose templates replace the shipped ones.
        wire: How hard endpoints are driven; what belongs to each address is added.
        log_dir: Folder that the forks' run folder goes into.
        command: What to type to resume, for the record.
        allow_model_change: Resume though a server serves another model than before.
        notify: Told what is not as it was asked for.

    Raises:
        UsageError: A change cannot be made, the dialogue has no such turn, or a server of the
            record's was not named.
        RecordError: The run is damaged.
    """
    known = load_models(models_file)
    chosen = {
        role: Player(one.address, one.sampling)
        for role, one in choose(change.models, known).items()
    }
    spec = played_here(transcript)
    by_role = {str(role): player for role, player in chosen.items()}
    players = {s.seat: by_role[role_of(s.seat)] for s in spec.seats if role_of(s.seat) in by_role}
    seats = fork_seats(spec, change.settings, players)
    texts = Prompts(prompts) if any(seat.model for seat in seats) else None
    plan = make_forks(
        folder.info,
        transcript,
        folder.place(transcript.id),
        change.turn,
        seats,
        changes=[*change.settings, *(f"model {text}" for text in change.models)],
        seed=change.seed,
        epochs=change.epochs,
        templates=texts.hashes() if texts else None,
    )
    _refuse_strangers(set(plan.addresses) - {player.address for player in chosen.values()})
    timings = Recording(folder).timings(transcript.id)
    return Session(
        plan=plan,
        folder=log_dir / plan.name,
        command=command,
        wire=(wire or PoolSettings()).model_copy(update={"endpoints": endpoints(known)}),
        prompts=texts,
        seats=lambda spec, chat_of: forked_seats(spec, transcript, chat_of, texts, timings=timings),
        allow_model_change=allow_model_change,
        notify=notify,
    )


def _refuse_strangers(addresses: set[str]) -> None:
    """Refuse to contact a server only because a record names it.

    Somebody else's record could name a server of theirs, which would then get the user's key.

    Raises:
        UsageError: An address that is not of this machine, nor OpenAI's, was not named.
    """
    for text in sorted(addresses):
        address = parse_address(text)
        # Without a URL, LangChain or an installed package decides where the requests go.
        if not address.is_loopback and not address.is_openai_itself:
            raise UsageError(
                f"the record was played by {text}, and its server would receive your key and what "
                "its seat reads",
                where="--model",
                fix=f"name it yourself: --model {shlex.quote(text)}; or choose another model",
            )
