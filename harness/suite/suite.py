"""The experiment as written in YAML: which arms, on which scenarios, and the question declared
before the run.

A *suite* names arms; an *arm* is a track, with mechanisms switched or profiles changed. The primary
contrast is declared here and nowhere else, so it cannot be chosen after the numbers are in
(docs/method.md, Statistics).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, model_validator
from pydantic.json_schema import SkipJsonSchema

from harness.disputes.scenario import Identifier, Part, Scenario, Slug, Twin
from harness.errors import UsageError, suggest
from harness.files.problems import KeyPath, Problem, Problems, written
from harness.incentives.profiles import (
    Authority,
    BriefStyle,
    IncentiveProfile,
    ProfileChange,
    Role,
)
from harness.incentives.tracks import MECHANISMS, TRACKS, SeatName, TrackName, move_mechanism
from harness.suite.absent import with_absent
from harness.suite.contrasts import Check, Contrast, Contrasts, Dose
from harness.suite.influence import Influence, Then
from harness.suite.parts import (
    Member,
    ModelSettings,
    Protocol,
    SeatSpec,
    SuiteModels,
    later_field,
)
from harness.texts import Heading, HeadingMark, Note, NoteMark

Name = Annotated[str, NoteMark()]
TacticSpec = Name | dict[str, Any]
Names = tuple[Note, ...]


class SeatChange(ProfileChange):
    """What an arm changes in one seat: profile fields, the word for the role, how far its word
    commits, who advises.

    ``authority`` brings its line home with it (``consults_capital``), unless that is given too.
    """

    role: Role | None = None
    authority: Authority | None = None
    tactic: TacticSpec | None = None
    members: tuple[Member, ...] = ()
    settings: ModelSettings | None = None
    home: bool = Field(
        default=False,
        description="Its delegates come from the third state that a scenario names for their "
        "principal, where it names one. News and articles name it, and models are told.",
    )

    def profile_change(self) -> ProfileChange:
        keep = self.model_fields_set & set(ProfileChange.model_fields)
        given = {name: getattr(self, name) for name in keep if getattr(self, name) is not None}
        if self.authority is not None:
            given.setdefault("consults_capital", self.authority.line_home)
        return ProfileChange.model_validate(given)


class ExtraSeat(Part):
    """A further delegation at the table, for a principal that is not in seat o or u."""

    principal: Identifier = Field(
        description="One that is at the table; or 'absent', for the first one of each scenario "
        "that is not. Where a scenario has none, the seat stays empty."
    )
    role: Role = Role.OFFICIAL
    authority: Authority = Authority.FULL
    profile: IncentiveProfile = IncentiveProfile()
    tactic: TacticSpec | None = None


class Arm(Part):
    """One condition of the experiment.

    The profile of a seat is the track's preset; ``with`` takes mechanisms from track 1.5,
    ``without`` takes them from track 1; then ``o`` and ``u`` replace single fields. ``reversed``
    exchanges what the two seats are called, may sign and are driven by. ``brief`` is how models are
    told; dialogues between scripts are the same under every style, and are played once.

    ``track`` is None in the record of talks that were held elsewhere, where an arm is only a name.
    """

    track: TrackName | SkipJsonSchema[None]
    title: Annotated[str, HeadingMark()] = ""
    with_: tuple[Name, ...] = Field(default=(), alias="with")
    without: tuple[Name, ...] = ()
    reversed: bool = False
    o: SeatChange = SeatChange()
    u: SeatChange = SeatChange()
    also: tuple[ExtraSeat, ...] = Field(default=(), max_length=6)
    scenarios: Names | None = Field(
        default=None, description="Only these scenarios, instead of the suite's."
    )
    twins: tuple[Twin, ...] | None = Field(
        default=None, min_length=1, description="Only these twins, instead of the suite's."
    )
    tactic: TacticSpec | None = None
    brief: BriefStyle | None = Field(default=None, description="Instead of the suite's.")
    then: Then | None = later_field(
        description="What follows the talks: an article, its readers, news, later real talks."
    )

    model_config = Part.model_config | {"populate_by_name": True}

    @model_validator(mode="after")
    def _has_a_track(self, info: ValidationInfo) -> Arm:
        if self.track is None and written(info):
            names = ", ".join(TRACKS)
            raise Problems([Problem(("track",), "an arm needs a track", f"one of: {names}")])
        return self


class Suite(Part):
    """An experiment. See ``docs/suites.md`` for the format by example."""

    schema_: Literal["track15/suite/1"] = Field(default="track15/suite/1", alias="schema")
    id: Slug
    title: Heading
    question: Heading = Field(description="What the experiment asks, in one sentence.")
    scenarios: Names = Field(min_length=1)
    twins: tuple[Twin, ...] = Field(default=(Twin.NONE,), min_length=1)
    epochs: int = Field(default=1, ge=1, le=100_000)
    seed: int = Field(default=1, ge=0, le=2**53)
    protocol: Protocol = Protocol()
    tactic: TacticSpec = "linear"
    brief: BriefStyle = "principal"
    probe: bool = Field(
        default=False,
        description="Ask each delegate in private, before any talks, which of nine packages it "
        "would sign. This shows whether the incentives took.",
    )
    estimates: bool = Field(
        default=False,
        exclude_if=lambda asked: not asked,
        description="With 'probe', also ask each what no deal is worth to the other side.",
    )
    settings: ModelSettings = ModelSettings()
    models: SuiteModels | None = later_field(
        description="Who plays where no flag says so; else scripted delegations do."
    )
    influence: Influence | None = later_field(
        description="What the arms have in common of what follows their talks."
    )
    arms: dict[Slug, Arm] = Field(min_length=1)
    contrasts: Contrasts | None = None
    checks: tuple[Check, ...] = ()
    doses: tuple[Dose, ...] = Field(default=(), exclude_if=lambda doses: not doses)
    evaluators: Names | None = Field(
        default=None, description="Names, or file.py:Object; all built-in ones when left out."
    )

    model_config = Part.model_config | {"populate_by_name": True}

    @model_validator(mode="after")
    def _consistent(self) -> Suite:
        problems = _problems(self)
        if problems:
            raise Problems(problems)
        return self

    def seats(self, arm_name: str, o: str, u: str) -> tuple[SeatSpec, ...]:
        """Who sits where in an arm, with principals ``o`` and ``u`` in the two chairs; every
        delegation scripted until models are named."""
        return self.seats_of(self.arms[arm_name], o, u)

    def seats_of(self, arm: Arm, o: str, u: str) -> tuple[SeatSpec, ...]:
        """As :meth:`seats`, of an arm that need not be the suite's."""
        if arm.track is None:
            raise UsageError(
                "these talks were held elsewhere: nobody knows what drove those who held them",
                fix="name talks that this program has played",
            )
        track = TRACKS[arm.track]
        resolved: dict[SeatName, tuple[Role, Authority, IncentiveProfile]] = {}
        names: tuple[SeatName, SeatName] = ("o", "u")
        for seat in names:
            preset = track.seat(seat)
            profile = preset.profile
            for mechanism in arm.with_:
                profile = move_mechanism(profile, seat, mechanism, "1.5")
            for mechanism in arm.without:
                profile = move_mechanism(profile, seat, mechanism, "1")
            resolved[seat] = (preset.role, preset.authority, profile)
        if arm.reversed:
            resolved = {"o": resolved["u"], "u": resolved["o"]}
        seats = []
        for seat, principal in zip(names, (o, u), strict=True):
            role, authority, profile = resolved[seat]
            change = arm.o if seat == "o" else arm.u
            seats.append(
                SeatSpec(
                    seat=seat,
                    principal=principal,
                    role=change.role or role,
                    authority=change.authority or authority,
                    profile=change.profile_change().apply(profile),
                    tactic=change.tactic or arm.tactic or self.tactic,
                    settings=change.settings or self.settings,
                    members=change.members,
                )
            )
        for number, extra in enumerate(arm.also, start=1):
            seats.append(
                SeatSpec(
                    seat=f"x{number}",
                    principal=extra.principal,
                    role=extra.role,
                    authority=extra.authority,
                    profile=extra.profile,
                    tactic=extra.tactic or arm.tactic or self.tactic,
                    settings=self.settings,
                )
            )
        return tuple(seats)

    def seats_on(self, arm_name: str, scenario: Scenario) -> tuple[SeatSpec, ...]:
        """As :meth:`seats`, on a scenario (already the right twin)."""
        chairs = scenario.seats
        return with_absent(self.seats(arm_name, chairs.o, chairs.u), scenario)

    def levels(self, dose: Dose) -> list[tuple[float, str]]:
        """(number, arm) of a dose, from weak to strong."""
        return sorted((self._level(dose, arm), arm) for arm in dose.arms)

    def _level(self, dose: Dose, arm: str) -> float:
        (placed,) = [s for s in self.seats(arm, "o", "u") if s.seat == dose.seat]
        return float(getattr(placed.profile, dose.field))

    def brief_of(self, arm_name: str) -> BriefStyle:
        """How models are told in an arm."""
        return self.arms[arm_name].brief or self.brief

    def later_arm(self, arm_name: str) -> Arm | None:
        """The real talks that follow those of an arm, as an arm of their own: a track without any
        change, with the tactic and the brief of the arm. None where none follow."""
        arm = self.arms[arm_name]
        if arm.then is None or arm.then.later is None:
            return None
        return Arm(track=arm.then.later.track, tactic=arm.tactic, brief=arm.brief)

    @property
    def goes_on(self) -> bool:
        """Whether anything follows the talks of some arm."""
        return any(arm.then is not None for arm in self.arms.values())

    def twins_of(self, arm_name: str) -> tuple[Twin, ...]:
        return self.arms[arm_name].twins or self.twins

    def scenarios_of(self, arm_name: str) -> tuple[str, ...]:
        return self.arms[arm_name].scenarios or self.scenarios


