"""Where people sit down in a browser: sittings are begun, kept, and ended with the server."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, cast

from harness.app.budgets import spending_notes
from harness.app.playing import refusal_notes, sit
from harness.app.runs import Notify, unheard
from harness.app.sitting import SitDown, reveal, session_of_sitting
from harness.app.webperson import WebPerson
from harness.disputes.loading import load_scenarios
from harness.errors import Track15Error, UsageError, told
from harness.files.catalogue import list_files
from harness.incentives.tracks import TRACKS
from harness.models.named import choose, load_models
from harness.orchestrator.session import Session
from harness.records.folder import LOG_DIR
from harness.viewer.play_house import Choices, Now, Start, Truth
from harness.viewer.runs import name_of

MOST: Final = 8
"""Sittings that are held at the same time."""
PATIENCE_S: Final = 10.0
"""Seconds that a sitting which is ended has to be written down."""
SCRIPTED: Final = "scripted"
TRACKS_PLAYED: Final = ("1.5", "1", "2", "backchannel")
"""Those that ``play --track`` has."""
SEATS: Final = {
    "unofficial": "the unofficial delegation",
    "official": "the official delegation",
}
BRIEFS: Final = {
    "principal": "in points",
    "words": "in words alone",
    "own": "in points, with the threshold of your own stake",
}


class HeldSitting:
    """A sitting, played in a thread of its own.

    Args:
        person: Who sits there.
        session: What is played.
        title: Of the dispute.
        notify: Told what a user should know.
    """

    def __init__(self, person: WebPerson, session: Session, title: str, notify: Notify) -> None:
        self.name = secrets.token_hex(8)
        self.title = title
        self.session = session
        self._person = person
        self._notify = notify
        self._thread = threading.Thread(target=self._play, name=self.name, daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether nothing more happens."""
        return self._person.now().state in ("over", "failed")

    def now(self) -> Now:
        """Where it stands."""
        return self._person.now()

    def answer(self, number: int, answer: Any, filled: Mapping[str, str]) -> bool:
        """Answer a question; False where that question is not open."""
        return self._person.answer(number, answer, filled)

    def leave(self) -> None:
        """End the sitting. What was played is kept."""
        if not self.over:
            self._person.leave()

    def wait(self, seconds: float) -> bool:
        """Whether it is over within that time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _play(self) -> None:
        """Play, score and reveal. Whatever goes wrong is told on the page."""
        try:
            asyncio.run(sit(self.session))
            for note in (
                *refusal_notes(self.session.progress),
                *spending_notes(self.session.budget, self.session.progress),
            ):
                self._notify(note)
            found = reveal(self.session.folder, self._notify)
        except Track15Error as error:
            self._person.fail(error)
        except Exception as error:  # noqa: BLE001 - a page says so, and nobody waits for ever
            self._person.fail(Track15Error(f"the sitting broke down: {told(error)}"))
        else:
            self._person.finish(
                Truth(
                    reading=found.reading,
                    seat=found.seat,
                    untold=found.untold,
                    done=found.status == "done",
                    left=found.left,
                    run=name_of(found.folder.path),
                )
            )


class House:
    """Implements :class:`harness.viewer.play_house.House`.

    Args:
        base: What the command line says: who may sit opposite, and all that a page does not ask.
        log_dir: Folder that the run folders go into.
        command: What was typed, for the records.
        notify: Told what a user should know.

    Raises:
        UsageError: The opponent of ``base`` is no model.
    """

    def __init__(
        self,
        base: SitDown,
        *,
        log_dir: Path = LOG_DIR,
        command: str = "",
        notify: Notify = unheard,
    ) -> None:
        if base.opponent.strip().lower() == SCRIPTED:
            base = replace(base, opponent=SCRIPTED)
        else:
            choose([base.opponent], load_models(base.models_file), flag="--opponent")
        self._base = base
        self._log_dir = log_dir
        self._command = command
        self._notify = notify
        self._lock = threading.Lock()
        self._held: dict[str, HeldSitting] = {}

    def choices(self) -> Choices:
        """What can be sat down to."""
        base = self._base
        opponents = dict.fromkeys((base.opponent, SCRIPTED))
        own = next((name for name, ref in self._refs.items() if ref == base.scenario), "")
        return Choices(
            scenarios=self._titles,
            opponents=tuple(opponents),
            seats=SEATS,
            tracks={name: TRACKS[name].title for name in TRACKS_PLAYED},
            briefs=BRIEFS,
            first=Start(
                scenario=own or next(iter(self._titles), ""),
                seat=base.seat,
                opponent=next(iter(opponents)),
                track=base.track,
                brief=base.brief,
                rounds=base.rounds,
                turns=base.turns,
            ),
        )

    def sit(self, start: Start) -> HeldSitting:
        """Begin a sitting as a page asks for it.

        Raises:
            Track15Error: It cannot be begun.
        """
        choices = self.choices()
        if start.scenario not in self._refs or start.opponent not in choices.opponents:
            raise UsageError("this scenario or opponent is not offered here")
        return self.begin(
            replace(
                self._base,
                scenario=self._refs[start.scenario],
                seat=cast("Any", start.seat),
                opponent=start.opponent,
                track=cast("Any", start.track),
                brief=cast("Any", start.brief),
                rounds=start.rounds,
                turns=start.turns,
            )
        )

    def begin(self, down: SitDown) -> HeldSitting:
        """Begin a sitting.

        Raises:
            Track15Error: It cannot be begun; or too many are held.
        """
        with self._lock:
            if sum(not one.over for one in self._held.values()) >= MOST:
                raise UsageError(
                    f"{MOST} sittings are held already", fix="play one to its end, or end it"
                )
            people: list[WebPerson] = []

            def person(leave: Callable[[], None]) -> WebPerson:
                people.append(WebPerson(leave))
                return people[0]

            session = session_of_sitting(
                down,
                person,
                log_dir=self._log_dir,
                command=self._command,
                notify=self._notify,
            )
            scenario = next(iter(session.plan.scenarios.values()))
            held = HeldSitting(people[0], session, scenario.say(scenario.title), self._notify)
            self._held[held.name] = held
            return held

    def sitting(self, name: str) -> HeldSitting | None:
        """A sitting by its name."""
        return self._held.get(name)

    def sittings(self) -> Sequence[HeldSitting]:
        """All, in the order in which they were begun."""
        return tuple(self._held.values())

    def close(self) -> int:
        """End what is not over, and wait until it is written down; how many were ended so. One that
        was being scored already is not ended: it is waited for."""
        held = [one for one in self.sittings() if not one.over]
        for one in held:
            one.leave()
        for one in held:
            if not one.wait(PATIENCE_S):
                self._notify(f"the sitting {one.session.folder.name} could not be ended in time")
        ends = [one.now() for one in held]
        return sum(now.problem is None and (now.truth is None or now.truth.left) for now in ends)

    @cached_property
    def _known(self) -> dict[str, tuple[str, str]]:
        """Name -> what it is loaded by, and its title. Scenarios that cannot be read are left out:
        ``check`` says what is wrong with them."""
        found: dict[str, tuple[str, str]] = {}
        refs = [self._base.scenario, *map(str, list_files("scenarios"))]
        for ref in filter(None, refs):
            try:
                scenarios = load_scenarios(ref)
            except Track15Error:
                continue
            for one in scenarios:
                known = ref if len(scenarios) == 1 else one.id
                found.setdefault(one.id, (known, one.say(one.title)))
        return found

    @cached_property
    def _refs(self) -> dict[str, str]:
        return {name: ref for name, (ref, _) in self._known.items()}

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {name: title for name, (_, title) in self._known.items()}