def _problems(suite: Suite) -> list[Problem]:
    found: list[Problem] = []
    if suite.estimates and not suite.probe:
        found.append(Problem(("estimates",), "only a probe asks for them", "add probe: true"))
    for name, arm in suite.arms.items():
        for field, mechanisms in (("with", arm.with_), ("without", arm.without)):
            found += [
                Problem(
                    ("arms", name, field, index),
                    f"unknown mechanism {mechanism!r}",
                    suggest(mechanism, MECHANISMS),
                )
                for index, mechanism in enumerate(mechanisms)
                if mechanism not in MECHANISMS
            ]
    for at, contrast in contrasts_of(suite):
        found += [
            Problem((*at, field), f"unknown arm {arm!r}", suggest(arm, suite.arms))
            for field, arm in (
                ("treatment", contrast.treatment),
                ("control", contrast.control),
            )
            if arm is not None and arm not in suite.arms
        ]
    for index, check in enumerate(suite.checks):
        if check.arm not in suite.arms:
            fix = suggest(check.arm, suite.arms)
            found.append(Problem(("checks", index, "arm"), f"unknown arm {check.arm!r}", fix))
        if check.min is None and check.max is None and check.extreme is None:
            found.append(
                Problem(("checks", index), "the check bounds nothing", "give min, max or extreme")
            )
        if check.min is not None and check.max is not None and check.min > check.max:
            found.append(
                Problem(
                    ("checks", index),
                    f"nothing lies in [{check.min:g}, {check.max:g}]: min is above max",
                    "exchange the two, or fix one",
                )
            )
    if len(set(suite.twins)) != len(suite.twins):
        found.append(Problem(("twins",), "a twin is named twice", "name each once"))
    return found or [problem for at in range(len(suite.doses)) for problem in _in_dose(suite, at)]


def _in_dose(suite: Suite, index: int) -> Iterator[Problem]:
    """What is wrong with a dose of a suite whose arms are sound."""
    dose = suite.doses[index]
    unknown = [(at, arm) for at, arm in enumerate(dose.arms) if arm not in suite.arms]
    for at, arm in unknown:
        fix = suggest(arm, suite.arms)
        yield Problem(("doses", index, "arms", at), f"unknown arm {arm!r}", fix)
    if unknown:
        return
    first = _besides(suite, dose, dose.arms[0])
    for at, arm in enumerate(dose.arms):
        if _besides(suite, dose, arm) != first:
            yield Problem(
                ("doses", index, "arms", at),
                f"the arms {dose.arms[0]!r} and {arm!r} differ in more than {dose.field} of seat "
                f"{dose.seat}",
                "let the arms of a dose differ in that number alone",
            )
    values = [value for value, _ in suite.levels(dose)]
    if len(set(values)) < len(values):
        yield Problem(
            ("doses", index, "arms"),
            f"two arms have the same {dose.field}: {', '.join(f'{v:g}' for v in values)}",
            "give each arm of a dose a number of its own",
        )


def _besides(suite: Suite, dose: Dose, arm: str) -> object:
    """All that an arm plays, without the number of the dose."""
    seats = [
        seat.model_copy(update={"profile": seat.profile.model_copy(update={dose.field: 0.0})})
        if seat.seat == dose.seat
        else seat
        for seat in suite.seats(arm, "o", "u")
    ]
    return seats, suite.scenarios_of(arm), suite.twins_of(arm), suite.brief_of(arm)


def contrasts_of(suite: Suite) -> Iterator[tuple[KeyPath, Contrast]]:
    """The contrasts, and where each stands in the file."""
    for index, contrast in enumerate(suite.contrasts.all() if suite.contrasts else ()):
        yield ("contrasts", *(("primary",) if index == 0 else ("secondary", index - 1))), contrast
